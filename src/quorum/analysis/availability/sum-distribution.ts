/**
 * The distribution of a sum of independent weights up to a limit: what a gate asks of its children (the Poisson binomial distribution
 * where all weights are 1). Only positive terms are ever added, so every probability keeps its relative precision, however small.
 */

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

/** What is less likely counts as impossible: it would only be lost, slowly, among the smallest numbers. */
export const negligible = 1e-290;
