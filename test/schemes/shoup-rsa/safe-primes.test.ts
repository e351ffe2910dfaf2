import { checkPrimeSync } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { bitLength } from '../../../src/schemes/sharing/integers.js';
import { generateSafePrimes } from '../../../src/schemes/shoup-rsa/safe-primes.js';

describe('generateSafePrimes', () => {
  it('finds two, tells of each, and makes a modulus of the length asked for', async () => {
    const told: number[] = [];
    const { p, q } = await generateSafePrimes(128, (count) => told.push(count));
    expect(told.slice(-2)).toEqual([1, 2]);
    expect(bitLength(p * q)).toBe(128);
    for (const prime of [p, q])
      expect([checkPrimeSync(prime), checkPrimeSync((prime - 1n) / 2n)]).toEqual([true, true]);
  });
});
