/** The real machines after a first view that a Byzantine leader z has spent equivocating, for every way it can have ended. */
import { present } from '../../src/prelude/invariant.js';
import { batchDigest, type Batch } from '../../src/consensus/batch.js';
import { verdictsOf } from '../../src/consensus/evidence.js';
import type {
  CommitCertificate,
  Equivocation,
  Message,
  Report,
  SignedReport,
  Verdict,
} from '../../src/consensus/message.js';
import { acceptedStatement } from '../../src/consensus/statement.js';
import { permitting } from '../../spec/model/outcome.js';
import { right } from '../support/right.js';
import { p, Scene } from '../support/scene.js';
import { Replica, type Send } from './replica.js';
import { TraceRules } from './trace-rules.js';

/** The correct processes, as the model numbers them; z comes after them. */
export const correct = ['b', 'c', 'd'] as const;
/** Nothing, x or y, as in the model's sets of values. */
export type Value = 0 | 1 | 2;

/** What one correct process has done in view 1. */
export interface Past {
  readonly vote: Value;
  readonly commit: Value;
}

export class FirstView {
  readonly scene: Scene;
  readonly rules: TraceRules;
  private readonly batches: readonly Batch[];

  constructor(
    readonly pasts: readonly Past[],
    { t, leaders }: { readonly t: number; readonly leaders: string },
  ) {
    this.scene = new Scene({ trust: `f=1 t=${t} of (z, b, c, d)`, leaders });
    this.batches = [this.scene.batch('x'), this.scene.batch('y')];
    const { system, leaders: order } = this.scene.config(p('b'));
    this.rules = new TraceRules({ system, leaders: order, byzantine: system.processes.universe.of([p('z')]) });
  }

  batch(value: Value): Batch {
    return present(this.batches[value - 1], 'a value');
  }

  /** The machines, in view 2, with what they have sent on the way. */
  replicas(): readonly Replica[] {
    return this.replicasOf(correct, this.rules);
  }

  private replicasOf(names: readonly (typeof correct)[number][], rules?: TraceRules): readonly Replica[] {
    const replicas = names.map((name) => {
      const past = present(this.pasts[correct.indexOf(name)], 'every correct process has a past');
      return { ...past, replica: new Replica(this.scene.config(p(name)), rules) };
    });
    for (const { replica, vote } of replicas)
      if (vote !== 0) replica.receive(p('z'), this.scene.propose(1, 1, this.batch(vote)));
    for (const { replica, commit } of replicas)
      for (const from of commit === 0 ? [] : this.acceptors(commit))
        replica.receive(p(from), this.scene.accepted(from, 1, 1, this.batch(commit)));
    const timeouts = ['z', ...correct].map((name) => this.scene.timeout(name, 1));
    for (const { replica } of replicas) replica.receive(p('z'), { _tag: 'Timeouts', timeouts, evidence: [] });
    return replicas.map(({ replica }) => replica);
  }

  /** Everybody whose ACCEPTED of a value exists. */
  acceptors(value: Value): readonly string[] {
    return ['z', ...correct.filter((_name, index) => this.pasts[index]?.vote === value)];
  }

  /** A report of z's own. */
  reportOfZ({ vote, commit }: Past): SignedReport {
    const votes = vote === 0 ? [] : [this.scene.vote(1, 1, this.batch(vote))];
    const content: Partial<Report> = { votes, commits: commit === 0 ? [] : [this.certificate(commit)] };
    return this.scene.report('z', 2, content).report;
  }

  /** Reports of z's own that prove nothing: without the leader's signature, or with a certificate of nobody's. */
  forgeries(): readonly SignedReport[] {
    return ([1, 2] as const).flatMap((value) => {
      const vote = this.scene.vote(1, 1, this.batch(value));
      const { view, slot, digest } = vote;
      const votes = [{ ...vote, leaderSignature: this.scene.vote(2, 1, this.batch(value)).leaderSignature }];
      const signature = new Uint8Array(16) as CommitCertificate['signature'];
      const contents = [{ votes }, { commits: [{ view, slot, digest, signature }] }];
      return contents.map((content) => this.scene.report('z', 2, content).report);
    });
  }

  evidence(): Equivocation {
    const half = (value: Value) => {
      const digest = batchDigest(this.batch(value));
      return { digest, signature: this.scene.leaderSignature({ view: 1, slot: 1, digest }) };
    };
    return { leader: p('z'), view: 1, slot: 1, first: half(1), second: half(2) };
  }

  /** The verdict that a certifier gives, as the model writes it; nothing where it refuses. */
  certified(reports: readonly SignedReport[], evidence: readonly Equivocation[]): number {
    // One that does not know its own report has lost its disk, and halts.
    const certifier = present(this.replicasOf(['d'])[0], 'one is asked');
    certifier.receive(p('z'), { _tag: 'Certify', view: 2, reports, evidence });
    const [answer] = certifier.sent('Certified');
    if (answer === undefined) return 0;
    const is = (verdicts: readonly Verdict[]): boolean =>
      answer.progress.top === verdicts.length &&
      answer.progress.root.every((byte, index) => byte === verdictsOf(verdicts).tree.root[index]);
    for (const value of [1, 2] as const) {
      if (is([{ _tag: 'pick', digest: batchDigest(this.batch(value)) }])) return permitting(value);
    }
    if (is([{ _tag: 'free' }]) || is([])) return permitting(3);
    throw new Error('a verdict that the model does not know');
  }

  private certificate(value: Value): CommitCertificate {
    const ballot = { view: 1, slot: 1, digest: batchDigest(this.batch(value)) };
    const { keys, allianceId, epoch } = this.scene.config(p('z'));
    const shares = this.acceptors(value).map(
      (from) => [p(from), this.scene.accepted(from, 1, 1, this.batch(value)).share] as const,
    );
    const statement = acceptedStatement({ allianceId, epoch, keyId: keys.slow.keyId }, ballot);
    return { ...ballot, signature: right(keys.slow.combine(statement, new Map(shares))).signature };
  }
}

/** Every way in which view 1 can have ended for three correct processes, up to their order; certificates where t is 0. */
export function endings(t: number): readonly (readonly Past[])[] {
  const found = new Map<string, readonly Past[]>();
  const values = [0, 1, 2] as const;
  const votes = values.flatMap((a) => values.flatMap((b) => values.map((c) => [a, b, c] as const)));
  for (const each of votes) {
    const certifiable = ([1, 2] as const).find((value) => each.filter((vote) => vote === value).length >= 2);
    const choices = t > 0 || certifiable === undefined ? [0 as const] : [0 as const, certifiable];
    for (const a of choices) {
      for (const b of choices) {
        for (const c of choices) {
          const pasts = [a, b, c].map((commit, index) => ({ vote: each[index] ?? 0, commit }));
          found.set(
            pasts
              .map(({ vote, commit }) => `${vote}${commit}`)
              .sort()
              .join(' '),
            pasts,
          );
        }
      }
    }
  }
  return [...found.values()];
}

/** Delivers everything among the correct processes, in order, until nothing moves; z answers when asked for a batch, or does not. */
export function settle(
  first: FirstView,
  replicas: readonly Replica[],
  sends: readonly (Send & { readonly by: string })[],
  batchOfZ: Batch | undefined,
): void {
  const waiting = [...sends];
  const replicaOf = (name: string): Replica | undefined => replicas[correct.indexOf(name as (typeof correct)[number])];
  for (const { by, to, message } of waiting) {
    for (const process of to) {
      if (process === p('z')) answer(message, by);
      else if (process !== p(by)) put(by, process, message);
    }
  }
  function put(from: string, to: string, message: Message): void {
    for (const send of replicaOf(to)?.receive(p(from), message) ?? []) waiting.push({ ...send, by: to });
  }
  function answer(message: Message, asker: string): void {
    if (message._tag === 'FetchBatch' && batchOfZ !== undefined)
      put('z', asker, { _tag: 'BatchFound', batch: batchOfZ });
  }
  first.rules.finish();
}
