/** Stretches of the decided log, as laggards and listeners check them. */
import { describe, expect, it } from 'vitest';
import { digest } from '../../src/prelude/digest.js';
import { type Batch, batchDigest, noop } from '../../src/consensus/batch.js';
import { type DecidedRange, leadsToCertificate } from '../../src/consensus/range.js';
import { chainNext, chainStart } from '../../src/consensus/statement.js';
import { simulatedRequest } from '../support/simulation/configuration.js';
import { utf8 } from '../../src/prelude/bytes.js';

const start = chainStart(digest());
const batches: readonly Batch[] = ['x', 'y', 'z'].map((text) => ({
  requests: [simulatedRequest({ scheme: 'mock' }, { session: 1, firstSequence: 1, commands: [utf8(text)] })],
}));
const chains = batches.reduce(
  (list, batch, index) => [...list, chainNext(list[index] ?? start, index + 1, batchDigest(batch))],
  [start],
);

function rangeOf(from: number, count: number): DecidedRange {
  const chain = chains[3] ?? start;
  return {
    from,
    batches: batches.slice(from - 1, from - 1 + count),
    tail: batches.slice(from - 1 + count).map(batchDigest),
    certificate: { slot: 3, chain, signature: new Uint8Array(0) as never },
  };
}

describe('a range of the decided log', () => {
  it('leads from any slot, by batches and digests, to its certificate', () => {
    for (const [from, count] of [
      [1, 3],
      [1, 0],
      [2, 1],
      [3, 1],
    ] as const) {
      expect(leadsToCertificate(rangeOf(from, count), chains[from - 1] ?? start)).toBe(true);
    }
  });

  it('does not lead there from elsewhere, in another order, or with anything missing or added', () => {
    const good = rangeOf(1, 2);
    const [first, second] = good.batches;
    if (first === undefined || second === undefined) throw new Error('two batches');
    const bad: readonly DecidedRange[] = [
      { ...good, from: 2 },
      { ...good, batches: [second, first] },
      { ...good, batches: [first, second, noop] },
      { ...good, batches: [first] },
      { ...good, tail: [] },
      { ...good, certificate: { ...good.certificate, slot: 4 } },
      { ...good, certificate: { ...good.certificate, chain: start } },
      { ...good, from: 2 ** 53 - 1 },
    ];
    for (const range of bad) expect(leadsToCertificate(range, start)).toBe(false);
    expect(leadsToCertificate(good, chains[1] ?? start)).toBe(false);
  });
});
