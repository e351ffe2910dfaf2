/** Packing by the table of all choices. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { pack } from '../../../src/quorum/tree/packing.js';
import { packByTable } from '../../../src/quorum/tree/packing-table.js';
import { type Budget, unlimited } from '../../../src/quorum/verdict.js';

const spent: Budget = { ...unlimited, isSpent: () => true };

function table(columns: readonly (readonly number[])[], limits: readonly number[], budget = unlimited) {
  const order = (columns[0] ?? []).map((_, item) => item);
  return packByTable({ columns, limits, weights: undefined, order }, budget);
}

describe('packByTable', () => {
  it('answers as the search does, and what it packs fits', () => {
    const task = fc
      .tuple(fc.integer({ min: 1, max: 7 }), fc.integer({ min: 1, max: 4 }))
      .chain(([items, bins]) =>
        fc.tuple(
          fc.array(fc.array(fc.nat(9), { minLength: items, maxLength: items }), { minLength: bins, maxLength: bins }),
          fc.array(fc.nat(20), { minLength: bins, maxLength: bins }),
        ),
      );
    const property = fc.property(task, ([columns, limits]) => {
      const items = (columns[0] ?? []).map((_, item) => columns.map((column) => column[item] ?? 0));
      const found = table(columns, limits);
      expect(found?._tag).toBe(pack(items, limits)._tag);
      if (found?._tag !== 'packed') return;
      for (const [bin, limit] of limits.entries()) {
        const own = items.map((weights, item) => (found.binOf[item] === bin ? (weights[bin] ?? 0) : 0));
        expect(own.reduce((total, weight) => total + weight, 0)).toBeLessThanOrEqual(limit);
      }
    });
    fc.assert(property, { numRuns: 300 });
  });

  it('is not begun with more than 20 items, nor without time', () => {
    expect(table([new Array<number>(21).fill(1)], [3])).toBeUndefined();
    expect(
      table(
        [
          [1, 2],
          [1, 2],
        ],
        [1, 1],
        spent,
      ),
    ).toBeUndefined();
  });

  it('decides sixteen heavy weights in three bins that the search gives up', () => {
    const weights = [
      332683672, 485075551, 315189547, 387941912, 274195097, 267696672, 497676044, 382361101, 385822963, 294079399,
      358871634, 358271834, 310101521, 263882013, 482202963, 355502345,
    ];
    const rest = weights.reduce((total, weight) => total + weight, 0) - 3834369512;
    const items = weights.map((weight) => [weight, weight, weight]);
    expect(pack(items, [rest, rest, 1917184756])).toEqual({ _tag: 'impossible' });
  });
});
