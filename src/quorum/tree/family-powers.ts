/** Which sets are unions of k sets of one downward closed family of subsets, and of which ones. */
import type { Budget } from '../verdict.js';
import { splitMask, type SubsetTable, unionsOf } from './subset-transform.js';

export class FamilyPowers {
  private readonly known = new Map<number, SubsetTable>();

  constructor(
    readonly family: SubsetTable,
    private readonly budget: Budget,
  ) {}

  /** The unions of `count` sets; undefined where time ran out. As many products as `count` has bits, and one more for each that is set. */
  power(count: number): SubsetTable | undefined {
    if (count === 0) return this.family.map((_, mask) => (mask === 0 ? 1 : 0));
    if (count === 1) return this.family;
    const known = this.known.get(count);
    if (known !== undefined) return known;
    const half = this.power(count >> 1);
    const other = this.power(count - (count >> 1));
    if (half === undefined || other === undefined || this.budget.isSpent()) return undefined;
    const table = unionsOf(half, other);
    this.known.set(count, table);
    return table;
  }

  /** Parts of `mask`, `count` of them, each in the family, which together are `mask`; 'late' where time ran out. */
  find(mask: number, count: number): readonly number[] | 'none' | 'late' {
    if (count === 0) return mask === 0 ? [] : 'none';
    if (count === 1) return this.family[mask] === 1 ? [mask] : 'none';
    const half = count >> 1;
    const [a, b] = [this.power(half), this.power(count - half)];
    if (a === undefined || b === undefined) return 'late';
    const part = splitMask(mask, a, b);
    if (part === undefined) return 'none';
    const [some, others] = [this.find(part, half), this.find(mask ^ part, count - half)];
    if (some === 'late' || others === 'late') return 'late';
    return some === 'none' || others === 'none' ? 'none' : [...some, ...others];
  }
}
