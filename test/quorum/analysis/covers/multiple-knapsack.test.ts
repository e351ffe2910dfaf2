/** Knapsacks, one and several, against trying everything. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fillKnapsacks, type KnapsackItem } from '../../../../src/quorum/analysis/covers/multiple-knapsack.js';
import { fillKnapsack } from '../../../../src/quorum/tree/knapsack.js';
import { unlimited } from '../../../../src/quorum/verdict.js';

function bestProfit(items: readonly KnapsackItem[], room: readonly number[]): number {
  const [first, ...others] = items;
  if (first === undefined) return 0;
  const held = room.flatMap((left, bin) => {
    const weight = first.weights[bin] ?? Infinity;
    return weight <= left ? [first.profit + bestProfit(others, room.with(bin, left - weight))] : [];
  });
  return Math.max(bestProfit(others, room), ...held);
}

function loadsOf(items: readonly KnapsackItem[], binOf: readonly number[], count: number): readonly number[] {
  const loads = Array.from({ length: count }, () => 0);
  for (const [index, bin] of binOf.entries()) {
    if (bin !== -1) loads[bin] = (loads[bin] ?? NaN) + (items[index]?.weights[bin] ?? NaN);
  }
  return loads;
}

const weight = fc.integer({ min: 1, max: 9 });
const itemIn = (bins: number): fc.Arbitrary<KnapsackItem> =>
  fc
    .tuple(fc.nat(5), fc.array(weight, { minLength: bins, maxLength: bins }), fc.boolean())
    .map(([profit, weights, same]) => ({ profit, weights: same ? weights.map(() => weights[0] ?? 1) : weights }));

describe('fillKnapsack', () => {
  /** Weights and profits of which one kind or both are too large to tabulate. */
  it.each([
    { scale: 1, worth: 1, known: true },
    { scale: 100_000_000, worth: 1, known: true },
    { scale: 1, worth: 100_000_000, known: true },
    { scale: 100_000_000, worth: 100_000_000, known: false },
  ])('is right as far as tables reach (weights of $scale, profits of $worth)', ({ scale, worth, known }) => {
    fc.assert(
      fc.property(
        fc.array(itemIn(1), { minLength: 1, maxLength: 7 }),
        fc.integer({ min: 1, max: 25 }),
        (items, limit) => {
          const weights = items.map((item) => scale * (item.weights[0] ?? 1));
          const profits = items.map((item) => worth * (item.profit + 1));
          const taken = fillKnapsack(weights, profits, scale * limit);
          expect(taken !== undefined).toBe(known);
          if (taken === undefined) return;
          const sum = (values: readonly number[]): number =>
            values.reduce((total, value, index) => total + (taken.has(index) ? value : 0), 0);
          expect(sum(weights)).toBeLessThanOrEqual(scale * limit);
          const all = weights.map((own, index) => ({ weights: [own], profit: profits[index] ?? 0 }));
          expect(sum(profits)).toBe(bestProfit(all, [scale * limit]));
        },
      ),
      { numRuns: 100 },
    );
  });
});

describe('fillKnapsacks', () => {
  it('finds the best, proves it, and leaves nothing out that would still fit', () => {
    const task = fc
      .array(fc.nat(14), { minLength: 1, maxLength: 3 })
      .chain((limits) =>
        fc.record({ limits: fc.constant(limits), items: fc.array(itemIn(limits.length), { maxLength: 6 }) }),
      );
    fc.assert(
      fc.property(task, ({ limits, items }) => {
        const { binOf, profit, atMost } = fillKnapsacks(items, limits, unlimited);
        const loads = loadsOf(items, binOf, limits.length);
        for (const [bin, load] of loads.entries()) expect(load).toBeLessThanOrEqual(limits[bin] ?? 0);
        const best = bestProfit(items, limits);
        expect([profit, atMost]).toEqual([best, best]);
        expect(items.reduce((sum, item, index) => sum + (binOf[index] === -1 ? 0 : item.profit), 0)).toBe(best);
        for (const [index, { weights }] of items.entries()) {
          if (binOf[index] !== -1) continue;
          for (const [bin, own] of weights.entries()) expect((loads[bin] ?? 0) + own).toBeGreaterThan(limits[bin] ?? 0);
        }
      }),
      { numRuns: 800 },
    );
  });

  it('takes the lightest where all bring the same, not whatever one large knapsack would hold', () => {
    const items = [2, 2, 2, 1].map((own) => ({ profit: 5, weights: [own, own] }));
    expect(fillKnapsacks(items, [3, 3], unlimited)).toMatchObject({ profit: 15, atMost: 15 });
  });

  it('gives bounds where it gives up', () => {
    const items = Array.from({ length: 60 }, (_, index) => {
      const own = 500_000_001 + ((index * index * 7_368_787) % 499_999_937);
      return { profit: own + (index % 7), weights: [own, own, own] };
    });
    const limits = [8_000_000_011, 7_000_000_003, 6_000_000_007];
    const { profit, atMost, binOf } = fillKnapsacks(items, limits, unlimited);
    for (const [bin, load] of loadsOf(items, binOf, 3).entries()) expect(load).toBeLessThanOrEqual(limits[bin] ?? 0);
    expect(profit).toBeGreaterThan(0.9 * 21_000_000_021);
    expect(atMost).toBeGreaterThan(profit);
    expect(atMost).toBeLessThan(1.001 * 21_000_000_021);
    const asOne = fillKnapsacks(items, [21_000_000_021, 0, 0], unlimited);
    expect(asOne.atMost).toBeGreaterThan(asOne.profit);
  });
});
