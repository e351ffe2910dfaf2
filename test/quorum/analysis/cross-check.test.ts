/** Policies against one another and against trust models: by the definitions, by outside tables, and at the sizes of alliances. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ProcessId } from '../../../src/prelude/process.js';
import {
  type BadMeeting,
  judgeDissemination,
  judgeFab,
  judgeInclusion,
  judgeIntersection,
  judgeLiveness,
  judgeMasking,
  judgeMeeting,
  judgeUnforgeability,
} from '../../../src/quorum/analysis/cross-check.js';
import { faultSets } from '../../../src/quorum/analysis/covers/set-family.js';
import { type Policy, policyMembers } from '../../../src/quorum/policy/policy.js';
import { membersOf } from '../../../src/quorum/tree/tree-check.js';
import type { ExplicitFaults } from '../../../src/quorum/trust/explicit-faults.js';
import type { TrustRule } from '../../../src/quorum/trust/trust-model.js';
import type { TrustTree } from '../../../src/quorum/trust/trust-tree.js';
import { budgetOf, unlimited, type Verdict } from '../../../src/quorum/verdict.js';
import { member } from '../../support/policies.js';
import { hasSet, idsOf } from '../../support/families.js';
import { arbitraryPolicy, NaiveStructure } from '../../support/naive-structures.js';
import { vectors } from '../../support/vectors.js';

type Ids = ReadonlySet<ProcessId>;

function isFaulty(rule: TrustRule, set: Ids): boolean {
  if (rule._tag !== 'explicit') return hasSet(faultSets(rule, 'byzantine'), set);
  return set.size === 0 || rule.byzantine.some((one) => [...set].every((id) => one.includes(id)));
}

/** A trust tree over the tree of a policy, which it may also flatten. */
function arbitraryTrust(policy: Policy): fc.Arbitrary<TrustTree> {
  const numbers = fc.array(fc.nat(1000), { minLength: 60, maxLength: 60 });
  return fc.tuple(numbers, fc.boolean(), fc.boolean()).map(([row, flat, weighted]) => {
    const left = [...row];
    const grow = (node: Policy): TrustTree => {
      if (node._tag === 'member') return node;
      const children: readonly Policy[] = flat ? policyMembers(node).map((id) => ({ _tag: 'member', id })) : node.of;
      const weights = children.map(() => (weighted ? 1 + ((left.shift() ?? 0) % 5) : 1));
      const f = (left.shift() ?? 0) % weights.reduce((sum, weight) => sum + weight, 0);
      const of = children.map(grow);
      return weighted ? { _tag: 'gate', f, t: 0, of, weights } : { _tag: 'gate', f, t: 0, of };
    };
    return grow(policy);
  });
}

function arbitraryListed(members: readonly ProcessId[]): fc.Arbitrary<ExplicitFaults> {
  const masks = fc.array(fc.nat(2 ** members.length - 2), { maxLength: 3 });
  return masks.map((all) => ({
    _tag: 'explicit',
    of: members,
    byzantine: all.map((mask) => [...idsOf(mask, members)]),
    slow: [],
  }));
}

const policies = { maxMembers: 6, weights: true };

/** Policies that share some members but not all, with a trust model of the same tree, a flat one, or a listed one. */
const scene = fc.tuple(arbitraryPolicy(policies), arbitraryPolicy({ ...policies, repeats: true })).chain(([a, b]) => {
  const joined: Policy = {
    _tag: 'threshold',
    k: 1,
    of: [...new Set([...policyMembers(a), ...policyMembers(b)])].map(member),
  };
  const rule = fc.oneof<fc.Arbitrary<TrustRule>[]>(
    arbitraryTrust(policyMembers(joined).length === policyMembers(a).length ? a : joined),
    arbitraryListed(policyMembers(joined)),
  );
  return rule.map((trust) => ({ a, b, trust }));
});

/** Fault sets of a small model, the empty one among them. */
function faultyIn(rule: TrustRule): readonly Ids[] {
  const members = rule._tag === 'explicit' ? rule.of : membersOf(rule);
  return Array.from({ length: 2 ** members.length }, (_, mask) => idsOf(mask, members)).filter((set) =>
    isFaulty(rule, set),
  );
}

function meetsOnlyInside(chosen: readonly Policy[], rule: TrustRule, count: number): boolean {
  const sets = faultyIn(rule);
  const families = chosen.map((policy) => new NaiveStructure(policy).minimalQuorums());
  const common = families.reduce<readonly (readonly ProcessId[])[]>(
    (some, more) => some.flatMap((one) => more.map((other) => one.filter((id) => other.includes(id)))),
    [membersIn(chosen)],
  );
  const isWithin = (ids: readonly ProcessId[], left: number): boolean =>
    ids.length === 0 ||
    (left > 0 &&
      sets.some(
        (one) =>
          one.size > 0 &&
          ids.some((id) => one.has(id)) &&
          isWithin(
            ids.filter((id) => !one.has(id)),
            left - 1,
          ),
      ));
  return common.some((ids) => isWithin(ids, count));
}

function membersIn(chosen: readonly Policy[]): readonly ProcessId[] {
  return [...new Set(chosen.flatMap(policyMembers))];
}

function expectMeeting(verdict: Verdict<BadMeeting>, chosen: readonly Policy[], rule: TrustRule, count: number): void {
  expect(verdict._tag).toBe(meetsOnlyInside(chosen, rule, count) ? 'violated' : 'holds');
  if (verdict._tag !== 'violated') return;
  const { quorums = [], faults = [] } = verdict.witness ?? {};
  expect([quorums.length, faults.length]).toEqual([chosen.length, count]);
  for (const [index, policy] of chosen.entries()) {
    expect(new NaiveStructure(policy).isQualified(quorums[index] ?? [])).toBe(true);
  }
  for (const set of faults) expect(isFaulty(rule, new Set(set))).toBe(true);
  const common = membersIn(chosen).filter((id) => quorums.every((quorum) => quorum.includes(id)));
  expect(common.filter((id) => !faults.flat().includes(id))).toEqual([]);
}

describe('meetings of quorums', () => {
  it('are judged as by the definitions', () => {
    fc.assert(
      fc.property(scene, ({ a, b, trust }) => {
        expectMeeting(judgeDissemination(a, trust), [a, a], trust, 1);
        expectMeeting(judgeMasking(a, trust), [a, a], trust, 2);
        expectMeeting(judgeIntersection(b), [b, b], trust, 0);
        expectMeeting(judgeUnforgeability(b, trust), [b], trust, 1);
        expectMeeting(judgeMeeting([a, b]), [a, b], trust, 0);
        expectMeeting(judgeMeeting([a, b], { rule: trust, count: 1 }), [a, b], trust, 1);
        expectMeeting(judgeFab({ fast: b, recovery: a }, trust), [b, b, a], trust, 2);
      }),
      { numRuns: 100 },
    );
  });

  it('say that they do not know members that the trust model does not know', () => {
    const a: Policy = { _tag: 'threshold', k: 1, of: [member('a'), member('b')] };
    const rule: TrustRule = { _tag: 'gate', f: 0, t: 0, of: [{ _tag: 'member', id: 'a' as ProcessId }] };
    const unknown = { _tag: 'unknown', reason: 'b is not a process of the trust model' };
    expect(judgeUnforgeability(a, rule)).toEqual(unknown);
    expect(judgeLiveness(a, rule)).toEqual(unknown);
  });

  it('stop when the time is over', () => {
    const members = Array.from({ length: 40 }, (_, index) => `s${index}` as ProcessId);
    const rule: ExplicitFaults = { _tag: 'explicit', of: members, byzantine: members.map((id) => [id]), slow: [] };
    const policy: Policy = { _tag: 'threshold', k: 30, of: members.map(member) };
    let now = 0;
    expect(judgeMasking(policy, rule)._tag).toBe('holds');
    const verdict = judgeMasking(
      policy,
      rule,
      budgetOf(10, () => now++),
    );
    expect(verdict).toMatchObject({ _tag: 'unknown' });
  });
});

describe('listed fault sets', () => {
  it('leave open what is open without them', () => {
    const members = Array.from({ length: 24 }, (_, index) => member(`s${index}`));
    const inGroups = (size: number): Policy[] =>
      Array.from({ length: 24 / size }, (_, group) => {
        const of = members.slice(group * size, (group + 1) * size);
        return { _tag: 'threshold', k: size - 1, of };
      });
    const chosen = [4, 6].map((size): Policy => ({ _tag: 'threshold', k: 24 / size - 2, of: inGroups(size) }));
    const reason = 'trees that differ in shape, or repeat members, over 24 members: at most 20 can be tried';
    const byzantine = [['s0' as ProcessId], ['s7' as ProcessId]];
    const rule: ExplicitFaults = { _tag: 'explicit', of: membersIn(chosen), byzantine, slow: [] };
    expect(judgeMeeting(chosen, { rule, count: 1 })).toEqual({ _tag: 'unknown', reason });
  });

  it('share one table of all sets where the members of a policy recur', () => {
    const members = Array.from({ length: 18 }, (_, index) => `s${index}` as ProcessId);
    const most = (ids: readonly ProcessId[], k: number): Policy => ({ _tag: 'threshold', k, of: ids.map(member) });
    const policy: Policy = { _tag: 'threshold', k: 2, of: [most(members, 12), most(members.slice(1), 11)] };
    const askedFor = (count: number): number => {
      const byzantine = members.slice(0, count).map((id) => [id]);
      let asked = 0;
      const counted = { ...unlimited, isSpent: () => (asked += 1) < 0 };
      expect(judgeDissemination(policy, { _tag: 'explicit', of: members, byzantine, slow: [] }, counted)).toEqual({
        _tag: 'holds',
      });
      return asked;
    };
    expect(askedFor(18) - askedFor(1)).toBeLessThan(100);
  });
});

describe('judgeLiveness', () => {
  it('is right by the definition', () => {
    fc.assert(
      fc.property(scene, ({ a, b, trust }) => {
        for (const policy of [a, b]) {
          const naive = new NaiveStructure(policy);
          const own = (set: Ids): ProcessId[] => naive.members.filter((id) => set.has(id));
          const verdict = judgeLiveness(policy, trust);
          expect(verdict._tag).toBe(faultyIn(trust).some((set) => naive.isBlocking(own(set))) ? 'violated' : 'holds');
          if (verdict._tag !== 'violated') continue;
          const witness = new Set(verdict.witness);
          expect(isFaulty(trust, witness)).toBe(true);
          expect(naive.isBlocking(own(witness))).toBe(true);
        }
      }),
      { numRuns: 200 },
    );
  });
});

describe('judgeInclusion', () => {
  it('is right by the definition', () => {
    fc.assert(
      fc.property(scene, ({ a, b }) => {
        for (const [inner, outer] of [
          [a, b],
          [b, a],
          [a, a],
        ] as const) {
          const naive = new NaiveStructure(outer);
          const own = (ids: readonly ProcessId[]): ProcessId[] => naive.members.filter((id) => ids.includes(id));
          const escapes = new NaiveStructure(inner).minimalQuorums().some((ids) => !naive.isQualified(own(ids)));
          const verdict = judgeInclusion(inner, outer);
          expect(verdict._tag).toBe(escapes ? 'violated' : 'holds');
          if (verdict._tag !== 'violated') continue;
          expect(new NaiveStructure(inner).isQualified(verdict.witness ?? [])).toBe(true);
          expect(naive.isQualified(own(verdict.witness ?? []))).toBe(false);
        }
      }),
      { numRuns: 200 },
    );
  });
});

interface Row {
  readonly n: number;
  readonly f: number;
  readonly minQ_dissemination: number;
  readonly minQ_masking: number;
  readonly minQ_fab: number;
}

describe('flat-threshold-table', () => {
  const data = vectors('quorum/flat-threshold-table.json') as { readonly rows: readonly Row[] } | undefined;

  it.skipIf(data === undefined)('has the smallest quorums that meet as they should', () => {
    for (const { n, f, ...least } of data?.rows ?? []) {
      const members = Array.from(
        { length: n },
        (_, index) => ({ _tag: 'member', id: `s${index}` as ProcessId }) as const,
      );
      const quorum = (k: number): Policy => ({ _tag: 'threshold', k, of: members });
      const rule: TrustRule = { _tag: 'gate', f, t: 0, of: members };
      const recovery = quorum(n - f);
      expectLeast(least.minQ_dissemination, n, (k) => judgeDissemination(quorum(k), rule));
      expectLeast(least.minQ_masking, n, (k) => judgeMasking(quorum(k), rule));
      expectLeast(least.minQ_fab, n, (k) => judgeFab({ fast: quorum(k), recovery }, rule));
    }
    expect(data?.rows.length).toBeGreaterThan(50);
  });

  function expectLeast(least: number, n: number, judge: (k: number) => Verdict<BadMeeting>): void {
    if (least <= n) expect(judge(least)._tag).toBe('holds');
    if (least > 1) expect(judge(Math.min(n, least - 1))._tag).toBe('violated');
  }
});

describe('alliances', () => {
  const organizations = (count: number, size: number, make: (servers: Policy[], org: number) => Policy): Policy[] =>
    Array.from({ length: count }, (_, org) =>
      make(
        Array.from({ length: size }, (_server, index) => member(`o${org}/${index}`)),
        org,
      ),
    );

  it('are judged at any size, also under a trust model of another shape', () => {
    const policy = (outer: number, inner: number): Policy => ({
      _tag: 'threshold',
      k: outer,
      of: organizations(20, 7, (of) => ({ _tag: 'threshold', k: inner, of })),
    });
    const nested: TrustRule = {
      _tag: 'gate',
      f: 3,
      t: 0,
      of: organizations(20, 7, (of) => ({ _tag: 'threshold', k: 6, of })).map(
        (org) => ({ _tag: 'gate', f: 1, t: 0, of: org._tag === 'member' ? [] : (org.of as TrustTree[]) }) as const,
      ),
    };
    const flat: TrustRule = {
      _tag: 'gate',
      f: 69,
      t: 0,
      of: membersOf(policy(1, 1)).map((id) => ({ _tag: 'member', id })),
    };
    const fast = policy(17, 6);
    expect(judgeFab({ fast, recovery: fast }, nested)._tag).toBe('holds');
    expect(judgeFab({ fast: policy(15, 6), recovery: fast }, nested)._tag).toBe('holds');
    expect(judgeFab({ fast: policy(14, 6), recovery: fast }, nested)._tag).toBe('violated');
    expect(judgeFab({ fast: policy(17, 5), recovery: fast }, nested)._tag).toBe('violated');
    expect(judgeLiveness(fast, nested)._tag).toBe('holds');
    expect(judgeDissemination(fast, flat)._tag).toBe('holds');
    expect(judgeDissemination(fast, { ...flat, f: 70 })._tag).toBe('violated');
    expect(judgeLiveness(fast, { ...flat, f: 7 })._tag).toBe('holds');
    expect(judgeLiveness(fast, { ...flat, f: 8 })._tag).toBe('violated');
    expect(judgeUnforgeability(policy(14, 5), flat)._tag).toBe('holds');
    expect(judgeUnforgeability(policy(14, 5), { ...flat, f: 70 })._tag).toBe('violated');
  });
});
