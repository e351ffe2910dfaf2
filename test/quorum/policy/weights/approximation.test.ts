import { describe, expect, it } from 'vitest';
import { E } from '../../../../src/prelude/fp.js';
import { checkPolicy, type Policy, type ThresholdGate } from '../../../../src/quorum/policy/policy.js';
import { approximateWeights, type WeightApproximation } from '../../../../src/quorum/policy/weights/approximation.js';
import { approximatePolicy, describeApproximation } from '../../../../src/quorum/policy/weights/approximated-policy.js';
import { member, seededNumbers } from '../../../schemes/sharing/policies.js';
import { right } from '../../../support/right.js';
import { allSets, randomRule, weigh } from './sets.js';

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

describe('approximatePolicy', () => {
  const { weights } = randomRule(seededNumbers(8), 12, 1000);
  const k = Math.ceil(total(weights) / 2);
  const heavy = gateOf(k, weights);
  const small = gateOf(50, [30, 20, 10, 10]);
  const policy: Policy = { _tag: 'threshold', k: 2, of: [member('a'), heavy, small] };

  it('approximates only what has no small equivalent, and says where', () => {
    const { gates, reductions, policy: nearly } = right(approximatePolicy(policy, { gap: 0.1 }));
    expect(reductions.map(({ path }) => path)).not.toContain('/of/1');
    expect(gates.map(({ path }) => path)).toEqual(['/of/1']);
    const alone = right(approximateWeights(heavy, { gap: 0.1 }));
    expect(gates[0]).toEqual({ ...alone, path: '/of/1', before: heavy });
    const reduced = { ...small, k: 5, weights: [3, 2, 1, 1] };
    expect(nearly).toEqual({ ...policy, of: [member('a'), alone.gate, reduced] });
    expect(E.isRight(checkPolicy(nearly))).toBe(true);
  });

  it('changes nothing where nothing is too heavy', () => {
    const { policy: same, gates, reductions } = right(approximatePolicy(small, { gap: 0.1 }));
    expect([same, gates]).toEqual([{ ...small, k: 5, weights: [3, 2, 1, 1] }, []]);
    expect(reductions).toMatchObject([{ path: '/', after: { k: 5, weights: [3, 2, 1, 1] } }]);
  });

  it('names the gate for which there is nothing', () => {
    const found = approximatePolicy(policy, { gap: 0.9 });
    expect(found).toMatchObject(E.left({ _tag: 'BadGap', gap: 0.9, path: '/of/1' }));
    expect(approximatePolicy(heavy, { gap: 0.9 })).toMatchObject(E.left({ path: '/' }));
  });

  it('prints the rule that it leads to', () => {
    const before: ThresholdGate = { ...gateOf(4, [3, 2, 1]), of: [member('a'), gateOf(1, [1, 1]), member('c')] };
    const found = right(approximateWeights(before, { gap: 0.2 }));
    expect(describeApproximation({ ...found, path: '/', before })).toEqual([
      'at /: 4 of 3, 2, 1 becomes 2 of 1, 1, 0',
      'it is another rule: whoever weighed 4 was accepted before',
      'the lightest set that it accepts weighs 5 (83.33 % of all weight): a, the gate in place 2',
      'the heaviest set that it refuses weighs 4 (66.67 % of all weight): a, c',
    ]);
    const same = { ...found, isEquivalent: true };
    expect(describeApproximation({ ...same, path: '/', before })[1]).toBe('it accepts the same sets as before');
  });
});

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
