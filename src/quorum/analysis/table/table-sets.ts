/** The minimal sets of an upward closed table of all sets: of qualified ones, or of blocking ones. */
import { present } from '../../../prelude/invariant.js';
import type { ProcessId } from '../../../prelude/process.js';
import { membersOfMask, minimalMasks, type SubsetTable } from '../../tree/subset-transform.js';
import { exact, type Figure } from '../../verdict.js';
import { type Cost, costsTooLarge, type MinimalSets, type PricedSet } from '../structure-analysis.js';

export class TableSets implements MinimalSets {
  private found: readonly number[] | undefined;

  /** @param table - asked for when a set is. */
  constructor(
    private readonly members: readonly ProcessId[],
    private readonly table: () => SubsetTable,
  ) {}

  /** Ascending. */
  get masks(): readonly number[] {
    return (this.found ??= minimalMasks(this.table()));
  }

  count(): Figure<bigint> {
    return exact(BigInt(this.masks.length));
  }

  *list(): Generator<readonly ProcessId[]> {
    for (const mask of this.masks) yield membersOfMask(mask, this.members);
  }

  /** A cheapest minimal set: no other set is cheaper, because costs are not negative. */
  cheapest(cost: Cost = () => 1): Figure<PricedSet> {
    const costs = this.members.map(cost);
    if (!Number.isSafeInteger(costs.reduce((sum, one) => sum + one, 0))) return costsTooLarge;
    let best = { mask: 0, cost: Infinity };
    for (const mask of this.masks) {
      const price = costOf(mask, costs);
      if (price < best.cost) best = { mask, cost: price };
    }
    return exact({ members: membersOfMask(best.mask, this.members), cost: best.cost });
  }
}

function costOf(mask: number, costs: readonly number[]): number {
  let sum = 0;
  for (let rest = mask; rest !== 0; rest &= rest - 1)
    sum += present(costs[31 - Math.clz32(rest & -rest)], 'a cost each');
  return sum;
}
