import { describe, it } from 'vitest';
import { safePrimes2048 } from '../../support/rsa-keys.js';
import { expectSignatures } from './sizes.js';

describe('a key of 2048 bits', () => {
  it.each(['RS256', 'PS256'] as const)('signs with %s what everybody verifies', (algorithm) => {
    expectSignatures(algorithm, safePrimes2048, 2048);
  });
});
