import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type ProcessId, type ProcessSet } from '../../../src/prelude/process.js';
import { dual, grid, hierarchical, joint, type ServerGroup } from '../../../src/quorum/policy/composition.js';
import { isQualified, type Policy } from '../../../src/quorum/policy/policy.js';
import { arbitraryPolicy } from '../../support/arbitrary-policy.js';
import { allSets, servers } from '../../support/quorum.js';
import { right } from '../../support/right.js';

const universe = servers(6);
const sets = allSets(universe);
const [s1, s2, s3, s4, s5, s6] = universe.ids as readonly [
  ProcessId,
  ProcessId,
  ProcessId,
  ProcessId,
  ProcessId,
  ProcessId,
];

describe('the dual of a policy', () => {
  it('has the sets whose complements are not qualified, and is undone by a second', () => {
    const property = fc.property(arbitraryPolicy(universe.ids), (policy) => {
      const blocking = dual(policy);
      for (const set of sets) {
        expect(isQualified(blocking, set)).toBe(!isQualified(policy, set.universe.all.minus(set)));
      }
      expect(dual(blocking)).toEqual(policy);
    });
    fc.assert(property, { numRuns: 200 });
  });
});

describe('the joint of two policies', () => {
  it('asks for both', () => {
    const two = fc.tuple(arbitraryPolicy(universe.ids, 2), arbitraryPolicy(universe.ids, 2));
    const property = fc.property(two, ([before, after]) => {
      const both = right(joint(before, after));
      for (const set of sets) expect(isQualified(both, set)).toBe(isQualified(before, set) && isQualified(after, set));
    });
    fc.assert(property, { numRuns: 100 });
    const alone: Policy = { _tag: 'member', id: s1 };
    expect(right(joint(alone, alone))).toEqual(alone);
  });

  it('of policies that are as deep as may be is refused', () => {
    let deep: Policy = { _tag: 'member', id: s1 };
    for (let level = 1; level < 32; level++) deep = { _tag: 'threshold', k: 1, of: [deep] };
    expect(joint(deep, deep)).toMatchObject({ left: { code: 'TooDeep' } });
  });
});

describe('hierarchical quorums', () => {
  const group = (...weights: readonly (readonly [ProcessId, number])[]): ServerGroup => ({
    servers: weights.map(([id, weight]) => ({ id, weight })),
  });

  /** As ZooKeeper's documentation says it. */
  function holds(groups: readonly ServerGroup[], set: ProcessSet): boolean {
    const weightOf = (list: ServerGroup['servers']): number => list.reduce((sum, { weight }) => sum + weight, 0);
    const voting = groups.filter(({ servers: list }) => weightOf(list) > 0);
    const won = voting.filter(
      ({ servers: list }) => 2 * weightOf(list.filter(({ id }) => set.has(id))) > weightOf(list),
    );
    return 2 * won.length > voting.length;
  }

  it('are more than half of the weight in more than half of the groups that vote', () => {
    const property = fc.property(
      fc.array(fc.tuple(fc.nat({ max: 3 }), fc.nat({ max: 4 })), { minLength: 6, maxLength: 6 }),
      (placed) => {
        const groups = [0, 1, 2, 3].map((index) =>
          group(
            ...placed.flatMap(([place, weight], server) =>
              place === index ? [[universe.ids[server] ?? s1, weight] as const] : [],
            ),
          ),
        );
        const policy = hierarchical(groups);
        if (placed.every(([, weight]) => weight === 0)) {
          expect(policy).toMatchObject({ left: { code: 'OutOfRange', path: '/' } });
          return;
        }
        for (const set of sets) expect(isQualified(right(policy), set)).toBe(holds(groups, set));
      },
    );
    fc.assert(property, { numRuns: 200 });
  });

  it('ask each group by the number of its own votes', () => {
    const policy = right(hierarchical([group([s1, 1], [s2, 1]), group([s3, 1], [s4, 1]), group([s5, 1], [s6, 0])]));
    expect(policy).toEqual({
      _tag: 'threshold',
      k: 2,
      of: [
        { _tag: 'threshold', k: 2, of: [s1, s2].map((id) => ({ _tag: 'member', id })) },
        { _tag: 'threshold', k: 2, of: [s3, s4].map((id) => ({ _tag: 'member', id })) },
        { _tag: 'threshold', k: 1, of: [{ _tag: 'member', id: s5 }] },
      ],
    });
  });

  it.each([
    ['a server in two groups', [group([s1, 1]), group([s2, 1], [s1, 1])], 'DuplicateMember', '/1/servers/1'],
    ['a server twice in one group', [group([s1, 1], [s1, 1])], 'DuplicateMember', '/0/servers/1'],
    ['a negative weight', [group([s1, 1]), group([s2, -1])], 'OutOfRange', '/1/servers/0/weight'],
    ['a weight that is no number', [group([s1, Number.NaN])], 'OutOfRange', '/0/servers/0/weight'],
    ['half a weight', [group([s1, 0.5])], 'OutOfRange', '/0/servers/0/weight'],
    ['too much weight', [group([s1, 1_000_000_001])], 'OutOfRange', '/0/servers/0/weight'],
    ['no group', [], 'OutOfRange', '/'],
    ['no vote', [group([s1, 0]), group()], 'OutOfRange', '/'],
  ])('refuse %s', (_, groups, code, path) => {
    expect(hierarchical(groups)).toMatchObject({ left: { code, path } });
  });

  it('name the group of a server that stands in two', () => {
    const twice = [{ name: 'north', servers: [{ id: s1, weight: 1 }] }, group([s1, 1])];
    expect(hierarchical(twice)).toMatchObject({ left: { expected: 'every server once (s1 is in north too)' } });
  });
});

describe('a grid', () => {
  const rows = [
    [s1, s2, s3, s6],
    [s4, s5],
  ];
  const policy = right(grid(rows));

  it('has a row in full and one of every row', () => {
    for (const set of sets) {
      const hasRow = rows.some((row) => row.every((id) => set.has(id)));
      expect(isQualified(policy, set)).toBe(hasRow && rows.every((row) => row.some((id) => set.has(id))));
    }
  });

  it('has quorums that meet, and a dual of one of every row or a row in full', () => {
    const quorums = sets.filter((set) => isQualified(policy, set));
    for (const one of quorums) for (const other of quorums) expect(one.intersection(other).isEmpty).toBe(false);
    for (const set of sets) {
      const hasRow = rows.some((row) => row.every((id) => set.has(id)));
      expect(isQualified(dual(policy), set)).toBe(hasRow || rows.every((row) => row.some((id) => set.has(id))));
    }
  });

  it.each([
    ['no rows', [], 'OutOfRange', '/'],
    ['an empty row', [[s1], []], 'OutOfRange', '/1'],
    [
      'a server in two rows',
      [
        [s1, s2],
        [s3, s1],
      ],
      'DuplicateMember',
      '/1/1',
    ],
    ['a server twice in a row', [[s1, s1]], 'DuplicateMember', '/0/1'],
  ])('of %s is refused', (_, bad, code, path) => {
    expect(grid(bad)).toMatchObject({ left: { code, path } });
  });
});
