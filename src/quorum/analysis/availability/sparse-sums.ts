/** A distribution of large sums, by the list of those that are possible. */
import { negligible, type SumDistribution, type Term } from './sum-distribution.js';

export class SparseSums implements SumDistribution {
  private constructor(
    private readonly limit: number,
    /** Ascending, below the limit. */
    private readonly sums: Float64Array,
    /** Of each of {@link sums}. */
    private readonly chances: Float64Array,
    readonly reached: number,
  ) {}

  static empty(limit: number): SparseSums {
    return new SparseSums(limit, Float64Array.of(0), Float64Array.of(1), 0);
  }

  get size(): number {
    return this.sums.length;
  }

  get missed(): number {
    return this.chanceFrom(0);
  }

  chanceFrom(from: number): number {
    let total = 0;
    this.forEachSum((sum, chance) => {
      if (sum >= from) total += chance;
    });
    return total;
  }

  plusTerms(terms: readonly Term[]): SparseSums {
    return terms.reduce<SparseSums>(
      (sum, { weight, hit, miss }) =>
        SparseSums.mix({ of: sum, chance: miss, shift: 0 }, { of: sum, chance: hit, shift: weight }),
      this,
    );
  }

  plus(other: SumDistribution): SparseSums {
    let result = new SparseSums(this.limit, new Float64Array(0), new Float64Array(0), other.reached);
    other.forEachSum((shift, chance) => {
      result = SparseSums.mix({ of: result, chance: 1, shift: 0 }, { of: this, chance, shift });
    });
    return result;
  }

  orElse(sum: number, { chance, otherwise }: { readonly chance: number; readonly otherwise: number }): SparseSums {
    const constant = { of: SparseSums.empty(this.limit), chance: otherwise, shift: sum };
    return SparseSums.mix({ of: this, chance, shift: 0 }, constant);
  }

  forEachSum(visit: (sum: number, chance: number) => void): void {
    for (const [index, sum] of this.sums.entries()) visit(sum, this.chances[index] ?? 0);
  }

  /** Merges two ascending lists of sums, of which equal ones become one. */
  private static mix(first: Share, second: Share): SparseSums {
    const { limit, sums: lefts, chances: leftChances } = first.of;
    const { sums: rights, chances: rightChances } = second.of;
    const sums = new Float64Array(lefts.length + rights.length);
    const chances = new Float64Array(sums.length);
    let reached = first.of.reached * first.chance + second.of.reached * second.chance;
    let count = 0;
    let left = 0;
    let right = 0;
    while (left < lefts.length || right < rights.length) {
      const sumLeft = left < lefts.length ? (lefts[left] ?? 0) + first.shift : Infinity;
      const sumRight = right < rights.length ? (rights[right] ?? 0) + second.shift : Infinity;
      const sum = Math.min(sumLeft, sumRight);
      let chance = 0;
      if (sumLeft === sum) chance += (leftChances[left++] ?? 0) * first.chance;
      if (sumRight === sum) chance += (rightChances[right++] ?? 0) * second.chance;
      if (sum >= limit) reached += chance;
      else if (chance > negligible) {
        sums[count] = sum;
        chances[count++] = chance;
      }
    }
    return new SparseSums(limit, sums.subarray(0, count), chances.subarray(0, count), reached);
  }
}

/** A part of a mixture: a distribution, how likely it is, and what is added to each of its sums. */
interface Share {
  readonly of: SparseSums;
  readonly chance: number;
  readonly shift: number;
}
