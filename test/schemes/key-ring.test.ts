import { describe, expect, it } from 'vitest';
import { utf8 } from '../../src/prelude/bytes.js';
import { digest, shortHex } from '../../src/prelude/digest.js';
import { E } from '../../src/prelude/fp.js';
import { checkKeyRing, type RingKey } from '../../src/schemes/key-ring.js';
import { keyIdOf, type ShoupRsaPublicKey, unsignedBytes } from '../../src/schemes/shoup-rsa/key.js';
import { dealingDigestOf } from '../../src/schemes/shoup-rsa/dealing-digest.js';
import { otherSafePrimes1024 } from '../support/rsa-keys.js';
import { seededRandom, testKey } from './shoup-rsa/setup.js';
import { gate } from './sharing/policies.js';

const policy = gate(2, 'a', 'b', 'c');

function ringKey(name: string, key: ShoupRsaPublicKey): RingKey {
  const keyId = keyIdOf(key);
  const dealing = dealingDigestOf(key, keyId);
  return { name, keyId, epoch: key.epoch, dealing, publicNumbers: unsignedBytes(key.modulus) };
}

const documents = ringKey('documents', testKey(policy).publicKey);

describe('T20: a key ring', () => {
  it('takes different keys, and one key in several places or epochs', () => {
    const other = ringKey(
      'statements',
      testKey(policy, { usage: 'statement', material: { _tag: 'safe-primes', ...otherSafePrimes1024 } }).publicKey,
    );
    const reshared = ringKey('next', testKey(gate(3, 'a', 'b', 'c'), { epoch: 2 }).publicKey);
    expect(checkKeyRing([])).toEqual(E.right(undefined));
    expect(checkKeyRing([documents, other, { ...documents, name: 'again' }, reshared])).toEqual(E.right(undefined));
  });

  it.each([
    ['usage', testKey(policy, { usage: 'statement' })],
    ['algorithm', testKey(policy, { algorithm: 'PS256' })],
    ['exponent', testKey(policy, { exponent: 257n })],
    ['policy in the same epoch', testKey(gate(3, 'a', 'b', 'c'))],
    ['dealing in the same epoch', testKey(policy, { random: seededRandom('again') })],
  ])('refuses the same modulus under another %s, and names both', (_, { publicKey }) => {
    const other = ringKey('other', publicKey);
    const between = { ...documents, name: 'between', publicNumbers: utf8('other numbers'), dealing: digest(utf8('x')) };
    expect(checkKeyRing([documents, between, other])).toEqual(
      E.left({
        _tag: 'SharedNumbers',
        names: ['documents', 'other'],
        keyIds: [shortHex(documents.keyId), shortHex(other.keyId)],
      }),
    );
  });

  it('looks at the public numbers alone', () => {
    const bytes = (text: string) => digest(utf8(text));
    const key = (name: string, numbers: string): RingKey => ({
      name,
      keyId: bytes(name),
      epoch: 1,
      dealing: bytes(name),
      publicNumbers: utf8(numbers),
    });
    expect(E.isRight(checkKeyRing([key('a', 'one'), key('b', 'two')]))).toBe(true);
    expect(E.isRight(checkKeyRing([key('a', 'one'), key('b', 'two'), key('c', 'one')]))).toBe(false);
  });
});
