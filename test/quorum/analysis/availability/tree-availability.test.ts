import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ProcessId } from '../../../../src/prelude/process.js';
import {
  bothUp,
  downWith,
  type FailureGroup,
  type FailureModel,
  groupsBy,
  neverDown,
  type Uptime,
  upWith,
} from '../../../../src/quorum/analysis/availability/failure-model.js';
import { treeAvailability, treeUptime } from '../../../../src/quorum/analysis/availability/tree-availability.js';
import { type Policy, policyMembers, type ThresholdGate } from '../../../../src/quorum/policy/policy.js';
import { budgetOf } from '../../../../src/quorum/verdict.js';
import { organizationOf } from '../../../../src/prelude/process.js';
import { scaled, value } from '../../../support/policies.js';
import { seededRandom } from '../../../support/seeded-random.js';
import { allPolicies, arbitraryPolicy, type IdSet, NaiveStructure } from '../../../support/naive-structures.js';
import { policy } from '../../../support/trust.js';
import { vectors } from '../../../support/vectors.js';

/** `k of` organizations, each `inner of` its servers. */
function alliance(shape: { orgs: number; servers: number; outer: number; inner: number }): Policy {
  const orgs = Array.from({ length: shape.orgs }, (_, org) => {
    const servers = Array.from({ length: shape.servers }, (_id, server) => `o${org}/s${server}`);
    return `${shape.inner} of (${servers.join(', ')})`;
  });
  return policy(`${shape.outer} of (${orgs.join(', ')})`);
}

function flat(k: number, count: number): ThresholdGate {
  const of = Array.from({ length: count }, (_, index) => ({ _tag: 'member' as const, id: `s${index}` as ProcessId }));
  return { _tag: 'threshold', k, of };
}

const ids = (text: string): readonly ProcessId[] => text.split(' ') as ProcessId[];

/** From the definition: every state of the groups, and in each every set of servers. */
function naiveUp(rule: Policy, { server, groups }: FailureModel): number {
  const naive = new NaiveStructure(rule);
  const chances = naive.members.map(server);
  let total = 0;
  for (let mask = 0; mask < 2 ** groups.length; mask++) {
    const isDown = (_: FailureGroup, index: number): boolean => ((mask >>> index) & 1) === 1;
    const down = new Set(groups.filter(isDown).flatMap(({ members }) => members));
    const state = groups.reduce((all, { uptime }, index) => all * (mask & (1 << index) ? uptime.down : uptime.up), 1);
    const chanceOf = (set: IdSet): number =>
      naive.members.reduce((all, id, index) => {
        const { up } = down.has(id) ? { up: 0 } : (chances[index] ?? neverDown);
        return all * (set.has(id) ? up : 1 - up);
      }, state);
    total += naive.probability(chanceOf);
  }
  return total;
}

function expectUptime(found: Uptime, up: number): void {
  expect(Math.abs(found.up - up)).toBeLessThan(1e-12);
  expect(Math.abs(found.down - (1 - up))).toBeLessThan(1e-12);
}

describe('availability of independent members', () => {
  const trees = vectors('quorum/threshold-trees-small.json') as
    | { cases: readonly { policy: string; 'availability_p0.9': number }[] }
    | undefined;
  const alliances = vectors('quorum/two-level-alliances.json') as
    | { big: readonly ({ orgs: number; servers: number; outer: number; inner: number } & Record<string, unknown>)[] }
    | undefined;

  it.skipIf(trees === undefined)('agrees with the small threshold trees computed elsewhere', () => {
    for (const given of trees?.cases ?? []) {
      const uptime = value(treeUptime(policy(given.policy), { server: () => upWith(0.9), groups: [] }));
      expectUptime(uptime, given['availability_p0.9']);
    }
  });

  it.skipIf(alliances === undefined)('agrees with the alliances computed elsewhere', () => {
    for (const given of alliances?.big ?? []) {
      for (const up of ['.99', '.95', '.9']) {
        const outside = given[`avail_${up}`] as number;
        const found = value(treeUptime(alliance(given), { server: () => upWith(Number(up)), groups: [] }));
        expect(found.up).toBeCloseTo(outside, 13);
        if (1 - outside > 1e-6) expect(Math.abs(found.down / (1 - outside) - 1)).toBeLessThan(1e-9);
      }
    }
  });

  it('is that of the definition for every small tree', () => {
    const chances = [0.9, 0.5, 0.25, 1, 0.75];
    for (const rule of allPolicies(5)) {
      const naive = new NaiveStructure(rule);
      const up = (id: ProcessId): number => chances[naive.members.indexOf(id)] ?? 0;
      expect(value(treeAvailability(rule, up))).toBeCloseTo(naive.availability(up), 13);
    }
  });

  it('counts weights', () => {
    fc.assert(
      fc.property(
        arbitraryPolicy({ maxMembers: 7, weights: true }),
        fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { minLength: 7, maxLength: 7 }),
        (rule, chances) => {
          const members = policyMembers(rule);
          const up = (id: ProcessId): number => chances[members.indexOf(id)] ?? 0;
          const naive = new NaiveStructure(rule).probability((set) =>
            members.reduce((all, id) => all * (set.has(id) ? up(id) : 1 - up(id)), 1),
          );
          expectUptime(value(treeUptime(rule, { server: (id) => upWith(up(id)), groups: [] })), naive);
        },
      ),
    );
  });

  it('keeps its digits however rare a failure is', () => {
    const uptimeOf = (down: number, rule: Policy): Uptime =>
      value(treeUptime(rule, { server: () => downWith(down), groups: [] }));
    expect(uptimeOf(1e-17, policy('a')).down).toBe(1e-17);
    expect(uptimeOf(1e-17, policy('all of (a, b, c)')).down).toBeCloseTo(3e-17, 30);
    const { up, down } = uptimeOf(1e-30, policy('2 of (a, b, c)'));
    expect(up).toBe(1);
    expect(Math.abs(down / 3e-60 - 1)).toBeLessThan(1e-12);
    const rare = uptimeOf(1e-4, policy('2 of (x: 2 of 3, y: 2 of 3, z: 2 of 3)')).down;
    const inner = 3 * 1e-8 * (1 - 1e-4) + 1e-12;
    expect(Math.abs(rare / (3 * inner ** 2 * (1 - inner) + inner ** 3) - 1)).toBeLessThan(1e-12);
  });

  it('reaches its ends', () => {
    for (const rule of [
      policy('a'),
      policy('2 of (a, b, 1 of (c, d))'),
      alliance({ orgs: 5, servers: 4, outer: 3, inner: 2 }),
    ]) {
      expect(value(treeUptime(rule, { server: () => downWith(0), groups: [] }))).toEqual({ up: 1, down: 0 });
      expect(value(treeUptime(rule, { server: () => upWith(0), groups: [] }))).toEqual({ up: 0, down: 1 });
    }
  });

  it('is between bounds where weights have too many sums', () => {
    const count = 60;
    const weights = Array.from(
      { length: count },
      (_, index) => 1_000_000 + 9_999_991 * ((index * 37) % 61) + index * index,
    );
    const total = weights.reduce((sum, weight) => sum + weight, 0);
    const rule: Policy = { ...flat(Math.floor(total / 2), count), weights };
    const figure = treeUptime(rule, { server: () => upWith(0.6), groups: [] });
    if (figure._tag === 'exact') throw new Error('expected bounds');
    expect(figure.reason).toContain('rounded');
    const least = figure.atLeast?.up ?? NaN;
    const most = figure.atMost?.up ?? NaN;
    expect(most - least).toBeGreaterThan(0);
    expect(most - least).toBeLessThan(0.001);
    const near = weights.map((weight) => Math.round(weight / 100_000));
    const k = Math.round(total / 2 / 100_000);
    const close = value(treeAvailability({ ...rule, k, weights: near }, () => 0.6));
    expect(close).toBeGreaterThan(least - 0.001);
    expect(close).toBeLessThan(most + 0.001);
  });
});

describe('availability with common failures', () => {
  it('is that of the definition, however groups nest and overlap', () => {
    const chance = fc.double({ min: 0, max: 1, noNaN: true });
    fc.assert(
      fc.property(
        arbitraryPolicy({ maxMembers: 7, weights: true }),
        fc.array(fc.record({ bits: fc.nat(127), up: chance }), { maxLength: 5 }),
        fc.array(chance, { minLength: 7, maxLength: 7 }),
        (rule, drawn, chances) => {
          const members = policyMembers(rule);
          const model: FailureModel = {
            server: (id) => upWith(chances[members.indexOf(id)] ?? 0),
            groups: drawn.map(({ bits, up }, index) => ({
              name: `g${index}`,
              members: members.filter((_, position) => ((bits >>> position) & 1) === 1),
              uptime: upWith(up),
            })),
          };
          expectUptime(value(treeUptime(rule, model)), naiveUp(rule, model));
        },
      ),
      { numRuns: 200 },
    );
  });

  it.each([
    ['a subtree', '2 of (x: 2 of 3, y: 2 of 3, z)', ['x/1 x/2 x/3', 'y/1 y/2 y/3']],
    ['a list within a gate', '3 of (a, b, c, d, e)', ['a b', 'c d']],
    ['a list within a list', '3 of (a, b, c, d, e)', ['a b c', 'b c']],
    ['crossing lists', '3 of (a, b, c, d, e)', ['a b c', 'c d']],
    ['everybody', '2 of (x: 2 of 3, y, z)', ['x/1 x/2 x/3 y z']],
    ['parts of two organizations', '2 of (x: 2 of 3, y: 2 of 3, z)', ['x/1 y/1', 'x/2 y/2 z', 'x/1 x/2 x/3']],
    ['the same twice', '2 of (a, b, c)', ['a b', 'b a', 'a b a']],
    ['strangers', '2 of (a, b, c)', ['a q', 'r s']],
  ])('is exact where a group is %s', (_, text, groups) => {
    const rule = policy(text);
    const model: FailureModel = {
      server: () => upWith(0.9),
      groups: groups.map((names, index) => ({ name: names, members: ids(names), uptime: upWith(0.8 - index / 10) })),
    };
    expectUptime(value(treeUptime(rule, model)), naiveUp(rule, model));
  });

  it('folds organizations and regions of any number into the tree', () => {
    const rule = alliance({ orgs: 50, servers: 15, outer: 34, inner: 8 });
    const members = policyMembers(rule);
    const organizations = groupsBy(members, organizationOf, () => upWith(0.999));
    const figure = treeUptime(rule, { server: () => upWith(0.99), groups: organizations });
    expect(value(figure).up).toBeGreaterThan(0.99);
    const alone = value(
      treeUptime(
        policy(
          `o: 8 of (${members
            .slice(0, 15)
            .map((id) => id.slice(3))
            .join(', ')})`,
        ),
        { server: () => upWith(0.99), groups: [] },
      ),
    );
    const { up } = bothUp(upWith(0.999), alone);
    expect(value(figure).up).toBeCloseTo(value(treeAvailability(flat(34, 50), () => up)), 13);
    // The same servers in one list: each organization is a part of its gate.
    const listed = {
      ...flat(300, 750),
      of: members.map((id) => ({ _tag: 'member' as const, id })),
    };
    const halves = value(treeUptime(listed, { server: () => neverDown, groups: organizations }));
    expect(halves.down / value(treeUptime(flat(20, 50), { server: () => upWith(0.999), groups: [] })).down).toBeCloseTo(
      1,
      9,
    );
  });

  it('leaves those groups to be tried that cross most others', () => {
    const rule = flat(30, 60);
    const members = policyMembers(rule);
    const position = (id: ProcessId): number => members.indexOf(id);
    const organizations = groupsBy(
      members,
      (id) => `o${Math.floor(position(id) / 3)}`,
      () => upWith(0.99),
    );
    const regions = groupsBy(
      members,
      (id) => `r${position(id) % 2}`,
      () => upWith(0.999),
    );
    const model = { server: () => neverDown, groups: [...regions, ...organizations] };
    const { down } = value(treeUptime(rule, model));
    // Both regions down, or one and with it half of the servers, of which the other half then lacks none.
    const oneDown = 0.999 * 0.001;
    const untouched = [...Array(10).keys()].reduce((all) => all * 0.99 * 0.99, 1);
    const allUp = value(treeUptime(rule, { server: () => neverDown, groups: organizations })).down;
    expect(down).toBeCloseTo(0.001 ** 2 + 2 * oneDown * (1 - untouched) + 0.999 ** 2 * allUp, 13);
  });

  it('folds any number of groups that nest', () => {
    const rule = flat(20, 40);
    const members = policyMembers(rule);
    const groups = Array.from({ length: 39 }, (_, index) => ({
      name: `${index}`,
      members: members.slice(0, index + 2),
      uptime: upWith(0.99),
    }));
    // All others are always up: what counts is that at most 20 are down, so that no group of more than 20 is.
    expect(value(treeUptime(rule, { server: () => neverDown, groups })).up).toBeCloseTo(0.99 ** 20, 13);
  });

  it('keeps its digits where groups cut across', () => {
    const groups = ['x/1 y/1', 'x/2 y/2'].map((names) => ({
      name: names,
      members: ids(names),
      uptime: downWith(1e-12),
    }));
    const rule = policy('1 of (x: 1 of 2, y: 1 of 2)');
    const { up, down } = value(treeUptime(rule, { server: () => neverDown, groups }));
    expect(up).toBe(1);
    expect(Math.abs(down / 1e-24 - 1)).toBeLessThan(1e-12);
  });

  it('is the same when all weights are scaled out of the reach of arrays', () => {
    const rules = arbitraryPolicy({ maxMembers: 7, weights: true });
    fc.assert(
      fc.property(rules, fc.array(fc.nat(127), { maxLength: 4 }), (rule, drawn) => {
        const members = policyMembers(rule);
        const model: FailureModel = {
          server: (id) => upWith(0.9 - members.indexOf(id) / 100),
          groups: drawn.map((bits, index) => ({
            name: `g${index}`,
            members: members.filter((_, position) => ((bits >>> position) & 1) === 1),
            uptime: upWith(0.8 - index / 10),
          })),
        };
        const { up } = value(treeUptime(rule, model));
        expectUptime(value(treeUptime(scaled(rule), model)), up);
      }),
    );
  });

  it('tries only the groups that cut, where they cut', () => {
    const rule = alliance({ orgs: 20, servers: 4, outer: 14, inner: 3 });
    const racks = policyMembers(rule)
      .filter((id) => /s[02]$/u.test(id))
      .map((id) => {
        const members = ids(`${id} ${id.replace(/s0$/u, 's1').replace(/s2$/u, 's1')}`);
        return { name: id, members, uptime: upWith(0.9) };
      });
    const one = alliance({ orgs: 1, servers: 4, outer: 1, inner: 3 });
    const model = { server: () => upWith(0.99), groups: racks };
    const up = naiveUp(one, { ...model, groups: racks.slice(0, 2) });
    expect(racks).toHaveLength(40);
    expect(value(treeAvailability(flat(14, 20), () => up))).toBeCloseTo(value(treeUptime(rule, model)).up, 12);
  });

  const manyCutters = (rule: Policy, count: number): FailureModel => {
    const members = policyMembers(rule);
    return {
      server: () => upWith(0.99),
      groups: Array.from({ length: count }, (_, index) => ({
        name: `g${index}`,
        members: members.filter(
          (_id, position) => (position * 7 + index * 5) % (count + 3) === 0 || position % count === index,
        ),
        uptime: upWith(0.9),
      })),
    };
  };

  it('is an estimate with an interval where too many groups cut', () => {
    const rule = alliance({ orgs: 10, servers: 4, outer: 6, inner: 2 });
    const figure = treeUptime(rule, manyCutters(rule, 30), { random: seededRandom(7), sampleCount: 2000 });
    if (figure._tag === 'exact') throw new Error('expected an estimate');
    expect(figure.reason).toContain('2000 samples with 99.9 % confidence');
    const { atLeast, atMost } = figure;
    expect(atMost?.up ?? NaN).toBeGreaterThan(atLeast?.up ?? NaN);
    expect((atMost?.up ?? NaN) - (atLeast?.up ?? NaN)).toBeLessThan(0.08);
  });

  it('has an interval that contains the exact value', () => {
    const rule = alliance({ orgs: 5, servers: 4, outer: 3, inner: 2 });
    const model = manyCutters(rule, 8);
    const up = value(treeUptime(rule, model)).up;
    // Thirty further groups are hardly ever down, so nothing changes but the number of states.
    const members = policyMembers(rule);
    const idle = Array.from({ length: 30 }, (_, index) => ({
      name: `idle${index}`,
      members: members.filter((_id, position) => (position * position + 31 * index + ((position * index) % 7)) % 5 < 2),
      uptime: downWith(1e-12),
    }));
    for (let seed = 1; seed <= 8; seed++) {
      const means = { random: seededRandom(seed), sampleCount: 300 };
      const figure = treeUptime(rule, { ...model, groups: [...model.groups, ...idle] }, means);
      if (figure._tag === 'exact') throw new Error('expected an estimate');
      expect(figure.atLeast?.up ?? NaN).toBeLessThanOrEqual(up);
      expect(figure.atMost?.up ?? NaN).toBeGreaterThanOrEqual(up);
    }
  });

  it('says nothing that it does not know: without randomness, or out of time', () => {
    const rule = alliance({ orgs: 10, servers: 4, outer: 6, inner: 2 });
    // Three of the groups lie within one organization.
    const model = manyCutters(rule, 30);
    expect(treeUptime(rule, model)).toEqual({
      _tag: 'unknown',
      reason: '27 groups of common failures cut across the policy',
      atLeast: { up: 0, down: 1 },
      atMost: { up: 1, down: 0 },
    });
    let now = 0;
    const budget = budgetOf(5, () => now++);
    const figure = treeUptime(rule, model, { random: seededRandom(1), budget });
    expect(figure).toMatchObject({ _tag: 'unknown', reason: expect.stringContaining('not finished') as string });
    expect(figure).not.toHaveProperty('atLeast');
    const few = manyCutters(rule, 12);
    now = 0;
    expect(treeUptime(rule, few, { budget: budgetOf(5, () => now++) })).toMatchObject({ _tag: 'unknown' });
    expect(treeUptime(rule, few)).toMatchObject({ _tag: 'exact' });
  });
});
