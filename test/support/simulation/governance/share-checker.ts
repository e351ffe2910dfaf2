/**
 * I17, signing power: correct servers hold shares of one sharing in an epoch, which sign under its key; shares of two epochs of a
 * shared key never combine, nor do those of any set that may fail together; and whoever says ERASED holds the share no more.
 */
import { toHex, utf8 } from '../../../../src/prelude/bytes.js';
import { digest } from '../../../../src/prelude/digest.js';
import { E } from '../../../../src/prelude/fp.js';
import { type ProcessId, Universe } from '../../../../src/prelude/process.js';
import { decodeAct } from '../../../../src/management/acts/act.js';
import { decodeBody } from '../../../../src/management/acts/act-body.js';
import type { Alliance } from '../../../../src/management/alliance.js';
import { enactedSigning } from '../../../../src/management/governance/enacted.js';
import type { Sharing } from '../../../../src/management/proposals/sharing.js';
import { isQualified } from '../../../../src/quorum/policy/policy.js';
import type { SignatureShare } from '../../../../src/schemes/contract/distributed-signer.js';
import type { AllianceKeyShare } from '../../../../src/schemes/registry.js';
import { fail } from '../violation.js';
import { allianceSigner, allianceVerifier } from './alliance-signer.js';
import type { SimulatedChangeDisk } from './change-disk.js';

interface Held {
  readonly document: Alliance;
  readonly shares: Map<ProcessId, AllianceKeyShare>;
}

export class ShareChecker {
  private readonly epochs = new Map<number, Held>();
  /** Secrets that correct servers were seen to hold, by epoch. */
  private readonly secrets = new Map<string, readonly string[]>();

  /** The files of an epoch are in their place. */
  onEntered(me: ProcessId, { current }: SimulatedChangeDisk): void {
    if (current === undefined) return;
    const { document, shares } = current;
    const held = this.epochs.get(document.epoch) ?? { document, shares: new Map() };
    this.epochs.set(document.epoch, held);
    const share = shares.get('alliance');
    if (share === undefined || held.shares.has(me)) return;
    held.shares.set(me, share);
    if (share._tag !== 'multisig')
      this.secrets.set(
        `${me} ${document.epoch}`,
        share.rows.map(({ secret }) => toHex(secret)),
      );
  }

  /** A correct server says something; what is wrong with it. */
  onSaid(me: ProcessId, disk: SimulatedChangeDisk, act: Uint8Array, sharings: readonly Sharing[]): string | undefined {
    const decoded = decodeAct(act);
    const body = E.isRight(decoded) ? decodeBody(decoded.right.body) : decoded;
    if (E.isLeft(body) || body.right._tag !== 'erased') return undefined;
    const id = toHex(body.right.sharing);
    const sharing = sharings.find((one) => toHex(one.id) === id);
    // Attempts that were not committed have other shares of the same epoch.
    const last = sharings.findLast(({ epoch }) => epoch === sharing?.epoch);
    // Whoever signs alone holds the key, which stays the same.
    const isShared = sharing !== undefined && !isQualified(sharing.policy, new Universe([me]).of([me]));
    const secrets = isShared && sharing === last ? (this.secrets.get(`${me} ${sharing.epoch}`) ?? []) : [];
    const isHeld = secrets.some((secret) => disk.secrets.includes(secret));
    return isHeld ? `${me} has said ERASED of a share that it holds` : undefined;
  }

  /** In the end: all shares that correct servers held, tried. */
  finish(mayFail: (document: Alliance, ids: readonly ProcessId[]) => boolean): void {
    let before: Held | undefined;
    for (const [epoch, held] of [...this.epochs].sort(([a], [b]) => a - b)) {
      const { document } = held;
      const message = enactedSigning(document, digest(utf8(`probe ${epoch}`))).message;
      const verifier = allianceVerifier(document);
      const { universe } = document.trust.system.processes;
      const own = signed(held, message);
      const combined = verifier.combine(message, own);
      if (verifier.canCombine(universe.of(own.keys())) && E.isLeft(combined))
        fail('I17', `shares of correct servers do not sign in epoch ${epoch}`);
      for (const [id, share] of own)
        if (verifier.verifyShare(message, id, share) === 'invalid')
          fail('I17', `${id} holds a share of another sharing in epoch ${epoch}`);
      for (const [id, share] of own)
        if (mayFail(document, [id]) && E.isRight(verifier.combine(message, new Map([[id, share]]))))
          fail('I17', `${id} signs for epoch ${epoch} alone`);
      if (before !== undefined && document.allianceKey._tag !== 'multisig') this.tryMixtures(before, held, message);
      before = held;
    }
  }

  /** One share of the epoch before among those of this one, as few as would do if it were good. */
  private tryMixtures(before: Held, now: Held, message: Uint8Array): void {
    const { document } = now;
    const { universe } = document.trust.system.processes;
    const verifier = allianceVerifier(document);
    const own = [...signed(now, message)];
    for (const [id, share] of signed(before, message)) {
      if (!universe.has(id)) continue;
      const mixed = new Map([[id, share]]);
      for (const [other, good] of own) {
        if (other === id) continue;
        mixed.set(other, good);
        if (verifier.canCombine(universe.of(mixed.keys()))) break;
      }
      const others = universe.of([...mixed.keys()].filter((other) => other !== id));
      // Those of this epoch may be enough without it.
      if (verifier.canCombine(others)) return;
      if (E.isRight(verifier.combine(message, mixed)))
        fail('I17', `a share of epoch ${before.document.epoch} signs in epoch ${document.epoch}`);
      return;
    }
  }
}

function signed({ document, shares }: Held, message: Uint8Array): Map<ProcessId, SignatureShare> {
  const made = [...shares].flatMap(([id, share]) => {
    const one = allianceSigner(document, id, share).signShare(message);
    return E.isRight(one) ? [[id, one.right] as const] : [];
  });
  return new Map(made);
}
