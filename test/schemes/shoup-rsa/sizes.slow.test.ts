import { describe, it } from 'vitest';
import { safePrimes3072, safePrimes4096 } from '../../support/rsa-keys.js';
import { expectSignatures } from './sizes.js';

describe.each([
  [3072, safePrimes3072],
  [4096, safePrimes4096],
] as const)('a key of %i bits', (bits, primes) => {
  it.each(['RS256', 'PS256'] as const)('signs with %s what everybody verifies', (algorithm) => {
    expectSignatures(algorithm, primes, bits);
  });
});
