import { describe, expect, it } from 'vitest';
import { E } from '../../../src/prelude/fp.js';
import { checkPolicy, type ThresholdGate } from '../../../src/quorum/policy/policy.js';
import { approximateWeights, type WeightApproximation } from '../../../src/quorum/policy/weight-approximation.js';
import { member, seededNumbers } from '../../schemes/sharing/policies.js';
import { right } from '../../support/right.js';
import { allSets, randomRule, weigh } from './weight-sets.js';

function gateOf(k: number, weights: readonly number[]): ThresholdGate {
  return { _tag: 'threshold', k, of: weights.map((_, index) => member(`m${index}`)), weights };
}

function total(weights: readonly number[]): number {
  return weigh(weights, [...weights.keys()]);
}

/** What the approximation says of itself, by enumeration. */
function expectAsClaimed(weights: readonly number[], k: number, found: WeightApproximation): void {
  const { tickets, largestRefused, smallestAccepted } = found;
  let [refused, accepted, isEquivalent] = [-Infinity, Infinity, true];
  for (const set of allSets(weights.length)) {
    const weight = weigh(weights, set);
    const isAccepted = weigh(tickets.weights, set) >= tickets.k;
    if (isAccepted) accepted = Math.min(accepted, weight);
    else refused = Math.max(refused, weight);
    if (isAccepted !== weight >= k) isEquivalent = false;
  }
  expect([largestRefused.weight, smallestAccepted.weight]).toEqual([refused, accepted]);
  for (const [{ children, weight, share }, isAccepted] of [
    [largestRefused, false],
    [smallestAccepted, true],
  ] as const) {
    expect(weigh(weights, children)).toBe(weight);
    expect(weigh(tickets.weights, children) >= tickets.k).toBe(isAccepted);
    expect(share).toBe(weight / total(weights));
  }
  expect(found.isEquivalent).toBe(isEquivalent);
}

describe('approximateWeights', () => {
  it('keeps refusing what was refused, accepts all that exceeds the gap, and says exactly what it changes', () => {
    const number = seededNumbers(11);
    let changed = 0;
    for (let count = 0; count < 60; count++) {
      const { weights } = randomRule(number, 3 + (count % 8), 1000);
      const k = 1 + Math.floor(total(weights) * (0.2 + 0.5 * number()));
      const gap = 0.02 + number() * 0.1;
      const found = right(approximateWeights(gateOf(k, weights), { gap }));
      expectAsClaimed(weights, k, found);
      expect(found.smallestAccepted.weight).toBeGreaterThanOrEqual(k);
      expect(found.largestRefused.weight).toBeLessThan(k + gap * total(weights));
      expect(E.isRight(checkPolicy(found.gate))).toBe(true);
      if (!found.isEquivalent) changed += 1;
    }
    expect(changed).toBeGreaterThan(20);
  });

  it('keeps accepting what was accepted where it is to be looser', () => {
    const number = seededNumbers(12);
    let changed = 0;
    for (let count = 0; count < 60; count++) {
      const { weights } = randomRule(number, 3 + (count % 8), 1000);
      const k = 1 + Math.floor(total(weights) * (0.4 + 0.5 * number()));
      const gap = 0.02 + number() * 0.1;
      const found = right(approximateWeights(gateOf(k, weights), { gap, side: 'looser' }));
      expectAsClaimed(weights, k, found);
      expect(found.largestRefused.weight).toBeLessThan(k);
      expect(found.smallestAccepted.weight).toBeGreaterThanOrEqual(k - gap * total(weights));
      if (!found.isEquivalent) changed += 1;
    }
    expect(changed).toBeGreaterThan(20);
  });

  it('needs fewer tickets the wider the gap is, and leaves out who has none', () => {
    const weights = [900, 800, 700, 650, 400, 390, 380, 370, 20, 10, 5, 1];
    const k = Math.ceil((total(weights) * 2) / 3);
    const [narrow, wide] = [0.01, 0.1].map((gap) => right(approximateWeights(gateOf(k, weights), { gap })));
    const count = (found: WeightApproximation | undefined) => total(found?.tickets.weights ?? []);
    expect(count(wide)).toBeLessThan(count(narrow));
    expect(count(wide)).toBeLessThan(16);
    expect(wide?.tickets.weights.at(-1)).toBe(0);
    const kept = wide?.tickets.weights.filter((own) => own > 0) ?? [];
    expect(wide?.gate.of).toHaveLength(kept.length);
    expect(wide?.gate.weights ?? kept.map(() => 1)).toEqual(kept);
    expect(wide?.gate.k).toBe(wide?.tickets.k);
  });

  it('says so where it changes nothing', () => {
    const found = right(approximateWeights(gateOf(51, [50, 49, 1]), { gap: 0.001 }));
    expect(found.isEquivalent).toBe(true);
    expect(found.tickets).toEqual({ k: 3, weights: [2, 1, 1] });
  });

  it.each([0, -0.1, Number.NaN, 0.34, 1])('refuses a gap of %d for two thirds', (gap) => {
    const found = approximateWeights(gateOf(4, [1, 2, 3]), { gap });
    expect(found).toEqual(E.left({ _tag: 'BadGap', gap, below: 1 / 3 }));
  });

  it('refuses a gap as wide as the threshold where it is to be looser', () => {
    const found = approximateWeights(gateOf(3, [1, 2, 3]), { gap: 0.5, side: 'looser' });
    expect(found).toEqual(E.left({ _tag: 'BadGap', gap: 0.5, below: 0.5 }));
  });

  it('says that so narrow a gap needs too many tickets', () => {
    const { weights } = randomRule(seededNumbers(13), 12, 100_000);
    const k = Math.ceil(total(weights) / 2);
    const limits = { maxTotal: 20, steps: 100_000 };
    expect(approximateWeights(gateOf(k, weights), { gap: 0.001 }, limits)).toEqual(
      E.left({ _tag: 'GapTooNarrow', gap: 0.001, maxTotal: 20 }),
    );
  });
});
