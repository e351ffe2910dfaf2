import { describe, expect, it } from 'vitest';
import { E } from '../../../src/prelude/fp.js';
import type { ProcessId } from '../../../src/prelude/process.js';
import { parsePolicy } from '../../../src/quorum/policy/policy-text.js';
import { type GivenQuorums, givenStrategy } from '../../../src/quorum/strategy/given-strategy.js';
import { readWriteSystem } from '../../../src/quorum/strategy/read-write-system.js';
import { right } from '../../support/right.js';

const grid = right(readWriteSystem({ read: right(parsePolicy('any of (all of (a, b, c), all of (d, e, f))')) }));

function quorums(weights: Readonly<Record<string, number>>): GivenQuorums['reads'] {
  return Object.entries(weights).map(([letters, weight]) => ({ members: letters.split('') as ProcessId[], weight }));
}

describe('givenStrategy', () => {
  it('is judged as quoracle judges it (README, "Load and Capacity")', () => {
    const strategy = right(
      givenStrategy(grid, { reads: quorums({ abc: 2, def: 1 }), writes: quorums({ ad: 1, be: 1, cf: 1, ae: 0 }) }),
    );
    expect(strategy.load(1)).toBeCloseTo(2 / 3, 12);
    expect(strategy.load(0)).toBeCloseTo(1 / 3, 12);
    expect(strategy.load(0.25)).toBeCloseTo(5 / 12, 12);
    for (const id of ['a', 'b', 'c'] as ProcessId[]) expect(strategy.nodeLoad(id, 0.25)).toBeCloseTo(5 / 12, 12);
    for (const id of ['d', 'e', 'f'] as ProcessId[]) expect(strategy.nodeLoad(id, 0.25)).toBeCloseTo(1 / 3, 12);
    expect(strategy.writes).toHaveLength(3);
    expect(E.isLeft(strategy.figures(2))).toBe(true);
  });

  it('waits for the fastest part that is a quorum', () => {
    const latency: Readonly<Record<string, number>> = { a: 1, b: 2, c: 3, d: 4, e: 5, f: 6 };
    const given = { reads: quorums({ abcdef: 1 }), writes: quorums({ abdf: 1 }) };
    const strategy = right(givenStrategy(grid, given, (id) => ({ latency: latency[id] ?? 0 })));
    expect([strategy.latency(1), strategy.latency(0)]).toEqual([3, 4]);
    expect(strategy.networkLoad(0.5)).toBe(5);
  });

  it('refuses what is none', () => {
    const reads = quorums({ abc: 1 });
    const writes = quorums({ ad: 1 });
    const wrong: GivenQuorums[] = [
      { reads: quorums({ ab: 1 }), writes },
      { reads, writes: quorums({ ab: 1 }) },
      { reads: quorums({ abc: -1 }), writes },
      { reads, writes: quorums({ ad: Number.NaN }) },
      { reads: [], writes },
      { reads, writes: quorums({ ad: 0 }) },
    ];
    for (const given of wrong) expect(givenStrategy(grid, given)).toMatchObject({ left: { _tag: 'OutOfRange' } });
  });
});
