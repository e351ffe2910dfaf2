/** Which of the listed fault sets cover a set: the counterexample for models that are lists (`ExplicitFaults`). */
import type { ProcessSet } from '../../prelude/process.js';
import type { CoveringFaults } from '../quorum-system.js';
import { type Budget, type FaultSet, outOfTime } from '../verdict.js';
import type { ExplicitSystem } from './explicit-system.js';
import type { CoverSearch } from './tree-cover.js';

/** Exactly as many sets of each kind as `faults` says. */
export function coverListed(
  system: ExplicitSystem,
  set: ProcessSet,
  faults: CoveringFaults,
  budget: Budget,
): CoverSearch {
  const { byzantine, slow = 0 } = faults;
  const { none } = set.universe;
  const cover = system.findCover(set, faults, budget);
  if (cover._tag === 'uncovered') return { _tag: 'none' };
  if (cover._tag === 'unknown') {
    if (budget.isSpent()) return outOfTime(budget, 'covering everyone');
    return { _tag: 'unknown', reason: 'the search among the listed sets gave up; the rule then errs on the safe side' };
  }
  const spare = (kind: FaultSet['kind'], count: number, members: ProcessSet): readonly FaultSet[] => {
    const used = cover.sets.filter((one) => one.kind === kind).length;
    return Array.from({ length: count - used }, () => ({ kind, members }));
  };
  const accused = spare('byzantine', byzantine, faults.accused ?? none);
  return { _tag: 'found', sets: [...cover.sets, ...accused, ...spare('slow', slow, none)] };
}
