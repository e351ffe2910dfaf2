import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { E } from '../../../src/prelude/fp.js';
import { Universe } from '../../../src/prelude/process.js';
import { isQualified, policyMembers } from '../../../src/quorum/policy/policy.js';
import { printPolicy } from '../../../src/quorum/policy/policy-text.js';
import type { Intent, IntentError, PolicyRole } from '../../../src/quorum/strategy/intent.js';
import type { FoundPolicy } from '../../../src/quorum/strategy/policy-front.js';
import { type PolicyIntent, searchPolicies } from '../../../src/quorum/strategy/policy-search.js';
import { PolicyShapes } from '../../../src/quorum/strategy/policy-shapes.js';
import { searchTrust } from '../../../src/quorum/strategy/trust-search.js';
import { OrganizationSystem } from '../../../src/quorum/trust/organizations.js';
import { validateTrust } from '../../../src/quorum/trust/trust-report.js';
import { printTrust } from '../../../src/quorum/trust/trust-text.js';
import { budgetOf, unlimited } from '../../../src/quorum/verdict.js';
import { right } from '../../support/right.js';

function intent(sizes: readonly number[], organizations: number, serversInEachOther: number): Intent {
  return {
    organizations: sizes.map((servers, index) => ({ name: `o${index}`, servers })),
    survive: { organizations, serversInEachOther },
  };
}

function wish(of: Intent, more: Partial<PolicyIntent> = {}): PolicyIntent {
  return { role: 'signing', optimize: 'load', ...of, ...more };
}

function refusal(found: ReturnType<typeof searchPolicies> | ReturnType<typeof searchTrust>): IntentError {
  if (E.isLeft(found)) return found.left;
  throw new Error('found, where nothing was expected');
}

function loadOf(load: FoundPolicy['load']): number {
  return load._tag === 'exact' ? load.value.toNumber() : 1;
}

function downOf(uptime: FoundPolicy['uptime']): number {
  return uptime._tag === 'exact' ? uptime.value.down : 1;
}

describe('searchPolicies', () => {
  it('finds how to survive any one organization and any one server in each other, with the least load', () => {
    const { found, rejected, isComplete, triedCount } = right(searchPolicies(wish(intent([4, 4, 4], 1, 1)), unlimited));
    const [best] = found;
    if (best === undefined) throw new Error('nothing found');
    // Two of the three organizations, by two of their four servers each: 4 of 12.
    expect(best).toMatchObject({ shape: 'organizations', thresholds: [2, 2], size: 4 });
    expect(best.load).toMatchObject({ _tag: 'exact' });
    expect(best.load._tag === 'exact' && best.load.value.toString()).toBe('1/3');
    expect(isComplete).toBe(true);
    expect(triedCount).toBeLessThan(12 + 3 * 4);
    expect(rejected.map(({ thresholds, flaw }) => [thresholds, flaw._tag])).toEqual([
      [[1, 2], 'canBeForged'],
      [[3, 2], 'canBeBlocked'],
      [[2, 1], 'canBeForged'],
    ]);
  });

  it('puts first what is to be optimized', () => {
    const of = intent([7, 7, 7, 7, 7, 7, 7], 1, 1);
    const firsts = (['load', 'availability', 'size'] as const).map((optimize) => {
      const { found } = right(searchPolicies(wish(of, { optimize, role: 'storage' }), unlimited));
      const [first, ...others] = found.map(({ load, uptime, size }) => ({
        load: loadOf(load),
        availability: downOf(uptime),
        size,
      }));
      for (const other of others) expect(first?.[optimize]).toBeLessThanOrEqual(other[optimize]);
      for (const one of others)
        expect(
          one.load > (first?.load ?? 1) ||
            one.availability > (first?.availability ?? 1) ||
            one.size > (first?.size ?? 1),
        ).toBe(true);
      return first;
    });
    const { found } = right(searchPolicies(wish(of, { role: 'storage' }), unlimited));
    const worse = (a: (typeof found)[number], b: (typeof found)[number]): boolean =>
      JSON.stringify(a.policy) !== JSON.stringify(b.policy) &&
      a.size >= b.size &&
      downOf(a.uptime) >= downOf(b.uptime) &&
      loadOf(a.load) >= loadOf(b.load);
    expect(found.length).toBeGreaterThan(1);
    const signers = right(searchPolicies(wish(of), unlimited)).found;
    for (const shown of [found, signers]) expect(shown.filter((a) => shown.some((b) => worse(a, b)))).toEqual([]);
    expect(firsts[1]?.availability).toBeLessThan(firsts[0]?.availability ?? 0);
  });

  it('weighs organizations of different sizes, and takes servers alone', () => {
    const { found } = right(searchPolicies(wish(intent([2, 3, 6], 1, 0), { optimize: 'size' }), unlimited));
    expect(new Set(found.map(({ shape }) => shape)).size).toBeGreaterThan(0);
    const alone = right(searchPolicies(wish(intent([1, 1, 1, 1], 1, 0), { role: 'storage' }), unlimited));
    expect(alone.found.map(({ policy }) => printPolicy(policy))).toEqual(['3 of (o0/1, o1/1, o2/1, o3/1)']);
  });

  it('finds only what does, by definition', () => {
    const roles: fc.Arbitrary<PolicyRole> = fc.constantFrom('signing', 'amendment', 'storage', 'unsigned storage');
    const sizes = fc.array(fc.integer({ min: 1, max: 3 }), { minLength: 2, maxLength: 4 });
    fc.assert(
      fc.property(sizes, fc.constantFrom(0, 1), fc.constantFrom(0, 1), roles, (of, organizations, inside, role) => {
        if (of.reduce((a, b) => a + b) > 8 || Math.min(...of) <= inside) return;
        const meant = wish(intent(of, organizations, inside), { role });
        const result = searchPolicies(meant, unlimited);
        if (E.isLeft(result)) {
          expect(result.left._tag).toBe('NotSurvivable');
          return;
        }
        expect(result.right.found.length).toBeGreaterThan(0);
        const system = new OrganizationSystem(result.right.trust);
        const ids = [...system.processes];
        const sets = Array.from({ length: 2 ** ids.length }, (_, mask) =>
          system.processes.universe.of(ids.filter((__, bit) => ((mask >> bit) & 1) === 1)),
        );
        const faults = sets.filter((set) => system.canBeFaulty(set));
        for (const { policy } of result.right.found) {
          for (const fault of faults) expect(isQualified(policy, fault.complement())).toBe(true);
          if (role === 'signing') {
            for (const fault of faults) expect(isQualified(policy, fault)).toBe(false);
            continue;
          }
          const quorums = sets.filter(
            (set) => isQualified(policy, set) && ![...set].some((id) => isQualified(policy, set.without(id))),
          );
          for (const a of quorums)
            for (const b of quorums) {
              const common = a.intersection(b);
              if (role !== 'unsigned storage') expect(system.canBeFaulty(common)).toBe(false);
              else for (const fault of faults) expect(system.canBeFaulty(common.minus(fault))).toBe(false);
            }
        }
      }),
      { numRuns: 40 },
    );
  });

  it('tells what could be survived instead', () => {
    const tooMuch: readonly PolicyIntent[] = [
      wish(intent([4, 4, 4], 1, 1), { role: 'storage' }),
      wish(intent([2, 9, 9, 9, 9], 2, 1)),
    ];
    for (const meant of tooMuch) {
      const error = refusal(searchPolicies(meant, unlimited));
      if (error._tag !== 'NotSurvivable') throw new Error(error._tag);
      expect(error.instead.length).toBeGreaterThan(0);
      for (const survive of error.instead) {
        const most = { ...survive, organizations: survive.organizations + 1 };
        expect(searchPolicies({ ...meant, survive }, unlimited)._tag).toBe('Right');
        expect(searchPolicies({ ...meant, survive: most }, unlimited)._tag).toBe('Left');
      }
    }
  });

  it('asks more of data that nobody can check', () => {
    const of = intent([1, 1, 1, 1, 1, 1], 1, 0);
    const first = (role: PolicyRole): readonly number[] | undefined =>
      right(searchPolicies(wish(of, { role }), unlimited)).found[0]?.thresholds;
    // Of n = 6, f = 1: ⌈(n+f+1)/2⌉ and ⌈(n+2f+1)/2⌉ (Malkhi & Reiter 1998).
    expect(first('signing')).toEqual([2]);
    expect(first('storage')).toEqual([4]);
    expect(first('unsigned storage')).toEqual([5]);
  });

  it('refuses intents that say nothing', () => {
    const wrong: Intent[] = [
      intent([], 0, 0),
      intent([3, 3, 3], 3, 0),
      intent([3, 3, 3], -1, 0),
      intent([3, 3, 3], 0.5, 0),
      intent([3, 1, 3], 0, 1),
      intent([3, 0, 3], 0, 0),
      intent([3, Number.NaN], 0, 0),
      intent([9000], 0, 0),
      { ...intent([3], 0, 0), organizations: [{ name: 'a b', servers: 3 }] },
      {
        ...intent([3], 0, 0),
        organizations: [
          { name: 'a', servers: 3 },
          { name: 'a', servers: 3 },
        ],
      },
    ];
    for (const of of wrong)
      expect(refusal(searchPolicies(wish(of), unlimited))._tag, JSON.stringify(of)).toBe('OutOfRange');
  });

  it('stops when its time is up', () => {
    let asked = 0;
    const budget = { limitMs: Infinity, elapsedMs: () => 0, isSpent: () => ++asked > 8 };
    const { isComplete, triedCount } = right(searchPolicies(wish(intent([7, 7, 7, 7, 7, 7, 7], 1, 1)), budget));
    expect(isComplete).toBe(false);
    expect(triedCount).toBeLessThanOrEqual(50);
    expect(
      right(
        searchPolicies(
          wish(intent([2, 2], 0, 0)),
          budgetOf(0, () => 0),
        ),
      ),
    ).toMatchObject({ found: [], isComplete: false });
  });
});

describe('organizations of many sizes', () => {
  it('are tried in every combination of thresholds while these are few', () => {
    const shapes = new PolicyShapes(intent([2, 3, 3, 5], 1, 1));
    const inner = [...shapes.rows()].filter(({ shape }) => shape === 'organizations').map((row) => row.inner.join());
    expect(inner[0]).toBe('1,2,4');
    expect(inner).toHaveLength(2 * 3 * 5);
    expect(new Set(inner).size).toBe(2 * 3 * 5);
    expect(shapes.isCut).toBe(false);
  });

  const sizes = Array.from({ length: 12 }, (_, index) => index + 5);

  it('are not tried without end', () => {
    const shapes = new PolicyShapes(intent(sizes, 2, 1));
    const inner = [...shapes.rows()].filter(({ shape }) => shape === 'organizations').map((row) => row.inner.join());
    expect(shapes.isCut).toBe(true);
    expect(inner).toHaveLength(10_000);
    expect(new Set(inner).size).toBe(10_000);
    // The first is what those leave who may fail, then come equal parts of all organizations, then the neighbours of these.
    const first = sizes.map((size) => size - 1);
    const near = inner.slice(0, 1 + 16 + 2 * sizes.length);
    for (const [index, k] of first.entries()) {
      expect(near).toContain(first.with(index, k - 1).join());
      expect(near).toContain(first.with(index, k + 1).join());
    }
  });

  it('are found a policy for at once, if there is one', () => {
    let asked = 0;
    const budget = { limitMs: Infinity, elapsedMs: () => 0, isSpent: () => ++asked > 60 };
    const { found, isComplete } = right(searchPolicies(wish(intent(sizes, 2, 1), { role: 'storage' }), budget));
    expect(found.some(({ shape }) => shape === 'organizations')).toBe(true);
    expect(isComplete).toBe(false);
  });
});

describe('searchTrust', () => {
  it('finds trust models under which consensus may run, with the largest t', () => {
    const { model, policies } = right(searchTrust(intent([1, 1, 1, 1], 1, 0)));
    expect(printTrust(model)).toBe('f=1 t=1 of (o0/1, o1/1, o2/1, o3/1)');
    expect(validateTrust(model).accepted).toBe(true);
    expect(printPolicy(policies.signing)).toBe('2 of (o0/1, o1/1, o2/1, o3/1)');
    const nested = right(searchTrust(intent([4, 4, 4, 4, 4], 1, 1)));
    expect(validateTrust(nested.model).accepted).toBe(true);
    expect(policyMembers(nested.policies.recovery)).toHaveLength(20);
    expect(new Universe(policyMembers(nested.policies.recovery)).equals(nested.model.system.processes.universe)).toBe(
      true,
    );
  });

  it('tells what consensus could survive instead', () => {
    const error = refusal(searchTrust(intent([4, 4, 4], 1, 1)));
    expect(error).toMatchObject({ _tag: 'NotSurvivable', instead: [{ organizations: 0, serversInEachOther: 1 }] });
    expect(refusal(searchTrust(intent([4, 4, 4], 3, 1)))._tag).toBe('OutOfRange');
  });
});
