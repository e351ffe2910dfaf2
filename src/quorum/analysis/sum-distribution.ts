/**
 * The distribution of a sum of independent weights up to a limit: what a gate asks of its children (the Poisson binomial distribution
 * where all weights are 1). Only positive terms are ever added, so every probability keeps its relative precision, however small.
 */
import { DenseSums } from './dense-sums.js';
import { SparseSums } from './sparse-sums.js';

export interface SumDistribution {
  /** How many sums below the limit are told apart: what one more term costs. */
  readonly size: number;
  /** The probability of the limit or more. */
  readonly reached: number;
  /** The probability of less than the limit. */
  readonly missed: number;
  /** The probability of a sum from `from` up to, and without, the limit. */
  chanceFrom(from: number): number;
  /** With more terms, each independent of all others. */
  plusTerms(terms: readonly Term[]): SumDistribution;
  /** Of the sum of both, which are independent and have one limit. */
  plus(other: SumDistribution): SumDistribution;
  /** This with probability `chance`; certainly `sum` with probability `otherwise`. */
  orElse(sum: number, odds: { readonly chance: number; readonly otherwise: number }): SumDistribution;
  /** Every sum below the limit that is possible, with its probability. */
  forEachSum(visit: (sum: number, chance: number) => void): void;
}

/** `weight` with probability `hit`, nothing with probability `miss`. */
export interface Term {
  readonly weight: number;
  readonly hit: number;
  readonly miss: number;
}

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

/** The sums below `limit` of some of `weights`; undefined if they are too many to be told apart in reasonable time. */
export function reachableSums(weights: readonly number[], limit: number): SumDistribution | undefined {
  let reachable = emptySum(limit);
  let steps = 0;
  for (const weight of weights) {
    reachable = reachable.plusTerms([{ weight, hit: 1, miss: 1 }]);
    steps += reachable.size;
    if (reachable.size > maxSums || steps > maxSteps) return undefined;
  }
  return reachable;
}
