import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type ProcessId, Universe } from '../../../../src/prelude/process.js';
import { type AccessStructure, predicateStructure } from '../../../../src/quorum/access-structure.js';
import { askedStructure } from '../../../../src/quorum/analysis/bounds/asked-structure.js';
import { BoundedAnalysis, boundedPolicyAnalysis } from '../../../../src/quorum/analysis/bounds/bounded-analysis.js';
import { type FailureModel, independentServers } from '../../../../src/quorum/analysis/availability/failure-model.js';
import { OccurrenceBounds } from '../../../../src/quorum/analysis/bounds/occurrence-bounds.js';
import type { PricedSet } from '../../../../src/quorum/analysis/structure-analysis.js';
import { TableAnalysis } from '../../../../src/quorum/analysis/table/table-analysis.js';
import { policyTable } from '../../../../src/quorum/analysis/table/truth-table.js';
import { grid } from '../../../../src/quorum/policy/composition.js';
import { isQualified, type Policy, policyMembers } from '../../../../src/quorum/policy/policy.js';
import { budgetOf, type Figure, unlimited } from '../../../../src/quorum/verdict.js';
import { member, value } from '../../../support/policies.js';
import { arbitraryPolicy, asFamily, letters } from '../../../support/naive-structures.js';
import { right } from '../../../support/right.js';
import { Prng } from '../../../support/simulation/random.js';
import { policy } from '../../../support/trust.js';

function predicateOf(rule: Policy): AccessStructure {
  return right(predicateStructure(new Universe(policyMembers(rule)), (set) => isQualified(rule, set)));
}

function means(seed = 1): { random: (length: number) => Uint8Array } {
  const source = new Prng(seed);
  return { random: (length) => new Uint8Array(length).map(() => source.between(0, 255)) };
}

function exactly(rule: Policy): TableAnalysis {
  return new TableAnalysis(right(policyTable(rule, unlimited)));
}

function price(id: ProcessId): number {
  return [0, 3, 5, 7, 11, 13, 17, 19, 23][id.charCodeAt(0) - 97] ?? 29;
}

/** That the bounded analysis says nothing that the exact one contradicts. */
function expectTrue(bounded: BoundedAnalysis, rule: Policy): void {
  const table = exactly(rule);
  expect(bounded.members).toEqual(table.members);
  expectTrueCosts(bounded, table, rule);
  expectTrueSplitting(bounded, table, rule);
  for (let k = 0; k <= 4; k++) expectTrueCovering(bounded, { table, rule, k });
  expectBounds(bounded.quorums.count(), value(table.quorums.count()));
  expectBounds(bounded.blockingSets.count(), value(table.blockingSets.count()));
  const dummies = bounded.dummies();
  const known = dummies._tag === 'exact' ? dummies.value : dummies.atMost;
  expect(known).toEqual(
    dummies._tag === 'exact' ? value(table.dummies()) : expect.arrayContaining([...value(table.dummies())]),
  );
}

function expectBounds<N extends number | bigint>(figure: Figure<N>, truth: N): void {
  if (figure._tag === 'exact') expect(figure.value).toBe(truth);
  else {
    if (figure.atLeast !== undefined) expect(figure.atLeast).toBeLessThanOrEqual(truth);
    if (figure.atMost !== undefined) expect(figure.atMost).toBeGreaterThanOrEqual(truth);
  }
}

function qualifies(rule: Policy, ids: readonly ProcessId[]): boolean {
  return isQualified(rule, new Universe(policyMembers(rule)).of(ids));
}

function expectTrueCosts(bounded: BoundedAnalysis, table: TableAnalysis, rule: Policy): void {
  for (const cost of [undefined, price]) {
    const others = (ids: readonly ProcessId[]): readonly ProcessId[] => table.members.filter((id) => !ids.includes(id));
    const isQuorum = (ids: readonly ProcessId[]): boolean => qualifies(rule, ids);
    expectPriced(bounded.quorums.cheapest(cost), { truth: value(table.quorums.cheapest(cost)), cost, does: isQuorum });
    const blocks = (ids: readonly ProcessId[]): boolean => !qualifies(rule, others(ids));
    expectPriced(bounded.blockingSets.cheapest(cost), {
      truth: value(table.blockingSets.cheapest(cost)),
      cost,
      does: blocks,
    });
  }
}

interface Expected {
  readonly truth: PricedSet;
  readonly cost: ((id: ProcessId) => number) | undefined;
  readonly does: (ids: readonly ProcessId[]) => boolean;
}

function expectPriced(figure: Figure<PricedSet>, { truth, cost = () => 1, does }: Expected): void {
  const [best, least] = figure._tag === 'exact' ? [figure.value, figure.value] : [figure.atMost, figure.atLeast];
  expect(least?.cost).toBeLessThanOrEqual(truth.cost);
  expect(best?.cost).toBeGreaterThanOrEqual(truth.cost);
  expect(best?.members.reduce((sum, id) => sum + cost(id), 0)).toBe(best?.cost);
  expect(does(best?.members ?? [])).toBe(true);
}

function expectTrueSplitting(bounded: BoundedAnalysis, table: TableAnalysis, rule: Policy): void {
  const figure = bounded.smallestSplittingSet();
  const found = figure._tag === 'exact' ? figure.value : figure.atMost;
  const truth = value(table.smallestSplittingSet()).members.length;
  expect(found?.members.length).toBeGreaterThanOrEqual(truth);
  if (figure._tag === 'exact') expect(figure.value.members).toHaveLength(truth);
  else expect(Number(/at least (\d+)/.exec(figure.reason)?.[1])).toBeLessThanOrEqual(truth);
  const [a, b] = found?.quorums ?? [[], []];
  expect(qualifies(rule, a) && qualifies(rule, b)).toBe(true);
  expect(a.filter((id) => b.includes(id))).toEqual(found?.members);
}

function expectTrueCovering(
  bounded: BoundedAnalysis,
  { table, rule, k }: { readonly table: TableAnalysis; readonly rule: Policy; readonly k: number },
): void {
  const verdict = bounded.isUncoverable(k);
  if (verdict._tag === 'unknown') return;
  expect(verdict._tag).toBe(table.isUncoverable(k)._tag);
  if (verdict._tag !== 'violated') return;
  expect(verdict.witness).toHaveLength(k);
  expect(new Set(verdict.witness?.flat()).size).toBe(table.members.length);
  for (const set of verdict.witness ?? []) expect(qualifies(rule, set)).toBe(false);
}

describe('the bounded analysis never contradicts the exact one', () => {
  it('of policies in which members recur, and knows availability and power exactly', () => {
    fc.assert(
      fc.property(arbitraryPolicy({ maxMembers: 8, weights: true, repeats: true }), (rule) => {
        const bounded = boundedPolicyAnalysis(rule);
        expectTrue(bounded, rule);
        const up = (id: ProcessId): number => 1 / (1 + price(id));
        expect(value(bounded.uptime(independentServers(up))).up).toBeCloseTo(
          value(exactly(rule).uptime(independentServers(up))).up,
          12,
        );
        const power = value(exactly(rule).banzhaf());
        for (const [id, index] of value(bounded.banzhaf())) expect(index).toBeCloseTo(power.get(id) ?? NaN, 12);
      }),
      { numRuns: 20 },
    );
  });

  it('of predicates, whose availability it estimates', () => {
    fc.assert(
      fc.property(arbitraryPolicy({ maxMembers: 8, weights: true, repeats: true }), fc.nat(), (rule, seed) => {
        const bounded = new BoundedAnalysis(askedStructure(predicateOf(rule)), { ...means(seed), sampleCount: 100 });
        expectTrue(bounded, rule);
        expect(bounded.banzhaf()._tag).toBe('unknown');
      }),
      { numRuns: 20 },
    );
  });

  it('of policies in which more members recur than are tried one by one', () => {
    const rows = [0, 4, 8, 12].map((start) => letters(16).slice(start, start + 4));
    const square = right(grid(rows));
    expectTrue(boundedPolicyAnalysis(square), square);
    const pair = policy(`all of (5 of (${letters(13).join(', ')}), 7 of (${letters(15).slice(1).join(', ')}))`);
    expectTrue(boundedPolicyAnalysis(pair), pair);
  });
});

describe('the bounds from places', () => {
  const rows = [0, 4, 8, 12].map((start) => letters(16).slice(start, start + 4));
  const overlapping = policy(`all of (9 of (${letters(14).join(', ')}), 11 of (${letters(16).slice(1).join(', ')}))`);

  it.each([
    { name: 'of a grid', rule: right(grid(rows)), quorum: 4, blocking: 2, splitting: 0 },
    { name: 'of two thresholds that overlap', rule: overlapping, quorum: 10, blocking: 3, splitting: 6 },
  ])('$name are not above the truth, for costs too', ({ rule, quorum, blocking, splitting }) => {
    const bounds = new OccurrenceBounds(rule, {});
    expect(bounds.quorums.cheapest(() => 1).atLeast).toBe(quorum);
    expect(bounds.blockingSets.cheapest(() => 1).atLeast).toBe(blocking);
    expect(bounds.splittingSize()).toBe(splitting);
    const table = exactly(rule);
    expect(bounds.quorums.cheapest(price).atLeast).toBeLessThanOrEqual(value(table.quorums.cheapest(price)).cost);
    expect(bounds.blockingSets.cheapest(price).atLeast).toBeLessThanOrEqual(
      value(table.blockingSets.cheapest(price)).cost,
    );
    expect(value(table.quorums.cheapest()).cost).toBeGreaterThanOrEqual(quorum);
    expect(value(table.blockingSets.cheapest()).cost).toBeGreaterThanOrEqual(blocking);
    expect(value(table.smallestSplittingSet()).members.length).toBeGreaterThanOrEqual(splitting);
  });

  it('bound what two quorums share by their sizes', () => {
    const rule = policy(`14 of (${letters(21).join(', ')})`);
    const bounds = new OccurrenceBounds(rule, {});
    const loose = Object.assign(Object.create(bounds) as OccurrenceBounds, {
      quorums: { ...bounds.quorums, cheapest: () => ({ atLeast: 12 }) },
      splittingSize: () => 0,
    });
    const figure = new BoundedAnalysis(askedStructure(predicateOf(rule)), {}, loose).smallestSplittingSet();
    expect(figure).toMatchObject({
      _tag: 'unknown',
      reason: 'not all sets of 21 members can be tried: at least 3 members, at most 7',
    });
  });
});

describe('the bounded analysis of policies', () => {
  const arbiter = policy(
    `2 of (a: 4 of (a1, a2, a3, a4, a5, a6), b: 4 of (b1, b2, b3, b4, b5, b6), c: 4 of (c1, c2, c3, c4, c5, c6),
      d: 4 of (d1, d2, d3, d4, d5, d6))`,
  );
  const withArbiter: Policy = {
    _tag: 'threshold',
    k: 2,
    of: arbiter._tag === 'member' ? [] : arbiter.of.map((one) => withMember(one, 'z' as ProcessId)),
  };

  it('finds what is cheapest, by trying whether those that recur take part', () => {
    const bounded = boundedPolicyAnalysis(withArbiter);
    expect(value(bounded.quorums.cheapest()).members).toHaveLength(7);
    expect(value(bounded.quorums.cheapest()).members).toContain('z');
    expect(value(bounded.quorums.cheapest((id) => (id === 'z' ? 3 : 1))).cost).toBe(8);
    expect(value(bounded.blockingSets.cheapest()).cost).toBe(10);
    expect(bounded.isUncoverable(2)).toEqual({ _tag: 'holds' });
    expect(bounded.isUncoverable(3)).toMatchObject({ _tag: 'violated' });
    expect(value(bounded.smallestSplittingSet()).members).toEqual([]);
  });

  it('tells apart members that matter from those that do not', () => {
    const rule: Policy = {
      _tag: 'threshold',
      k: 1,
      of: [withArbiter, { _tag: 'threshold', k: 2, of: [withArbiter, member('y')] }],
    };
    const bounded = boundedPolicyAnalysis(rule);
    expect(bounded.dummies()).toMatchObject({ _tag: 'unknown', atLeast: [], atMost: ['y'] });
    expect(value(boundedPolicyAnalysis(withArbiter).dummies())).toEqual([]);
  });

  it('counts and lists what it can', () => {
    const rows = [0, 1, 2, 3, 4].map((row) => [0, 1, 2, 3, 4].map((column) => `r${row}c${column}` as ProcessId));
    const bounded = boundedPolicyAnalysis(right(grid(rows)));
    expect(bounded.quorums.count()).toEqual({ _tag: 'exact', value: 3125n });
    const sets = [...bounded.quorums.list()];
    expect(new Set(asFamily(sets)).size).toBe(3125);
    expect(sets.every((set) => set.length === 9)).toBe(true);
    expect(value(bounded.blockingSets.cheapest()).cost).toBe(5);
    expect(value(bounded.quorums.cheapest()).cost).toBe(9);
    expect(bounded.smallestSplittingSet()).toMatchObject({ _tag: 'unknown', atMost: { members: { length: 2 } } });
  });

  it('knows how correlated failures hit, whoever stands where', () => {
    const z = { name: 'z and a1', members: ['z', 'a/a1'] as ProcessId[], uptime: { up: 0.5, down: 0.5 } };
    const model: FailureModel = { server: () => ({ up: 1, down: 0 }), groups: [z] };
    const three: Policy = { _tag: 'threshold', k: 2, of: [withMember(arbiter, 'z' as ProcessId), member('z')] };
    expect(value(boundedPolicyAnalysis(three).uptime(model))).toEqual({ up: 0.5, down: 0.5 });
  });

  it('gives up within the budget, and says what it found by then', () => {
    let now = 0;
    const bounded = boundedPolicyAnalysis(withArbiter, { budget: budgetOf(1000, () => (now += 1)) });
    const count = bounded.quorums.count();
    expect(count).toMatchObject({
      _tag: 'unknown',
      reason: expect.stringMatching(/^not all sets of 25 members/) as unknown,
    });
    expect(count._tag === 'unknown' && [...bounded.quorums.list()].length).toBe(
      Number(count._tag === 'unknown' && count.atLeast),
    );
  });
});

describe('the bounded analysis of predicates', () => {
  const many = Array.from({ length: 40 }, (_, index) => `s${index}` as ProcessId);
  const majority = right(predicateStructure(new Universe(many), (set) => set.size > 20));

  it('brackets sizes and availability', () => {
    const bounded = new BoundedAnalysis(askedStructure(majority), { ...means(), sampleCount: 4000 });
    expect(bounded.quorums.cheapest()).toMatchObject({ _tag: 'unknown', atLeast: { cost: 4 }, atMost: { cost: 21 } });
    expect(bounded.blockingSets.cheapest()).toMatchObject({ _tag: 'unknown', atMost: { cost: 20 } });
    const available = bounded.uptime(independentServers(() => 0.5));
    expect(available).toMatchObject({
      _tag: 'unknown',
      reason: expect.stringContaining('99.9 % confidence') as unknown,
    });
    if (available._tag === 'exact') return;
    // Half of what is left when a tie, with probability C(40, 20) / 2^40, is taken off.
    expect(available.atLeast?.up).toBeLessThan(0.43731);
    expect(available.atMost?.up).toBeGreaterThan(0.43731);
    expect((available.atMost?.up ?? 1) - (available.atLeast?.up ?? 0)).toBeLessThan(0.06);
  });

  it('finds covers by hand and quorums that hardly meet', () => {
    const bounded = new BoundedAnalysis(askedStructure(majority));
    expect(bounded.isUncoverable(1)).toEqual({ _tag: 'holds' });
    expect(bounded.isUncoverable(2)).toMatchObject({ _tag: 'violated' });
    expect(bounded.smallestSplittingSet()).toMatchObject({ _tag: 'unknown', atMost: { members: { length: 2 } } });
    expect(value(bounded.dummies())).toEqual([]);
  });

  it('lets a slow predicate take the time that there is, and no more', () => {
    let now = 0;
    const slow = right(predicateStructure(new Universe(many), (set) => (now += 5) > 0 && set.size > 20));
    const bounded = new BoundedAnalysis(askedStructure(slow), { ...means(), budget: budgetOf(5000, () => now) });
    expect(bounded.quorums.count()).toMatchObject({ _tag: 'unknown' });
    expect(now).toBeLessThan(2000);
    expect(bounded.uptime(independentServers(() => 0.9))).toMatchObject({ _tag: 'unknown' });
    expect(now).toBeLessThan(6000);
  });
});

function withMember(gate: Policy, id: ProcessId): Policy {
  return gate._tag === 'member' ? gate : { ...gate, of: [...gate.of, member(id)] };
}
