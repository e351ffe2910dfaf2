/** Children of a weighted gate by their weight: those of one class have one influence, and get one weight. */
import { sum } from '../../tree/weights.js';
import type { WeightedThreshold } from './sums.js';

export interface WeightClass {
  /** Where its children stand, from 0. */
  readonly positions: readonly number[];
  /** What the first of its children weigh together, from none to all. */
  readonly sums: readonly number[];
}

/** The heaviest class first. */
export function classesOf(weights: readonly number[]): readonly WeightClass[] {
  const distinct = [...new Set(weights)].sort((a, b) => b - a);
  return distinct.map((weight) =>
    classOf(
      weights,
      weights.flatMap((own, index) => (own === weight ? [index] : [])),
    ),
  );
}

function classOf(weights: readonly number[], positions: readonly number[]): WeightClass {
  const sums = [0];
  for (const position of positions) sums.push((sums.at(-1) ?? 0) + (weights[position] ?? 0));
  return { positions, sums };
}

/** One number for each class, as one for each child. */
export function spread(classes: readonly WeightClass[], numbers: readonly number[]): readonly number[] {
  const byChild: number[] = [];
  for (const [index, { positions }] of classes.entries()) {
    for (const position of positions) byChild[position] = numbers[index] ?? 0;
  }
  return byChild;
}

/** How many of each class are in a set of children. */
export function countsIn(classes: readonly WeightClass[], set: readonly number[]): readonly number[] {
  const members = new Set(set);
  return classes.map(({ positions }) => positions.filter((position) => members.has(position)).length);
}

/**
 * Joins neighbouring classes whose children have the same influence: exchanging one for the other decides nothing.
 *
 * @param rule - with the children's weights few enough that all their sums can be listed.
 */
export function joinedByInfluence(
  weights: readonly number[],
  classes: readonly WeightClass[],
  rule: WeightedThreshold,
): readonly WeightClass[] {
  const joined: WeightClass[] = [];
  let previous: WeightClass | undefined;
  for (const next of classes) {
    const last = joined.at(-1);
    if (last !== undefined && previous !== undefined && haveOneInfluence(rule, previous, next)) {
      joined[joined.length - 1] = classOf(weights, [...last.positions, ...next.positions]);
    } else joined.push(next);
    previous = next;
  }
  return joined;
}

/** Whether no others sum to so much that the heavier child is enough for them and the lighter is not. */
function haveOneInfluence({ k, weights }: WeightedThreshold, heavier: WeightClass, lighter: WeightClass): boolean {
  const [one, other] = [heavier.positions[0] ?? 0, lighter.positions[0] ?? 0];
  const [most, least] = [weights[one] ?? 0, weights[other] ?? 0];
  if (most === least) return true;
  let reachable = 1n;
  for (const [position, weight] of weights.entries()) {
    if (position !== one && position !== other) reachable |= reachable << BigInt(weight);
  }
  const deciding = ((1n << BigInt(most - least)) - 1n) << BigInt(Math.max(0, k - most));
  return (reachable & deciding) === 0n;
}

/**
 * The multiples of the classes' weights, from small ones on, rounded down after `halves`/2 was added (Tonkikh & Freitas,
 * "Swiper", PODC 2024): one number for each class, as long as those of all children sum to `maxTotal` at most.
 */
export function* multiples(
  classes: readonly WeightClass[],
  halves: 0 | 1 | 2,
  maxTotal: number,
): Generator<readonly number[]> {
  const numbers = classes.map((): number => (halves === 2 ? 1 : 0));
  const total = () => sum(classes.map(({ positions }, index) => positions.length * (numbers[index] ?? 0)));
  const weightOf = (index: number) => classes[index]?.sums[1] ?? 1;
  while (total() <= maxTotal) {
    yield [...numbers];
    const next = (index: number) => 2 * ((numbers[index] ?? 0) + 1) - halves;
    const first = numbers.reduce((best, _, index) => {
      return next(index) * weightOf(best) < next(best) * weightOf(index) ? index : best;
    }, 0);
    const [step, weight] = [next(first), weightOf(first)];
    const reached = numbers.flatMap((_, index) => (next(index) * weight === step * weightOf(index) ? [index] : []));
    for (const index of reached) numbers[index] = (numbers[index] ?? 0) + 1;
  }
}

/**
 * A set, as numbers of children of each class, moved on as long as `isKept` holds: with `step` 1 by taking in children and
 * exchanging them for heavier ones, with -1 by the opposite.
 */
export function sharpened(
  classes: readonly WeightClass[],
  start: readonly number[],
  step: 1 | -1,
  isKept: (weight: number) => boolean,
): readonly number[] {
  const sizes = classes.map(({ positions }) => positions.length);
  const moves = classes.flatMap((_, index) => {
    const taken = classes.map((__, other): number => (other === index ? step : 0));
    return index + 1 < classes.length ? [taken, taken.with(index + 1, -step)] : [taken];
  });
  let counts = start;
  for (;;) {
    const next = moves
      .map((move) => counts.map((count, index) => count + (move[index] ?? 0)))
      .find(
        (moved) =>
          moved.every((count, index) => count >= 0 && count <= (sizes[index] ?? 0)) &&
          isKept(weightOfCounts(classes, moved)),
      );
    if (next === undefined) return counts;
    counts = next;
  }
}

function weightOfCounts(classes: readonly WeightClass[], counts: readonly number[]): number {
  return sum(classes.map(({ sums }, index) => sums[counts[index] ?? 0] ?? 0));
}
