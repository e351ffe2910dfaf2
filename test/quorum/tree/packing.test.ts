/** Packing weights into bins: against trying everything, and at the sizes that gates have. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { pack, type Packing } from '../../../src/quorum/tree/packing.js';
import { budgetOf } from '../../../src/quorum/verdict.js';

const sameIn = (count: number, weights: readonly number[]): number[][] =>
  weights.map((weight) => Array.from({ length: count }, () => weight));

function isPackable(items: readonly (readonly number[])[], room: readonly number[]): boolean {
  const [first, ...others] = items;
  if (first === undefined) return true;
  return room.some((left, bin) => {
    const weight = first[bin] ?? 0;
    return weight <= left && isPackable(others, room.with(bin, left - weight));
  });
}

function expectFits(items: readonly (readonly number[])[], capacities: readonly number[], packing: Packing): void {
  if (packing._tag !== 'packed') throw new Error(packing._tag);
  expect(packing.binOf).toHaveLength(items.length);
  const loads = capacities.map(() => 0);
  for (const [item, bin] of packing.binOf.entries()) loads[bin] = (loads[bin] ?? NaN) + (items[item]?.[bin] ?? NaN);
  for (const [bin, load] of loads.entries()) expect(load).toBeLessThanOrEqual(capacities[bin] ?? 0);
}

const capacities = (max: number): fc.Arbitrary<number[]> => fc.array(fc.nat(max), { minLength: 1, maxLength: 4 });

describe('pack', () => {
  it('answers as trying everything does, for weights that are the same in every bin', () => {
    fc.assert(
      fc.property(capacities(14), fc.array(fc.nat(9), { maxLength: 7 }), (limits, weights) => {
        const items = sameIn(limits.length, weights);
        const packing = pack(items, limits);
        if (isPackable(items, limits)) expectFits(items, limits, packing);
        else expect(packing).toEqual({ _tag: 'impossible' });
      }),
      { numRuns: 1500 },
    );
  });

  it('answers as trying everything does, for weights of each bin', () => {
    const weight = fc.oneof(fc.nat(6), fc.integer({ min: 4, max: 12 }));
    fc.assert(
      fc.property(
        capacities(16),
        fc.array(fc.tuple(weight, weight, weight, weight), { maxLength: 6 }),
        (limits, rows) => {
          const items = rows.map((row) => row.slice(0, limits.length));
          const packing = pack(items, limits);
          if (isPackable(items, limits)) expectFits(items, limits, packing);
          else expect(packing).toEqual({ _tag: 'impossible' });
        },
      ),
      { numRuns: 1500 },
    );
  });

  it('packs bins of two kinds that weigh differently, stake beside counts', () => {
    const stakes = Array.from({ length: 150 }, (_, index) => Math.round(1100 / (index + 1) ** 0.8));
    const total = stakes.reduce((sum, stake) => sum + stake, 0);
    const heaviest = stakes.slice(0, 58).reduce((sum, stake) => sum + stake, 0);
    const items = stakes.map((stake) => [stake, stake, 1, 1]);
    const rest = total - heaviest;
    expectFits(items, [rest, 0, 29, 29], pack(items, [rest, 0, 29, 29]));
    expect(pack(items, [rest - 1, 0, 29, 29])).toEqual({ _tag: 'impossible' });
    expect(pack(items, [rest - 1, 0, 30, 28])).toEqual({ _tag: 'impossible' });
    const halves = [Math.ceil(rest / 2), Math.ceil(rest / 2), 29, 29];
    expectFits(items, halves, pack(items, halves));
  });

  it('knows what indivisible weights cannot do though their sum would fit', () => {
    expect(pack(sameIn(2, [2, 2, 2]), [3, 3])._tag).toBe('impossible');
    expect(pack(sameIn(3, [3, 3, 2, 2, 2]), [4, 4, 4])._tag).toBe('impossible');
    expect(pack(sameIn(3, [3, 3, 2, 2, 2]), [4, 4, 5])._tag).toBe('packed');
  });

  it('finds packings for which no bin is to be filled as far as it could be', () => {
    const task = { weights: [7, 8, 9, 12, 9, 4, 5, 5], limits: [19, 20, 20] };
    expectFits(sameIn(3, task.weights), task.limits, pack(sameIn(3, task.weights), task.limits));
    const other = { weights: [3, 6, 5, 8, 12, 12, 2], limits: [16, 16, 17] };
    expectFits(sameIn(3, other.weights), other.limits, pack(sameIn(3, other.weights), other.limits));
  });

  it('knows by their sum what cannot fit, however large and many the weights', () => {
    const weights = Array.from({ length: 1200 }, (_, index) => 500_000_001 + ((index * 7_368_787) % 400_000_000));
    const total = weights.reduce((sum, weight) => sum + weight, 0);
    const limits = [0, 1, 2].map((bin) => Math.floor((total - 1 + bin) / 3));
    expect(pack(sameIn(3, weights), limits)).toEqual({ _tag: 'impossible' });
  });

  it('packs nothing anywhere, and something nowhere not', () => {
    expect(pack([], [])).toEqual({ _tag: 'packed', binOf: [] });
    expect(pack([], [0])).toEqual({ _tag: 'packed', binOf: [] });
    expect(pack([[]], [])).toEqual({ _tag: 'impossible' });
    expect(pack([[1]], [0])).toEqual({ _tag: 'impossible' });
  });

  it('fills bins to the brim where only that will do', () => {
    const weights = Array.from({ length: 150 }, (_, index) => 1 + ((index * 7919) % 130));
    const total = weights.reduce((sum, weight) => sum + weight, 0);
    const limits = [0, 1, 2, 3, 4].map((bin) => Math.floor((total + bin) / 5));
    const items = sameIn(5, weights);
    const packing = pack(items, limits);
    expectFits(items, limits, packing);
    const oneLess = limits.map((limit, bin) => limit - (bin === 0 ? 1 : 0));
    expect(pack(items, oneLess)).toEqual({ _tag: 'impossible' });
  });

  it('says so when it gives up, with the reason', () => {
    const weights = Array.from({ length: 60 }, (_, index) => 100_000_001 + ((index * 7_368_787) % 900_000_000));
    const total = weights.reduce((sum, weight) => sum + weight, 0);
    const limits = [0, 1, 2].map(() => Math.ceil(total / 3));
    expect(pack(sameIn(3, weights), limits)).toEqual({
      _tag: 'unknown',
      reason: 'packing of weights: not decided within 100000 steps',
    });
    const spent = budgetOf(0, () => 0);
    expect(pack(sameIn(3, weights), limits, spent)).toMatchObject({
      _tag: 'unknown',
      reason: /not finished after 0 ms/,
    });
    const many = Array.from({ length: 1002 }, (_, index) => 2_000_000 + index);
    const third = Math.ceil(many.reduce((sum, weight) => sum + weight, 0) / 3);
    expect(pack(sameIn(3, many), [third, third, third])).toEqual({
      _tag: 'unknown',
      reason: 'a search among more than 1000 weights is not begun',
    });
  });

  it('counts equal weights only', () => {
    const items = sameIn(
      5,
      Array.from({ length: 10_000 }, () => 37),
    );
    expect(
      pack(
        items,
        Array.from({ length: 5 }, () => 37 * 2000 + 36),
      )._tag,
    ).toBe('packed');
    expect(
      pack(
        items,
        Array.from({ length: 5 }, () => 37 * 2000 - 1),
      )._tag,
    ).toBe('impossible');
  });
});
