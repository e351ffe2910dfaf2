/**
 * Reports as they travel, made from whatever signatures and certificates their author can have got, and judged by the shipping
 * `checkReport`. What an author has not got, it replaces by the best that it might try.
 */
import { E } from '../../src/prelude/fp.js';
import { utf8 } from '../../src/prelude/bytes.js';
import { type Digest, digest } from '../../src/prelude/digest.js';
import { present } from '../../src/prelude/invariant.js';
import type { ProcessId } from '../../src/prelude/process.js';
import type { Signature } from '../../src/schemes/contract/distributed-signer.js';
import { encodeReport } from '../../src/consensus/codec.js';
import { Context } from '../../src/consensus/context.js';
import { DeliveryTable } from '../../src/consensus/delivery.js';
import { permitFor, verdictsOf } from '../../src/consensus/evidence.js';
import type { CommitCertificate, Permit, Report, Verdict, Vote } from '../../src/consensus/message.js';
import { RequestPool } from '../../src/consensus/request-pool.js';
import { initialState } from '../../src/consensus/state.js';
import {
  acceptedStatement,
  type Ballot,
  chainStart,
  progressStatement,
  proposeStatement,
  reportStatement,
} from '../../src/consensus/statement.js';
import { checkReport } from '../../src/consensus/view-change.js';
import { right } from '../../test/support/right.js';
import {
  type SimulatedConfiguration,
  simulatedConfiguration,
  trustOf,
} from '../../test/support/simulation/configuration.js';
import { none, valueBitOf, viewOf } from './coding.js';
import type { Setting } from './setting.js';

/** The slot that the model is about. */
export const slot = 1;
/** What value a number of the model stands for. */
export const digests: readonly Digest[] = ['a', 'b', 'c'].map((name) => digest(utf8(`value ${name}`)));

/** What the author of a report has got. */
export interface Holdings {
  /** The signature of the leader of the vote's view on it. */
  readonly isSigned: boolean;
  /** A progress certificate of the vote's view that permits it. */
  readonly isPermitted: boolean;
  /** The commit certificate. */
  readonly isCertified: boolean;
}

export class Credentials {
  private readonly configs: ReadonlyMap<ProcessId, SimulatedConfiguration>;
  private readonly context: Context;
  private readonly author: ProcessId;
  private readonly known = new Map<number, boolean>();

  constructor(private readonly setting: Setting) {
    const model = trustOf(setting);
    const ids = [...model.system.processes];
    this.author = present(ids.at(-1), 'there are processes');
    this.configs = new Map(
      ids.map((me) => [me, simulatedConfiguration({ scheme: 'mock', parameters: {} }, model, me)]),
    );
    const config = this.config(this.author);
    const delivery = DeliveryTable.empty();
    const chains = new Map([[0, chainStart(config.allianceId)]]);
    const pool = new RequestPool(delivery, { totalBytes: 1, clientBytes: 1, batchBytes: 1 });
    this.context = new Context(config, initialState({ decidedUpTo: 0, chains, delivery }, pool));
  }

  /** Whether a report for `view` that shows this can be made valid from what its author has got. */
  isValid(view: number, vote: number, commit: number, holdings: Holdings): boolean {
    const { isSigned, isPermitted, isCertified } = holdings;
    const held = Number(isSigned) | (Number(isPermitted) << 1) | (Number(isCertified) << 2);
    const key = held | (vote << 3) | (commit << 7) | (view << 11);
    const known =
      this.known.get(key) ?? this.attempts(view, vote, commit, holdings).some((report) => this.passes(report));
    this.known.set(key, known);
    return known;
  }

  private passes(report: Report): boolean {
    const body = encodeReport(report);
    const { identities } = this.config(this.author);
    const signature = identities.sign(reportStatement(this.context.identityContext, report.view, digest(body)));
    return E.isRight(checkReport(this.context, { from: this.author, view: report.view, body, signature }));
  }

  /** The report with every way to fill in what its author has not got. */
  private attempts(view: number, vote: number, commit: number, holdings: Holdings): readonly Report[] {
    const votes = vote === none ? [[]] : this.votes(this.ballot(vote), holdings).map((one) => [one]);
    const commits = commit === none ? [[]] : this.commits(this.ballot(commit), holdings).map((one) => [one]);
    return votes.flatMap((some) => commits.map((others) => ({ view, votes: some, commits: others })));
  }

  private votes(ballot: Ballot, { isSigned, isPermitted }: Holdings): readonly Vote[] {
    const signatures = isSigned
      ? [this.proposed(ballot, this.context.leaderOf(ballot.view))]
      : [
          this.proposed({ ...ballot, digest: otherThan(ballot) }, this.context.leaderOf(ballot.view)),
          this.proposed(ballot, this.stranger(ballot)),
        ];
    const permits =
      ballot.view === 1
        ? [undefined]
        : isPermitted
          ? [this.permit(ballot.view, { _tag: 'pick', digest: ballot.digest })]
          : [
              undefined,
              this.permit(ballot.view, { _tag: 'pick', digest: otherThan(ballot) }),
              this.permit(ballot.view + 1, { _tag: 'pick', digest: ballot.digest }),
            ];
    return signatures.flatMap((leaderSignature) =>
      permits.map((permit) => ({ ...ballot, leaderSignature, ...(permit === undefined ? {} : { permit }) })),
    );
  }

  private commits(ballot: Ballot, { isCertified }: Holdings): readonly CommitCertificate[] {
    const signed = isCertified
      ? [ballot]
      : [
          { ...ballot, digest: otherThan(ballot) },
          { ...ballot, view: ballot.view + 1 },
        ];
    return signed.map((other) => ({
      ...ballot,
      signature: this.combined('slow', acceptedStatement(this.context.slowContext, other)),
    }));
  }

  private permit(view: number, verdict: Verdict): Permit {
    const progress = { view, low: slot - 1, top: slot, root: verdictsOf([verdict]).tree.root };
    const signature = this.combined('alliance', progressStatement(this.context.allianceContext, progress));
    return permitFor({ ...progress, signature }, verdictsOf([verdict]), slot);
  }

  private proposed(ballot: Ballot, by: ProcessId): Uint8Array {
    return this.config(by).identities.sign(proposeStatement(this.context.identityContext, ballot));
  }

  /** A certificate by everyone. */
  private combined(key: 'slow' | 'alliance', statement: Uint8Array): Signature {
    const signers = [...this.configs].map(([id, { keys, allianceSigner }]) => ({
      id,
      signer: key === 'slow' ? keys.slow : allianceSigner,
    }));
    const shares = new Map(signers.map(({ id, signer }) => [id, right(signer.signShare(statement))]));
    return right(present(signers[0], 'there are processes').signer.combine(statement, shares)).signature;
  }

  private stranger({ view }: Ballot): ProcessId {
    const leader = this.context.leaderOf(view);
    return present(
      [...this.configs.keys()].find((id) => id !== leader),
      'there are several processes',
    );
  }

  private ballot(code: number): Ballot {
    const { values } = this.setting;
    return { view: viewOf(code, values), slot, digest: digestOf(valueBitOf(code, values)) };
  }

  private config(process: ProcessId): SimulatedConfiguration {
    return present(this.configs.get(process), 'a process of the setting');
  }
}

function digestOf(valueBit: number): Digest {
  return present(digests[31 - Math.clz32(valueBit)], 'a value');
}

function otherThan({ digest: one }: Ballot): Digest {
  return present(
    digests.find((other) => other !== one),
    'several values',
  );
}
