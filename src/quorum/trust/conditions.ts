/**
 * What a trust model must satisfy before it may be used, with a counterexample where it does not (spec/quorum.md, "Conditions").
 * C1 and C2 generalize n ≥ 3f+1 and n ≥ 3f+2t+1 of Martin & Alvisi 2006; C2ℓ is n ≥ 3f+2t−1 of Kuznetsov, Tonkikh & Zhang 2021.
 */
import type { ProcessId, ProcessSet } from '../../prelude/process.js';
import type { CoveringFaults, QuorumSystem } from '../quorum-system.js';
import { type Budget, outOfTime, unlimited, type Verdict } from '../verdict.js';
import { ExplicitSystem } from './explicit-system.js';
import { coveredUnderAccusation, coveringOfEveryone, type FaultCounts, judgeEveryone } from './judged-tree.js';
import { OrganizationSystem } from './organizations.js';
import { judgeSlowSets } from './slow-sets.js';
import type { TrustTree } from './trust-tree.js';
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

/** Whether consensus is safe and live under this trust model: C1, and C2 or C2ℓ for every eligible leader. Without witnesses. */
export function isAcceptable({ system, leaders }: TrustAssumption): boolean {
  if (system instanceof OrganizationSystem) return isTreeAcceptable(system.tree, leaders);
  const all = system.processes;
  if (system.isCoveredBy(all, c1Faults)) return false;
  if (!system.isCoveredBy(all, c2Faults)) return true;
  const isCovered = leaderCovers(system);
  return [...leaders].every((leader) => !isCovered(leader));
}

/** {@link isAcceptable} of a tree, at the cost of its size times its depth. */
export function isTreeAcceptable(tree: TrustTree, leaders: Iterable<ProcessId>): boolean {
  if (coveringOfEveryone(tree, c1Faults) === 'covered') return false;
  if (coveringOfEveryone(tree, c2Faults) !== 'covered') return true;
  const covered = coveredUnderAccusation(judgeEveryone(tree, c2Faults), c2Faults);
  return [...leaders].every((leader) => !covered.has(leader));
}

/**
 * Every condition with its verdict. Only the first violated C2ℓ has a witness. A user's own system over few processes is held to the
 * sets that it names: where they cover everyone, a condition is violated though the system says otherwise.
 */
export function judgeConditions({ system, leaders }: TrustAssumption, budget: Budget = unlimited): TrustVerdicts {
  const finder = new CoverFinder(system, budget);
  const isCovered = (faults: CoveringFaults): boolean => system.isCoveredBy(system.processes, faults);
  const c2 = judgeCover(finder, c2Faults, isCovered(c2Faults));
  return {
    slowWithinByzantine: judgeSlowSets(finder),
    c1: judgeCover(finder, c1Faults, isCovered(c1Faults)),
    c2,
    c2OfLeaders: c2._tag === 'holds' ? allHold(leaders) : judgeLeaders(finder, leaders),
  };
}

const holds: Verdict = { _tag: 'holds' };

/** C2 implies every C2ℓ: sets that must contain somebody cover no more. */
function allHold(leaders: ProcessSet): ReadonlyMap<ProcessId, Verdict> {
  return new Map([...leaders].map((leader) => [leader, holds]));
}

function judgeLeaders(finder: CoverFinder, leaders: ProcessSet): ReadonlyMap<ProcessId, Verdict> {
  const { system, budget } = finder;
  const isCovered = leaderCovers(system);
  const isInstant = system instanceof OrganizationSystem;
  const verdicts = new Map<ProcessId, Verdict>();
  let witnessed = false;
  for (const leader of leaders) {
    if (!isInstant && budget.isSpent()) {
      verdicts.set(leader, outOfTime(budget, 'covering everyone'));
    } else if (witnessed && isCovered(leader)) {
      verdicts.set(leader, { _tag: 'violated', witness: undefined });
    } else {
      const verdict = judgeCover(finder, c2FaultsOf(leaders.universe.of([leader])), isCovered(leader));
      witnessed ||= verdict._tag === 'violated';
      verdicts.set(leader, verdict);
    }
  }
  return verdicts;
}

/** @param isCovered - what the system says. */
function judgeCover(finder: CoverFinder, faults: CoveringFaults, isCovered: boolean): Verdict {
  const { system } = finder;
  if (!isCovered && isDescribed(system)) return holds;
  const cover = finder.find(system.processes, faults);
  if (cover._tag === 'found') return { _tag: 'violated', witness: cover.sets };
  if (!isCovered) return holds;
  return { _tag: 'violated', witness: undefined, reason: cover._tag === 'none' ? carefulness(system) : cover.reason };
}

/** Whether what it says of several sets follows from what it says of one, by construction. */
function isDescribed(system: QuorumSystem): boolean {
  return system instanceof OrganizationSystem || system instanceof ExplicitSystem;
}

function carefulness(system: QuorumSystem): string {
  const rule = system instanceof OrganizationSystem ? 'the weights add up' : 'the system says so';
  return `${rule}, though no such sets really contain every server: the rule errs on the safe side`;
}

/** Whether three sets of 𝓩, each with this leader, and two of 𝓣 cover everyone. */
function leaderCovers(system: QuorumSystem): (leader: ProcessId) => boolean {
  const all = system.processes;
  if (system instanceof OrganizationSystem) {
    const covered = coveredUnderAccusation(judgeEveryone(system.tree, c2Faults), c2Faults);
    return (leader) => covered.has(leader);
  }
  const ask = (leader: ProcessId): boolean => system.isCoveredBy(all, c2FaultsOf(all.universe.of([leader])));
  return system instanceof ExplicitSystem ? askOncePerPlace(system, ask) : ask;
}

/** Leaders that stand in the same Byzantine sets leave the same covers. */
function askOncePerPlace(
  { byzantine }: ExplicitSystem,
  ask: (leader: ProcessId) => boolean,
): (leader: ProcessId) => boolean {
  const answers = new Map<string, boolean>();
  return (leader) => {
    const place = byzantine.map((one) => (one.has(leader) ? 1 : 0)).join('');
    const answer = answers.get(place) ?? ask(leader);
    answers.set(place, answer);
    return answer;
  };
}
