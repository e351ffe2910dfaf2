/**
 * Whether a quorum system of a user's own means what its one method says: the answers about several fault sets must follow from those
 * about one. Up to 14 processes every set is tried, beyond that random ones.
 */
import { E } from '../../prelude/fp.js';
import { assertNever } from '../../prelude/invariant.js';
import type { ProcessId, ProcessSet } from '../../prelude/process.js';
import { type RandomBytes, randomBelow } from '../../prelude/random.js';
import type { CoveringFaults, QuorumSystem } from '../quorum-system.js';
import { setOf } from '../tree/subset-transform.js';
import { type Budget, type FaultSet, outOfTime } from '../verdict.js';
import {
  anyByzantine,
  anySlow,
  coveredSets,
  type FallingBroken,
  type FaultTable,
  type FaultTableError,
  faultTable,
} from './fault-table.js';

/** With more processes only samples are checked. */
const maxCheckedProcesses = 14;

export type SystemCheck =
  | { readonly _tag: 'agrees'; readonly extent: CheckExtent }
  /** It calls sets covered that no such fault sets contain, like `set`: it errs on the safe side. */
  | { readonly _tag: 'conservative'; readonly set: ProcessSet; readonly faults: CoveringFaults }
  /** It calls `set` uncovered though `cover`, as many fault sets as asked for, contains it: quorums may not meet. */
  | {
      readonly _tag: 'wrong';
      readonly set: ProcessSet;
      readonly faults: CoveringFaults;
      readonly cover: readonly FaultSet[];
    }
  | FallingBroken
  | { readonly _tag: 'unknown'; readonly reason: string };

/** Samples find what is wrong often, and what is conservative never. */
type CheckExtent = 'every set' | 'samples';

/** The questions of consensus, with no process or any one accused. */
const asked = [
  { byzantine: 1, slow: 1 },
  { byzantine: 3, slow: 0 },
  { byzantine: 3, slow: 2 },
];

/** What is wrong is reported before what is conservative. */
export function checkQuorumSystem(system: QuorumSystem, budget: Budget, random: RandomBytes): SystemCheck {
  if (system.processes.size > maxCheckedProcesses) return checkSamples(system, budget, random);
  const table = faultTable(system, budget);
  if (E.isLeft(table)) return unchecked(table.left);
  let found: SystemCheck = { _tag: 'agrees', extent: 'every set' };
  for (const faults of questions(system.processes)) {
    const check = compare(system, table.right, faults, budget);
    if (check === undefined) continue;
    if (check._tag !== 'conservative') return check;
    if (found._tag === 'agrees') found = check;
  }
  return found;
}

function* questions({ universe }: ProcessSet): Generator<CoveringFaults> {
  yield* [{ byzantine: 0 }, anyByzantine, anySlow, ...asked];
  for (const id of universe.ids) {
    const accused = universe.of([id]);
    yield { ...anyByzantine, accused };
    for (const faults of asked) yield { ...faults, accused };
  }
}

function unchecked(error: FaultTableError): SystemCheck {
  switch (error._tag) {
    case 'NotMonotone':
      return error;
    case 'OutOfTime':
      return { _tag: 'unknown', reason: error.reason };
    case 'TooManyProcesses':
      return { _tag: 'unknown', reason: `more than ${error.most} processes` };
    default:
      return assertNever(error);
  }
}

/** The answers to one question, about every set, against the real covers; undefined where they agree. */
function compare(
  system: QuorumSystem,
  table: FaultTable,
  faults: CoveringFaults,
  budget: Budget,
): SystemCheck | undefined {
  const answers = coveredSets(system, faults, budget);
  if (E.isLeft(answers)) return unchecked(answers.left);
  const real = table.covered(faults);
  if (real === undefined) return outOfTime(budget, 'the check of the quorum system');
  const differing = (answer: number): number =>
    real.findIndex((entry, mask) => answers.right[mask] === answer && entry !== answer);
  const missed = differing(0);
  if (missed !== -1) return wrong(table, setOf(missed, system.processes), faults);
  const excess = differing(1);
  return excess === -1 ? undefined : { _tag: 'conservative', set: setOf(excess, system.processes), faults };
}

function wrong(table: FaultTable, set: ProcessSet, faults: CoveringFaults): SystemCheck {
  const cover = table.findCover(set, faults);
  if (cover._tag === 'unknown') return cover;
  return { _tag: 'wrong', set, faults, cover: cover._tag === 'found' ? cover.sets : [] };
}

const sampleCount = 256;

/** Unions of random maximal fault sets, which must be covered, and so must what is left without one of their processes. */
function checkSamples(system: QuorumSystem, budget: Budget, random: RandomBytes): SystemCheck {
  for (let sample = 0; sample < sampleCount; sample++) {
    for (const faults of [anyByzantine, anySlow, ...asked]) {
      if (budget.isSpent()) return outOfTime(budget, 'the check of the quorum system');
      const found = checkSample(system, faults, random);
      if (found !== undefined) return found;
    }
  }
  return { _tag: 'agrees', extent: 'samples' };
}

function checkSample(system: QuorumSystem, faults: CoveringFaults, random: RandomBytes): SystemCheck | undefined {
  const { universe } = system.processes;
  const cover = [
    ...repeat(faults.byzantine, (): FaultSet => maximalFaultSet(system, 'byzantine', random)),
    ...repeat(faults.slow ?? 0, (): FaultSet => maximalFaultSet(system, 'slow', random)),
  ];
  const set = cover.reduce((union, { members }) => union.union(members), universe.none);
  if (!system.isCoveredBy(set, faults)) return { _tag: 'wrong', set, faults, cover };
  const ids = [...set];
  const out = ids[Number(randomBelow(random, BigInt(ids.length + 1)))];
  const part = out === undefined ? set : set.without(out);
  if (system.isCoveredBy(part, faults)) return undefined;
  return { _tag: 'NotMonotone', faults, covered: set, uncovered: part };
}

/** Grown from nothing, in random order, as long as the system calls it one fault set. */
function maximalFaultSet(system: QuorumSystem, kind: FaultSet['kind'], random: RandomBytes): FaultSet {
  const faults = kind === 'byzantine' ? anyByzantine : anySlow;
  let members = system.processes.universe.none;
  for (const id of shuffled([...system.processes], random)) {
    const larger = members.with(id);
    if (system.isCoveredBy(larger, faults)) members = larger;
  }
  return { kind, members };
}

function shuffled(ids: readonly ProcessId[], random: RandomBytes): readonly ProcessId[] {
  const order = [...ids];
  for (let last = order.length - 1; last > 0; last--) {
    const other = Number(randomBelow(random, BigInt(last + 1)));
    const [a, b] = [order[last], order[other]];
    if (a !== undefined && b !== undefined) [order[last], order[other]] = [b, a];
  }
  return order;
}

function repeat<A>(count: number, make: () => A): readonly A[] {
  return Array.from({ length: count }, make);
}
