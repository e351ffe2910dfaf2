/**
 * The published examples of quoracle, the library of Whittaker et al., "Read-Write Quorum Systems Made Practical" (PaPoC 2021): its
 * README, examples/paper.py and examples/case_study.py (mwhittaker/quoracle, MIT). Expressions, capacities and latencies are those of
 * the examples; the figures are the vectors'. Where several strategies are best, what the optimum leaves open is checked of one of them.
 */
import { describe, expect, it } from 'vitest';
import { type GivenQuorums, givenStrategy } from '../../../src/quorum/strategy/given-strategy.js';
import { optimalStrategy, type StrategyGoal } from '../../../src/quorum/strategy/optimal-strategy.js';
import { type ReadWriteSystem, readWriteSystem } from '../../../src/quorum/strategy/read-write-system.js';
import type { StrategyFigures } from '../../../src/quorum/strategy/strategy.js';
import type { FiguresOf, ReadFraction, ServerFigures } from '../../../src/quorum/strategy/workload.js';
import { parsePolicy } from '../../../src/quorum/policy/policy-text.js';
import type { ProcessId } from '../../../src/prelude/process.js';
import { unlimited } from '../../../src/quorum/verdict.js';
import { right } from '../../support/right.js';
import { vectors } from '../../support/vectors.js';
import { solver } from './solver-of-tests.js';

type Figures = {
  readonly expectedLoad: number;
  readonly capacity: number;
  readonly network: number;
  readonly latency: number;
};
type Got = number | Figures;

const file = vectors('quorum/quoracle-cases.json') as
  | { readonly cases: readonly { readonly name: string; readonly got: Got }[] }
  | undefined;
const gotOf = new Map(file?.cases.map(({ name, got }) => [name, got]));

/** [read capacity, write capacity, latency] of each server. */
type Table = Readonly<Record<string, readonly [number, number, number]>>;

function table(servers: Table): FiguresOf {
  return (id): ServerFigures => {
    const [readCapacity, writeCapacity, latency] = servers[id] ?? [1, 1, 0];
    return { readCapacity, writeCapacity, latency };
  };
}

function readsOf(text: string): ReadWriteSystem {
  return right(readWriteSystem({ read: right(parsePolicy(text)) }));
}

function writesOf(text: string): ReadWriteSystem {
  return right(readWriteSystem({ write: right(parsePolicy(text)) }));
}

const expectedNames: string[] = [];

/** The optimum agrees with the vector in every figure that all best strategies share. */
function agrees(
  name: string,
  example: {
    system: ReadWriteSystem;
    goal: StrategyGoal;
    shared: readonly (keyof Figures)[];
    published?: GivenQuorums;
  },
): void {
  expectedNames.push(name);
  it(name, () => {
    const { system, goal, shared, published } = example;
    const got = gotOf.get(name);
    const best = right(right(optimalStrategy(solver, { system, goal }, unlimited)).figures(goal.readFraction));
    for (const figure of shared) near(named(best)[figure], wanted(got, figure));
    if (published === undefined) return;
    const figures = named(right(right(givenStrategy(system, published, goal.figuresOf)).figures(goal.readFraction)));
    for (const figure of ['expectedLoad', 'capacity', 'network', 'latency'] as const)
      near(figures[figure], wanted(got, figure));
  });
}

function named({ load, capacity, networkLoad, latency }: StrategyFigures): Figures {
  return { expectedLoad: load, capacity, network: networkLoad, latency };
}

/** A lone number is the only figure that the case is about. */
function wanted(got: Got | undefined, figure: keyof Figures): number {
  if (got === undefined) throw new Error('no such case');
  return typeof got === 'number' ? got : got[figure];
}

function near(actual: number, expected: number): void {
  expect(Math.abs(actual / expected - 1), `${actual} for ${expected}`).toBeLessThan(1e-6);
}

function given(reads: Readonly<Record<string, number>>, writes: Readonly<Record<string, number>>): GivenQuorums {
  const quorums = (weights: Readonly<Record<string, number>>): GivenQuorums['reads'] =>
    Object.entries(weights).map(([letters, weight]) => ({ members: letters.split('') as ProcessId[], weight }));
  return { reads: quorums(reads), writes: quorums(writes) };
}

const load = (readFraction: ReadFraction, more: Partial<StrategyGoal> = {}): StrategyGoal => ({
  optimize: 'load',
  readFraction,
  ...more,
});

describe.skipIf(file === undefined)('the examples of quoracle', () => {
  const grid2 = readsOf('any of (all of (a, b), all of (c, d))');
  const paper = table({ a: [200, 100, 4], b: [200, 100, 4], c: [100, 50, 1], d: [100, 50, 1] });
  const capacity = ['capacity'] as const;
  agrees('paper majority3 capacity fr=1', { system: readsOf('2 of (a, b, c)'), goal: load(1), shared: capacity });
  for (const [fraction, name] of [
    [1, 'paper grid rw fr=1'],
    [0, 'paper grid rw fr=0'],
  ] as const)
    agrees(name, { system: grid2, goal: load(fraction, { figuresOf: paper }), shared: capacity });
  for (const resilience of [0, 1])
    agrees(`paper f-resilient grid f=${resilience} fr=1`, {
      system: grid2,
      goal: load(1, { figuresOf: paper, resilience }),
      shared: capacity,
    });
  agrees('paper latency-optimal grid load<=1/150 net<=2', {
    system: grid2,
    goal: { optimize: 'latency', readFraction: 1, figuresOf: paper, limits: { load: 1 / 150, network: 2 } },
    shared: ['expectedLoad', 'capacity', 'network', 'latency'],
    published: given({ ab: 1, cd: 2 }, { ac: 1 }),
  });

  const study = table({
    a: [4000, 2000, 1],
    b: [2000, 1000, 1],
    c: [4000, 2000, 3],
    d: [2000, 1000, 4],
    e: [4000, 2000, 5],
  });
  const weights = [0, 10, 20, 100, 100, 100, 60, 30, 30, 20, 0];
  const mixed = weights.map((weight, index) => ({ readFraction: (10 - index) / 10, weight }));
  const walls = readsOf('any of (all of (a, b), all of (c, d, e))');
  const paths = readsOf('any of (all of (a, b), all of (a, c, e), all of (d, e), all of (d, c, b))');
  agrees('case study majority f=1 capacity', {
    system: readsOf('majority of (a, b, c, d, e)'),
    goal: load(mixed, { figuresOf: study, resilience: 1 }),
    shared: capacity,
  });
  agrees('case study grid ab+cde f=0 capacity', {
    system: walls,
    goal: load(mixed, { figuresOf: study }),
    shared: capacity,
  });
  agrees('case study grid ab+cde latency-opt load<=1/2000', {
    system: walls,
    goal: { optimize: 'latency', readFraction: mixed, figuresOf: study, limits: { load: 1 / 2000 } },
    shared: ['latency'],
    published: given({ ab: 1 }, { ac: 17, bc: 1 }),
  });
  agrees('case study paths ab+ace+de+dcb f=1 capacity', {
    system: paths,
    goal: load(mixed, { figuresOf: study, resilience: 1 }),
    shared: capacity,
  });

  const grid3 = readsOf('any of (all of (a, b, c), all of (d, e, f))');
  for (const fraction of [0, 0.5])
    agrees(`README 2x3 grid unit caps load fr=${fraction}`, {
      system: grid3,
      goal: load(fraction),
      shared: ['expectedLoad'],
    });
  agrees('README 2x3 grid distribution {.1,.75} expected load', {
    system: grid3,
    goal: load([
      { readFraction: 0.1, weight: 1 },
      { readFraction: 0.75, weight: 1 },
    ]),
    shared: ['expectedLoad'],
  });
  const readme = table({
    a: [10000, 1000, 1],
    b: [5000, 500, 2],
    c: [10000, 1000, 3],
    d: [5000, 500, 4],
    e: [10000, 1000, 5],
    f: [5000, 500, 6],
  });
  agrees('README rw grid writes f=0', { system: grid3, goal: load(0, { figuresOf: readme }), shared: capacity });
  agrees('README write2of5 f=0', {
    system: writesOf('2 of (a, b, c, d, e)'),
    goal: load(0, { figuresOf: readme }),
    shared: capacity,
  });
  agrees('README grid latency-opt fr=.5', {
    system: grid3,
    goal: { optimize: 'latency', readFraction: 0.5, figuresOf: readme },
    shared: ['latency'],
    published: given({ abc: 1 }, { cd: 1 }),
  });
  agrees('README grid load-opt latency<=4', {
    system: grid3,
    goal: load(0.5, { figuresOf: readme, limits: { latency: 4 } }),
    shared: ['expectedLoad', 'capacity', 'network', 'latency'],
  });
  agrees('README searched choose3(a,c,e,b+d+f) f=1 latency<=4 network<=4 fr=.75', {
    system: readsOf('3 of (a, c, e, any of (b, d, f))'),
    goal: load(0.75, { figuresOf: readme, resilience: 1, limits: { latency: 4, network: 4 } }),
    shared: ['expectedLoad', 'capacity'],
    published: given(
      { acef: 1, abce: 1, acde: 1 },
      { abcdf: 0.15714286, bcdef: 0.15714286, ace: 0.52857142, abdef: 0.15714286 },
    ),
  });

  it('paper workload distribution', () => {
    const readFraction = [10, 4, 2, 1, 1].map((weight, index) => ({ readFraction: index / 4, weight }));
    const goal = load(readFraction, { figuresOf: paper });
    const best = right(
      optimalStrategy(solver, { system: readsOf('any of (all of (a, c), all of (b, d))'), goal }, unlimited),
    );
    expect(Math.round(right(best.figures(readFraction)).capacity)).toBe(159);
  });

  it('are all of the vectors', () => {
    expect(new Set(gotOf.keys())).toEqual(new Set(expectedNames));
  });
});
