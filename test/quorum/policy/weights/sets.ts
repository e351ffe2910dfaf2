/** Enumeration of all sets of a few children: the naive twin of everything that is proven by sums. */
import type { WeightedThreshold } from '../../../../src/quorum/policy/weights/sums.js';

/** Every set of positions below `count`. */
export function* allSets(count: number): Generator<readonly number[]> {
  const positions = Array.from({ length: count }, (_, index) => index);
  for (let mask = 0; mask < 2 ** count; mask++) yield positions.filter((index) => (mask >> index) % 2 === 1);
}

export function weigh(weights: readonly number[], set: readonly number[]): number {
  return set.reduce((sum, index) => sum + (weights[index] ?? 0), 0);
}

/** Whether both accept the same sets. */
export function areEquivalent(one: WeightedThreshold, other: WeightedThreshold): boolean {
  for (const set of allSets(one.weights.length)) {
    if (weigh(one.weights, set) >= one.k !== weigh(other.weights, set) >= other.k) return false;
  }
  return true;
}

/** A random rule: `count` weights up to `maxWeight`, and any threshold. */
export function randomRule(number: () => number, count: number, maxWeight: number): WeightedThreshold {
  const weights = Array.from({ length: count }, () => 1 + Math.floor(number() * maxWeight));
  return { k: 1 + Math.floor(number() * weigh(weights, [...weights.keys()])), weights };
}

/** Every list of `count` numbers from 0 that sum to `total` at most. */
export function* lists(count: number, total: number): Generator<readonly number[]> {
  if (count === 0) {
    yield [];
    return;
  }
  for (let first = 0; first <= total; first++)
    for (const rest of lists(count - 1, total - first)) yield [first, ...rest];
}
