import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { simplifyPolicy } from '../../../../src/quorum/analysis/closed-form/simplification.js';
import { checkPolicy, type Policy, policyMembers } from '../../../../src/quorum/policy/policy.js';
import { printPolicy } from '../../../../src/quorum/policy/policy-text.js';
import { membersOf } from '../../../../src/quorum/tree/tree-check.js';
import { member } from '../../../support/policies.js';
import { allPolicies, arbitraryPolicy, NaiveStructure } from '../../../support/naive-structures.js';
import { right } from '../../../support/right.js';
import { policy } from '../../../support/trust.js';

describe('a simplified policy', () => {
  it('is satisfied by the same sets, and has no more places', () => {
    fc.assert(
      fc.property(arbitraryPolicy({ maxMembers: 6, weights: true, repeats: true }), (rule) => {
        const simple = right(checkPolicy(simplifyPolicy(rule)));
        const [before, after] = [new NaiveStructure(rule), new NaiveStructure(simple)];
        const kept = new Set(after.members);
        for (let mask = 0; mask < 2 ** before.members.length; mask++) {
          const ids = before.members.filter((_, index) => ((mask >>> index) & 1) === 1);
          expect(after.isQualified(ids.filter((id) => kept.has(id)))).toBe(before.isQualified(ids));
        }
        expect(membersOf(simple).length).toBeLessThanOrEqual(membersOf(rule).length);
      }),
      { numRuns: 150 },
    );
  });

  it('keeps every member that matters', () => {
    for (const rule of allPolicies(5)) expect(new Set(policyMembers(simplifyPolicy(rule))).size).toBe(5);
  });

  it.each([
    ['1 of (a, 2 of (a, b))', 'a'],
    ['2 of (a, 1 of (a, b))', 'a'],
    ['1 of (2 of (a, b), 2 of (b, c), 2 of (d, e))', '1 of (2 of (b, 1 of (a, c)), 2 of (d, e))'],
    ['2 of (1 of (a, b), 1 of (a, c))', '1 of (a, 2 of (b, c))'],
    ['1 of (a, 1 of (b, 1 of (c)))', '1 of (a, b, c)'],
    ['3 of (a, 2 of (b, c), d)', '4 of (a, b, c, d)'],
    ['2 of (1 of (a, b), 1 of (b, a), c)', '1 of (a, b)'],
  ])('of %s is %s', (text, expected) => {
    expect(printPolicy(simplifyPolicy(policy(text)))).toBe(printPolicy(policy(expected)));
  });

  it('has equal children once, and none that never matter', () => {
    const pair: Policy = { _tag: 'threshold', k: 2, of: [member('a'), member('b'), member('c')] };
    const twice: Policy = {
      _tag: 'threshold',
      k: 3,
      of: [pair, member('d'), member('e'), { ...pair, of: pair.of.toReversed() }],
    };
    expect(simplifyPolicy(twice)).toEqual({
      _tag: 'threshold',
      k: 3,
      of: [pair, member('d'), member('e')],
      weights: [2, 1, 1],
    });
    const idle: Policy = { _tag: 'threshold', k: 6, of: [member('a'), member('b'), member('c')], weights: [3, 3, 2] };
    expect(simplifyPolicy(idle)).toEqual({ _tag: 'threshold', k: 2, of: [member('a'), member('b')] });
  });
});
