/** Which of the listed fault sets cover a set: the counterexample for models that are lists (`ExplicitFaults`). */
import type { ProcessId, ProcessSet } from '../../prelude/process.js';
import type { CoveringFaults } from '../quorum-system.js';
import { type Budget, type FaultSet, outOfTime } from '../verdict.js';
import type { ExplicitSystem } from './explicit-system.js';
import type { CoverSearch } from './tree-cover.js';

/** Takes one set after another such that the system says of the others that they cover what is left; so no step is taken back. */
export function coverListed(
  system: ExplicitSystem,
  set: ProcessSet,
  { byzantine, slow = 0, accused: named = set.universe.none }: CoveringFaults,
  budget: Budget,
): CoverSearch {
  const accused = byzantine === 0 ? set.universe.none : named;
  const left = { byzantine, slow };
  const chosen: FaultSet[] = [];
  const listed: readonly FaultSet[] = [
    ...system.byzantine.filter((one) => accused.isSubsetOf(one)).map(ofKind('byzantine')),
    ...system.slow.map(ofKind('slow')),
  ];
  for (let rest = set; !rest.isEmpty; ) {
    const uncovered = rest;
    const choices = containingRarest(
      uncovered,
      listed.filter(({ kind }) => left[kind] > 0),
    );
    const next = choices.find(({ kind, members }) => {
      const others = { ...left, [kind]: left[kind] - 1, accused };
      return !budget.isSpent() && system.isCoveredBy(uncovered.minus(members), others);
    });
    if (next === undefined) {
      return budget.isSpent() ? outOfTime(budget, 'the search for covering sets') : notFound;
    }
    chosen.push(next);
    left[next.kind] -= 1;
    rest = uncovered.minus(next.members);
  }
  const spare = (kind: FaultSet['kind'], members: ProcessSet): readonly FaultSet[] =>
    Array.from({ length: left[kind] }, () => ({ kind, members }));
  return { _tag: 'found', sets: [...chosen, ...spare('byzantine', accused), ...spare('slow', set.universe.none)] };
}

const notFound: CoverSearch = { _tag: 'unknown', reason: 'no covering sets were found' };

function ofKind(kind: FaultSet['kind']): (members: ProcessSet) => FaultSet {
  return (members) => ({ kind, members });
}

/** One of them must be among the covering sets: those that contain the process which the fewest contain. */
function containingRarest(set: ProcessSet, listed: readonly FaultSet[]): readonly FaultSet[] {
  let fewest = listed;
  const containing = (id: ProcessId): readonly FaultSet[] => listed.filter(({ members }) => members.has(id));
  for (const id of set) {
    const some = containing(id);
    if (some.length < fewest.length) fewest = some;
  }
  return fewest;
}
