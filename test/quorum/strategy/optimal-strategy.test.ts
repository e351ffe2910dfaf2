import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { E, type Either } from '../../../src/prelude/fp.js';
import { type ProcessId, type ProcessSet, Universe } from '../../../src/prelude/process.js';
import { AccessStructure } from '../../../src/quorum/access-structure.js';
import { parsePolicy } from '../../../src/quorum/policy/policy-text.js';
import { isQualified, type Policy, policyMembers } from '../../../src/quorum/policy/policy.js';
import { solveByColumns, type SideProbabilities } from '../../../src/quorum/strategy/column-program.js';
import { formatStrategyError, type StrategyError } from '../../../src/quorum/strategy/errors.js';
import { optimalStrategy, type StrategyGoal } from '../../../src/quorum/strategy/optimal-strategy.js';
import { type QuorumColumn, tabledColumns } from '../../../src/quorum/strategy/quorum-columns.js';
import { latencyOf } from '../../../src/quorum/strategy/quorum-latency.js';
import { type ReadWriteSystem, readWriteSystem } from '../../../src/quorum/strategy/read-write-system.js';
import type { Strategy } from '../../../src/quorum/strategy/strategy.js';
import {
  type Access,
  type FrameGoal,
  type Metric,
  StrategyFrame,
} from '../../../src/quorum/strategy/strategy-frame.js';
import { isFlowing, solveByTree } from '../../../src/quorum/strategy/tree-program.js';
import { type Server, serversOf, workloadOf } from '../../../src/quorum/strategy/workload.js';
import { budgetOf, unlimited } from '../../../src/quorum/verdict.js';
import { right } from '../../support/right.js';
import { solver } from './solver-of-tests.js';
import { treePolicies } from './tree-policies.js';

function policy(text: string): Policy {
  return right(parsePolicy(text));
}

function best(system: ReadWriteSystem, goal: Partial<StrategyGoal> = {}): Either<StrategyError, Strategy> {
  return optimalStrategy(solver, { system, goal: { optimize: 'load', readFraction: 0.5, ...goal } }, unlimited);
}

function ofReads(text: string, goal: Partial<StrategyGoal> = {}): Either<StrategyError, Strategy> {
  return best(right(readWriteSystem({ read: policy(text) })), goal);
}

function left(either: Either<StrategyError, unknown>): StrategyError {
  if (E.isLeft(either)) return either.left;
  throw new Error('a strategy, where none was expected');
}

interface Task {
  readonly tree: Policy;
  readonly system: ReadWriteSystem;
  readonly servers: readonly Server[];
  readonly goal: FrameGoal;
  readonly resilience: 0 | 1;
}

const metric: fc.Arbitrary<Metric> = fc.constantFrom('load', 'latency', 'network');

function tasks(weighted: boolean): fc.Arbitrary<Task> {
  const figure = fc.record({
    readCapacity: fc.integer({ min: 1, max: 5 }),
    writeCapacity: fc.integer({ min: 1, max: 5 }),
    latency: fc.integer({ min: 0, max: 4 }),
  });
  return fc
    .record({
      tree: treePolicies(7, weighted),
      figures: fc.array(figure, { minLength: 7, maxLength: 7 }),
      fractions: fc.array(fc.record({ readFraction: fc.constantFrom(0, 0.2, 0.5, 1), weight: fc.constantFrom(1, 2) }), {
        minLength: 1,
        maxLength: 3,
      }),
      optimize: metric,
      resilience: weighted ? fc.constant(0 as const) : fc.constantFrom(0 as const, 1 as const),
    })
    .map(({ tree, figures, fractions, optimize, resilience }) => {
      const system = right(readWriteSystem({ read: tree }));
      const servers = right(serversOf(system.universe.ids, (id) => figures[system.universe.indexOf(id) ?? 0] ?? {}));
      return {
        tree,
        system,
        servers,
        resilience,
        goal: { servers, workload: right(workloadOf(fractions)), optimize, limits: {} },
      };
    });
}

/** The metrics of what a program found, reckoned anew. */
function metricsOf(
  { system, servers, goal }: Pick<Task, 'system' | 'servers' | 'goal'>,
  found: SideProbabilities,
): Record<Metric, number> {
  const { points, meanReadFraction } = goal.workload;
  const mean = (amount: (access: Access, places: readonly number[]) => number): number =>
    (['read', 'write'] as const).reduce((sum, access) => {
      const share = access === 'read' ? meanReadFraction : 1 - meanReadFraction;
      return found[access].reduce((all, q) => all + share * q.probability * amount(access, q.places), sum);
    }, 0);
  const loadAt = (fraction: number): number =>
    Math.max(
      ...servers.map((server, place) => {
        const asked = (access: Access): number =>
          found[access].reduce((sum, q) => sum + (q.places.includes(place) ? q.probability : 0), 0);
        return (
          (fraction * asked('read')) / server.readCapacity + ((1 - fraction) * asked('write')) / server.writeCapacity
        );
      }),
    );
  return {
    load: points.reduce((sum, { probability, readFraction }) => sum + probability * loadAt(readFraction), 0),
    network: mean((_, places) => places.length),
    latency: mean((access, places) =>
      latencyOf(
        system,
        access,
        places.flatMap((place) => servers[place] ?? []),
      ),
    ),
  };
}

/** Every quorum that stays one after the failures, minimal or not: nothing can be missing. */
function allQuorums({ system, servers, resilience }: Task, access: Access): readonly QuorumColumn[] {
  const columns: QuorumColumn[] = [];
  for (let mask = 1; mask < 2 ** servers.length; mask++) {
    const places = servers.flatMap((_, place) => (((mask >> place) & 1) === 1 ? [place] : []));
    const asked = places.flatMap((place) => servers[place] ?? []);
    const set = system.universe.of(asked.map(({ id }) => id));
    if (![...set].every((id) => resilience === 0 || system[access].isQualified(set.without(id)))) continue;
    if (system[access].isQualified(set)) columns.push({ places, latency: latencyOf(system, access, asked) });
  }
  return columns;
}

function expectSameOptimum(
  task: Task,
  solve: (frame: StrategyFrame) => Either<StrategyError, SideProbabilities>,
): void {
  const lists = { read: allQuorums(task, 'read'), write: allQuorums(task, 'write') };
  if (lists.read.length === 0 || lists.write.length === 0) {
    expect(left(solve(new StrategyFrame(task.goal)))._tag).toBe('NoStrategy');
    return;
  }
  const { optimize } = task.goal;
  const all = right(solve(new StrategyFrame(task.goal)));
  for (const access of ['read', 'write'] as const) {
    const known = new Set(lists[access].map(({ places }) => places.join(' ')));
    for (const { places } of all[access]) expect(known).toContain(places.join(' '));
    expect(all[access].reduce((sum, { probability }) => sum + probability, 0)).toBeCloseTo(1, 9);
  }
  const free = metricsOf(
    task,
    right(solveByColumns(solver, { frame: new StrategyFrame(task.goal), lists }, unlimited)),
  );
  expect(metricsOf(task, all)[optimize]).toBeCloseTo(free[optimize], 6);
  // The same again with limits on the other two, between what was found and the least that there can be.
  const others = (['load', 'latency', 'network'] as const).filter((other) => other !== optimize);
  const limits = Object.fromEntries(others.map((other) => [other, 0.9 * free[other]]));
  const goal = { ...task.goal, limits };
  const wanted = solveByColumns(solver, { frame: new StrategyFrame(goal), lists }, unlimited);
  const limited = solve(new StrategyFrame(goal));
  expect(limited._tag).toBe(wanted._tag);
  if (E.isLeft(limited) || E.isLeft(wanted)) return;
  const found = metricsOf(task, limited.right);
  expect(found[optimize]).toBeCloseTo(metricsOf(task, wanted.right)[optimize], 6);
  for (const other of others) expect(found[other]).toBeLessThanOrEqual(0.9 * free[other] + 1e-6);
}

describe('the programs', () => {
  it('over trees find what the program over all quorums finds', () => {
    for (const weighted of [false, true]) {
      fc.assert(
        fc.property(tasks(weighted), (task) => {
          const write = task.system.write.policy ?? task.tree;
          const latencyMatters = task.resilience === 0;
          if (!latencyMatters && task.goal.optimize === 'latency') return;
          expect(isFlowing(task.tree, task.resilience)).toBe(true);
          const solve = (frame: StrategyFrame): Either<StrategyError, SideProbabilities> =>
            solveByTree(solver, { ...task, read: task.tree, write, frame, latencyMatters }, unlimited);
          if (latencyMatters) expectSameOptimum(task, solve);
          else expectSameOptimum(untimed(task), solve);
        }),
        { numRuns: 30 },
      );
    }
  });

  it('over listed quorums leave out none that an optimum needs', () => {
    fc.assert(
      fc.property(tasks(false), (task) => {
        const request = { servers: task.servers, resilience: task.resilience, latencyMatters: true };
        expectSameOptimum(task, (frame) => {
          const read = right(tabledColumns(task.system.read, request, unlimited));
          const write = right(tabledColumns(task.system.write, request, unlimited));
          if (read.length === 0 || write.length === 0) return E.left({ _tag: 'NoStrategy', reason: '' });
          return solveByColumns(solver, { frame, lists: { read, write } }, unlimited);
        });
      }),
      { numRuns: 30 },
    );
  });
});

function policyOf(system: ReadWriteSystem, access: Access): Policy {
  const { policy: of } = system[access];
  if (of === undefined) throw new Error('not a policy');
  return of;
}

/** The same task where all servers answer at once. */
function untimed(task: Task): Task {
  const servers = task.servers.map((server) => ({ ...server, latency: 0 }));
  return { ...task, servers, goal: { ...task.goal, servers } };
}

/** Any two neighbours of a ring, as readers: a rule that is no tree. */
class Neighbours extends AccessStructure {
  readonly processes = new Universe(['a', 'b', 'c', 'd', 'e'] as ProcessId[]).all;

  isQualified(set: ProcessSet): boolean {
    const { ids } = this.processes.universe;
    return ids.some((id, index) => set.has(id) && set.has(ids[(index + 1) % ids.length] ?? id));
  }
}

/** n servers in organizations of m. */
function alliance(n: number, m: number, text: string): string {
  const inner = text.replace('M', String(m));
  return Array.from({ length: n }, (_, index) => `o${index}: ${inner}`).join(', ');
}

const noTime = budgetOf(0, () => 0);

describe('optimalStrategy', () => {
  it('takes predicates', () => {
    const strategy = right(best(right(readWriteSystem({ read: new Neighbours() })), { readFraction: 1 }));
    expect(strategy.load(1)).toBeCloseTo(2 / 5, 9);
    // Whoever meets every edge of a ring of five is three of them.
    expect(strategy.load(0)).toBeGreaterThanOrEqual(3 / 5 - 1e-9);
    const writes = right(best(right(readWriteSystem({ write: new Neighbours() })), { readFraction: 0 }));
    expect(writes.load(0)).toBeCloseTo(2 / 5, 9);
  });

  it('solves alliances whose quorums nobody could list', () => {
    const text = `14 of (${alliance(20, 7, '5 of M')})`;
    const figures = right(right(ofReads(text)).figures([{ readFraction: 1, weight: 1 }]));
    expect(figures.networkLoad).toBeCloseTo(70, 6);
    expect(right(ofReads(text, { readFraction: 1 })).load(1)).toBeCloseTo(1 / 2, 9);
    // One more organization, or one more server in each of fourteen, whichever loads less: 15·5/140.
    expect(right(ofReads(text, { readFraction: 1, resilience: 1 })).load(1)).toBeCloseTo(75 / 140, 9);
    const near = (id: ProcessId): { latency: number } => ({ latency: id.endsWith('/7') ? 9 : 1 });
    const quick = right(ofReads(text, { optimize: 'latency', figuresOf: near, limits: { load: 0.45 } }));
    expect(quick.latency(0.5)).toBeCloseTo(1, 9);
    const isReader = policy(text);
    const { universe } = right(readWriteSystem({ read: isReader }));
    for (const { members } of quick.reads) expect(isQualified(isReader, universe.of(members))).toBe(true);
  });

  it('lists the quorums of grids, in which members recur', () => {
    const rows = Array.from({ length: 5 }, (_, row) => Array.from({ length: 5 }, (__, column) => `s${row}${column}`));
    const row = `any of (${rows.map((ids) => `all of (${ids.join(', ')})`).join(', ')})`;
    const column = rows.map((ids) => `any of (${ids.join(', ')})`).join(', ');
    const strategy = right(
      best(right(readWriteSystem({ read: policy(`all of (${row}, ${column})`) })), { readFraction: 1 }),
    );
    // 9 of 25 servers, all alike (Cheung, Ammar & Ahamad 1990).
    expect(strategy.load(1)).toBeCloseTo(9 / 25, 9);
    expect(left(ofReads(`all of (${row}, ${column})`, { resilience: 2 }))._tag).toBe('TooLarge');
  });

  it('asks a fast server that failures alone do not require', () => {
    const figuresOf = (id: ProcessId): { latency: number } => ({ latency: id === 'a' || id === 'b' ? 1 : 9 });
    const goal = { optimize: 'latency', readFraction: 1, figuresOf, resilience: 1 } as const;
    const strategy = right(ofReads('any of (2 of (b, c, d), all of (a, b))', goal));
    expect(strategy.reads.map(({ members }) => [...members].sort().join(''))).toEqual(['abcd']);
    expect(strategy.latency(1)).toBe(1);
  });

  it('samples quorums by their probabilities', () => {
    const goal = {
      readFraction: 1,
      figuresOf: (id: ProcessId) => (id === 'a' || id === 'b' ? { readCapacity: 2 } : {}),
    };
    const strategy = right(ofReads('any of (all of (a, b), all of (c, d))', goal));
    let step = 0;
    const evenly = (length: number): Uint8Array => new Uint8Array(length).fill(0).with(0, step++ % 256);
    const drawn = Array.from({ length: 256 }, () => strategy.sampleRead(evenly).join(''));
    expect(drawn.filter((quorum) => quorum === 'ab').length).toBeCloseTo((256 * 2) / 3, -1);
    expect(new Set(drawn)).toEqual(new Set(['ab', 'cd']));
    expect(strategy.writes.map(({ members }) => members)).toContainEqual(strategy.sampleWrite(evenly));
  });

  it('tells what a server bears', () => {
    const goal = {
      readFraction: 1,
      figuresOf: (id: ProcessId) => (id === 'a' || id === 'b' ? { readCapacity: 2 } : {}),
    };
    const strategy = right(ofReads('any of (all of (a, b), all of (c, d))', goal));
    const [a, stranger] = ['a', 'x'] as ProcessId[];
    if (a === undefined || stranger === undefined) throw new Error('two names');
    expect(strategy.capacity(1)).toBeCloseTo(3, 9);
    expect(strategy.nodeLoad(a, 1)).toBeCloseTo(1 / 3, 9);
    expect(strategy.nodeUtilization(a, 1)).toBeCloseTo(1, 9);
    expect(strategy.nodeThroughput(a, 1)).toBeCloseTo(2, 9);
    expect(strategy.nodeLoad(stranger, 1)).toBe(0);
  });

  it('refuses what makes no sense', () => {
    const text = '2 of (a, b, c)';
    const refused: Partial<StrategyGoal>[] = [
      { limits: { load: 1 } },
      { optimize: 'network', limits: { network: 2 } },
      { limits: { network: Number.NaN } },
      { limits: { latency: -1 } },
      { readFraction: 1.5 },
      { readFraction: Number.NaN },
      { readFraction: [] },
      { readFraction: [{ readFraction: 0.5, weight: 0 }] },
      { readFraction: [{ readFraction: 0.5, weight: Infinity }] },
      { readFraction: Array.from({ length: 101 }, (_, index) => ({ readFraction: index / 101, weight: 1 })) },
      { resilience: -1 },
      { resilience: 0.5 },
      { figuresOf: () => ({ readCapacity: 0 }) },
      { figuresOf: () => ({ writeCapacity: Number.NaN }) },
      { figuresOf: () => ({ latency: -1 }) },
      { figuresOf: (id) => ({ readCapacity: id === 'a' ? 1e7 : 1 }) },
    ];
    for (const goal of refused) expect(left(ofReads(text, goal))._tag, JSON.stringify(goal)).toBe('OutOfRange');
    expect(left(readWriteSystem({}))._tag).toBe('OutOfRange');
    expect(left(readWriteSystem({ read: policy('f'), write: new Neighbours() }))._tag).toBe('OutOfRange');
  });

  it('says when limits cannot be kept, or failures not survived', () => {
    expect(left(ofReads('2 of (a, b, c)', { limits: { network: 1.9 } }))).toMatchObject({ _tag: 'NoStrategy' });
    const slow = { figuresOf: () => ({ latency: 5 }), limits: { latency: 4 } };
    expect(left(ofReads('2 of (a, b, c)', slow))._tag).toBe('NoStrategy');
    expect(left(ofReads(`14 of (${alliance(20, 7, '5 of M')})`, slow))._tag).toBe('NoStrategy');
    expect(left(ofReads('2 of (a, b, c)', { resilience: 2 }))._tag).toBe('NoStrategy');
    expect(left(ofReads(`all of (${alliance(4, 4, 'all of M')})`, { resilience: 1 }))._tag).toBe('NoStrategy');
  });

  it('says what it cannot do at that size', () => {
    const large = `14 of (${alliance(20, 7, '5 of M')})`;
    const near = (id: ProcessId): { latency: number } => ({ latency: id.endsWith('/7') ? 9 : 1 });
    const weighted = `weight >= 30 of (${Array.from({ length: 24 }, (_, index) => `s${index}*${1 + (index % 3)}`).join(', ')})`;
    const refused = [
      ofReads(large, { resilience: 2 }),
      ofReads(large, { resilience: 1, optimize: 'latency', figuresOf: near }),
      ofReads(weighted, { resilience: 1 }),
      ofReads(weighted.replaceAll('s', 'long_s').replace('>= 30', '>= 24')),
    ];
    for (const one of refused) expect(left(one)._tag).toBe('TooLarge');
  });

  it('lists quorums where latencies and failures meet', () => {
    const near = (id: ProcessId): { latency: number } => ({ latency: id.endsWith('3') ? 9 : 1 });
    const goal = { optimize: 'latency', readFraction: 1, resilience: 1, figuresOf: near } as const;
    const strategy = right(ofReads(`2 of (${alliance(5, 3, '2 of M')})`, goal));
    expect(strategy.latency(1)).toBe(1);
    const reader = policy(`2 of (${alliance(5, 3, '2 of M')})`);
    const { universe } = right(readWriteSystem({ read: reader }));
    for (const { members } of strategy.reads)
      for (const id of members) expect(isQualified(reader, universe.of(members).without(id))).toBe(true);
  });

  it('shows two quorums that do not meet', () => {
    const pairs: readonly (readonly [read: string, write: string])[] = [
      ['any of (a, b, c)', '2 of (a, b, c)'],
      ['any of (a, b)', 'any of (c, d)'],
      [`10 of (${alliance(20, 7, '5 of M')})`, `10 of (${alliance(20, 7, '5 of M')})`],
      ['2 of (a, b, c, all of (a, b))', '2 of (c, d, all of (a, d))'],
    ];
    for (const [read, write] of pairs) {
      const error = left(best(right(readWriteSystem({ read: policy(read), write: policy(write) }))));
      if (error._tag !== 'NotIntersecting') throw new Error(formatStrategyError(error));
      const universe = new Universe([...new Set([...policyMembers(policy(read)), ...policyMembers(policy(write))])]);
      expect(isQualified(policy(read), universe.of(error.read))).toBe(true);
      expect(isQualified(policy(write), universe.of(error.write))).toBe(true);
      expect(error.read.some((id) => error.write.includes(id))).toBe(false);
    }
    const apart = left(best(right(readWriteSystem({ read: new Neighbours(), write: policy('2 of (a, b, c)') }))));
    expect(apart).toEqual({ _tag: 'NotIntersecting', read: ['c', 'd', 'e'], write: ['a', 'b'] });
  });

  it('takes two rules whose quorums all meet', () => {
    const meeting: readonly (readonly [read: string, write: string])[] = [
      ['2 of (a, b, c)', '2 of (a, b, c)'],
      ['2 of (a, b, c)', 'all of (d, 2 of (a, b, c))'],
      ['all of (a, b)', 'any of (a, b, all of (a, c))'],
    ];
    for (const [read, write] of meeting)
      expect(best(right(readWriteSystem({ read: policy(read), write: policy(write) })))._tag).toBe('Right');
    expect(best(right(readWriteSystem({ read: new Neighbours(), write: policy('4 of (a, b, c, d, e)') })))._tag).toBe(
      'Right',
    );
  });

  it('stops when its time is up', () => {
    const rules = [policy('2 of (a, b, c)'), policy(`14 of (${alliance(20, 7, '5 of M')})`), new Neighbours()];
    for (const read of rules) {
      const system = right(readWriteSystem({ read }));
      const error = left(optimalStrategy(solver, { system, goal: { optimize: 'load', readFraction: 1 } }, noTime));
      expect(error._tag).toBe('Unfinished');
      expect(formatStrategyError(error)).toMatch(/not finished after/);
    }
  });

  it('tells how far it came when it is interrupted between columns', () => {
    const system = right(readWriteSystem({ read: policy(`6 of (${alliance(12, 1, 'all of M')})`) }));
    const { ids } = system.universe;
    const servers = right(serversOf(ids, (id) => ({ readCapacity: 1 + ids.indexOf(id) ** 2 })));
    const request = { servers, resilience: 0, latencyMatters: false };
    const lists = {
      read: right(tabledColumns(system.read, request, unlimited)),
      write: right(tabledColumns(system.write, request, unlimited)),
    };
    const goal: FrameGoal = { servers, workload: right(workloadOf(1)), optimize: 'load', limits: {} };
    const task = { frame: new StrategyFrame(goal), lists };
    const least = metricsOf({ system, servers, goal }, right(solveByColumns(solver, task, unlimited))).load;
    // The tree tells the same, without columns.
    const tree = { ...task, read: policyOf(system, 'read'), write: policyOf(system, 'write') };
    const byTree = right(solveByTree(solver, { ...tree, resilience: 0, latencyMatters: false }, unlimited));
    expect(least).toBeCloseTo(metricsOf({ system, servers, goal }, byTree).load, 9);
    let bounded = 0;
    for (let patience = 70; patience < 110; patience += 4) {
      let asked = 0;
      const budget = { limitMs: Infinity, elapsedMs: () => 0, isSpent: () => ++asked > patience };
      const found = solveByColumns(solver, task, budget);
      if (E.isRight(found)) break;
      if (found.left._tag !== 'Unfinished') throw new Error(formatStrategyError(found.left));
      const { atLeast, atMost } = found.left;
      if (atLeast === undefined || atMost === undefined) continue;
      expect(atLeast).toBeLessThanOrEqual(least + 1e-9);
      expect(atMost).toBeGreaterThanOrEqual(least - 1e-9);
      bounded += 1;
    }
    expect(bounded).toBeGreaterThan(0);
  });
});
