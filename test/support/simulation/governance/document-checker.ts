/** I16: documents, and with them membership and history, never fork: every correct server has the same of an epoch, each follows the one before, and outsiders can verify all of it. */
import { equalBytes, toHex } from '../../../../src/prelude/bytes.js';
import type { Digest } from '../../../../src/prelude/digest.js';
import { E } from '../../../../src/prelude/fp.js';
import { present } from '../../../../src/prelude/invariant.js';
import type { ProcessId } from '../../../../src/prelude/process.js';
import type { Handoff } from '../../../../src/consensus/handoff.js';
import { stateDigest } from '../../../../src/consensus/manifest.js';
import type { Alliance } from '../../../../src/management/alliance.js';
import { allianceIdOf } from '../../../../src/management/alliance-codec.js';
import { examineHistory, type HistoryEntry } from '../../../../src/management/alliance-history.js';
import type { Governance } from '../../../../src/management/governance/governance.js';
import type { Signature } from '../../../../src/schemes/contract/distributed-signer.js';
import { ed25519Verify } from '../../../../src/schemes/ed25519/ed25519.js';
import { fail } from '../violation.js';
import { allianceVerifier } from './alliance-signer.js';

export class DocumentChecker {
  /** By epoch, as whoever was first to be in it has it. */
  private readonly configurations = new Map<number, Digest>();
  private readonly enacted = new Map<number, Signature>();
  /** What each server was last seen to have. */
  private readonly seen = new Map<ProcessId, Governance>();
  /** History of proposals, by how many have ended in all. */
  private readonly histories = new Map<string, string>();

  /** @param documents - of the epochs that the log has come to. */
  constructor(private readonly documents: readonly Alliance[]) {}

  /** A correct server has executed something. */
  onExecuted(me: ProcessId, slot: number, governance: Governance): void {
    if (this.seen.get(me) === governance) return;
    this.seen.set(me, governance);
    const { document, configuration, enacted, history } = governance;
    const known = this.configurations.get(document.epoch);
    this.configurations.set(document.epoch, known ?? configuration);
    if (known !== undefined && !equalBytes(known, configuration))
      fail('I16', `${me} has another document of epoch ${document.epoch}`);
    const heads = this.histories.get(`${slot}`) ?? toHex(history);
    this.histories.set(`${slot}`, heads);
    if (heads !== toHex(history)) fail('I16', `${me} has another history after slot ${slot}`);
    if (enacted.signature !== undefined) this.enacted.set(document.epoch, enacted.signature);
  }

  /** In the end, with the HANDOFFs that a server keeps. */
  checkHistory(me: ProcessId, handoffs: ReadonlyMap<number, Handoff>): void {
    const epochs = this.documents.slice(0, handoffs.size + 1);
    const entries = epochs.map((document, index): HistoryEntry => {
      const enacted = this.enacted.get(document.epoch);
      const handoff = index + 1 < epochs.length ? handoffs.get(document.epoch) : undefined;
      return {
        document,
        ...(enacted === undefined ? {} : { enacted }),
        ...(handoff === undefined ? {} : { handoff: recorded(handoff) }),
      };
    });
    // Whoever joined later has the history of others.
    if ([...handoffs.keys()].some((epoch) => epoch > handoffs.size)) return;
    const founding = present(this.documents[0], 'a founding document');
    const examined = examineHistory(entries, { _tag: 'alliance', allianceId: allianceIdOf(founding) }, ed25519Verify);
    if (E.isLeft(examined)) return fail('I16', `the history of ${me} breaks: ${JSON.stringify(examined.left)}`);
    for (const { epoch, statement, bytes, signature } of examined.right.claims) {
      const document = present(this.documents[epoch - 1], 'a document of the history');
      if (!allianceVerifier(document).verify(bytes, signature))
        fail('I16', `${statement} of epoch ${epoch} in the history of ${me} is not signed`);
    }
  }
}

function recorded({ slot, chain, manifest, signature }: Handoff) {
  return { slot, chain, state: stateDigest(slot, manifest), signature };
}
