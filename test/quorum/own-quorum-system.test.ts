/** The example of a quorum system of a user's own keeps what it promises. */
import { describe, expect, it } from 'vitest';
import { RingSystem } from '../../examples/own-quorum-system.js';
import { quorumSystemLaws } from '../../spec/laws/quorum-system-laws.js';
import { judgeConditions, type ProcessId, type ProcessSet } from '../../src/exports/quorum.js';
import { allSets, NaiveSystem } from '../support/quorum.js';

/** A ring of `count` data centres `c1`, `c2`, … of so many servers each. */
function ring(count: number, serverCount: number): RingSystem {
  const centres = Array.from({ length: count }, (_, centre) =>
    Array.from({ length: serverCount }, (__, server) => `c${centre + 1}/${server + 1}` as ProcessId),
  );
  return new RingSystem(centres);
}

for (const [count, serverCount] of [
  [4, 1],
  [7, 1],
  [7, 2],
  [9, 3],
] as const) {
  quorumSystemLaws(`a ring of ${count} data centres of ${serverCount} servers`, () => ring(count, serverCount));
}

describe('the ring', () => {
  it('covers what its pairs and centres cover', () => {
    const system = ring(6, 1);
    const { universe } = system.processes;
    const bits = [0, 1, 2, 3, 4, 5];
    const twin = new NaiveSystem(universe, {
      byzantine: bits.map((bit) => (1 << bit) | (1 << ((bit + 1) % 6))),
      slow: bits.map((bit) => 1 << bit),
    });
    const sets = allSets(universe);
    for (const accused of sets.filter(({ size }) => size <= 2)) {
      for (const byzantine of [0, 1, 2, 3]) {
        for (const slow of [0, 1, 2]) {
          const differs = (set: ProcessSet): boolean =>
            system.isCoveredBy(set, { byzantine, slow, accused }) !==
            twin.isCoveredBy(set, { byzantine, slow, accused });
          expect(sets.filter(differs)).toEqual([]);
        }
      }
    }
  });

  it('needs seven data centres, since a leader that lies has at most a neighbour with it; nine without that', () => {
    const judged = (count: number): readonly string[] => {
      const system = ring(count, 1);
      const { c1, c2, c2OfLeaders } = judgeConditions({ system, leaders: system.processes });
      return [c1, c2, ...c2OfLeaders.values()].map(({ _tag }) => _tag);
    };
    const leaders = (count: number): readonly string[] => Array.from({ length: count }, () => 'holds');
    expect(judged(6).slice(0, 2)).toEqual(['violated', 'violated']);
    expect(judged(7)).toEqual(['holds', 'violated', ...leaders(7)]);
    expect(judged(8)).toEqual(['holds', 'violated', ...leaders(8)]);
    expect(judged(9)).toEqual(['holds', 'holds', ...leaders(9)]);
  });
});
