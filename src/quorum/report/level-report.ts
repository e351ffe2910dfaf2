/** What is told of an access structure at one level: among its servers, or among organizations that act and fail as one. */
import type { ProcessId } from '../../prelude/process.js';
import { budgetShare } from '../analysis/bounds/budget-share.js';
import { soleBlockers, soleQualifiers } from '../analysis/sole-members.js';
import type { MinimalSets, PricedSet, SplittingSet, StructureAnalysis } from '../analysis/structure-analysis.js';
import { normalizedPower } from '../analysis/closed-form/tree-power.js';
import type { Policy } from '../policy/policy.js';
import { type Budget, type Figure, inTime, mapFigure, type Verdict } from '../verdict.js';

/** The k for which Q^k is told: no k sets of corrupted members, none of which could act alone, contain everybody. */
const toldCovers = [2, 3, 4, 5] as const;

export interface LevelReport {
  readonly members: readonly ProcessId[];
  readonly quorums: SetsReport;
  readonly blockingSets: SetsReport;
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

/** Minimal sets of one kind. */
export interface SetsReport {
  readonly smallest: Figure<PricedSet>;
  readonly count: Figure<bigint>;
  /** The first, as many as were asked for. */
  readonly listed: readonly (readonly ProcessId[])[];
}

/** Whether all were listed. */
export function isComplete({ count, listed }: SetsReport): boolean {
  return count._tag === 'exact' && count.value === BigInt(listed.length);
}

/**
 * @param analysis - of `policy`.
 * @param listCount - how many minimal sets of each kind to list.
 */
export function reportLevel(
  policy: Policy,
  analysis: StructureAnalysis,
  { listCount, budget }: { readonly listCount: number; readonly budget: Budget },
): LevelReport {
  const { members, quorums, blockingSets } = analysis;
  const sole = { vetoes: [...soleBlockers(policy)], soleActors: [...soleQualifiers(policy)] };
  const smallest = {
    quorum: inTime(budget, 'smallest quorum', () => quorums.cheapest()),
    blockingSet: inTime(budget, 'smallest blocking set', () => blockingSets.cheapest()),
    splittingSet: inTime(budget, 'smallest splitting set', () => analysis.smallestSplittingSet()),
  };
  const uncoverable = new Map(
    toldCovers.map((k) => [k, inTime(budget, `Q${k}`, () => analysis.isUncoverable(k))] as const),
  );
  const counts = {
    quorum: inTime(budget, 'counting quorums', () => quorums.count()),
    blockingSet: inTime(budget, 'counting blocking sets', () => blockingSets.count()),
  };
  return {
    ...sole,
    members,
    uncoverable,
    smallestSplittingSet: smallest.splittingSet,
    quorums: { smallest: smallest.quorum, count: counts.quorum, listed: first(quorums, listCount, budget) },
    blockingSets: {
      smallest: smallest.blockingSet,
      count: counts.blockingSet,
      listed: first(blockingSets, listCount, budget),
    },
    dummies: inTime(budget, 'members that never matter', () => analysis.dummies()),
    power: inTime(budget, 'power', () => mapFigure(analysis.banzhaf(), normalizedPower)),
  };
}

/** Of the whole time, for either list. */
const listingShare = 0.2;

/** At least one where any is asked for, whatever the time. */
function first(sets: MinimalSets, count: number, budget: Budget): readonly (readonly ProcessId[])[] {
  const found: (readonly ProcessId[])[] = [];
  if (count === 0) return found;
  const share = budgetShare(budget, listingShare);
  for (const set of sets.list()) {
    found.push(set);
    if (found.length >= count || share.isSpent()) break;
  }
  return found;
}
