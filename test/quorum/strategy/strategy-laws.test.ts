import { describe, expect, it } from 'vitest';
import { laws, strategyLaws } from '../../../spec/laws/strategy-laws.js';
import type { ProcessId } from '../../../src/prelude/process.js';
import { parsePolicy } from '../../../src/quorum/policy/policy-text.js';
import { givenStrategy } from '../../../src/quorum/strategy/given-strategy.js';
import { optimalStrategy, type StrategyGoal } from '../../../src/quorum/strategy/optimal-strategy.js';
import { type ReadWriteSystem, readWriteSystem } from '../../../src/quorum/strategy/read-write-system.js';
import { type QuorumShare, Strategy } from '../../../src/quorum/strategy/strategy.js';
import type { ServerFigures } from '../../../src/quorum/strategy/workload.js';
import { unlimited } from '../../../src/quorum/verdict.js';
import { right } from '../../support/right.js';
import { solver } from './solver-of-tests.js';

function figuresOf(id: ProcessId): ServerFigures {
  const code = id.charCodeAt(id.length - 1);
  return { readCapacity: 2 + (code % 3), writeCapacity: 1 + (code % 2), latency: 1 + (code % 4) };
}

function systemOf(read: string, write?: string): ReadWriteSystem {
  return right(
    readWriteSystem({
      read: right(parsePolicy(read)),
      ...(write === undefined ? {} : { write: right(parsePolicy(write)) }),
    }),
  );
}

const organizations = (count: number, rule: string): string =>
  Array.from({ length: count }, (_, index) => `o${index}: ${rule}`).join(', ');

const loadGoal: StrategyGoal = { optimize: 'load', readFraction: 0.6, figuresOf };

const examples: readonly (readonly [name: string, read: string, goal: StrategyGoal])[] = [
  ['quorum by quorum', '2 of (all of (a, b), all of (b, c), all of (c, a), d)', loadGoal],
  ['by the tree', `3 of (${organizations(5, '3 of 4')})`, loadGoal],
  ['by the tree, weighted', `weight >= 5 of (${organizations(4, '2 of 4*2')}, x*3, y*1)`, loadGoal],
  ['by the tree, after a failure', `3 of (${organizations(5, '2 of 4')})`, { ...loadGoal, resilience: 1 }],
  ['by the tree, in time', `2 of (${organizations(4, '3 of 5')})`, { ...loadGoal, optimize: 'latency' }],
  ['within limits', 'any of (all of (a, b, c), all of (d, e, f))', { ...loadGoal, limits: { latency: 3.5 } }],
];

for (const [name, read, goal] of examples) {
  strategyLaws(name, () => {
    const system = systemOf(read);
    return { system, strategy: right(optimalStrategy(solver, { system, goal }, unlimited)) };
  });
}

const grid = systemOf('any of (all of (a, b, c), all of (d, e, f))');

function members(letters: string): readonly ProcessId[] {
  return letters.split('') as ProcessId[];
}

const chosen = right(
  givenStrategy(
    grid,
    {
      reads: [
        { members: members('abc'), weight: 2 },
        { members: members('abdef'), weight: 1 },
      ],
      writes: [
        { members: members('ad'), weight: 1 },
        { members: members('cef'), weight: 3 },
      ],
    },
    figuresOf,
  ),
);

strategyLaws('chosen by hand', () => ({ system: grid, strategy: chosen }));

class UnfairStrategy extends Strategy {
  override sampleRead(): readonly ProcessId[] {
    return this.reads[0]?.members ?? [];
  }
}

describe('a strategy that breaks a law is found out', () => {
  const { servers, reads, writes } = chosen;
  const withFirst = (change: (share: QuorumShare) => QuorumShare): Strategy =>
    new Strategy(servers, [...reads.slice(0, 1).map(change), ...reads.slice(1)], writes);
  it.each([
    ['no quorum', withFirst((share) => ({ ...share, members: members('ab') })), 'whoever is asked is a quorum'],
    ['samples none', withFirst((share) => ({ ...share, members: members('ab') })), 'sampled quorums are quorums'],
    ['too likely', withFirst((share) => ({ ...share, probability: 0.9 })), 'probabilities are positive, and sum to 1'],
    ['too fast', withFirst((share) => ({ ...share, latency: 0 })), 'figures follow from the quorums'],
    [
      'quorums that do not meet',
      new Strategy(servers, reads, [{ members: members('d'), probability: 1, latency: 1 }]),
      'every read quorum that is asked meets every write quorum that is',
    ],
    [
      'one quorum always',
      new UnfairStrategy(servers, reads, writes),
      'servers are sampled as often as their load says',
    ],
  ] as const)('%s', (_, strategy, name) => {
    const law = laws.find((one) => one.name === name);
    expect(() => law?.check(strategy, grid)).toThrow();
  });
});
