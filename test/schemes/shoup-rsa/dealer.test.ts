/** What a dealer takes for primes, what it says of the key it deals, and where modular shares are. */
import { describe, expect, it } from 'vitest';
import { E } from '../../../src/prelude/fp.js';
import { present } from '../../../src/prelude/invariant.js';
import { secretsOf } from '../../../src/schemes/contract/linear-key-share.js';
import { dealingRanges } from '../../../src/schemes/sharing/bounds.js';
import { residue } from '../../../src/schemes/sharing/integers.js';
import { modularInverse } from '../../../src/schemes/sharing/modular-inverse.js';
import {
  dealShoupRsa,
  isOddPrime,
  isSafePrime,
  type KeyMaterial,
  usualExponent,
} from '../../../src/schemes/shoup-rsa/dealer.js';
import { right } from '../../support/right.js';
import { safePrimes512, safePrimes1024, safePrimes2048 } from '../../support/rsa-keys.js';
import { gate } from '../sharing/policies.js';
import { loadedOf, seededRandom, testKey, threeOfFive, universe } from './setup.js';

const { p, q } = safePrimes1024;

describe('a prime of a key', () => {
  const numbers = [-23n, -7n, -3n, 0n, 1n, 2n, 3n, 5n, 7n, 9n, 11n, 13n, 15n, 23n, 25n, 47n];

  it('is odd', () => {
    expect(numbers.filter(isOddPrime)).toEqual([3n, 5n, 7n, 11n, 13n, 23n, 47n]);
  });

  it('is safe where its half is an odd prime too', () => {
    expect(numbers.filter(isSafePrime)).toEqual([7n, 11n, 23n, 47n]);
  });
});

describe('dealing', () => {
  const usual = { policy: threeOfFive, universe, usage: 'document', epoch: 1, random: seededRandom('dealer') } as const;
  const deal = (_tag: KeyMaterial['_tag'], primes: { readonly p: bigint; readonly q: bigint }) =>
    dealShoupRsa({ ...usual, material: { _tag, ...primes } });

  it('takes two distinct positive primes', () => {
    expect(deal('imported-primes', { p, q: p })).toEqual(E.left({ _tag: 'NotPrimes' }));
    expect(deal('imported-primes', { p: -p, q: -q })).toEqual(E.left({ _tag: 'NotPrimes' }));
    expect(deal('safe-primes', { p: -p, q: -q })).toEqual(E.left({ _tag: 'NotSafePrimes' }));
    expect(deal('imported-primes', { p, q: -q })).toMatchObject(E.left({ _tag: 'BadModulus' }));
  });

  it('takes safe primes only where each is at least a third as long as their product', () => {
    const long = safePrimes2048.p;
    for (const short of [23n, 47n, safePrimes512.p]) {
      expect(deal('safe-primes', { p: short, q: long })).toEqual(E.left({ _tag: 'NotSafePrimes' }));
      expect(deal('safe-primes', { p: long, q: short })).toEqual(E.left({ _tag: 'NotSafePrimes' }));
    }
    expect(right(deal('safe-primes', { p: safePrimes1024.p, q: long })).publicKey.provenSafePrimes).toBe(true);
    expect(right(deal('imported-primes', { p: safePrimes512.p, q: long })).publicKey.provenSafePrimes).toBe(false);
  });

  it('takes no prime that anybody finds, whatever is said of it', () => {
    for (const small of [23n, 4093n]) {
      expect(deal('imported-primes', { p: small, q: safePrimes2048.p })).toEqual(E.left({ _tag: 'SmallFactor' }));
    }
  });

  it('takes no modulus that has no base: a multiple of 3', () => {
    const threefold = { p: 3n, q: 2n ** 607n - 1n };
    expect(deal('imported-primes', threefold)).toEqual(E.left({ _tag: 'BadModulus', modulusBits: 609 }));
  });

  it('says of the key what was asked for, and where its shares are', () => {
    const dealt = right(deal('safe-primes', { p, q })).publicKey;
    const { sharing } = loadedOf(testKey(threeOfFive));
    expect(dealt).toEqual({
      _tag: 'shoup-rsa',
      usage: 'document',
      algorithm: 'RS256',
      modulus: p * q,
      exponent: usualExponent,
      policy: threeOfFive,
      epoch: 1,
      secretScale: 1n,
      ranges: { _tag: 'integers', ...dealingRanges(sharing, 1024) },
      provenSafePrimes: true,
      commitments: dealt.commitments,
    });
    expect(right(deal('imported-primes', { p, q })).publicKey.provenSafePrimes).toBe(false);
  });
});

describe('a share modulo the order', () => {
  it("is the first number from 2^|N| on of its class modulo p'q', and the whole exponent for a member alone", () => {
    const order = ((p - 1n) / 2n) * ((q - 1n) / 2n);
    const secrets = [threeOfFive, gate(1, 'a')].map((policy) =>
      [...testKey(policy, { sharing: 'modular' }).shares.values()].flatMap((share) => [...secretsOf(share).values()]),
    );
    for (const secret of secrets.flat()) expect(secret >= 1n << 1024n && secret < (1n << 1024n) + order).toBe(true);
    const whole = present(secrets[1]?.[0], 'a share');
    expect(residue(whole, order)).toBe(modularInverse(usualExponent, order));
  });
});
