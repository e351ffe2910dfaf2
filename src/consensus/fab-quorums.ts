/**
 * The questions that this protocol asks of a quorum system beyond the derived quorums, and the order of leaders.
 * Rule numbers R1-R13 are those of spec/consensus.md.
 */
import { organizationOf, type ProcessId, type ProcessSet } from '../prelude/process.js';
import type { QuorumSystem } from '../quorum/quorum-system.js';

/** What has been heard about one slot in one view. */
export interface SlotVotes {
  /** For each batch seen: who accepted it. */
  readonly acceptors: readonly ProcessSet[];
  /** Who complained about the view. */
  readonly complainers: ProcessSet;
  /** Who is proven Byzantine. */
  readonly accused: ProcessSet;
}

/**
 * R1: whether no value of a slot may still be decided fast in its view, so that waiting for it is vain. A value that no one
 * was seen to accept has every acceptor against it. Under a correct leader all contrary acceptors are Byzantine, and this
 * cannot hold until correct processes complain.
 */
export function isDeadlocked(system: QuorumSystem, { acceptors, complainers, accused }: SlotVotes): boolean {
  const everyone = acceptors.reduce((union, set) => union.union(set), complainers);
  const against = [...acceptors.map((set) => everyone.minus(set).union(complainers)), everyone];
  return against.every((contrary) => !system.mayBeDecided(contrary, accused));
}

/** The order in which eligible leaders serve: a first server of each organization, then a second of each, and so on. */
export function leaderSchedule(eligible: ProcessSet): readonly ProcessId[] {
  const byOrganization = new Map<string, ProcessId[]>();
  for (const process of eligible) {
    const organization = organizationOf(process);
    byOrganization.set(organization, [...(byOrganization.get(organization) ?? []), process]);
  }
  const rows = [...byOrganization.values()];
  const rounds = Math.max(0, ...rows.map((row) => row.length));
  return Array.from({ length: rounds }, (_, round) => rows.flatMap((row) => row.slice(round, round + 1))).flat();
}

/** The highest `view` such that a set that satisfies `isEnough` has complained about it or a later one; 0 for none. */
export function highestComplaint(
  complaints: ReadonlyMap<ProcessId, number>,
  none: ProcessSet,
  isEnough: (complainers: ProcessSet) => boolean,
): number {
  const descending = [...complaints].sort(([, a], [, b]) => b - a);
  let complainers = none;
  for (const [process, view] of descending) {
    complainers = complainers.with(process);
    if (isEnough(complainers)) return view;
  }
  return 0;
}
