import { checkPrimeSync, generatePrime } from 'node:crypto';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { bitLength } from '../../../src/schemes/sharing/integers.js';
import { generateSafePrimes } from '../../../src/schemes/shoup-rsa/safe-primes.js';

vi.mock('node:crypto', async (original) => {
  const real = await original<{ generatePrime: typeof generatePrime }>();
  return { ...real, generatePrime: vi.fn(real.generatePrime) };
});

/** Lets the next searches end so, in this order. */
function nextSearches(...ends: readonly (bigint | Error)[]): void {
  for (const end of ends) {
    const search = (_bits: number, _options: object, told: (error: Error | null, prime?: bigint) => void) => {
      if (end instanceof Error) told(end);
      else told(null, end);
    };
    vi.mocked(generatePrime).mockImplementationOnce(search as never);
  }
}

afterEach(() => {
  vi.mocked(generatePrime).mockClear();
});

describe('generateSafePrimes', () => {
  it('finds two, tells of each, and makes a modulus of the length asked for', async () => {
    const told: number[] = [];
    const { p, q } = await generateSafePrimes(128, (count) => told.push(count));
    expect(told.slice(-2)).toEqual([1, 2]);
    expect(bitLength(p * q)).toBe(128);
    for (const prime of [p, q])
      expect([checkPrimeSync(prime), checkPrimeSync((prime - 1n) / 2n)]).toEqual([true, true]);
  });

  it('asks for safe primes of half the length', async () => {
    nextSearches(47n, 59n);
    expect(await generateSafePrimes(12)).toEqual({ p: 47n, q: 59n });
    const options = { safe: true, bigint: true };
    expect(vi.mocked(generatePrime).mock.calls.map((call) => call.slice(0, 2))).toEqual([
      [6, options],
      [6, options],
    ]);
  });

  it('searches again where the two are one, or their product is too short', async () => {
    const told: number[] = [];
    nextSearches(59n, 59n, 47n, 23n, 47n, 59n);
    expect(await generateSafePrimes(12, (count) => told.push(count))).toEqual({ p: 47n, q: 59n });
    expect(told).toEqual([1, 2, 1, 2, 1, 2]);
  });

  it('fails where a search fails', async () => {
    nextSearches(47n, new Error('no entropy'));
    await expect(generateSafePrimes(12)).rejects.toThrow('no entropy');
  });
});
