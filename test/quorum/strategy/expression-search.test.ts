import { describe, expect, it } from 'vitest';
import { E } from '../../../src/prelude/fp.js';
import type { ProcessId } from '../../../src/prelude/process.js';
import { printPolicy } from '../../../src/quorum/policy/policy-text.js';
import { searchSystems } from '../../../src/quorum/strategy/expression-search.js';
import type { ServerFigures } from '../../../src/quorum/strategy/workload.js';
import { budgetOf, unlimited } from '../../../src/quorum/verdict.js';
import { right } from '../../support/right.js';
import { solver } from './solver-of-tests.js';

const paper: Readonly<Record<string, ServerFigures>> = {
  a: { readCapacity: 200, writeCapacity: 100, latency: 4 },
  b: { readCapacity: 200, writeCapacity: 100, latency: 4 },
  c: { readCapacity: 100, writeCapacity: 50, latency: 1 },
  d: { readCapacity: 100, writeCapacity: 50, latency: 1 },
};

function ids(text: string): readonly ProcessId[] {
  return text.split('') as ProcessId[];
}

describe('searchSystems', () => {
  it('finds what quoracle finds in examples/paper.py', () => {
    const goal = {
      optimize: 'latency',
      readFraction: 1,
      figuresOf: (id: ProcessId) => paper[id] ?? {},
      limits: { load: 1 / 150, network: 2 },
    } as const;
    const found = right(searchSystems(solver, { servers: ids('abcd'), goal }, unlimited));
    expect(printPolicy(found.reads)).toBe('1 of (a, b, c, d)');
    expect(found.figures.latency).toBeCloseTo(1, 9);
    expect(found.figures.networkLoad).toBeCloseTo(1, 9);
    expect(found.figures.capacity).toBeGreaterThanOrEqual(150 - 1e-6);
    expect(found.isComplete).toBe(true);
  });

  it('asks for systems that survive failures', () => {
    const goal = { optimize: 'network', readFraction: 0.5 } as const;
    const two = right(searchSystems(solver, { servers: ids('abcde'), goal, systemResilience: 2 }, unlimited));
    expect(printPolicy(two.reads)).toBe('3 of (a, b, c, d, e)');
    const three = searchSystems(solver, { servers: ids('abcde'), goal, systemResilience: 3 }, unlimited);
    expect(three).toMatchObject({ left: { _tag: 'NoStrategy' } });
  });

  it('tries servers of one kind once', () => {
    const goal = { optimize: 'load', readFraction: 1 } as const;
    const alike = right(searchSystems(solver, { servers: ids('abcd'), goal }, unlimited));
    const figuresOf = (id: ProcessId): ServerFigures => ({ readCapacity: id.charCodeAt(0) });
    const unlike = right(searchSystems(solver, { servers: ids('abcd'), goal: { ...goal, figuresOf } }, unlimited));
    expect(alike.figures.load).toBeCloseTo(1 / 4, 9);
    expect(alike.triedCount).toBeLessThan(unlike.triedCount / 3);
  });

  it('refuses too many servers, and stops in time', () => {
    const goal = { optimize: 'load', readFraction: 1 } as const;
    const tags = ['', 'aa', 'abcdefghi'].map((text) => {
      const found = searchSystems(solver, { servers: ids(text), goal }, unlimited);
      return E.isLeft(found) ? found.left._tag : 'found';
    });
    expect(tags).toEqual(['OutOfRange', 'OutOfRange', 'OutOfRange']);
    const none = searchSystems(
      solver,
      { servers: ids('abcdefgh'), goal },
      budgetOf(0, () => 0),
    );
    expect(none).toMatchObject({ left: { _tag: 'Unfinished' } });
    let asked = 0;
    const budget = { limitMs: Infinity, elapsedMs: () => 0, isSpent: () => ++asked > 500 };
    expect(right(searchSystems(solver, { servers: ids('abcdefgh'), goal }, budget)).isComplete).toBe(false);
    const impossible = { ...goal, limits: { network: 0.5 } };
    expect(searchSystems(solver, { servers: ids('abc'), goal: impossible }, unlimited)).toMatchObject({
      left: { _tag: 'NoStrategy' },
    });
  });
});
