/** The paper's dealing modulo the order of the group (Shoup 2000): fixed lengths, the same signatures, what it is not good for. */
import { describe, expect, it } from 'vitest';
import { present } from '../../../src/prelude/invariant.js';
import { E } from '../../../src/prelude/fp.js';
import { bitLength, residue } from '../../../src/schemes/sharing/integers.js';
import { reconstruction } from '../../../src/schemes/sharing/reconstruction.js';
import { secretsOf } from '../../../src/schemes/contract/linear-key-share.js';
import { modularInverse } from '../../../src/schemes/sharing/modular-inverse.js';
import { dealShoupRsa } from '../../../src/schemes/shoup-rsa/dealer.js';
import { makeShoupRsaVerifier } from '../../../src/schemes/shoup-rsa/verifier.js';
import { right } from '../../support/right.js';
import { safePrimes1024 } from '../../support/rsa-keys.js';
import { gate } from '../sharing/policies.js';
import { id, loadedOf, message, names, seededRandom, sharesOf, testKey, threeOfFive, universe } from './setup.js';

const { p, q } = safePrimes1024;
const order = ((p - 1n) / 2n) * ((q - 1n) / 2n);
const nested = gate(2, gate(2, 'a', 'b', 'c'), gate(2, 'a', 'd'), gate(1, 'b', 'e'));

describe.each([
  ['3 of 5', threeOfFive, ['abc', 'cde'], 'ab'],
  ['gates of every kind', nested, ['abd', 'ad' + 'e', 'bc'], 'ac'],
  ['one member', gate(1, 'a'), ['a'], 'bcde'],
] as const)('a key dealt modulo the order along %s', (_, policy, qualified, unqualified) => {
  const key = testKey(policy, { sharing: 'modular' });
  const overIntegers = testKey(policy);
  const holders = (text: string) => Array.from(text).filter((name) => key.shares.has(id(name)));

  it('has shares of one length, one bit more than N', () => {
    const lengths = [...key.shares.values()].flatMap((share) => [...secretsOf(share).values()].map(bitLength));
    expect(new Set(lengths)).toEqual(new Set([1025]));
  });

  it('has shares of which qualified sets make D times the private exponent modulo the order', () => {
    const { sharing } = loadedOf(key);
    const secrets = new Map([...key.shares.values()].flatMap((share) => [...secretsOf(share)]));
    const exponent = present(modularInverse(65537n, order), 'an inverse');
    const sums = qualified.map((text) => {
      const lambda = present(
        reconstruction(sharing, (process) => text.includes(process)),
        'a qualified set',
      );
      return [...lambda].reduce((sum, [row, factor]) => sum + factor * (secrets.get(row) ?? 0n), 0n);
    });
    for (const sum of sums) expect(residue(sum, order)).toBe(residue(sharing.scale * exponent, order));
  });

  it('signs as a key dealt over the integers, with shares that prove themselves', () => {
    const { signature: expected } = right(
      overIntegers.verifier.combine(message, sharesOf(overIntegers, message, ...holders(qualified[0]))),
    );
    for (const text of qualified) {
      const shares = sharesOf(key, message, ...holders(text));
      for (const [from, share] of shares) expect(key.verifier.verifyShare(message, from, share)).toBe('valid');
      expect(right(key.verifier.combine(message, shares)).signature).toEqual(expected);
    }
    expect(E.isLeft(key.verifier.combine(message, sharesOf(key, message, ...holders(unqualified))))).toBe(true);
  });

  it('has another sharing and other shares than one over the integers, and the same key id', () => {
    expect(key.publicKey.ranges).toEqual({ _tag: 'modular' });
    expect(key.verifier.keyId).toEqual(overIntegers.verifier.keyId);
    expect(loadedOf(key).dealingDigest).not.toEqual(loadedOf(overIntegers).dealingDigest);
  });
});

describe('a modular dealing', () => {
  it('is not exact over the integers: qualified sets disagree by multiples of the order', () => {
    const key = testKey(threeOfFive, { sharing: 'modular' });
    const secrets = new Map([...key.shares.values()].flatMap((share) => [...secretsOf(share)]));
    const sums = ['abc', 'abd', 'abe', 'acd', 'ace', 'ade', 'bcd', 'bce', 'bde', 'cde'].map((set) => {
      const lambda = present(
        reconstruction(loadedOf(key).sharing, (process) => set.includes(process)),
        'qualified',
      );
      return [...lambda].reduce((sum, [row, factor]) => sum + factor * (secrets.get(row) ?? 0n), 0n);
    });
    expect(new Set(sums).size).toBeGreaterThan(1);
    expect(new Set(sums.map((sum) => residue(sum, order))).size).toBe(1);
  });

  it('is not made of other than safe primes, whose order has small factors', () => {
    const request = { policy: threeOfFive, universe, usage: 'document', epoch: 1, sharing: 'modular' } as const;
    expect(dealShoupRsa({ ...request, material: { _tag: 'imported-primes', p, q } })).toEqual(
      E.left({ _tag: 'ModularNeedsSafePrimes' }),
    );
    const { publicKey } = testKey(threeOfFive, { sharing: 'modular' });
    expect(makeShoupRsaVerifier({ ...publicKey, provenSafePrimes: false }, universe)).toEqual(
      E.left({ _tag: 'ModularNeedsSafePrimes' }),
    );
  });

  it('has the scale of the paper: n! where the integers have its square', () => {
    const scales = (['integers', 'modular'] as const).map(
      (sharing) => loadedOf(testKey(threeOfFive, { sharing })).sharing.scale,
    );
    expect(scales).toEqual([120n ** 2n, 120n]);
  });

  it('draws afresh each time', () => {
    const again = testKey(threeOfFive, { sharing: 'modular', random: seededRandom('again') });
    const [one, two] = [testKey(threeOfFive, { sharing: 'modular' }), again].map(({ shares }) =>
      secretsOf(present(shares.get(id(names[0])), 'a share')),
    );
    expect(one).not.toEqual(two);
  });
});
