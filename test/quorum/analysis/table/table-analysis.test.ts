import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ProcessId } from '../../../../src/prelude/process.js';
import { downWith, independentServers } from '../../../../src/quorum/analysis/availability/failure-model.js';
import { TableAnalysis } from '../../../../src/quorum/analysis/table/table-analysis.js';
import { policyTable } from '../../../../src/quorum/analysis/table/truth-table.js';
import { checkPolicy, type Policy } from '../../../../src/quorum/policy/policy.js';
import { budgetOf, unlimited } from '../../../../src/quorum/verdict.js';
import { value } from '../../../support/policies.js';
import { allPolicies, arbitraryPolicy, asFamily, letters, NaiveStructure } from '../../../support/naive-structures.js';
import { right } from '../../../support/right.js';
import { policy } from '../../../support/trust.js';
import { vectors } from '../../../support/vectors.js';

function analysisOf(rule: Policy): TableAnalysis {
  return new TableAnalysis(right(policyTable(right(checkPolicy(rule)), unlimited)));
}

/** Distinct primes and a zero, so that different sets rarely cost the same. */
function price(id: ProcessId): number {
  return [0, 3, 5, 7, 11, 13, 17, 19, 23][id.charCodeAt(0) - 97] ?? 29;
}

function chance(id: ProcessId): number {
  return 1 / (2 + (id.charCodeAt(0) % 7));
}

function compareWithDefinitions(rule: Policy): void {
  const naive = new NaiveStructure(rule);
  const table = analysisOf(rule);
  expect(table.members).toEqual(naive.members);
  compareSets(table, naive);
  compareSplitting(table, naive);
  for (let k = 0; k <= 5; k++) compareCovering(table, naive, k);
  expect(value(table.banzhaf())).toEqual(naive.banzhaf());
  expect(value(table.dummies())).toEqual(naive.dummies());
  expect(value(table.uptime(independentServers(chance))).up).toBeCloseTo(naive.availability(chance), 12);
}

function compareSets(table: TableAnalysis, naive: NaiveStructure): void {
  expect([...table.quorums.list()]).toEqual(naive.minimalQuorums());
  expect([...table.blockingSets.list()]).toEqual(naive.minimalBlockingSets());
  expect(value(table.quorums.count())).toBe(BigInt(naive.minimalQuorums().length));
  expect(value(table.blockingSets.count())).toBe(BigInt(naive.minimalBlockingSets().length));
  for (const cost of [undefined, price]) {
    const [quorum, blocking] = [value(table.quorums.cheapest(cost)), value(table.blockingSets.cheapest(cost))];
    expect(quorum.cost).toBe(naive.quorumCost(cost));
    expect(blocking.cost).toBe(naive.blockingCost(cost));
    expect(naive.isQualified(quorum.members) && naive.isBlocking(blocking.members)).toBe(true);
    for (const { members, cost: paid } of [quorum, blocking]) expect(totalOf(members, cost)).toBe(paid);
  }
}

function totalOf(members: readonly ProcessId[], cost: (id: ProcessId) => number = () => 1): number {
  return members.reduce((sum, id) => sum + cost(id), 0);
}

function compareSplitting(table: TableAnalysis, naive: NaiveStructure): void {
  const { members, quorums } = value(table.smallestSplittingSet());
  expect(members).toHaveLength(naive.splittingSize());
  const minimal = asFamily(naive.minimalQuorums());
  for (const quorum of quorums) expect(minimal).toContain(asFamily([quorum])[0]);
  expect(quorums[0].filter((id) => quorums[1].includes(id))).toEqual(members);
}

function compareCovering(table: TableAnalysis, naive: NaiveStructure, k: number): void {
  const verdict = table.isUncoverable(k);
  expect(verdict._tag).toBe(naive.isUncoverable(k) ? 'holds' : 'violated');
  if (verdict._tag !== 'violated') return;
  expect(verdict.witness).toHaveLength(k);
  expect(new Set(verdict.witness?.flat()).size).toBe(naive.members.length);
  for (const set of verdict.witness ?? []) expect(naive.isQualified(set)).toBe(false);
}

describe('the analysis by table agrees with the definitions', () => {
  it('for every unweighted tree of up to 6 leaves in which members stand once', () => {
    for (let leafCount = 1; leafCount <= 6; leafCount++) {
      for (const rule of allPolicies(leafCount)) compareWithDefinitions(rule);
    }
  });

  it.each([
    { weights: true, repeats: false },
    { weights: false, repeats: true },
    { weights: true, repeats: true },
  ])('for random policies of up to 8 members: %o', (kind) => {
    fc.assert(
      fc.property(arbitraryPolicy({ maxMembers: 8, ...kind }), (rule) => {
        compareWithDefinitions(rule);
      }),
      { numRuns: 60 },
    );
  });
});

describe('the analysis by table knows availability', () => {
  const model = {
    server: (id: ProcessId) => ({ up: chance(id), down: 1 - chance(id) }),
    groups: [
      { name: 'nested', members: letters(2), uptime: { up: 0.75, down: 0.25 } },
      { name: 'around it', members: letters(4), uptime: { up: 0.5, down: 0.5 } },
      { name: 'across', members: ['b', 'd', 'e', 'stranger'] as ProcessId[], uptime: { up: 0.9, down: 0.1 } },
    ],
  };

  /** Of the sets of those that are up: every outcome of the groups, and of the servers that they leave. */
  function chanceOf(up: ReadonlySet<ProcessId>, members: readonly ProcessId[]): number {
    let total = 0;
    for (let outcome = 0; outcome < 2 ** model.groups.length; outcome++) {
      const isUp = (index: number): boolean => ((outcome >>> index) & 1) === 1;
      const down = new Set(model.groups.filter((_, index) => !isUp(index)).flatMap((group) => group.members));
      let product = 1;
      for (const [index, { uptime }] of model.groups.entries()) product *= isUp(index) ? uptime.up : uptime.down;
      for (const id of members) {
        if (down.has(id)) product *= up.has(id) ? 0 : 1;
        else product *= up.has(id) ? chance(id) : 1 - chance(id);
      }
      total += product;
    }
    return total;
  }

  it('with groups that nest, overlap and name strangers', () => {
    fc.assert(
      fc.property(arbitraryPolicy({ maxMembers: 6, weights: true, repeats: true }), (rule) => {
        const naive = new NaiveStructure(rule);
        const { up, down } = value(analysisOf(rule).uptime(model));
        const expected = naive.probability((set) => chanceOf(set, naive.members));
        expect(up).toBeCloseTo(expected, 12);
        expect(down).toBeCloseTo(1 - expected, 12);
      }),
      { numRuns: 60 },
    );
  });

  it('down to chances that 1 minus a number loses', () => {
    const rare = { server: () => downWith(1e-12), groups: [] };
    const { up, down } = value(analysisOf(policy('1 of (a, b, c)')).uptime(rare));
    expect(up).toBeCloseTo(1, 9);
    expect(down / 1e-36).toBeCloseTo(1, 9);
  });
});

describe('the analysis by table, at its limits', () => {
  const letters20 = letters(20).join(', ');

  it('answers everything about 20 members', () => {
    const table = analysisOf(policy(`14 of (${letters20})`));
    expect(value(table.quorums.count())).toBe(38760n);
    expect(value(table.blockingSets.count())).toBe(77520n);
    expect(value(table.smallestSplittingSet()).members).toHaveLength(8);
    expect([1, 2, 3].map((k) => table.isUncoverable(k)._tag)).toEqual(['holds', 'violated', 'violated']);
    expect(value(table.banzhaf()).get('a' as ProcessId)).toBe(27132 / 2 ** 19);
    expect(value(table.dummies())).toEqual([]);
  });

  it('needs no more sets than members to cover them, and fills up with empty ones', () => {
    const verdict = analysisOf(policy('2 of (a, b, c)')).isUncoverable(1000);
    expect(verdict).toMatchObject({ _tag: 'violated' });
    expect(verdict._tag === 'violated' && verdict.witness).toHaveLength(1000);
    expect(analysisOf(policy('1 of (a, b: 2 of 2)')).isUncoverable(1000)).toEqual({ _tag: 'holds' });
  });

  it('says when it had no time for covering', () => {
    let now = 0;
    const table = right(policyTable(policy('4 of (a, b, c, d, e)'), unlimited));
    const spent = new TableAnalysis(
      table,
      budgetOf(10, () => (now += 7)),
    );
    expect(spent.isUncoverable(5)).toMatchObject({ _tag: 'unknown', reason: expect.stringContaining('ms') as unknown });
  });

  it('does not add costs beyond the exact integers', () => {
    const table = analysisOf(policy('2 of (a, b)'));
    expect(table.quorums.cheapest(() => Number.MAX_SAFE_INTEGER)._tag).toBe('unknown');
  });
});

interface VectorNode {
  readonly threshold?: number;
  readonly of?: readonly VectorNode[];
  readonly weighted?: readonly { readonly weight: number; readonly of: VectorNode }[];
  readonly member?: ProcessId;
}

interface VectorCase {
  readonly json: VectorNode;
  readonly minimalQuorums: readonly (readonly ProcessId[])[];
  readonly minimalBlockingSets: readonly (readonly ProcessId[])[];
  readonly Qk: Readonly<Record<string, boolean>>;
}

interface TreeCase extends Omit<VectorCase, 'Qk'> {
  readonly resilience: number;
  readonly minSplittingSetSize: number;
  readonly pairwiseIntersecting: boolean;
  readonly failProne_Qk_if_policy_means_NOT_failprone: Readonly<Record<string, boolean>>;
  readonly 'availability_p0.9': number;
}

function fromVector({ threshold: k = 1, of, weighted, member }: VectorNode): Policy {
  if (member !== undefined) return { _tag: 'member', id: member };
  if (weighted === undefined) return { _tag: 'threshold', k, of: (of ?? []).map(fromVector) };
  return {
    _tag: 'threshold',
    k,
    of: weighted.map((one) => fromVector(one.of)),
    weights: weighted.map((one) => one.weight),
  };
}

function compareWithVector(table: TableAnalysis, given: VectorCase): void {
  expect(asFamily(table.quorums.list())).toEqual(asFamily(given.minimalQuorums));
  expect(asFamily(table.blockingSets.list())).toEqual(asFamily(given.minimalBlockingSets));
  for (const [k, holds] of Object.entries(given.Qk)) {
    expect(table.isUncoverable(Number(k))._tag).toBe(holds ? 'holds' : 'violated');
  }
}

const trees = vectors('quorum/threshold-trees-small.json') as { readonly cases: readonly TreeCase[] } | undefined;
const weighted = vectors('quorum/weighted-trees-small.json') as { readonly cases: readonly VectorCase[] } | undefined;

describe('the analysis by table agrees with outside vectors', () => {
  it.skipIf(trees === undefined)('for threshold trees', () => {
    for (const given of trees?.cases ?? []) {
      const table = analysisOf(fromVector(given.json));
      compareWithVector(table, { ...given, Qk: given.failProne_Qk_if_policy_means_NOT_failprone });
      expect(value(table.blockingSets.cheapest()).cost - 1).toBe(given.resilience);
      expect(value(table.smallestSplittingSet()).members).toHaveLength(given.minSplittingSetSize);
      expect(value(table.smallestSplittingSet()).members.length > 0).toBe(given.pairwiseIntersecting);
      expect(value(table.uptime(independentServers(() => 0.9))).up).toBeCloseTo(given['availability_p0.9'], 10);
    }
  });

  it.skipIf(weighted === undefined)('for weighted trees', () => {
    for (const given of weighted?.cases ?? []) compareWithVector(analysisOf(fromVector(given.json)), given);
  });
});

describe('availability by table', () => {
  it('is given up between two groups when time is up, and takes groups of the same members as one', () => {
    const members = letters(8);
    const groups = Array.from({ length: 400 }, (_, group) => ({
      name: `group ${group}`,
      members: members.filter((_id, index) => ((1 + (group % 200)) >>> index) % 2 === 1),
      uptime: downWith(0.01),
    }));
    let asked = 0;
    const budget = { ...unlimited, isSpent: () => (asked += 1) > 300 };
    const table = right(policyTable(policy(`5 of (${members.join(', ')})`), unlimited));
    const model = { server: () => downWith(0.1), groups };
    expect(new TableAnalysis(table, budget).uptime(model)).toMatchObject({ _tag: 'unknown' });
    asked = -100;
    expect(new TableAnalysis(table, budget).uptime(model)).toMatchObject({ _tag: 'exact' });
  });
});
