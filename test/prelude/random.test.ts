import { randomBytes } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { randomBelow, randomBits } from '../../src/prelude/random.js';

describe('random integers', () => {
  it('lie in their range and reach its ends', () => {
    const seen = new Set(Array.from({ length: 400 }, () => randomBelow(randomBytes, 5n)));
    expect([...seen].sort()).toEqual([0n, 1n, 2n, 3n, 4n]);
    for (let bits = 1; bits <= 17; bits++) expect(randomBits(randomBytes, bits)).toBeLessThan(2n ** BigInt(bits));
  });

  it('are drawn again, not wrapped, where they are too large', () => {
    const draws = [7, 6, 5, 3];
    const value = randomBelow(() => Uint8Array.of((draws.shift() ?? 0) << 5), 5n);
    expect(value).toBe(3n);
    expect(draws).toEqual([]);
  });
});
