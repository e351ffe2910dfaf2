import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { InvariantViolation } from '../../../src/prelude/invariant.js';
import { type ProcessId, Universe } from '../../../src/prelude/process.js';
import { predicateStructure } from '../../../src/quorum/access-structure.js';
import { isQualified, type Policy, policyMembers } from '../../../src/quorum/policy/policy.js';
import { PolicyStructure } from '../../../src/quorum/policy/policy-structure.js';
import { arbitraryPolicy } from '../../support/naive-structures.js';
import { allSets, servers } from '../../support/quorum.js';
import { right } from '../../support/right.js';
import { policy } from '../../support/trust.js';

describe('a policy as an access structure', () => {
  it.each([
    { weights: false, repeats: false },
    { weights: true, repeats: false },
    { weights: true, repeats: true },
  ])('qualifies what the policy says, and blocks what it cannot do without (%o)', (kind) => {
    const property = fc.property(arbitraryPolicy({ maxMembers: 7, ...kind }), (rule) => {
      const structure = new PolicyStructure(rule);
      for (const set of allSets(structure.processes.universe)) {
        expect(structure.isQualified(set)).toBe(isQualified(rule, set));
        expect(structure.isBlocking(set)).toBe(!isQualified(rule, set.complement()));
      }
    });
    fc.assert(property, { numRuns: 60 });
  });

  it('counts members of every word, others of the universe nowhere', () => {
    const universe = servers(100);
    const rule: Policy = {
      _tag: 'threshold',
      k: 3,
      of: ['s1', 's32', 's33', 's64', 's65', 's99'].map((id) => ({ _tag: 'member', id: id as ProcessId })),
    };
    const structure = new PolicyStructure(rule, universe);
    expect(structure.processes.equals(universe.all)).toBe(true);
    const members = universe.of(policyMembers(rule));
    expect(structure.isQualified(members.complement())).toBe(false);
    expect(structure.isQualified(universe.of(['s32', 's64', 's99'] as ProcessId[]))).toBe(true);
    expect(structure.isQualified(universe.of(['s32', 's64', 's98'] as ProcessId[]))).toBe(false);
    for (const id of members) expect(structure.isBlocking(members.without(id))).toBe(true);
  });

  it('counts many different weights exactly', () => {
    const universe = servers(150);
    const weights = universe.ids.map((_, index) => 1 + ((index * 37) % 1000));
    const of = universe.ids.map((id) => ({ _tag: 'member', id }) as const);
    const property = fc.property(fc.subarray([...universe.ids], { minLength: 1, maxLength: 149 }), (ids) => {
      const set = universe.of(ids);
      const weight = weights.reduce((sum, one, index) => sum + (set.hasIndex(index) ? one : 0), 0);
      const isEnough = (k: number): boolean =>
        new PolicyStructure({ _tag: 'threshold', k, of, weights }, universe).isQualified(set);
      expect([isEnough(weight), isEnough(weight + 1)]).toEqual([true, false]);
    });
    fc.assert(property, { numRuns: 50 });
  });

  it('has the members of its policy for processes if no others are given, and no fewer', () => {
    expect([...new PolicyStructure(policy('2 of (b, a, all of (c, b))')).processes]).toEqual(['b', 'a', 'c']);
    expect(() => new PolicyStructure(policy('a'), new Universe(['b' as ProcessId]))).toThrow(InvariantViolation);
    expect(() => new PolicyStructure(policy('a')).isQualified(servers(2).none)).toThrow(InvariantViolation);
  });
});

describe('a predicate as an access structure', () => {
  const universe = servers(5);

  it('answers for itself', () => {
    const structure = right(predicateStructure(universe, (set) => set.size >= 2));
    for (const set of allSets(universe)) {
      expect(structure.isQualified(set)).toBe(set.size >= 2);
      expect(structure.isBlocking(set)).toBe(set.size >= 4);
    }
  });

  it('is refused where nobody satisfies it, or not even everyone', () => {
    expect(predicateStructure(universe, () => true)).toMatchObject({ left: { _tag: 'PolicyError', path: '/' } });
    expect(predicateStructure(universe, () => false)).toMatchObject({ left: { _tag: 'PolicyError', path: '/' } });
  });
});
