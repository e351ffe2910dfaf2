/** Closed forms of trees: against the definitions, against outside vectors, and at the sizes that alliances have. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { organizationOf, type ProcessId, Universe } from '../../../../src/prelude/process.js';
import { mergeMembers } from '../../../../src/quorum/analysis/merge.js';
import { isReadOnce } from '../../../../src/quorum/analysis/covers/set-family.js';
import { TreeAnalysis } from '../../../../src/quorum/analysis/closed-form/tree-analysis.js';
import { isQualified, type Policy } from '../../../../src/quorum/policy/policy.js';
import { member, value } from '../../../support/policies.js';
import { allPolicies, arbitraryPolicy, asFamily, NaiveStructure } from '../../../support/naive-structures.js';
import { vectors } from '../../../support/vectors.js';

/** Everything that C of the analysis answers, as the definitions have it, with witnesses that do what they say. */
function expectRight(policy: Policy, cost: (id: ProcessId) => number): void {
  const tree = new TreeAnalysis(policy);
  const naive = new NaiveStructure(policy);
  const totalOf = (ids: readonly ProcessId[]): number => ids.reduce((sum, id) => sum + cost(id), 0);
  expect(tree.members).toEqual(naive.members);
  const quorums = [...tree.quorums.list()];
  const blocking = [...tree.blockingSets.list()];
  expect(asFamily(quorums)).toEqual(asFamily(naive.minimalQuorums()));
  expect(asFamily(blocking)).toEqual(asFamily(naive.minimalBlockingSets()));
  for (const set of [...quorums, ...blocking]) expect(set).toEqual(tree.members.filter((id) => set.includes(id)));
  expect(value(tree.quorums.count())).toBe(BigInt(quorums.length));
  expect(value(tree.blockingSets.count())).toBe(BigInt(blocking.length));
  const cheapest = value(tree.quorums.cheapest(cost));
  expect([cheapest.cost, totalOf(cheapest.members)]).toEqual([naive.quorumCost(cost), naive.quorumCost(cost)]);
  expect(naive.isQualified(cheapest.members)).toBe(true);
  const blocker = value(tree.blockingSets.cheapest(cost));
  expect([blocker.cost, totalOf(blocker.members)]).toEqual([naive.blockingCost(cost), naive.blockingCost(cost)]);
  expect(naive.isBlocking(blocker.members)).toBe(true);
  expectSplit(tree, naive);
  for (const k of [0, 1, 2, 3, 5]) expectUncoverable(tree, naive, k);
}

function expectSplit(tree: TreeAnalysis, naive: NaiveStructure): void {
  const { members, quorums } = value(tree.smallestSplittingSet());
  expect(members).toHaveLength(naive.splittingSize());
  for (const quorum of quorums) expect(naive.isQualified(quorum)).toBe(true);
  const common = quorums[0].filter((id) => quorums[1].includes(id));
  expect(common.filter((id) => !members.includes(id))).toEqual([]);
}

function expectUncoverable(tree: TreeAnalysis, naive: NaiveStructure, k: number): void {
  const verdict = tree.isUncoverable(k);
  expect(verdict._tag).toBe(naive.isUncoverable(k) ? 'holds' : 'violated');
  if (verdict._tag !== 'violated') return;
  const sets = verdict.witness ?? [];
  expect(sets).toHaveLength(k);
  for (const set of sets) expect(naive.isQualified(set)).toBe(false);
  expect(new Set(sets.flat()).size).toBe(naive.members.length);
}

describe('TreeAnalysis', () => {
  it('is right for every small tree', () => {
    for (const size of [1, 2, 3, 4])
      for (const policy of allPolicies(size)) expectRight(policy, (id) => id.charCodeAt(0) % 3);
  });

  it.each([false, true])('is right for random trees (weights: %s)', (weights) => {
    const costs = fc.array(fc.nat(6), { minLength: 8, maxLength: 8 });
    fc.assert(
      fc.property(arbitraryPolicy({ maxMembers: 8, weights }), costs, (policy, prices) => {
        expectRight(policy, (id) => prices[id.charCodeAt(0) - 97] ?? 0);
      }),
      { numRuns: 80 },
    );
  });

  it('is not for policies in which somebody stands twice', () => {
    const twice: Policy = {
      _tag: 'threshold',
      k: 1,
      of: [member('a'), { _tag: 'threshold', k: 1, of: [member('a')] }],
    };
    expect(isReadOnce(twice)).toBe(false);
    expect(() => new TreeAnalysis(twice)).toThrow(/stands once/);
  });

  it('does not add up costs that are no longer exact', () => {
    const tree = new TreeAnalysis({ _tag: 'threshold', k: 1, of: [member('a'), member('b')] });
    const reason = 'the costs together exceed 2^53 - 1';
    expect(tree.quorums.cheapest(() => Number.MAX_SAFE_INTEGER)).toEqual({ _tag: 'unknown', reason });
    expect(tree.blockingSets.cheapest(() => Number.MAX_SAFE_INTEGER)).toEqual({ _tag: 'unknown', reason });
  });

  it('says what it reached where weights are too large to be decided', () => {
    const stakes = Array.from({ length: 70 }, (_, index) => 500_000_001 + ((index * index * 7_368_787) % 499_999_937));
    const of = stakes.map(
      (_, index) => ({ _tag: 'threshold', k: 1, of: [member(`a${index}`), member(`b${index}`)] }) as const,
    );
    const k = Math.ceil(stakes.reduce((sum, stake) => sum + stake, 0) * 0.7);
    const tree = new TreeAnalysis({ _tag: 'threshold', k, of, weights: stakes });
    const found = tree.quorums.cheapest(
      (id) => 1_000_000 + ((id.charCodeAt(1) * 7919 + id.length * 104_729) % 999_983),
    );
    if (found._tag === 'exact' || found.atLeast === undefined || found.atMost === undefined) throw new Error('bounds');
    expect(found.atLeast.cost).toBeLessThan(found.atMost.cost);
    expect(found.atLeast.cost).toBeGreaterThan(0.97 * found.atMost.cost);
    expect(isQualified(tree.policy, new Universe(tree.members).of(found.atMost.members))).toBe(true);
    const alike = stakes.map((_, index) => 300_000_001 + index * index);
    const spare = 750_100_000;
    const uneven = of.map((org, index): Policy => (index % 3 === 0 ? member(`c${index}`) : { ...org, k: 2 }));
    const total = alike.reduce((sum, stake) => sum + stake, 0);
    const split = new TreeAnalysis({
      _tag: 'threshold',
      k: total - spare,
      of: uneven,
      weights: alike,
    }).smallestSplittingSet();
    if (split._tag === 'exact') throw new Error('undecided');
    expect(split.reason).toBe('at least 106 members; not decided within the limits of the search');
    expect(split.atMost?.members).toHaveLength(108);
  });

  it('begins to list where there is no end', () => {
    const servers = (org: number): Policy[] => Array.from({ length: 15 }, (_, index) => member(`o${org}/${index}`));
    const orgs = Array.from({ length: 50 }, (_, org): Policy => ({ _tag: 'threshold', k: 8, of: servers(org) }));
    const tree = new TreeAnalysis({ _tag: 'threshold', k: 34, of: orgs });
    const first: string[] = [];
    for (const set of tree.quorums.list()) {
      expect(set).toHaveLength(34 * 8);
      if (first.push(set.join()) === 500) break;
    }
    expect(new Set(first).size).toBe(500);
    const flat = new TreeAnalysis({
      _tag: 'threshold',
      k: 1400,
      of: Array.from({ length: 2000 }, (_, i) => member(`s${i}`)),
    });
    const [one] = flat.blockingSets.list();
    expect(one).toHaveLength(601);
  });

  it('counts weights by the sums that they reach where there are few, and says so where there are too many', () => {
    const heavy = (weights: readonly number[], k: number): Policy => {
      const of = weights.map((_, index) => member(`s${index}`));
      return { _tag: 'threshold', k, of, weights };
    };
    const two = heavy(
      Array.from({ length: 40 }, (_, index) => (index < 20 ? 900_000_001 : 7)),
      9_000_000_024,
    );
    expect(value(new TreeAnalysis(two).quorums.count())).toBe(184_756n * 190n + 167_960n);
    const wild = Array.from({ length: 60 }, (_, index) => 1 + ((index * index * 7_368_787) % 999_999_937));
    const tree = new TreeAnalysis(heavy(wild, Math.ceil(wild.reduce((sum, weight) => sum + weight, 0) / 2)));
    expect(tree.quorums.count()).toEqual({
      _tag: 'unknown',
      reason: 'the weights of a gate have too many distinct sums',
    });
  });
});

interface VectorNode {
  readonly member?: string;
  readonly threshold?: number;
  readonly of?: readonly VectorNode[];
  readonly weighted?: readonly { readonly weight: number; readonly of: VectorNode }[];
}

function policyOf({ member: id, threshold: k = 0, of, weighted }: VectorNode): Policy {
  if (id !== undefined) return member(id);
  if (weighted === undefined) return { _tag: 'threshold', k, of: (of ?? []).map(policyOf) };
  const weights = weighted.map(({ weight }) => weight);
  return { _tag: 'threshold', k, of: weighted.map((entry) => policyOf(entry.of)), weights };
}

interface VectorCase {
  readonly json: VectorNode;
  readonly minimalQuorums: ProcessId[][];
  readonly minimalBlockingSets: ProcessId[][];
  readonly minSplittingSetSize?: number;
  readonly resilience?: number;
  readonly Qk?: Readonly<Record<string, boolean>>;
  readonly failProne_Qk_if_policy_means_NOT_failprone?: Readonly<Record<string, boolean>>;
}

describe.each(['threshold-trees-small', 'weighted-trees-small'])('%s', (file) => {
  const data = vectors(`quorum/${file}.json`) as { readonly cases: readonly VectorCase[] } | undefined;

  it.skipIf(data === undefined)('agrees', () => {
    for (const one of data?.cases ?? []) {
      const tree = new TreeAnalysis(policyOf(one.json));
      expect(asFamily(tree.quorums.list())).toEqual(asFamily(one.minimalQuorums));
      expect(asFamily(tree.blockingSets.list())).toEqual(asFamily(one.minimalBlockingSets));
      expect(value(tree.quorums.count())).toBe(BigInt(one.minimalQuorums.length));
      expect(value(tree.blockingSets.count())).toBe(BigInt(one.minimalBlockingSets.length));
      const blocking = value(tree.blockingSets.cheapest()).cost;
      expect(blocking).toBe(Math.min(...one.minimalBlockingSets.map((set) => set.length)));
      if (one.resilience !== undefined) expect(blocking - 1).toBe(one.resilience);
      if (one.minSplittingSetSize !== undefined) {
        expect(value(tree.smallestSplittingSet()).members).toHaveLength(one.minSplittingSetSize);
      }
      const q = Object.entries(one.Qk ?? one.failProne_Qk_if_policy_means_NOT_failprone ?? {});
      expect(q.length).toBeGreaterThan(2);
      for (const [k, holds] of q)
        expect([k, tree.isUncoverable(Number(k))._tag]).toEqual([k, holds ? 'holds' : 'violated']);
    }
    expect(data?.cases.length).toBeGreaterThan(20);
  });
});

interface Big {
  readonly [field: string]: number | string;
  readonly orgs: number;
  readonly servers: number;
  readonly outer: number;
  readonly inner: number;
}

describe('two-level-alliances', () => {
  const data = vectors('quorum/two-level-alliances.json') as { readonly big: readonly Big[] } | undefined;

  it.skipIf(data === undefined)('agrees, at a glance', () => {
    for (const big of data?.big ?? []) {
      const of = Array.from({ length: big.orgs }, (_, org): Policy => {
        const servers = Array.from({ length: big.servers }, (_server, index) => member(`o${org}/${index}`));
        return { _tag: 'threshold', k: big.inner, of: servers };
      });
      const policy: Policy = { _tag: 'threshold', k: big.outer, of };
      const tree = new TreeAnalysis(policy);
      const byOrganization = new TreeAnalysis(mergeMembers(policy, organizationOf));
      expect({
        minimalQuorumCount: String(value(tree.quorums.count())),
        minimalBlockingCount: String(value(tree.blockingSets.count())),
        minQuorumSize: value(tree.quorums.cheapest()).cost,
        minBlockingSize: value(tree.blockingSets.cheapest()).cost,
        minSplittingSize: value(tree.smallestSplittingSet()).members.length,
        minOrgsToBlock: value(byOrganization.blockingSets.cheapest()).cost,
        minOrgsToSplit_wholeOrgs: value(byOrganization.smallestSplittingSet()).members.length,
      }).toEqual({
        minimalQuorumCount: big['minimalQuorumCount'],
        minimalBlockingCount: big['minimalBlockingCount'],
        minQuorumSize: big['minQuorumSize'],
        minBlockingSize: big['minBlockingSize'],
        minSplittingSize: big['minSplittingSize'],
        minOrgsToBlock: big['minOrgsToBlock'],
        minOrgsToSplit_wholeOrgs: big['minOrgsToSplit_wholeOrgs'],
      });
    }
    expect(data?.big.length).toBeGreaterThan(1);
  });
});
