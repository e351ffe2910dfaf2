/**
 * What a trust model must satisfy before it may be used, with a counterexample where it does not (spec/quorum.md, "Conditions").
 * C1 and C2 generalize n ≥ 3f+1 and n ≥ 3f+2t+1 of Martin & Alvisi 2006; C2ℓ is n ≥ 3f+2t−1 of Kuznetsov, Tonkikh & Zhang 2021.
 */
import type { ProcessId, ProcessSet } from '../../prelude/process.js';
import { OrganizationSystem } from './organizations.js';
import type { CoveringFaults, QuorumSystem } from '../quorum-system.js';
import type { Verdict } from '../verdict.js';
import { findCover, maxSearchedProcesses, subsetsOf } from './witness.js';

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

export const c1Faults: CoveringFaults = { byzantine: 3 };
export const c2Faults: CoveringFaults = { byzantine: 3, slow: 2 };

export function c2FaultsOf(leader: ProcessSet): CoveringFaults {
  return { ...c2Faults, accused: leader };
}

/** Whether consensus is safe and live under this trust model: C1, and C2 or C2ℓ for every eligible leader. Without witnesses; quadratic. */
export function isAcceptable({ system, leaders }: TrustAssumption): boolean {
  const all = system.processes;
  if (system.isCoveredBy(all, c1Faults)) return false;
  if (!system.isCoveredBy(all, c2Faults)) return true;
  return [...leaders].every((leader) => !system.isCoveredBy(all, c2FaultsOf(all.universe.of([leader]))));
}

/** Every condition with its verdict. Only the first violated C2ℓ has a witness. */
export function judgeConditions({ system, leaders }: TrustAssumption): TrustVerdicts {
  const c2OfLeaders = new Map<ProcessId, Verdict>();
  let witnessed = false;
  for (const leader of leaders) {
    const faults = c2FaultsOf(leaders.universe.of([leader]));
    const verdict = judgeCover(system, faults, !witnessed);
    witnessed ||= verdict._tag === 'violated';
    c2OfLeaders.set(leader, verdict);
  }
  return {
    slowWithinByzantine: judgeSlowSets(system),
    c1: judgeCover(system, c1Faults),
    c2: judgeCover(system, c2Faults),
    c2OfLeaders,
  };
}

function judgeCover(system: QuorumSystem, faults: CoveringFaults, withWitness = true): Verdict {
  if (!system.isCoveredBy(system.processes, faults)) return { _tag: 'holds' };
  return { _tag: 'violated', witness: withWitness ? findCover(system, system.processes, faults) : undefined };
}

function judgeSlowSets(system: QuorumSystem): Verdict {
  if (system instanceof OrganizationSystem) return { _tag: 'holds' };
  if (system.processes.size > maxSearchedProcesses) {
    return { _tag: 'unknown', reason: `not decided for a predicate over more than ${maxSearchedProcesses} processes` };
  }
  for (const members of subsetsOf(system.processes)) {
    const isSlow = system.isCoveredBy(members, { byzantine: 0, slow: 1 });
    if (isSlow && !system.canBeFaulty(members)) return { _tag: 'violated', witness: [{ kind: 'slow', members }] };
  }
  return { _tag: 'holds' };
}
