/** Which sums a gate counts, and how: in an array or in a list, up to which limit, and whether they can be told apart at all. */
import type { Budget } from '../../verdict.js';
import { DenseSums } from './dense-sums.js';
import { SparseSums } from './sparse-sums.js';
import type { SumDistribution } from './sum-distribution.js';

/** Up to this limit an array is quicker than a list, though most of its sums may be impossible. */
const maxDenseLimit = 20_000;

/** Of no terms. @param limit - positive; from it on, sums are not told apart. */
export function emptySum(limit: number): SumDistribution {
  return limit <= maxDenseLimit ? DenseSums.empty(limit) : SparseSums.empty(limit);
}

/**
 * A gate is satisfied when the weight that is up reaches k, and is not when that which is down reaches `total` − k + 1. Counting one
 * tells the other: here is the one with fewer sums.
 */
export function shorterSide(k: number, total: number): { readonly counting: 'up' | 'down'; readonly limit: number } {
  return k <= total - k + 1 ? { counting: 'up', limit: k } : { counting: 'down', limit: total - k + 1 };
}

/** Distinct sums that a distribution may have before it is approximated. */
const maxSums = 100_000;
/** Steps that adding up the weights of one gate may take before it is approximated: some 100 ms. */
const maxSteps = 20_000_000;

/** The sums below `limit` of some of `weights`; undefined if they are too many to be told apart in the time that there is. */
export function reachableSums(weights: readonly number[], limit: number, budget: Budget): SumDistribution | undefined {
  let reachable = emptySum(limit);
  let steps = 0;
  for (const weight of weights) {
    if (budget.isSpent()) return undefined;
    reachable = reachable.plusTerms([{ weight, hit: 1, miss: 1 }]);
    steps += reachable.size;
    if (reachable.size > maxSums || steps > maxSteps) return undefined;
  }
  return reachable;
}
