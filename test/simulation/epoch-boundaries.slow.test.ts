/** Power cuts at every boundary between two steps of every server throughout a change of epochs. */
import { describe, expect, it } from 'vitest';
import { tryBoundaries } from './epoch-boundaries.js';

const servers = {
  'one leaves and one joins': ['a', 'b', 'c', 'd', 'm'],
  'all leave and others join': ['a', 'b', 'c', 'd', 'm', 'n', 'o', 'q'],
} as const;

describe('a power cut at every boundary during a change of epochs', () => {
  for (const change of ['one leaves and one joins', 'all leave and others join'] as const)
    for (const name of servers[change])
      it(`changes nothing but latency: ${change}, at ${name}`, () => {
        expect(tryBoundaries(change, name, 1)).toBeGreaterThan(50);
      });
});
