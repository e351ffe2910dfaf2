/**
 * What a trust model must satisfy before it may be used, with a counterexample where it does not (spec/quorum.md, "Conditions").
 * C1 and C2 generalize n ≥ 3f+1 and n ≥ 3f+2t+1 of Martin & Alvisi 2006; C2ℓ is n ≥ 3f+2t−1 of Kuznetsov, Tonkikh & Zhang 2021.
 */
import type { ProcessId, ProcessSet } from '../../prelude/process.js';
import type { CoveringFaults, QuorumSystem } from '../quorum-system.js';
import { type Budget, outOfTime, unlimited, type Verdict } from '../verdict.js';
import { ExplicitSystem } from './explicit-system.js';
import { coveredUnderAccusation, type FaultCounts, judgeEveryone } from './judged-tree.js';
import { OrganizationSystem } from './organizations.js';
import { judgeSlowSets } from './slow-sets.js';
import { CoverFinder } from './witness.js';

/** What a trust model says to protocols: who may fail together, and who may lead. */
export interface TrustAssumption {
  readonly system: QuorumSystem;
  /** Not empty. */
  readonly leaders: ProcessSet;
}

export interface TrustVerdicts {
  /** 𝓣 ⊆ 𝓩; its witness is one slow set that cannot be Byzantine. */
  readonly slowWithinByzantine: Verdict;
  /** No three sets of 𝓩 contain every process. */
  readonly c1: Verdict;
  /** No three sets of 𝓩 and two of 𝓣 contain every process. */
  readonly c2: Verdict;
  /** For each leader: no three sets of 𝓩, each with this leader, and two of 𝓣 contain every process. */
  readonly c2OfLeaders: ReadonlyMap<ProcessId, Verdict>;
}

export const c1Faults: FaultCounts = { byzantine: 3, slow: 0 };
export const c2Faults: FaultCounts = { byzantine: 3, slow: 2 };

export function c2FaultsOf(leader: ProcessSet): CoveringFaults {
  return { ...c2Faults, accused: leader };
}

/**
 * Every condition with its verdict. Only the first violated C2ℓ has a witness. A user's own system over few processes is held to the
 * sets that it names: where they cover everyone, a condition is violated though the system says otherwise.
 */
export function judgeConditions({ system, leaders }: TrustAssumption, budget: Budget = unlimited): TrustVerdicts {
  const finder = new CoverFinder(system, budget);
  // What is needed in any case comes first, while there is time.
  const slowWithinByzantine = judgeSlowSets(finder);
  const c1 = judgeCover(finder, c1Faults);
  const c2 = judgeCover(finder, c2Faults);
  const c2OfLeaders = c2._tag === 'holds' ? allHold(leaders) : judgeLeaders(finder, leaders);
  return { slowWithinByzantine, c1, c2, c2OfLeaders };
}

const holds: Verdict = { _tag: 'holds' };

/** C2 implies every C2ℓ: sets that must contain somebody cover no more. */
function allHold(leaders: ProcessSet): ReadonlyMap<ProcessId, Verdict> {
  return new Map([...leaders].map((leader) => [leader, holds]));
}

function judgeLeaders(finder: CoverFinder, leaders: ProcessSet): ReadonlyMap<ProcessId, Verdict> {
  const { system, budget } = finder;
  const judge = leaderJudge(finder);
  const isInstant = system instanceof OrganizationSystem;
  const verdicts = new Map<ProcessId, Verdict>();
  let witnessed = false;
  for (const leader of leaders) {
    const isLate = !isInstant && budget.isSpent();
    const verdict: Verdict = isLate ? outOfTime(budget, 'covering everyone') : judge(leader, witnessed);
    verdicts.set(leader, verdict);
    witnessed ||= verdict._tag === 'violated';
  }
  return verdicts;
}

/** Judges C2ℓ of one leader; without a witness where another one has it. */
type LeaderJudge = (leader: ProcessId, witnessed: boolean) => Verdict;

const violated: Verdict & { readonly _tag: 'violated' } = { _tag: 'violated', witness: undefined };

function leaderJudge(finder: CoverFinder): LeaderJudge {
  const { system } = finder;
  const { universe } = system.processes;
  if (system instanceof ExplicitSystem) return listedLeaderJudge(finder, system);
  const faultsOf = (leader: ProcessId): CoveringFaults => c2FaultsOf(universe.of([leader]));
  const covered =
    system instanceof OrganizationSystem
      ? coveredUnderAccusation(judgeEveryone(system.tree, c2Faults), c2Faults)
      : { has: (leader: ProcessId) => system.isCoveredBy(system.processes, faultsOf(leader)) };
  return (leader, witnessed) => {
    const isCovered = covered.has(leader);
    return witnessed && isCovered ? violated : judgeAnswer(finder, faultsOf(leader), isCovered);
  };
}

/** Leaders that stand in the same Byzantine sets leave the same covers. */
function listedLeaderJudge(finder: CoverFinder, { byzantine, processes }: ExplicitSystem): LeaderJudge {
  const verdicts = new Map<string, Verdict>();
  return (leader, witnessed) => {
    const place = byzantine.map((one) => (one.has(leader) ? 1 : 0)).join('');
    const verdict = verdicts.get(place) ?? judgeListed(finder, c2FaultsOf(processes.universe.of([leader])));
    verdicts.set(place, verdict);
    return witnessed && verdict._tag === 'violated' ? violated : verdict;
  };
}

function judgeCover(finder: CoverFinder, faults: CoveringFaults): Verdict {
  const { system } = finder;
  if (system instanceof ExplicitSystem) return judgeListed(finder, faults);
  return judgeAnswer(finder, faults, system.isCoveredBy(system.processes, faults));
}

/** Where the search gives up, the set counts as covered, as in the system; where time runs out, nothing is said. */
function judgeListed(finder: CoverFinder, faults: CoveringFaults): Verdict {
  const cover = finder.find(finder.system.processes, faults);
  if (cover._tag === 'none') return holds;
  if (cover._tag === 'found') return { ...violated, witness: cover.sets };
  return finder.budget.isSpent() ? cover : { ...violated, reason: cover.reason };
}

/** @param isCovered - what the system says. */
function judgeAnswer(finder: CoverFinder, faults: CoveringFaults, isCovered: boolean): Verdict {
  const { system } = finder;
  // Of a tree it follows from the limits, by construction.
  if (!isCovered && system instanceof OrganizationSystem) return holds;
  const cover = finder.find(system.processes, faults);
  if (cover._tag === 'found') return { ...violated, witness: cover.sets };
  if (!isCovered) return holds;
  return { ...violated, reason: cover._tag === 'none' ? carefulness(system) : cover.reason };
}

function carefulness(system: QuorumSystem): string {
  const rule = system instanceof OrganizationSystem ? 'the weights add up' : 'the system says so';
  return `${rule}, though no such sets really contain every server: the rule errs on the safe side`;
}
