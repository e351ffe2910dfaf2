/** Power cuts throughout a change of epochs: at some boundaries between two steps of each kind of server; all of them in the slow tests. */
import { describe, expect, it } from 'vitest';
import { tryBoundaries } from './epoch-boundaries.js';

describe('a power cut during a change of epochs', () => {
  for (const [change, name] of [
    ['one leaves and one joins', 'a'],
    ['one leaves and one joins', 'b'],
    ['one leaves and one joins', 'm'],
    ['all leave and others join', 'n'],
  ] as const) {
    it(`changes nothing but latency: ${change}, at ${name}`, () => {
      expect(tryBoundaries(change, name, 29, name.charCodeAt(0) % 29)).toBeGreaterThan(50);
    });
  }
});
