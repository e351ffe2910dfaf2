/** What is told of an access structure at one level: among its servers, or among organizations that act and fail as one. */
import type { ProcessId } from '../../prelude/process.js';
import type { PricedSet, SplittingSet, StructureAnalysis } from '../analysis/structure-analysis.js';
import { normalizedPower } from '../analysis/tree-power.js';
import { type Budget, exact, type Figure, outOfTime, type Verdict } from '../verdict.js';

/** The k for which Q^k is told: no k sets of corrupted members, none of which could act alone, contain everybody. */
const toldCovers = [2, 3, 4, 5] as const;

export interface LevelReport {
  readonly members: readonly ProcessId[];
  readonly minimalQuorumCount: Figure<bigint>;
  readonly minimalBlockingSetCount: Figure<bigint>;
  /** The first of each, as many as were asked for. */
  readonly minimalQuorums: readonly (readonly ProcessId[])[];
  readonly minimalBlockingSets: readonly (readonly ProcessId[])[];
  readonly smallestQuorum: Figure<PricedSet>;
  readonly smallestBlockingSet: Figure<PricedSet>;
  readonly smallestSplittingSet: Figure<SplittingSet>;
  /** Members without any one of whom nobody can act. */
  readonly vetoes: readonly ProcessId[];
  /** Members who can act alone. */
  readonly soleActors: readonly ProcessId[];
  readonly dummies: Figure<readonly ProcessId[]>;
  /** Banzhaf's index, normalized: of each member its share of all swings. */
  readonly power: Figure<ReadonlyMap<ProcessId, number>>;
  readonly uncoverable: ReadonlyMap<number, Verdict<readonly (readonly ProcessId[])[]>>;
}

/** Who decides alone; exact whatever the structure. */
export interface SoleMembers {
  readonly vetoes: readonly ProcessId[];
  readonly soleActors: readonly ProcessId[];
}

/** @param listCount - how many minimal sets of each kind to list. */
export function reportLevel(
  analysis: StructureAnalysis,
  sole: SoleMembers,
  { listCount, budget }: { readonly listCount: number; readonly budget: Budget },
): LevelReport {
  const inTime = <A>(what: string, answer: () => A | { readonly _tag: 'unknown'; readonly reason: string }) =>
    budget.isSpent() ? outOfTime(budget, what) : answer();
  return {
    ...sole,
    members: analysis.members,
    smallestQuorum: inTime('smallest quorum', () => analysis.cheapestQuorum()),
    smallestBlockingSet: inTime('smallest blocking set', () => analysis.cheapestBlockingSet()),
    smallestSplittingSet: inTime('smallest splitting set', () => analysis.smallestSplittingSet()),
    uncoverable: new Map(toldCovers.map((k) => [k, inTime(`Q${k}`, () => analysis.isUncoverable(k))])),
    minimalQuorumCount: inTime('counting quorums', () => analysis.minimalQuorumCount()),
    minimalBlockingSetCount: inTime('counting blocking sets', () => analysis.minimalBlockingSetCount()),
    minimalQuorums: first(analysis.minimalQuorums(), listCount, budget),
    minimalBlockingSets: first(analysis.minimalBlockingSets(), listCount, budget),
    dummies: inTime('members that never matter', () => analysis.dummies()),
    power: inTime('power', () => normalized(analysis.banzhaf())),
  };
}

function first<A>(items: Iterable<A>, count: number, budget: Budget): readonly A[] {
  const found: A[] = [];
  if (count === 0) return found;
  for (const item of items) {
    found.push(item);
    if (found.length >= count || budget.isSpent()) break;
  }
  return found;
}

function normalized(power: Figure<ReadonlyMap<ProcessId, number>>): Figure<ReadonlyMap<ProcessId, number>> {
  return power._tag === 'exact' ? exact(normalizedPower(power.value)) : power;
}
