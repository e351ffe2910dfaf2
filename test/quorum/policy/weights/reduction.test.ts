import { describe, expect, it } from 'vitest';
import { E } from '../../../../src/prelude/fp.js';
import { Universe } from '../../../../src/prelude/process.js';
import { checkPolicy, isQualified, type Policy, policyMembers } from '../../../../src/quorum/policy/policy.js';
import { classesOf, joinedByInfluence } from '../../../../src/quorum/policy/weights/classes.js';
import { minimize } from '../../../../src/quorum/policy/weights/minimization.js';
import { reduceWeights, usualLimits } from '../../../../src/quorum/policy/weights/reduction.js';
import { gate, member, seededNumbers } from '../../../schemes/sharing/policies.js';
import { areEquivalent, lists, randomRule, weigh } from './sets.js';

function weighted(k: number, weights: readonly number[], ...of: readonly (Policy | string)[]): Policy {
  return { _tag: 'threshold', k, of: of.map((child) => (typeof child === 'string' ? member(child) : child)), weights };
}

const names = (count: number) => Array.from({ length: count }, (_, index) => `m${index}`);

describe('reduceWeights', () => {
  it.each([
    ['a common factor', 50, [30, 20, 10, 10], { k: 5, weights: [3, 2, 1, 1] }],
    ['two against one, though 50 and 49 differ', 51, [50, 49, 1], { k: 3, weights: [2, 1, 1] }],
    ['two who are needed, and one who is not', 99, [97, 2, 1], { k: 2, weights: [1, 1, 0] }],
    ['one that decides alone', 10, [10, 4, 5], { k: 1, weights: [1, 0, 0] }],
    ['each alone', 3, [3, 7, 5], { k: 1, weights: [1, 1, 1] }],
    ['all together', 15, [3, 7, 5], { k: 3, weights: [1, 1, 1] }],
    [
      'the six of the Treaty of Rome, one without influence',
      12,
      [4, 4, 4, 2, 2, 1],
      { k: 6, weights: [2, 2, 2, 1, 1, 0] },
    ],
    ['counts that weights obscure', 51, [17, 18, 19, 20, 21], { k: 3, weights: [1, 1, 1, 1, 1] }],
    ['the Security Council', 39, [7, 7, 7, 7, 7, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1], undefined],
  ] as const)('keeps what matters of %s', (_, k, weights, expected) => {
    const { gates, policy } = reduceWeights(weighted(k, weights, ...names(weights.length)));
    const [found] = gates;
    expect(found).toEqual({ path: '/', before: { k, weights }, after: expected ?? { k, weights }, outcome: 'least' });
    expect(E.isRight(checkPolicy(policy))).toBe(true);
  });

  it('leaves out who decides nothing, and weights that are all 1', () => {
    const { policy } = reduceWeights(weighted(12, [4, 4, 4, 2, 2, 1], ...names(6)));
    expect(policy).toEqual(weighted(6, [2, 2, 2, 1, 1], ...names(5)));
    expect(reduceWeights(weighted(51, [17, 18, 19, 20, 21], ...names(5))).policy).toEqual(gate(3, ...names(5)));
    expect(reduceWeights(weighted(10, [10, 4, 5], 'a', 'b', 'c')).policy).toEqual(gate(1, 'a'));
  });

  it('leaves policies without weights as they are', () => {
    for (const policy of [member('a'), gate(2, 'a', gate(1, 'b', 'c'), 'd')]) {
      expect(reduceWeights(policy)).toEqual({ policy, gates: [] });
    }
  });

  it('reduces gates at every level, and says where they stand', () => {
    const inner = weighted(20, [10, 10, 10], 'c', weighted(7, [7, 3], 'd', 'e'), 'f');
    const { policy, gates } = reduceWeights(gate(2, 'a', weighted(30, [15, 20, 25], 'b', inner, 'g'), 'h'));
    const reducedInner = gate(2, 'c', gate(1, 'd'), 'f');
    expect(policy).toEqual(gate(2, 'a', gate(2, 'b', reducedInner, 'g'), 'h'));
    expect(gates.map(({ path }) => path)).toEqual(['/of/1', '/of/1/of/1', '/of/1/of/1/of/1']);
  });

  it('qualifies the same sets, over random trees', () => {
    const number = seededNumbers(7);
    const members = ['a', 'b', 'c', 'd', 'e', 'f', 'g'];
    const grow = (depth: number): Policy => {
      const [first, ...others] = members.toSorted(() => number() - 0.5).slice(0, 2 + Math.floor(number() * 4));
      const { k, weights } = randomRule(number, others.length + 1, 12);
      const inner = depth < 2 && number() < 0.6 ? grow(depth + 1) : (first ?? 'a');
      return weighted(k, weights, inner, ...others);
    };
    for (let count = 0; count < 60; count++) {
      const policy = grow(0);
      const { policy: reduced } = reduceWeights(policy);
      expect(E.isRight(checkPolicy(reduced))).toBe(true);
      const universe = new Universe(policyMembers(policy));
      for (let mask = 0; mask < 2 ** universe.ids.length; mask++) {
        const set = universe.of(universe.ids.filter((_, index) => (mask >> index) % 2 === 1));
        expect(isQualified(reduced, set)).toBe(isQualified(policy, set));
      }
    }
  });

  it('says that a gate is too heavy whatever its weights, and still divides what can be divided', () => {
    const number = seededNumbers(8);
    const { weights } = randomRule(number, 12, 1000);
    const doubled = weights.map((weight) => 2 * weight);
    const k = weigh(weights, [...weights.keys()]);
    const { gates } = reduceWeights(weighted(k, doubled, ...names(12)));
    expect(gates).toMatchObject([{ after: { k: Math.ceil(k / 2), weights }, outcome: 'heavy' }]);
    const [alone] = reduceWeights(weighted(k, [...doubled, 3 * k], ...names(13))).gates;
    expect(alone).toMatchObject({ outcome: 'heavy' });
    expect(alone?.after.weights.at(-1)).toBe(alone?.after.k);
  });

  it('gives up where its steps are spent, with the best that it has proven', () => {
    const { weights } = randomRule(seededNumbers(9), 9, 40);
    const rule = { k: Math.floor(weigh(weights, [...weights.keys()]) / 2), weights };
    const policy = weighted(rule.k, weights, ...names(9));
    const [found] = reduceWeights(policy, { ...usualLimits, steps: 1 }).gates;
    expect(found?.outcome).toBe('small');
    expect(areEquivalent(rule, found?.after ?? rule)).toBe(true);
    expect(reduceWeights(policy, { maxTotal: 3, steps: 1 }).gates).toMatchObject([{ outcome: 'unknown' }]);
  });
});

describe('minimize', () => {
  it('is equivalent, by enumeration of all sets', () => {
    const number = seededNumbers(4);
    let found = 0;
    for (let count = 0; count < 150; count++) {
      const rule = randomRule(number, 2 + (count % 8), [5, 40, 1000][count % 3] ?? 5);
      const small = minimize(rule, usualLimits);
      if (typeof small === 'string') continue;
      found += 1;
      expect(areEquivalent(rule, small)).toBe(true);
      expect(small.isLeast).toBe(true);
    }
    expect(found).toBeGreaterThan(140);
  });

  it('is least: nothing that sums to less is equivalent', () => {
    const number = seededNumbers(5);
    for (let count = 0; count < 60; count++) {
      const rule = randomRule(number, 1 + (count % 5), 30);
      const small = minimize(rule, usualLimits);
      if (typeof small === 'string') throw new Error('five children need few');
      const total = weigh(small.weights, [...small.weights.keys()]);
      for (const weights of lists(rule.weights.length, total - 1)) {
        for (let k = 1; k < total; k++) expect(areEquivalent(rule, { k, weights })).toBe(false);
      }
    }
  });

  it('gives children of one influence one weight, though it could do with less', () => {
    const weights = [2000, 8001, 8002, 11003, 6004, 8005, 11006, 12000, 6001];
    const rule = { k: 23_292, weights };
    const even = { k: 20, weights: [2, 7, 7, 9, 5, 7, 9, 10, 5] };
    const uneven = { k: 18, weights: [2, 6, 6, 8, 5, 6, 8, 9, 4] };
    for (const small of [even, uneven]) expect(areEquivalent(rule, small)).toBe(true);
    expect(minimize(rule, usualLimits)).toEqual({ ...even, isLeast: true });
    expect(minimize(rule, { ...usualLimits, maxTotal: 60 })).toEqual({ ...uneven, isLeast: false });
  });

  it('is equivalent for as many children as a gate has, where nothing can be enumerated', () => {
    const weights = Array.from({ length: 120 }, (_, index) => 1000 + (index % 2) * 1000 + (index % 3));
    const small = minimize({ k: 100_000, weights }, usualLimits);
    expect(small).toMatchObject({ isLeast: true });
    if (typeof small === 'string') return;
    expect(new Set(small.weights)).toEqual(new Set([1, 2]));
  });
});

describe('joinedByInfluence', () => {
  it('joins children that decide the same, whatever their weights', () => {
    const weights = [50, 49, 2, 1];
    const classes = classesOf(weights);
    const positions = (k: number) =>
      joinedByInfluence(weights, classes, { k, weights }).map((one) => [...one.positions].toSorted());
    expect(positions(51)).toEqual([[0], [1, 2], [3]]);
    expect(positions(50)).toEqual([[0], [1], [2, 3]]);
    expect(positions(102)).toEqual([[0, 1, 2, 3]]);
    expect(positions(100)).toEqual([
      [0, 1],
      [2, 3],
    ]);
  });
});
