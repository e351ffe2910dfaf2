/**
 * The distribution of a sum of independent weights up to a limit: what a gate asks of its children (the Poisson binomial distribution
 * where all weights are 1). Only positive terms are ever added, so every probability keeps its relative precision, however small.
 */

/** What is less likely counts as impossible: it would only be lost, slowly, among the smallest numbers. */
const negligible = 1e-290;

export class SumDistribution {
  private constructor(
    /** From this sum on, sums are not told apart. Positive. */
    readonly limit: number,
    /** The possible sums below the limit, ascending. */
    private readonly sums: Float64Array,
    /** Of each of {@link sums}. */
    private readonly chances: Float64Array,
    /** The probability of the limit or more. */
    readonly reached: number,
  ) {}

  /** The sum that is certainly `sum`. */
  static certain(sum: number, limit: number): SumDistribution {
    return sum < limit
      ? new SumDistribution(limit, Float64Array.of(sum), Float64Array.of(1), 0)
      : new SumDistribution(limit, new Float64Array(0), new Float64Array(0), 1);
  }

  /** How many sums below the limit are possible. */
  get size(): number {
    return this.sums.length;
  }

  /** The probability of less than the limit. */
  get missed(): number {
    return this.chances.reduce((total, chance) => total + chance, 0);
  }

  /** The probability of a sum from `from` up to, and without, the limit. */
  chanceFrom(from: number): number {
    let total = 0;
    for (let index = this.size - 1; index >= 0 && (this.sums[index] ?? 0) >= from; index--) {
      total += this.chances[index] ?? 0;
    }
    return total;
  }

  /** With one more term: `weight` with probability `hit`, nothing with probability `miss`. Linear in {@link size}. */
  plusTerm(weight: number, { hit, miss }: { readonly hit: number; readonly miss: number }): SumDistribution {
    return mixture({ of: this, chance: miss, shift: 0 }, { of: this, chance: hit, shift: weight });
  }

  /** Of the sum of both, which are independent and have one limit. */
  plus(other: SumDistribution): SumDistribution {
    const [few, many] = this.size < other.size ? [this, other] : [other, this];
    let result = new SumDistribution(this.limit, new Float64Array(0), new Float64Array(0), few.reached);
    for (const [index, shift] of few.sums.entries()) {
      result = mixture({ of: result, chance: 1, shift: 0 }, { of: many, chance: few.chances[index] ?? 0, shift });
    }
    return result;
  }

  /** This with probability `chance`; certainly `sum` with probability `otherwise`. */
  orElse(sum: number, { chance, otherwise }: { readonly chance: number; readonly otherwise: number }): SumDistribution {
    const constant = SumDistribution.certain(sum, this.limit);
    return mixture({ of: this, chance, shift: 0 }, { of: constant, chance: otherwise, shift: 0 });
  }

  /** Merges two ascending lists of sums, of which equal ones become one. */
  static mix(first: Share, second: Share): SumDistribution {
    const { limit } = first.of;
    const sums = new Float64Array(first.of.size + second.of.size);
    const chances = new Float64Array(sums.length);
    let reached = first.of.reached * first.chance + second.of.reached * second.chance;
    let count = 0;
    let left = 0;
    let right = 0;
    while (left < first.of.size || right < second.of.size) {
      const sumLeft = (first.of.sums[left] ?? Infinity) + first.shift;
      const sumRight = (second.of.sums[right] ?? Infinity) + second.shift;
      const sum = Math.min(sumLeft, sumRight);
      let chance = 0;
      if (sumLeft === sum) chance += (first.of.chances[left++] ?? 0) * first.chance;
      if (sumRight === sum) chance += (second.of.chances[right++] ?? 0) * second.chance;
      if (sum >= limit) reached += chance;
      else if (chance > negligible) {
        sums[count] = sum;
        chances[count++] = chance;
      }
    }
    return new SumDistribution(limit, sums.subarray(0, count), chances.subarray(0, count), reached);
  }
}

/** A part of a mixture: a distribution, how likely it is, and what is added to each of its sums. */
interface Share {
  readonly of: SumDistribution;
  readonly chance: number;
  readonly shift: number;
}

const mixture = (first: Share, second: Share): SumDistribution => SumDistribution.mix(first, second);

/**
 * A gate is satisfied when the weight that is up reaches k, and is not when that which is down reaches `total` − k + 1. Counting one
 * tells the other: here is the one with fewer sums.
 */
export function shorterSide(k: number, total: number): { readonly counting: 'up' | 'down'; readonly limit: number } {
  return k <= total - k + 1 ? { counting: 'up', limit: k } : { counting: 'down', limit: total - k + 1 };
}

/** Distinct sums that a distribution may have before it is approximated. */
const maxSums = 100_000;
/** Steps that adding up the weights of one gate may take before it is approximated: some 50 ms. */
const maxSteps = 10_000_000;

/** The distinct sums below `limit` of some of `weights`; undefined if they are too many to be told apart in reasonable time. */
export function reachableSums(weights: readonly number[], limit: number): SumDistribution | undefined {
  let reachable = SumDistribution.certain(0, limit);
  let steps = 0;
  for (const weight of weights) {
    reachable = reachable.plusTerm(weight, { hit: 1, miss: 1 });
    steps += reachable.size;
    if (reachable.size > maxSums || steps > maxSteps) return undefined;
  }
  return reachable;
}
