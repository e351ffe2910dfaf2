import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { present } from '../../../../src/prelude/invariant.js';
import { Fraction } from '../../../../src/quorum/analysis/load/fraction.js';
import { solvePacking } from '../../../../src/quorum/analysis/load/packing-program.js';

const whole = (value: number): Fraction => Fraction.of(BigInt(value));

describe('a packing program', () => {
  it('of two resources is solved as geometry has it', () => {
    const program = {
      columns: [
        [1n, 2n],
        [3n, 1n],
      ],
      supplies: [whole(9), whole(8)],
    };
    const { total, uses } = present(solvePacking(program, 10), 'solved');
    expect([...uses].map(([column, use]) => [column, use.toString()]).sort()).toEqual([
      [0, '3'],
      [1, '2'],
    ]);
    expect(total.toString()).toBe('5');
  });

  it('is worth what its dual is: no more in either, so both are the best', () => {
    const column = fc.array(fc.nat(4), { minLength: 3, maxLength: 3 }).filter((taken) => taken.some((one) => one > 0));
    const columns = fc.array(column, { minLength: 1, maxLength: 6 });
    fc.assert(
      fc.property(
        columns,
        fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 3, maxLength: 3 }),
        (taken, supplies) => {
          const program = { columns: taken.map((one) => one.map(BigInt)), supplies: supplies.map(whole) };
          const { total, uses } = present(solvePacking(program, 100), 'solved');
          for (const [resource, supply] of supplies.entries()) {
            const spent = [...uses].reduce(
              (sum, [index, use]) => sum.plus(use.times(whole(taken[index]?.[resource] ?? 0))),
              Fraction.zero,
            );
            expect(spent.compare(whole(supply))).toBeLessThanOrEqual(0);
          }
          for (const use of uses.values()) expect(use.compare(Fraction.zero)).toBeGreaterThan(0);
          expect(total).toEqual(bestDual(taken, supplies));
        },
      ),
    );
  });

  it('is given up after too many pivots', () => {
    const program = {
      columns: [
        [1n, 2n],
        [3n, 1n],
      ],
      supplies: [whole(9), whole(8)],
    };
    expect(solvePacking(program, 1)).toBeUndefined();
  });
});

/** The least worth of three resources at prices at which every column costs at least 1, by trying every corner. */
function bestDual(columns: readonly (readonly number[])[], supplies: readonly number[]): Fraction {
  const units = [0, 1, 2].map((at) => [0, 1, 2].map((other) => (at === other ? 1 : 0)));
  const planes = [...columns.map((row) => ({ row, cost: 1 })), ...units.map((row) => ({ row, cost: 0 }))];
  let best: Fraction | undefined;
  for (const a of planes) {
    for (const b of planes) {
      for (const c of planes) {
        const prices = corner([a, b, c]);
        if (prices === undefined || prices.some((price) => price.compare(Fraction.zero) < 0)) continue;
        if (columns.some((row) => dot(row, prices).compare(Fraction.one) < 0)) continue;
        const worth = dot(supplies, prices);
        best = best?.min(worth) ?? worth;
      }
    }
  }
  return present(best, 'there is a corner');
}

function dot(row: readonly number[], prices: readonly Fraction[]): Fraction {
  return row.reduce((sum, one, at) => sum.plus(whole(one).times(prices[at] ?? Fraction.zero)), Fraction.zero);
}

/** Where three planes meet, by Cramer's rule. */
function corner(planes: readonly { row: readonly number[]; cost: number }[]): readonly Fraction[] | undefined {
  const rows = planes.map(({ row }) => row);
  const determinant = determinantOf(rows);
  if (determinant === 0) return undefined;
  return [0, 1, 2].map((at) => {
    const replaced = planes.map(({ row, cost }) => row.map((one, other) => (other === at ? cost : one)));
    return Fraction.of(BigInt(determinantOf(replaced)), BigInt(determinant));
  });
}

function determinantOf(rows: readonly (readonly number[])[]): number {
  const at = (row: number, column: number): number => rows[row]?.[column] ?? 0;
  return [0, 1, 2].reduce((sum, column) => {
    const [next, last] = [(column + 1) % 3, (column + 2) % 3];
    return sum + at(0, column) * (at(1, next) * at(2, last) - at(1, last) * at(2, next));
  }, 0);
}
