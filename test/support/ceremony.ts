/**
 * Whole ceremonies over a log in memory, with any of the parties replaced: honest ones are the real participants, each with a
 * board of its own; adversaries change what such a participant posts, or deal by another scheme, or say what they like.
 */
import { E, type Either } from '../../src/prelude/fp.js';
import { present } from '../../src/prelude/invariant.js';
import { type ProcessId, Universe } from '../../src/prelude/process.js';
import { type Policy, policyMembers } from '../../src/quorum/policy/policy.js';
import { commitRule } from '../../src/quorum/analysis/commit-rule.js';
import type { TrustModel } from '../../src/quorum/trust/trust-model.js';
import { CeremonyBoard } from '../../src/schemes/ceremony/board.js';
import { CeremonyParticipant } from '../../src/schemes/ceremony/participant.js';
import type { CeremonyRules, CeremonySetting } from '../../src/schemes/ceremony/setting.js';
import type { LinearKeyShare } from '../../src/schemes/contract/linear-key-share.js';
import { seededRandom } from './seeded-random.js';

export interface LogEntry {
  readonly from: ProcessId;
  readonly bytes: Uint8Array;
}

/** What an adversary posts instead of `messages`; `log` is all that was said. */
type Tampering<G, Key> = (
  messages: readonly Uint8Array[],
  view: { readonly board: CeremonyBoard<G, Key>; readonly log: readonly LogEntry[] },
) => readonly Uint8Array[];

export interface Adversary<G, Key> {
  readonly tamper?: Tampering<G, Key>;
  /** The setting that it computes with. */
  readonly setting?: (honest: CeremonySetting<G, Key>) => CeremonySetting<G, Key>;
  /** The share that it starts from instead of its own. */
  readonly share?: (honest: LinearKeyShare<string>) => LinearKeyShare<string> | undefined;
  readonly votes?: boolean;
}

/** Says nothing at all. */
export function silent<G, Key>(): Adversary<G, Key> {
  return { tamper: () => [], votes: false };
}

export interface CeremonyRun<G, Key> {
  readonly setting: CeremonySetting<G, Key>;
  readonly shares: ReadonlyMap<ProcessId, LinearKeyShare<string>>;
  readonly adversaries?: ReadonlyMap<ProcessId, Adversary<G, Key>>;
  /** Which of the processes that have something to say speaks next, from 0; the first if absent. */
  readonly schedule?: (waiting: number) => number;
  /** Asked of each process after each message: whether it votes to close the round before all have spoken; never if absent. */
  readonly hastens?: () => boolean;
  readonly seed?: number;
  /** Whether every process has a board of its own, as on separate machines; slow, and the same by the determinism of boards. */
  readonly separateBoards?: boolean;
  /** Entries that are in the log before anybody speaks. */
  readonly prefix?: readonly LogEntry[];
}

export interface CeremonyOutcome<G, Key> {
  readonly board: CeremonyBoard<G, Key>;
  readonly boards: ReadonlyMap<ProcessId, CeremonyBoard<G, Key>>;
  readonly participants: ReadonlyMap<ProcessId, CeremonyParticipant<G, Key>>;
  readonly log: readonly LogEntry[];
  readonly culprits: readonly ProcessId[];
  readonly newShares: ReadonlyMap<ProcessId, LinearKeyShare<string>>;
}

/** Runs until nobody has anything to say; whenever that happens before the end, all vote to close the round. */
export function runCeremony<G, Key>(run: CeremonyRun<G, Key>): CeremonyOutcome<G, Key> {
  const { setting, shares, adversaries = new Map<ProcessId, Adversary<G, Key>>(), schedule = () => 0 } = run;
  const everybody = [...new Set([...setting.dealers, ...setting.receivers, ...adversaries.keys(), ...shares.keys()])];
  const log: LogEntry[] = [];
  const board = new CeremonyBoard(setting);
  const boards = new Map<ProcessId, CeremonyBoard<G, Key>>();
  const participants = new Map<ProcessId, CeremonyParticipant<G, Key>>();
  for (const [index, me] of everybody.entries()) {
    const adversary = adversaries.get(me);
    const changed = adversary?.setting?.(setting);
    const isShared = changed === undefined && run.separateBoards !== true;
    const own = isShared ? board : new CeremonyBoard(changed ?? setting);
    const honestShare = shares.get(me);
    const share =
      honestShare === undefined || adversary?.share === undefined ? honestShare : adversary.share(honestShare);
    const random = seededRandom(1000 * (run.seed ?? 1) + index);
    boards.set(me, own);
    participants.set(me, new CeremonyParticipant(own, { me, share, claim: () => true, random }));
  }
  const post = (entry: LogEntry): void => {
    log.push(entry);
    for (const each of new Set([board, ...boards.values()])) each.receive(entry.from, entry.bytes);
  };
  for (const entry of run.prefix ?? []) post(entry);
  const queues = new Map<ProcessId, Uint8Array[]>(everybody.map((me) => [me, []]));
  const collect = (): void => {
    for (const [me, participant] of participants) {
      const said = participant.messages();
      const view = { board: present(boards.get(me), 'a board'), log };
      queues.get(me)?.push(...(adversaries.get(me)?.tamper?.(said, view) ?? said));
    }
  };
  const vote = (isWanted: () => boolean): void => {
    for (const [me, participant] of participants) {
      const said = adversaries.get(me)?.votes !== false && isWanted() ? participant.voteToClose() : undefined;
      if (said !== undefined) post({ from: me, bytes: said });
    }
  };
  for (let step = 0; step < 10_000; step++) {
    collect();
    const waiting = [...queues].filter(([, queue]) => queue.length > 0);
    const chosen = waiting[schedule(waiting.length) % Math.max(1, waiting.length)];
    const bytes = chosen?.[1].shift();
    if (chosen !== undefined && bytes !== undefined) {
      post({ from: chosen[0], bytes });
      if (run.hastens !== undefined) vote(run.hastens);
      continue;
    }
    if (board.state._tag !== 'running') break;
    vote(() => true);
  }
  const newShares = new Map<ProcessId, LinearKeyShare<string>>();
  for (const [me, { newShare }] of participants) if (newShare !== undefined) newShares.set(me, newShare);
  return { board, boards, participants, log, culprits: board.culprits.map(({ process }) => process), newShares };
}

/** The rules that fit a trust model of the old processes, and one of the new ones. */
export function ceremonyRules(old: TrustModel, nextPolicy: Policy, next: TrustModel = old): CeremonyRules {
  const universe = new Universe(policyMembers(nextPolicy));
  return { dealers: old.system, receivers: { universe, isCommitQuorum: commitRule(nextPolicy, next.rule) } };
}

export function committed<G, Key>({ board }: Pick<CeremonyOutcome<G, Key>, 'board'>) {
  const { state } = board;
  if (state._tag !== 'committed') throw new Error(`not committed: ${JSON.stringify(state)}`);
  return state.settlement.key;
}

/** Why it was not begun, or the ceremony. */
export function begun<A>(made: Either<unknown, A>): A {
  if (E.isLeft(made))
    throw new Error(
      JSON.stringify(made.left, (_, value: unknown) => (typeof value === 'bigint' ? String(value) : value)),
    );
  return made.right;
}
