import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { organizationOf, type ProcessId } from '../../../../src/prelude/process.js';
import { mergeMembers } from '../../../../src/quorum/analysis/merge.js';
import { soleBlockers, soleQualifiers } from '../../../../src/quorum/analysis/sole-members.js';
import { normalizedPower, treeBanzhaf, treeDummies } from '../../../../src/quorum/analysis/closed-form/tree-power.js';
import type { Policy } from '../../../../src/quorum/policy/policy.js';
import { scaled, value, weighted } from '../../../support/policies.js';
import { allPolicies, arbitraryPolicy, letters, NaiveStructure } from '../../../support/naive-structures.js';
import { policy } from '../../../support/trust.js';

function expectNaive(rule: Policy): void {
  const naive = new NaiveStructure(rule);
  const expected = naive.banzhaf();
  const found = value(treeBanzhaf(rule));
  expect([...found.keys()]).toEqual([...expected.keys()]);
  for (const [id, power] of expected) expect(found.get(id)).toBeCloseTo(power, 13);
  expect(value(treeDummies(rule))).toEqual(naive.dummies());
}

describe("Banzhaf's index and dummies", () => {
  it('are those of the definition for every small tree', () => {
    for (let count = 1; count <= 5; count++) for (const rule of allPolicies(count)) expectNaive(rule);
  });

  it('are those of the definition with weights', () => {
    fc.assert(
      fc.property(arbitraryPolicy({ maxMembers: 8, weights: true }), (rule) => {
        expectNaive(rule);
      }),
      { numRuns: 300 },
    );
  });

  it('are those of the European Economic Community of 1958, where Luxembourg had a vote and no power', () => {
    const council = weighted(12, [4, 4, 4, 2, 2, 1]);
    const found = [...normalizedPower(value(treeBanzhaf(council))).values()];
    expect(found.map((share) => Math.round(share * 21))).toEqual([5, 5, 5, 3, 3, 0]);
    expect(value(treeDummies(council))).toEqual(['s5']);
  });

  it('are the same whatever the weights that say the same', () => {
    const gate = weighted(51, [49, 48, 3]);
    const plain = value(treeBanzhaf(policy('2 of (s0, s1, s2)')));
    expect(value(treeBanzhaf(gate))).toEqual(plain);
    const large = weighted(510_000_000_000, [490_000_000_000, 480_000_000_000, 30_000_000_000]);
    expect(value(treeBanzhaf(large))).toEqual(plain);
    expect(value(treeDummies(weighted(1_200_000, [400_000, 400_000, 400_000, 200_000, 200_000, 100_000])))).toEqual([
      's5',
    ]);
  });

  it('are the same when all weights are scaled out of the reach of arrays', () => {
    fc.assert(
      fc.property(arbitraryPolicy({ maxMembers: 8, weights: true }), (rule) => {
        const power = value(treeBanzhaf(rule));
        for (const [id, one] of value(treeBanzhaf(scaled(rule)))) expect(one).toBeCloseTo(power.get(id) ?? NaN, 13);
        expect(value(treeDummies(scaled(rule)))).toEqual(value(treeDummies(rule)));
      }),
    );
  });

  it('keep to the members of a dummy organization', () => {
    const inner = policy('1 of (b, c)');
    const [a, d] = letters(4)
      .filter((_, index) => index % 3 === 0)
      .map((id) => ({ _tag: 'member' as const, id }));
    if (a === undefined || d === undefined) throw new Error('four letters');
    const rule: Policy = { _tag: 'threshold', k: 10, of: [a, inner, d], weights: [6, 1, 6] };
    expect(value(treeDummies(rule))).toEqual(['b', 'c']);
    expect([...value(treeBanzhaf(rule)).values()]).toEqual([0.5, 0, 0, 0.5]);
  });

  it('are unknown where weights have too many sums', () => {
    const weights = Array.from({ length: 60 }, (_, index) => 1_000_000 + 9_999_991 * ((index * 37) % 61) + index ** 2);
    const rule = weighted(Math.floor(weights.reduce((sum, one) => sum + one, 0) / 2), weights);
    expect(treeBanzhaf(rule)).toMatchObject({ _tag: 'unknown' });
    expect(treeDummies(rule)).toMatchObject({ _tag: 'unknown' });
    expect(treeBanzhaf({ _tag: 'threshold', k: 1, of: [rule] })).toMatchObject({ _tag: 'unknown' });
  });

  it('are refused where a member stands twice', () => {
    const rule = policy('2 of (a, 1 of (a, b), c)');
    expect(() => treeBanzhaf(rule)).toThrow('once');
    expect(() => treeDummies(rule)).toThrow('once');
  });

  it('are shares that add up to 1', () => {
    const shares = normalizedPower(value(treeBanzhaf(policy('3 of (a, b, x: 2 of 3, c)'))));
    expect([...shares.values()].reduce((sum, one) => sum + one, 0)).toBeCloseTo(1, 13);
    expect(shares.get('a' as ProcessId)).toBeCloseTo(2 * (shares.get('x/1' as ProcessId) ?? NaN), 13);
    expect(normalizedPower(new Map([['a', 0]]))).toEqual(new Map([['a', 0]]));
  });
});

describe('who decides alone', () => {
  it('is that of the definition, members repeated or not', () => {
    const kinds = fc.boolean().chain((repeats) => arbitraryPolicy({ maxMembers: 6, weights: true, repeats }));
    fc.assert(
      fc.property(kinds, fc.nat(2), (rule, size) => {
        const naive = new NaiveStructure(rule);
        const groupOf = (id: ProcessId): string => `g${naive.members.indexOf(id) % (size + 1)}`;
        expect([...soleBlockers(rule)].sort()).toEqual([...naive.vetoes()].sort());
        expect([...soleQualifiers(rule)].sort()).toEqual(naive.members.filter((id) => naive.isQualified([id])).sort());
        const groups = [...new Set(naive.members.map(groupOf))];
        const membersOf = (group: string): readonly ProcessId[] => naive.members.filter((id) => groupOf(id) === group);
        const merged = mergeMembers(rule, groupOf);
        expect([...soleBlockers(merged)].sort()).toEqual(
          groups.filter((group) => naive.isBlocking(membersOf(group))).sort(),
        );
        expect([...soleQualifiers(merged)].sort()).toEqual(
          groups.filter((group) => naive.isQualified(membersOf(group))).sort(),
        );
      }),
      { numRuns: 400 },
    );
  });

  it('names organizations whose servers do not block one by one', () => {
    const rule = policy('all of (x: 2 of 3, y: 1 of 2)');
    const organizations = mergeMembers(rule, organizationOf);
    expect(soleBlockers(rule).size).toBe(0);
    expect([...soleBlockers(organizations)]).toEqual(['x', 'y']);
    expect(soleQualifiers(organizations).size).toBe(0);
  });

  it('may be one who does both', () => {
    const rule = weighted(60, [60, 20, 19]);
    expect([...soleBlockers(rule)]).toEqual(['s0']);
    expect([...soleQualifiers(rule)]).toEqual(['s0']);
  });
});
