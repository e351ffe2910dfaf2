import { describe, expect, it } from 'vitest';
import { utf8 } from '../../src/prelude/bytes.js';
import { digest, shortHex } from '../../src/prelude/digest.js';
import { E } from '../../src/prelude/fp.js';
import { present } from '../../src/prelude/invariant.js';
import { dealBls } from '../../src/schemes/bls/dealer.js';
import { checkKeyRing, type RingKey, ringKeyOf } from '../../src/schemes/key-ring.js';
import { dealMultisig } from '../../src/schemes/multisig/policy-key.js';
import type { AlliancePublicKey } from '../../src/schemes/public-key.js';
import { right } from '../support/right.js';
import { otherSafePrimes1024 } from '../support/rsa-keys.js';
import { seededRandom, testKey, universe } from './shoup-rsa/setup.js';
import { gate } from './sharing/policies.js';

const policy = gate(2, 'a', 'b', 'c');

const ringKey = (name: string, key: AlliancePublicKey): RingKey => present(ringKeyOf(name, key), 'a shared key');

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
    ['usage in another epoch', testKey(policy, { usage: 'statement', epoch: 2 })],
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

  it('refuses one BLS key for two uses, and asks nothing of multisignatures', () => {
    const secret = digest(utf8('secret')).map((byte, index) => (index === 0 ? byte & 0x3f : byte));
    const dealt = (['beacon', 'time-lock'] as const).map((usage) =>
      right(dealBls({ usage, policy, universe, epoch: 1, secret, random: seededRandom(usage) })),
    );
    const [beacon, timeLock] = dealt.map(({ publicKey }, index) => ringKey(`key ${index}`, publicKey));
    const found = checkKeyRing([documents, present(beacon, 'one'), present(timeLock, 'another')]);
    expect(E.isLeft(found) && found.left.names).toEqual(['key 0', 'key 1']);
    expect(E.isRight(checkKeyRing([documents, present(beacon, 'one')]))).toBe(true);
    const multisig = dealMultisig({ usage: 'document', epoch: 1, policy }, seededRandom('multisig'));
    expect(ringKeyOf('multisig', multisig.publicKey)).toBeUndefined();
  });

  it('sees two dealings of one epoch whatever stands between them', () => {
    const later = { ...documents, name: 'later', epoch: 2, dealing: digest(utf8('later')) };
    const again = { ...documents, name: 'again', dealing: digest(utf8('again')) };
    for (const keys of [
      [documents, later, again],
      [documents, again, later],
      [later, documents, again],
    ]) {
      expect(checkKeyRing(keys)).toMatchObject(E.left({ names: ['documents', 'again'] }));
    }
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
