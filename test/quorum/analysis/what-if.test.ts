/** Policies without some of their members. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ProcessId } from '../../../src/prelude/process.js';
import { afterLeaving, duringMaintenance } from '../../../src/quorum/analysis/what-if.js';
import { E } from '../../../src/prelude/fp.js';
import { checkPolicy, type Policy, policyMembers } from '../../../src/quorum/policy/policy.js';
import { gate, member } from '../../support/policies.js';
import { idsOf } from '../../support/families.js';
import { arbitraryPolicy, type IdSet, letters, NaiveStructure } from '../../support/naive-structures.js';

const absences = fc.tuple(arbitraryPolicy({ maxMembers: 7, weights: true, repeats: true }), fc.nat(127));

describe('duringMaintenance', () => {
  it('leaves what the others can still satisfy by themselves', () => {
    fc.assert(
      fc.property(absences, ([policy, mask]) => {
        const away = idsOf(mask, letters(7));
        const naive = new NaiveStructure(policy);
        const others = naive.members.filter((id) => !away.has(id));
        const left = duringMaintenance(policy, away);
        expect(left._tag).toBe(naive.isQualified(others) ? 'satisfiable' : 'blocked');
        if (left._tag === 'blocked') {
          expect(left.blocking.every((id) => away.has(id))).toBe(true);
          expect(naive.isBlocking(left.blocking)).toBe(true);
          return;
        }
        expect(E.isRight(checkPolicy(left.policy))).toBe(true);
        const remaining = new NaiveStructure(left.policy);
        for (let some = 0; some < 2 ** others.length; some++) {
          const chosen = [...idsOf(some, others)];
          const own = chosen.filter((id) => remaining.members.includes(id));
          expect(remaining.isQualified(own)).toBe(naive.isQualified(chosen));
        }
      }),
      { numRuns: 300 },
    );
  });
});

/** As `afterLeaving` says: of each list counts only what has somebody left, and no more is asked for than all of that. */
function isQualifiedAmong(policy: Policy, left: IdSet, set: IdSet): boolean {
  if (policy._tag === 'member') return set.has(policy.id);
  const present = policy.of.flatMap((child, index) => {
    const weight = policy.weights?.[index] ?? 1;
    return policyMembers(child).some((id) => left.has(id)) ? [{ child, weight }] : [];
  });
  const weigh = (some: typeof present): number => some.reduce((sum, { weight }) => sum + weight, 0);
  const satisfied = present.filter(({ child }) => isQualifiedAmong(child, left, set));
  return weigh(satisfied) >= Math.min(policy.k, weigh(present));
}

describe('afterLeaving', () => {
  it('keeps thresholds as far as those who remain can reach them', () => {
    const policy = gate(3, [
      gate(2, [member('a'), member('b'), member('c')]),
      member('d'),
      member('e'),
      gate(1, [member('f')]),
    ]);
    expect(afterLeaving(policy, new Set(['b', 'c', 'f'] as ProcessId[]))).toEqual({
      _tag: 'satisfiable',
      policy: gate(3, [gate(1, [member('a')]), member('d'), member('e')]),
    });
    const weighted = gate(7, [member('a'), member('b'), member('c')], [5, 3, 1]);
    expect(afterLeaving(weighted, new Set(['a'] as ProcessId[]))).toEqual({
      _tag: 'satisfiable',
      policy: gate(4, [member('b'), member('c')], [3, 1]),
    });
    expect(afterLeaving(weighted, new Set(['b'] as ProcessId[]))).toMatchObject({ policy: { k: 6, weights: [5, 1] } });
  });

  it('always leaves a policy of those who remain, if somebody does', () => {
    fc.assert(
      fc.property(absences, ([policy, mask]) => {
        const gone = idsOf(mask, letters(7));
        const others = policyMembers(policy).filter((id) => !gone.has(id));
        const left = afterLeaving(policy, gone);
        if (others.length === 0) expect(left).toMatchObject({ _tag: 'blocked' });
        else if (left._tag === 'satisfiable') {
          expect(E.isRight(checkPolicy(left.policy))).toBe(true);
          expect(policyMembers(left.policy)).toEqual(others);
          const remaining = new NaiveStructure(left.policy);
          for (let some = 0; some < 2 ** others.length; some++) {
            const chosen = idsOf(some, others);
            expect(remaining.isQualified(chosen)).toBe(isQualifiedAmong(policy, new Set(others), chosen));
          }
        } else throw new Error('somebody remains');
      }),
      { numRuns: 300 },
    );
  });
});
