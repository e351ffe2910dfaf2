/**
 * Selection (rules R7 and R9): what the reports of a recovery quorum permit in a new view. A pure function, run by the leader
 * and again by every certifier, on the same input. Proof of safety: spec/consensus.md, "Selection".
 */
import { equalBytes, toHex } from '../prelude/bytes.js';
import type { Digest } from '../prelude/digest.js';
import type { ProcessId, ProcessSet } from '../prelude/process.js';
import type { QuorumSystem } from '../quorum/quorum-system.js';
import type { Report, Verdict } from './message.js';
import type { Ballot } from './statement.js';

export interface SelectionInput {
  readonly system: QuorumSystem;
  readonly leaderOf: (view: number) => ProcessId;
  /** Valid reports (rule R4) for one view, at most one a process. */
  readonly reports: ReadonlyMap<ProcessId, Report>;
  /** The last slot before the epoch's first, where a report without checkpoint begins; 0 if absent. */
  readonly start?: number;
  /** Who is proven Byzantine by the evidence shown with the reports. */
  readonly accused: ProcessSet;
}

export type Selection =
  /** Another report is needed. */
  | { readonly _tag: 'wait' }
  /** The accused cannot all be Byzantine: the trust model does not hold. */
  | { readonly _tag: 'halt'; readonly slot: number }
  /** One verdict for each slot of (low, top], in order. */
  | { readonly _tag: 'selected'; readonly low: number; readonly top: number; readonly verdicts: readonly Verdict[] };

/** Applies R7 to all slots at once: one slot that must wait makes the whole vector wait. */
export function select(input: SelectionInput): Selection {
  const { system, reports, start = 0 } = input;
  const reporters = system.processes.universe.of(reports.keys());
  if (!system.isRecoveryQuorum(reporters)) return { _tag: 'wait' };
  const low = [...reports.values()].reduce(
    (highest, { checkpoint }) => Math.max(highest, checkpoint?.slot ?? 0),
    start,
  );
  const bySlot = gather(reports);
  const top = [...bySlot.keys()].reduce((highest, slot) => Math.max(highest, slot), low);
  const verdicts: Verdict[] = [];
  let mustWait = false;
  for (let slot = low + 1; slot <= top; slot++) {
    const verdict = selectSlot(input, reporters, bySlot.get(slot));
    if (verdict === 'halt') return { _tag: 'halt', slot };
    if (verdict === 'wait') mustWait = true;
    else verdicts.push(verdict);
  }
  return mustWait ? { _tag: 'wait' } : { _tag: 'selected', low, top, verdicts };
}

/** What all reports say of one slot. */
interface Reported {
  readonly votes: { readonly from: ProcessId; readonly vote: Ballot }[];
  readonly commits: Ballot[];
}

function gather(reports: SelectionInput['reports']): ReadonlyMap<number, Reported> {
  const bySlot = new Map<number, Reported>();
  const reported = (slot: number): Reported => {
    const known = bySlot.get(slot) ?? { votes: [], commits: [] };
    bySlot.set(slot, known);
    return known;
  };
  for (const [from, { votes, commits }] of reports) {
    for (const vote of votes) reported(vote.slot).votes.push({ from, vote });
    for (const commit of commits) reported(commit.slot).commits.push(commit);
  }
  return bySlot;
}

function selectSlot(
  input: SelectionInput,
  reporters: ProcessSet,
  reported: Reported | undefined,
): Verdict | 'wait' | 'halt' {
  if (reported === undefined) return { _tag: 'noop' };
  const { votes, commits } = reported;
  const highest = Math.max(...votes.map(({ vote }) => vote.view), ...commits.map(({ view }) => view));
  const inHighest = (ballot: Ballot): boolean => ballot.view === highest;
  const committed = commits.find(inHighest);
  if (committed !== undefined) return { _tag: 'pick', digest: committed.digest };

  const values = supporters(
    votes.filter(({ vote }) => inHighest(vote)),
    reporters.universe.none,
  );
  const [first, ...others] = values;
  if (first !== undefined && others.length === 0) return { _tag: 'pick', digest: first.digest };

  // Two values signed by one leader in one view: it is Byzantine.
  const accused = input.accused.with(input.leaderOf(highest));
  if (!input.system.canBeFaulty(accused)) return 'halt';
  const candidates = values.filter(({ by }) => input.system.mayBeDecided(reporters.minus(by), accused));
  const [only] = candidates;
  if (only === undefined) return { _tag: 'free' };
  return candidates.length === 1 ? { _tag: 'pick', digest: only.digest } : 'wait';
}

interface Supported {
  readonly digest: Digest;
  readonly by: ProcessSet;
}

function supporters(
  votes: readonly { readonly from: ProcessId; readonly vote: Ballot }[],
  none: ProcessSet,
): readonly Supported[] {
  const byDigest = new Map<string, Supported>();
  for (const { from, vote } of votes) {
    const key = toHex(vote.digest);
    byDigest.set(key, { digest: vote.digest, by: (byDigest.get(key)?.by ?? none).with(from) });
  }
  return [...byDigest.values()];
}

/** R9: whether a verdict lets a leader propose the batch with this digest. */
export function permits(verdict: Verdict, digest: Digest, noopDigest: Digest): boolean {
  switch (verdict._tag) {
    case 'closed':
      return false;
    case 'pick':
      return equalBytes(verdict.digest, digest);
    case 'noop':
      return equalBytes(noopDigest, digest);
    case 'free':
      return true;
  }
}
