import { describe, expect, it } from 'vitest';
import { E } from '../../../src/prelude/fp.js';
import { checkExponent, checkModulus, prepareSharing } from '../../../src/schemes/shoup-rsa/key-checks.js';
import { gate } from '../sharing/policies.js';
import { universe } from './setup.js';

describe('the numbers of a key', () => {
  const odd = 2n ** 1023n + 1n;

  it('have an odd positive modulus, and one that is 1 modulo 4 where its primes are safe', () => {
    const isGood = (modulus: bigint, isSafe: boolean) => checkModulus(modulus, 'RS256', isSafe) === undefined;
    const near = [0n, 1n, 2n, 3n].map((more) => odd + more);
    expect(near.map((modulus) => isGood(modulus, true))).toEqual([true, false, false, false]);
    expect(near.map((modulus) => isGood(modulus, false))).toEqual([true, false, true, false]);
    const negative = near.map((modulus) => -modulus);
    for (const isSafe of [true, false]) expect(negative.some((modulus) => isGood(modulus, isSafe))).toBe(false);
  });

  it('have an odd prime below 2^32 for an exponent', () => {
    const [greatest, next] = [2n ** 32n - 5n, 2n ** 32n + 15n];
    expect([3n, 5n, 7n, 65537n, greatest].map(checkExponent)).toEqual(
      [3n, 5n, 7n, 65537n, greatest].map(() => undefined),
    );
    for (const exponent of [1n, 2n, 9n, 49n, next]) {
      expect(checkExponent(exponent)).toEqual({ _tag: 'BadExponent', exponent });
    }
  });

  it.each([
    ['the scale of the policy', gate(3, 'a', 'b', 'c', 'd', 'e'), 1n],
    ['the scale of the secret', gate(2, 'a', 'b', 'c'), 5n],
    ['a multiple of it', gate(2, 'a', 'b', 'c'), 35n],
  ])('have no exponent that divides %s', (_, policy, secretScale) => {
    const error = { _tag: 'BadExponent', exponent: 5n, divides: 'the scale of the policy' };
    expect(prepareSharing(policy, universe, 5n, secretScale)).toEqual(E.left(error));
    expect(E.isRight(prepareSharing(policy, universe, 11n, secretScale))).toBe(true);
  });
});
