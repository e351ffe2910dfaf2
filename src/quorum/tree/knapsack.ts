/**
 * The most profitable choice of items for one knapsack, by dynamic programming over weights or over profits, whichever are smaller
 * (Martello & Toth, "Knapsack Problems", 1990, chapter 2).
 */
import { sum } from './weights.js';
import { type Budget, unlimited } from '../verdict.js';

/** Tables, which are made within some 0.1 s, have at most so many entries. */
const maxTable = 20_000_000;

/**
 * Which items bring the most profit that fits into `limit`; undefined where weights and profits are too large for a table, or no time
 * is left for one.
 *
 * @param weights - from 1.
 * @param profits - of the same items, not negative.
 */
export function fillKnapsack(
  weights: readonly number[],
  profits: readonly number[],
  limit: number,
  budget: Budget = unlimited,
): ReadonlySet<number> | undefined {
  if (budget.isSpent()) return undefined;
  const room = Math.min(limit, sum(weights));
  if (weights.length * (room + 1) <= maxTable) return mostValue(weights, profits, room);
  if (weights.length * (sum(profits) + 1) <= maxTable) return leastWeight(weights, profits, limit);
  return undefined;
}

/** By weight: for each room the most profit, and what was taken for it. */
function mostValue(weights: readonly number[], profits: readonly number[], room: number): ReadonlySet<number> {
  const best = new Float64Array(room + 1);
  const taken = weights.map((weight, index) => {
    const profit = profits[index] ?? 0;
    const row = new Uint8Array(room + 1);
    for (let left = room; left >= weight; left--) {
      const value = (best[left - weight] ?? 0) + profit;
      if (value <= (best[left] ?? 0)) continue;
      best[left] = value;
      row[left] = 1;
    }
    return row;
  });
  return traced(taken, weights, room);
}

/** By profit: for each sum the least weight, and what was taken for it. */
function leastWeight(weights: readonly number[], profits: readonly number[], limit: number): ReadonlySet<number> {
  const least = new Float64Array(sum(profits) + 1).fill(Infinity);
  least[0] = 0;
  const taken = weights.map((weight, index) => {
    const profit = profits[index] ?? 0;
    const row = new Uint8Array(least.length);
    for (let value = least.length - 1; value >= profit && profit > 0; value--) {
      const reached = (least[value - profit] ?? Infinity) + weight;
      if (reached >= (least[value] ?? Infinity)) continue;
      least[value] = reached;
      row[value] = 1;
    }
    return row;
  });
  return traced(
    taken,
    profits,
    least.findLastIndex((weight) => weight <= limit),
  );
}

/** Follows a table back from its last item: which items were taken on the way to `end`. */
function traced(taken: readonly Uint8Array[], steps: readonly number[], end: number): ReadonlySet<number> {
  const chosen = new Set<number>();
  let at = end;
  for (let index = taken.length - 1; index >= 0; index--) {
    if (taken[index]?.[at] !== 1) continue;
    chosen.add(index);
    at -= steps[index] ?? 0;
  }
  return chosen;
}
