/**
 * What every strategy satisfies, whoever found it (spec/quorum.md, "Strategies"): it asks quorums only, asks each as often as it says, and
 * its figures are those that follow from its quorums by definition.
 */
import { describe, expect, it } from 'vitest';
import { present } from '../../src/prelude/invariant.js';
import type { ProcessId } from '../../src/prelude/process.js';
import type { RandomBytes } from '../../src/prelude/random.js';
import type { ReadWriteSystem } from '../../src/quorum/strategy/read-write-system.js';
import type { QuorumShare, Strategy } from '../../src/quorum/strategy/strategy.js';
import { seededRandom } from '../../test/support/seeded-random.js';

export interface StrategyLaw {
  readonly name: string;
  /** Fails an expectation if `strategy`, over `system`, breaks the law. */
  readonly check: (strategy: Strategy, system: ReadWriteSystem) => void;
}

const sides = ['read', 'write'] as const;
const readFractions = [0, 0.3, 1];
const sampleCount = 3000;
/** Standard deviations; seeds are fixed, so that a law that holds once holds always. */
const tolerated = 5;

export const laws: readonly StrategyLaw[] = [
  {
    name: 'whoever is asked is a quorum',
    check: (strategy, system) => {
      for (const side of sides)
        for (const { members } of quorumsOf(strategy, side)) expectQuorum(system, side, members);
    },
  },
  {
    name: 'probabilities are positive, and sum to 1',
    check: (strategy) => {
      for (const side of sides) {
        const probabilities = quorumsOf(strategy, side).map(({ probability }) => probability);
        expect(Math.min(...probabilities)).toBeGreaterThan(0);
        expect(sum(probabilities)).toBeCloseTo(1, 9);
      }
    },
  },
  {
    name: 'every read quorum that is asked meets every write quorum that is',
    check: ({ reads, writes }) => {
      for (const read of reads)
        for (const write of writes) expect(read.members.some((id) => write.members.includes(id))).toBe(true);
    },
  },
  {
    name: 'sampled quorums are quorums',
    check: (strategy, system) => {
      for (const side of sides)
        for (const members of samples(strategy, side).slice(0, 300)) expectQuorum(system, side, members);
    },
  },
  {
    name: 'servers are sampled as often as their load says',
    check: (strategy) => {
      for (const side of sides) {
        const sampled = samples(strategy, side);
        for (const { id, readCapacity, writeCapacity } of strategy.servers) {
          const share =
            side === 'read' ? strategy.nodeLoad(id, 1) * readCapacity : strategy.nodeLoad(id, 0) * writeCapacity;
          const count = sampled.filter((members) => members.includes(id)).length;
          const deviation = Math.sqrt(sampleCount * Math.max(0, share * (1 - share)));
          expect(Math.abs(count - share * sampleCount)).toBeLessThanOrEqual(tolerated * deviation + 1e-3);
        }
      }
    },
  },
  {
    name: 'figures follow from the quorums',
    check: (strategy, system) => {
      for (const readFraction of readFractions) {
        const loads = strategy.servers.map((server) => {
          const asked = (side: Side): number =>
            sum(quorumsOf(strategy, side).map((q) => (q.members.includes(server.id) ? q.probability : 0)));
          return (
            (readFraction * asked('read')) / server.readCapacity +
            ((1 - readFraction) * asked('write')) / server.writeCapacity
          );
        });
        expectNear(strategy.load(readFraction), Math.max(...loads));
        expectNear(strategy.capacity(readFraction), 1 / Math.max(...loads));
        for (const [index, { id }] of strategy.servers.entries())
          expectNear(strategy.nodeUtilization(id, readFraction), present(loads[index], 'a load') / Math.max(...loads));
        const mean = (figure: (side: Side, quorum: QuorumShare) => number): number => {
          const [read, write] = sides.map((side) =>
            sum(quorumsOf(strategy, side).map((quorum) => quorum.probability * figure(side, quorum))),
          );
          return readFraction * (read ?? 0) + (1 - readFraction) * (write ?? 0);
        };
        expectNear(
          strategy.networkLoad(readFraction),
          mean((_, { members }) => members.length),
        );
        expectNear(
          strategy.latency(readFraction),
          mean((side, { members }) => answerTime(strategy, system, { side, members })),
        );
      }
    },
  },
];

/** Runs every law on the strategy that `make` makes. */
export function strategyLaws(
  name: string,
  make: () => { readonly strategy: Strategy; readonly system: ReadWriteSystem },
): void {
  describe(`laws of strategies: ${name}`, () => {
    it.each(laws)('$name', ({ check }) => {
      const { strategy, system } = make();
      check(strategy, system);
    });
  });
}

type Side = (typeof sides)[number];

function quorumsOf({ reads, writes }: Strategy, side: Side): readonly QuorumShare[] {
  return side === 'read' ? reads : writes;
}

function samples(strategy: Strategy, side: Side): readonly (readonly ProcessId[])[] {
  const random: RandomBytes = seededRandom(11);
  return Array.from({ length: sampleCount }, () =>
    side === 'read' ? strategy.sampleRead(random) : strategy.sampleWrite(random),
  );
}

function expectQuorum(system: ReadWriteSystem, side: Side, members: readonly ProcessId[]): void {
  expect(new Set(members).size).toBe(members.length);
  expect(system[side].isQualified(system.universe.of(members))).toBe(true);
}

/** The first time at which those of `members` that have answered are a quorum: by trying all times. */
function answerTime(
  { servers }: Strategy,
  { universe, ...system }: ReadWriteSystem,
  { side, members }: { readonly side: Side; readonly members: readonly ProcessId[] },
): number {
  const asked = servers.filter(({ id }) => members.includes(id));
  const times = asked
    .map(({ latency }) => latency)
    .filter((time) =>
      system[side].isQualified(universe.of(asked.filter(({ latency }) => latency <= time).map(({ id }) => id))),
    );
  return Math.min(...times);
}

function expectNear(value: number, expected: number): void {
  expect(Math.abs(value - expected)).toBeLessThanOrEqual(1e-9 * Math.max(1, Math.abs(expected)));
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
