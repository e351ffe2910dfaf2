import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ProcessId } from '../../../src/prelude/process.js';
import { inNextEpoch, longestStepMs, noTime, withReading } from '../../../src/management/governance/agreed-time.js';
import { parseTrust } from '../../../src/quorum/trust/trust-text.js';
import { right } from '../../support/right.js';

const { system } = right(parseTrust('f=1 of (a/1, b/1, c/1, d/1)'));
const ids = system.processes.universe.ids;
const [a, b, c, d] = ids as [ProcessId, ProcessId, ProcessId, ProcessId];

function after(readings: readonly (readonly [ProcessId, number])[]) {
  return readings.reduce((time, [id, readMs]) => withReading(time, id, readMs, system), noTime);
}

describe('agreed time', () => {
  it('is what a set with a correct process has read', () => {
    expect(after([[a, 100]]).nowMs).toBe(0);
    expect(
      after([
        [a, 100],
        [b, 70],
      ]).nowMs,
    ).toBe(70);
    expect(
      after([
        [a, 100],
        [b, 70],
        [c, 80],
      ]).nowMs,
    ).toBe(80);
  });

  it('is not moved by one liar, whatever it reads and how often', () => {
    expect(
      after([
        [a, 9e12],
        [b, 70],
        [a, 9e13],
        [c, 80],
        [d, 75],
      ]).nowMs,
    ).toBe(80);
  });

  it('does not fall when a clock is set back, nor when an epoch begins', () => {
    const time = after([
      [a, 100],
      [b, 100],
      [a, 50],
    ]);
    expect(time).toMatchObject({ nowMs: 100 });
    expect(withReading(inNextEpoch(time), c, 40, system).nowMs).toBe(100);
  });

  it('is what the servers of a new epoch say first, even where it is earlier', () => {
    const wrong = after([
      [a, 9e12],
      [b, 9e12],
    ]);
    const next = withReading(withReading(inNextEpoch(wrong), c, 70, system), d, 80, system);
    expect(next.nowMs).toBe(70);
    expect(withReading(next, a, 60, system).nowMs).toBe(70);
  });

  it('goes no further than a day at a time', () => {
    const time = after([
      [a, 100],
      [b, 100],
      [a, 9e12],
      [b, 9e12],
    ]);
    expect(time.nowMs).toBe(100 + longestStepMs);
  });

  it('is never ahead of every correct clock, nor behind all of a recovery quorum', () => {
    const reading = fc.tuple(fc.constantFrom(...ids), fc.integer({ min: 1, max: 50 }));
    fc.assert(
      fc.property(fc.array(reading, { maxLength: 30 }), fc.constantFrom(...ids), (readings, liar) => {
        const { nowMs } = after(readings);
        const correct = ids.filter((id) => id !== liar);
        const read = (id: ProcessId) => Math.max(0, ...readings.flatMap(([by, ms]) => (by === id ? [ms] : [])));
        expect(nowMs).toBeLessThanOrEqual(Math.max(...correct.map(read)));
        expect(nowMs).toBeGreaterThanOrEqual(Math.min(...correct.map(read)));
      }),
    );
  });
});
