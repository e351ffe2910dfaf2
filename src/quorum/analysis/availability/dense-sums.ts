/** A distribution of small sums, by an array in which every sum below the limit has its place. */
import { negligible, type SumDistribution, type Term } from './sum-distribution.js';

export class DenseSums implements SumDistribution {
  private constructor(
    private readonly limit: number,
    /** By sum. What is beyond its end and below the limit is impossible. */
    private readonly chances: Float64Array,
    readonly reached: number,
  ) {}

  static empty(limit: number): DenseSums {
    return new DenseSums(limit, Float64Array.of(1), 0);
  }

  get size(): number {
    return this.chances.length;
  }

  get missed(): number {
    return this.chanceFrom(0);
  }

  chanceFrom(from: number): number {
    let total = 0;
    for (let sum = Math.max(0, from); sum < this.size; sum++) total += this.chances[sum] ?? 0;
    return total;
  }

  plusTerms(terms: readonly Term[]): DenseSums {
    const total = terms.reduce((sum, { weight }) => sum + weight, 0);
    const chances = new Float64Array(Math.min(this.limit, this.size + total));
    chances.set(this.chances);
    let { reached, size } = this;
    for (const { weight, hit, miss } of terms) {
      for (let sum = Math.max(0, this.limit - weight); sum < size; sum++) reached += (chances[sum] ?? 0) * hit;
      size = Math.min(this.limit, size + weight);
      // Downwards, so that what is read has not been changed yet.
      for (let sum = size - 1; sum >= 0; sum--) {
        const shifted = sum >= weight ? (chances[sum - weight] ?? 0) * hit : 0;
        const chance = (chances[sum] ?? 0) * miss + shifted;
        chances[sum] = chance < negligible ? 0 : chance;
      }
    }
    return new DenseSums(this.limit, chances, reached);
  }

  plus(other: SumDistribution): DenseSums {
    const chances = new Float64Array(Math.min(this.limit, this.size + other.size - 1));
    let { reached } = other;
    other.forEachSum((sum, chance) => {
      reached += this.addShifted(chances, sum, chance);
    });
    return new DenseSums(this.limit, chances, reached);
  }

  orElse(sum: number, { chance, otherwise }: { readonly chance: number; readonly otherwise: number }): DenseSums {
    const chances = new Float64Array(sum < this.limit ? Math.max(this.size, sum + 1) : this.size);
    const reached = this.addShifted(chances, 0, chance);
    if (sum >= this.limit) return new DenseSums(this.limit, chances, reached + otherwise);
    chances[sum] = (chances[sum] ?? 0) + otherwise;
    return new DenseSums(this.limit, chances, reached);
  }

  forEachSum(visit: (sum: number, chance: number) => void): void {
    for (let sum = 0; sum < this.size; sum++) {
      const chance = this.chances[sum] ?? 0;
      if (chance > 0) visit(sum, chance);
    }
  }

  /** Adds this with probability `chance` and every sum larger by `shift`; returns the part that reaches the limit. */
  private addShifted(chances: Float64Array, shift: number, chance: number): number {
    if (chance === 0) return 0;
    const end = Math.min(this.size, this.limit - shift);
    for (let sum = 0; sum < end; sum++) {
      chances[sum + shift] = (chances[sum + shift] ?? 0) + (this.chances[sum] ?? 0) * chance;
    }
    return (this.reached + this.chanceFrom(end)) * chance;
  }
}
