/** Policies over groups of members: satisfied exactly when the members of the groups satisfy what was merged. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { organizationOf, type ProcessId } from '../../../src/prelude/process.js';
import { mergeMembers } from '../../../src/quorum/analysis/merge.js';
import { isReadOnce } from '../../../src/quorum/analysis/covers/set-family.js';
import type { Policy } from '../../../src/quorum/policy/policy.js';
import { member } from '../../support/policies.js';
import { arbitraryPolicy, letters, NaiveStructure } from '../../support/naive-structures.js';

describe('mergeMembers', () => {
  it('is satisfied by groups whose members satisfy the policy', () => {
    const groups = fc.array(fc.nat(3), { minLength: 7, maxLength: 7 });
    const policy = arbitraryPolicy({ maxMembers: 7, weights: true, repeats: true });
    fc.assert(
      fc.property(policy, groups, (one, numbers) => {
        const groupOf = (id: ProcessId): string => `g${numbers[letters(7).indexOf(id)] ?? 0}`;
        const naive = new NaiveStructure(one);
        const merged = new NaiveStructure(mergeMembers(one, groupOf));
        const members = new Set(naive.members.map(groupOf));
        expect(merged.members.every((id) => members.has(id))).toBe(true);
        for (let mask = 0; mask < 16; mask++) {
          const chosen = [0, 1, 2, 3].filter((bit) => ((mask >>> bit) & 1) === 1).map((bit) => `g${bit}` as ProcessId);
          const servers = naive.members.filter((id) => chosen.includes(groupOf(id) as ProcessId));
          const own = merged.members.filter((id) => chosen.includes(id));
          expect(merged.isQualified(own)).toBe(naive.isQualified(servers));
        }
      }),
      { numRuns: 500 },
    );
  });

  it('makes thresholds of organizations out of those of their servers', () => {
    const servers = (org: string, count: number): Policy[] =>
      Array.from({ length: count }, (_, index) => ({ _tag: 'member', id: `${org}/${index}` as ProcessId }));
    const nested: Policy = {
      _tag: 'threshold',
      k: 2,
      of: ['a', 'b', 'c'].map((org) => ({ _tag: 'threshold', k: 3, of: servers(org, 4) })),
    };
    const merged = mergeMembers(nested, organizationOf);
    expect(merged).toEqual({ _tag: 'threshold', k: 2, of: [member('a'), member('b'), member('c')] });
    const flat: Policy = { _tag: 'threshold', k: 7, of: [...servers('a', 4), ...servers('b', 4), ...servers('c', 4)] };
    expect(mergeMembers(flat, organizationOf)).toEqual({
      _tag: 'threshold',
      k: 2,
      of: [member('a'), member('b'), member('c')],
    });
    const uneven: Policy = {
      _tag: 'threshold',
      k: 5,
      of: [...servers('a', 9), ...servers('b', 4), ...servers('c', 3)],
    };
    const weights = [5, 4, 3];
    expect(mergeMembers(uneven, organizationOf)).toEqual({ ...merged, k: 5, weights });
    expect(mergeMembers({ _tag: 'threshold', k: 2, of: servers('a', 3) }, organizationOf)).toEqual(member('a'));
    expect(isReadOnce(mergeMembers(uneven, organizationOf))).toBe(true);
  });
});
