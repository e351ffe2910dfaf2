/** Packing decided by the table of all choices of items: for few items, where a search gives up. */
import { present } from '../../prelude/invariant.js';
import type { Budget } from '../verdict.js';
import type { Packing, PackingTask } from './packing-search.js';
import { maxTableMembers, type SubsetTable, splitMask, unionsOf } from './subset-transform.js';

/** Undefined where there are too many items, or no time. Costs about 0.1 s a bin at 20 items. */
export function packByTable({ columns, limits, order }: PackingTask, budget: Budget): Packing | undefined {
  const count = order.length;
  if (count > maxTableMembers) return undefined;
  const fitting = columns.map((column, bin) => choicesWithin(column, limits[bin] ?? 0));
  // The choices that the first bins hold together.
  const held: SubsetTable[] = [];
  for (const choices of fitting) {
    if (budget.isSpent()) return undefined;
    const before = held.at(-1);
    held.push(before === undefined ? choices : unionsOf(before, choices));
  }
  const all = 2 ** count - 1;
  if (held.at(-1)?.[all] !== 1) return { _tag: 'impossible' };
  return { _tag: 'packed', binOf: assigned(all, count, { fitting, held }) };
}

/** For every choice of items whether it weighs at most `limit`. */
function choicesWithin(weights: readonly number[], limit: number): SubsetTable {
  const sums = new Float64Array(2 ** weights.length);
  for (const [item, weight] of weights.entries()) {
    const bit = 2 ** item;
    for (let mask = 0; mask < bit; mask++) sums[bit + mask] = (sums[mask] ?? 0) + weight;
  }
  return Uint8Array.from(sums, (total) => (total <= limit ? 1 : 0));
}

/** Takes off what the last bin holds, then what the one before it does. */
function assigned(
  all: number,
  count: number,
  { fitting, held }: { readonly fitting: readonly SubsetTable[]; readonly held: readonly SubsetTable[] },
): readonly number[] {
  const binOf = new Array<number>(count).fill(0);
  let left = all;
  for (let bin = fitting.length - 1; bin > 0; bin--) {
    const own = present(fitting[bin], 'every bin has a table');
    const others = present(held[bin - 1], 'every bin has a table');
    const part = present(splitMask(left, own, others), 'what bins hold together can be divided among them');
    for (let item = 0; item < count; item++) if (((part >>> item) & 1) === 1) binOf[item] = bin;
    left ^= part;
  }
  return binOf;
}
