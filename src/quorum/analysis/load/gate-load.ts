/**
 * The largest capacity of one gate, whose children have given capacities and share no member: how many quorums a unit of time, if no
 * child may be used beyond its capacity (Naor and Wool, "The load, capacity, and availability of quorum systems", SIAM J. Comput. 1998;
 * the load is the inverse). spec/quorum.md, "Load", has the proofs.
 */
import { groupedBy } from '../../../prelude/grouping.js';
import { type Budget, unlimited } from '../../verdict.js';
import { commonDenominator, Fraction } from './fraction.js';
import { solvePacking } from './packing-program.js';
import type { GatePlan } from './tree-strategy.js';

export interface LoadedChild {
  readonly weight: number;
  readonly capacity: Fraction;
}

export interface GateCapacity {
  readonly atLeast: Fraction;
  readonly atMost: Fraction;
  /** That reach the capacity; absent where it is not known exactly. */
  readonly plans?: readonly GatePlan[];
}

/** @param k - from 1 to the weight of all children. @param budget - when it is spent, bounds must do where weights differ. */
export function gateCapacity(k: number, children: readonly LoadedChild[], budget: Budget = unlimited): GateCapacity {
  const clipped = children.map(({ weight, capacity }) => ({ weight: Math.min(weight, k), capacity }));
  const [{ weight } = { weight: 1 }] = clipped;
  if (clipped.every((child) => child.weight === weight)) return capacityByCount(Math.ceil(k / weight), clipped);
  const exactly = budget.isSpent() ? undefined : capacityByCovers(k, clipped);
  return exactly ?? capacityBounds(k, clipped);
}

function capacityByCount(count: number, children: readonly LoadedChild[]): GateCapacity {
  const capacity = waterLevel(
    count,
    children.map((child) => ({ ...child, weight: 1 })),
  );
  const uses = children.map((child) => child.capacity.dividedBy(capacity).min(Fraction.one));
  const outOf = commonDenominator(uses);
  const plan = {
    share: 1n,
    uses: uses.map(({ numerator, denominator }, child) => ({ child, times: numerator * (outOf / denominator) })),
    outOf,
  };
  return { atLeast: capacity, atMost: capacity, plans: [plan] };
}

/**
 * The largest C for which the children, each used as often as its capacity allows but once a quorum at most, bring the weight `demand`:
 * Σ weight·min(1, capacity/C) ≥ demand. Children that are used every time are those of the largest capacities.
 */
function waterLevel(demand: number, children: readonly LoadedChild[]): Fraction {
  const descending = children.toSorted((a, b) => b.capacity.compare(a.capacity));
  let rest = descending.reduce((sum, child) => sum.plus(supplyOf(child)), Fraction.zero);
  let needed = demand;
  for (const child of descending) {
    const level = rest.dividedBy(whole(needed));
    if (level.compare(child.capacity) >= 0) return level;
    rest = rest.minus(supplyOf(child));
    needed -= child.weight;
  }
  return Fraction.zero;
}

function supplyOf({ weight, capacity }: LoadedChild): Fraction {
  return capacity.times(whole(weight));
}

function whole(value: number): Fraction {
  return Fraction.of(BigInt(value));
}

/** Children of one weight and capacity. An optimal strategy treats them alike: the mean over all their permutations is one. */
export interface ChildClass extends LoadedChild {
  readonly positions: readonly number[];
}

/** How much the exact program may have to do; beyond it there are bounds. */
const maxClasses = 12;
const maxCovers = 2000;
const maxPivots = 100;

/** Undefined where there are too many different children. */
function capacityByCovers(k: number, children: readonly LoadedChild[]): GateCapacity | undefined {
  const classes = classesOf(children);
  const covers = classes.length > maxClasses ? undefined : minimalCovers(k, classes);
  if (covers === undefined) return undefined;
  const packing = solvePacking(
    {
      columns: covers.map((counts) => counts.map(BigInt)),
      supplies: classes.map(({ capacity, positions }) => capacity.times(whole(positions.length))),
    },
    maxPivots,
  );
  if (packing === undefined) return undefined;
  const { total, uses } = packing;
  const unit = commonDenominator([...uses.values()]);
  const plans = [...uses].map(([cover, { numerator, denominator }]) =>
    planOf(covers[cover] ?? [], classes, numerator * (unit / denominator)),
  );
  return { atLeast: total, atMost: total, plans };
}

/** Heavier ones first. */
export function classesOf(children: readonly LoadedChild[]): readonly ChildClass[] {
  const alike = groupedBy(children.entries(), ([, { weight, capacity }]) => `${weight} ${capacity.toString()}`);
  const classes = [...alike.values()].flatMap((entries) =>
    entries.slice(0, 1).map(([, child]) => ({ ...child, positions: entries.map(([position]) => position) })),
  );
  return classes.sort((a, b) => b.weight - a.weight);
}

/**
 * How many children of each class a minimal set that weighs k may have; undefined if there are too many answers. The last class to be
 * taken from is the lightest, so a set is minimal if it weighs less than k without its last child.
 */
function minimalCovers(k: number, classes: readonly ChildClass[]): readonly (readonly number[])[] | undefined {
  const covers: number[][] = [];
  const weightFrom = classes.map((_, index) =>
    classes.slice(index).reduce((sum, { weight, positions }) => sum + weight * positions.length, 0),
  );
  const extend = (counts: readonly number[], missing: number): void => {
    const { length } = counts;
    const next = classes[length];
    if (next === undefined || covers.length > maxCovers || (weightFrom[length] ?? 0) < missing) return;
    const enough = Math.ceil(missing / next.weight);
    for (let count = 0; count < enough && count <= next.positions.length; count++) {
      extend([...counts, count], missing - count * next.weight);
    }
    if (enough > next.positions.length) return;
    covers.push([...counts, enough, ...classes.slice(length + 1).map(() => 0)]);
  };
  extend([], k);
  return covers.length > maxCovers ? undefined : covers;
}

/** Any so many children of each class, all equally often. The classes stand one behind the other, so that each gets its number. */
function planOf(counts: readonly number[], classes: readonly ChildClass[], share: bigint): GatePlan {
  const uses = classes.map(({ positions }, index) => Fraction.of(BigInt(counts[index] ?? 0), BigInt(positions.length)));
  const outOf = commonDenominator(uses);
  const ofClass = uses.map(({ numerator, denominator }) => numerator * (outOf / denominator));
  return {
    share,
    outOf,
    uses: classes.flatMap(({ positions }, index) => positions.map((child) => ({ child, times: ofClass[index] ?? 0n }))),
  };
}

/**
 * No strategy does better than the mean of its weights allows. Conversely any use of the children that brings the weight k + w − 1 in
 * the mean, no child weighing more than w, is that of a strategy: dependent rounding (Gandhi, Khuller, Parthasarathy and Srinivasan,
 * J. ACM 2006) makes it sets that weigh more than k − 1. And all together always suffice.
 */
function capacityBounds(k: number, children: readonly LoadedChild[]): GateCapacity {
  const total = children.reduce((sum, { weight }) => sum + weight, 0);
  const heaviest = children.reduce((most, { weight }) => Math.max(most, weight), 0);
  return {
    atLeast: waterLevel(Math.min(total, k + heaviest - 1), children),
    atMost: waterLevel(k, children),
  };
}
