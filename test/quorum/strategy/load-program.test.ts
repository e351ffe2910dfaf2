import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ProcessId } from '../../../src/prelude/process.js';
import { Fraction } from '../../../src/quorum/analysis/load/fraction.js';
import { classesOf, gateCapacity } from '../../../src/quorum/analysis/load/gate-load.js';
import type { Policy } from '../../../src/quorum/policy/policy.js';
import { parsePolicy } from '../../../src/quorum/policy/policy-text.js';
import { packQuorums } from '../../../src/quorum/strategy/capacity-program.js';
import { coverFamily } from '../../../src/quorum/strategy/cover-family.js';
import { loadByProgram } from '../../../src/quorum/strategy/load-program.js';
import { nearFraction } from '../../../src/quorum/strategy/near-fraction.js';
import { optimalStrategy } from '../../../src/quorum/strategy/optimal-strategy.js';
import { readWriteSystem } from '../../../src/quorum/strategy/read-write-system.js';
import { budgetOf, type Figure, unlimited } from '../../../src/quorum/verdict.js';
import { arbitraryPolicy } from '../../support/arbitrary-policy.js';
import { right } from '../../support/right.js';
import { solver } from './solver-of-tests.js';

function load(policy: Policy, capacityOf?: (id: ProcessId) => Fraction): Figure<Fraction> {
  return loadByProgram(solver, { policy, ...(capacityOf === undefined ? {} : { capacityOf }) }, unlimited);
}

function exactLoad(text: string): string {
  const figure = load(right(parsePolicy(text)));
  return figure._tag === 'exact' ? figure.value.toString() : figure.reason;
}

describe('loadByProgram', () => {
  it('finds the loads of systems in which members recur', () => {
    expect(exactLoad('2 of (all of (a, b), all of (b, c), all of (c, a), d)')).toBe('3/4');
    // Fano's plane: seven lines of three points (Naor & Wool 1998, section 4).
    const lines = ['a, b, c', 'a, d, e', 'a, f, g', 'b, d, f', 'b, e, g', 'c, d, g', 'c, e, f'];
    expect(exactLoad(`any of (${lines.map((line) => `all of (${line})`).join(', ')})`)).toBe('3/7');
    // A grid of 5 × 5: a row and one of every row.
    const rows = Array.from({ length: 5 }, (_, row) =>
      Array.from({ length: 5 }, (__, at) => `s${row}${at}`).join(', '),
    );
    const full = `any of (${rows.map((row) => `all of (${row})`).join(', ')})`;
    expect(exactLoad(`all of (${full}, ${rows.map((row) => `any of (${row})`).join(', ')})`)).toBe('9/25');
  });

  it('finds the loads of weighted gates that have no closed form', () => {
    const weighted = Array.from({ length: 20 }, (_, index) => `s${index}*${index + 2}`).join(', ');
    expect(exactLoad(`weight >= 100 of (${weighted})`)).toBe('10/23');
    // Below another gate, a child that can bear 23/10.
    expect(exactLoad(`any of (all of (a, b), weight >= 100 of (${weighted}))`)).toBe('10/33');
  });

  it('agrees with the best strategy, and tells a fraction', () => {
    const capacity = (id: ProcessId): number => 1 + (id.charCodeAt(0) % 3);
    fc.assert(
      fc.property(arbitraryPolicy(['a', 'b', 'c', 'd', 'e', 'f']), (policy) => {
        const system = right(readWriteSystem({ read: policy }));
        const figuresOf = (id: ProcessId): { readCapacity: number } => ({ readCapacity: capacity(id) });
        const goal = { optimize: 'load', readFraction: 1, figuresOf } as const;
        const found = load(policy, (id) => Fraction.of(BigInt(capacity(id))));
        if (found._tag !== 'exact') throw new Error(found.reason);
        const best = right(optimalStrategy(solver, { system, goal }, unlimited)).load(1);
        expect(found.value.toNumber()).toBeCloseTo(best, 8);
      }),
      { numRuns: 60 },
    );
  });

  it('keeps bounds that hold when time is up, or the solver is stopped', () => {
    const weights = Array.from({ length: 20 }, (_, index) => index + 2);
    const policy = right(parsePolicy(`weight >= 100 of (${weights.map((w, i) => `s${i}*${w}`).join(', ')})`));
    const truth = Fraction.of(10n, 23n);
    for (const patience of [0, 1, 2, 5, 20, 100, 500]) {
      let asked = 0;
      const budget = { limitMs: Infinity, elapsedMs: () => 0, isSpent: () => ++asked > patience };
      const figure = loadByProgram(solver, { policy }, budget);
      if (figure._tag === 'exact') expect(figure.value.toString()).toBe('10/23');
      else {
        expect(figure.atLeast?.compare(truth)).toBeLessThanOrEqual(0);
        expect(figure.atMost?.compare(truth)).toBeGreaterThanOrEqual(0);
        expect(figure.reason).toMatch(/not finished/);
      }
    }
    const recurring = right(parsePolicy('2 of (all of (a, b), all of (b, c), d)'));
    expect(
      loadByProgram(
        solver,
        { policy: recurring },
        budgetOf(0, () => 0),
      )._tag,
    ).toBe('unknown');
  });

  it('says when there are too many quorums', () => {
    const many = Array.from({ length: 30 }, (_, index) => `s${index}`).join(', ');
    const policy = right(parsePolicy(`all of (15 of (${many}), any of (s0, s1))`));
    expect(load(policy)).toMatchObject({
      _tag: 'unknown',
      reason: expect.stringMatching(/too many quorums/) as string,
    });
  });
});

describe('packQuorums', () => {
  it('agrees with the closed forms of gates', () => {
    const child = fc.record({ weight: fc.integer({ min: 1, max: 5 }), supply: fc.integer({ min: 1, max: 4 }) });
    fc.assert(
      fc.property(
        fc.array(child, { minLength: 1, maxLength: 7 }),
        fc.double({ min: 0, max: 1, noNaN: true }),
        (of, part) => {
          const children = of.map(({ weight, supply }) => ({ weight, capacity: Fraction.of(BigInt(supply), 2n) }));
          const k = Math.max(1, Math.ceil(part * of.reduce((sum, { weight }) => sum + weight, 0)));
          const closed = gateCapacity(k, children);
          const family = coverFamily(k, children);
          if (family === undefined) throw new Error('a small gate');
          for (const one of [family, { ...family, seeds: [] }]) {
            const found = packQuorums(solver, one, unlimited);
            expect(found?.atLeast.toString()).toBe(closed.atLeast.toString());
            expect(found?.atMost.toString()).toBe(closed.atMost.toString());
          }
        },
      ),
      { numRuns: 60 },
    );
  });
});

describe('coverFamily', () => {
  it('finds a minimal set of least cost, by enumeration', () => {
    const child = fc.record({
      weight: fc.integer({ min: 1, max: 6 }),
      supply: fc.integer({ min: 1, max: 2 }),
      price: fc.integer({ min: 0, max: 3 }),
    });
    fc.assert(
      fc.property(fc.array(child, { minLength: 1, maxLength: 8 }), fc.nat(), (of, wish) => {
        const total = of.reduce((sum, { weight }) => sum + weight, 0);
        const k = 1 + (wish % total);
        const items = of.map(({ weight, supply, price }) => ({
          weight: Math.min(weight, k),
          capacity: Fraction.of(BigInt(supply)),
          price,
        }));
        const classes = classesOf(items);
        const priceOf = classes.map(({ positions }) => items[positions[0] ?? 0]?.price ?? 0);
        const cheapest = coverFamily(k, items)?.cheapest(priceOf);
        if (cheapest === undefined) throw new Error('a small gate');
        const paid = items.map((_, at) => priceOf[classes.findIndex(({ positions }) => positions.includes(at))] ?? 0);
        const costs = Array.from({ length: 2 ** items.length }, (_, mask) => {
          const chosen = items.flatMap(({ weight }, at) => (((mask >> at) & 1) === 1 ? [{ weight, at }] : []));
          const isEnough = chosen.reduce((sum, { weight }) => sum + weight, 0) >= k;
          return isEnough ? chosen.reduce((sum, { at }) => sum + (paid[at] ?? 0), 0) : Infinity;
        });
        expect(cheapest.cost).toBe(Math.min(...costs));
        expect(cheapest.uses.reduce((sum, times, index) => sum + times * (priceOf[index] ?? 0), 0)).toBe(cheapest.cost);
        const weight = cheapest.uses.reduce((sum, times, index) => sum + times * (classes[index]?.weight ?? 0), 0);
        expect(weight).toBeGreaterThanOrEqual(k);
        for (const [index, times] of cheapest.uses.entries())
          if (times > 0) expect(weight - (classes[index]?.weight ?? 0)).toBeLessThan(k);
      }),
      { numRuns: 200 },
    );
  });
});

describe('nearFraction', () => {
  it('finds the fraction that was rounded', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 5000 }), fc.integer({ min: 1, max: 5000 }), (numerator, denominator) => {
        const fraction = Fraction.of(BigInt(numerator), BigInt(denominator));
        expect(nearFraction(numerator / denominator + 1e-12).equals(fraction)).toBe(true);
      }),
    );
  });

  it('keeps what is near no simple one', () => {
    expect(nearFraction(Math.PI / 1000).toNumber()).toBeCloseTo(Math.PI / 1000, 9);
    expect(nearFraction(Math.SQRT2 * 1e9).toNumber() / 1e9).toBeCloseTo(Math.SQRT2, 8);
  });
});
