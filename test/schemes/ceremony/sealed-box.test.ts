/** Boxes open for whom, for what and with what they were sealed, and for nothing else. */
import { createPublicKey, diffieHellman, generateKeyPairSync } from 'node:crypto';
import { inspect } from 'node:util';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { bigIntToBytes, fromHex, toHex, utf8 } from '../../../src/prelude/bytes.js';
import { digest } from '../../../src/prelude/digest.js';
import { present } from '../../../src/prelude/invariant.js';
import {
  agree,
  isPairedWith,
  isUsablePublicKey,
  OneTimeKey,
  publicKeyOf,
} from '../../../src/schemes/ceremony/sealing/one-time-key.js';
import { type BoxAddress, boxOverhead, openBox, sealBox } from '../../../src/schemes/ceremony/sealing/sealed-box.js';
import { seededRandom } from '../../support/seeded-random.js';
import { flipped } from './adversaries.js';
import { id } from './keys.js';

const hex = (text: string) => present(fromHex(text), 'hexadecimal');
const littleEndian = (value: bigint) => bigIntToBytes(value, 32).reverse();
const prime = 2n ** 255n - 19n;

describe('one-time keys', () => {
  it('are those of RFC 7748, section 6.1', () => {
    const alicePublic = hex('8520f0098930a754748b7ddcb43ef75a0dbf3a0d26381af4eba4a98eaa9b4e6a');
    const bob = hex('5dab087e624a8a4b79e17f8b83800ee66f3bb1292618b6fd1c2f8b27ff88e0eb');
    const bobPublic = 'de9edb7d7b7dc1b4d35b61c2ece435373f8343c85b78674dadfc7e146f882b4f';
    expect(toHex(publicKeyOf(bob))).toBe(bobPublic);
    const shared = '4a5d9d5ba4ce2de1728e3bf480350f25e07e21c947d19e3376f09b3c1e161742';
    expect(toHex(agree({ secret: bob, publicKey: hex(bobPublic) }, alicePublic))).toBe(shared);
    expect(isPairedWith(bob, hex(bobPublic))).toBe(true);
    expect(isPairedWith(bob, alicePublic)).toBe(false);
  });

  it('of small order are refused: those with which node:crypto agrees on nothing', () => {
    const order8 = [
      325606250916557431795983626356110631294008115727848805560023387167927233504n,
      39382357235489614581723060781553021112529911719440698176882885853963445705823n,
    ];
    const { privateKey } = generateKeyPairSync('x25519');
    for (const point of [0n, 1n, prime - 1n, ...order8]) {
      const bytes = littleEndian(point);
      const x = Buffer.from(bytes).toString('base64url');
      const publicKey = createPublicKey({ key: { kty: 'OKP', crv: 'X25519', x }, format: 'jwk' });
      expect(() => diffieHellman({ privateKey, publicKey })).toThrow();
      expect(isUsablePublicKey(bytes)).toBe(false);
    }
    expect(isUsablePublicKey(littleEndian(9n))).toBe(true);
    expect(isUsablePublicKey(littleEndian(prime - 2n))).toBe(true);
  });

  it('have one form, of 32 bytes', () => {
    for (const beyond of [prime, prime + 1n, prime + 9n, 2n ** 255n + 9n, 2n ** 256n - 1n]) {
      expect(isUsablePublicKey(littleEndian(beyond))).toBe(false);
    }
    expect(isUsablePublicKey(littleEndian(9n).subarray(1))).toBe(false);
    expect(isUsablePublicKey(new Uint8Array(33).fill(9))).toBe(false);
  });

  it('are not shown, and not used once they are erased', () => {
    const key = new OneTimeKey(seededRandom(1));
    const secret = toHex(key.reveal());
    for (const shown of [inspect(key, { showHidden: true, depth: 9 }), JSON.stringify(key)]) {
      expect(shown).not.toContain(secret.slice(0, 8));
    }
    key.erase();
    expect(() => key.reveal()).toThrow('an erased key');
  });
});

describe('sealed boxes', () => {
  const receiver = new OneTimeKey(seededRandom(2));
  const address: BoxAddress = { ceremonyId: digest(utf8('one')), purpose: 'deal', sender: id('a'), receiver: id('b') };
  const plaintext = utf8('sub-shares');
  const box = sealBox(address, receiver.publicKey, plaintext, seededRandom(3));

  it('open for their receiver', () => {
    expect(openBox(address, receiver.reveal(), box)).toEqual(plaintext);
    expect(box.length).toBe(plaintext.length + boxOverhead);
  });

  it('are different each time, and determined by their randomness', () => {
    expect(sealBox(address, receiver.publicKey, plaintext, seededRandom(3))).toEqual(box);
    expect(sealBox(address, receiver.publicKey, plaintext, seededRandom(4)).subarray(32, 42)).not.toEqual(
      box.subarray(32, 42),
    );
  });

  it('do not open for another ceremony, purpose, sender or receiver, nor with another key', () => {
    const others: readonly BoxAddress[] = [
      { ...address, ceremonyId: digest(utf8('two')) },
      { ...address, purpose: 'mask' },
      { ...address, sender: id('c') },
      { ...address, receiver: id('c') },
      { ...address, sender: address.receiver, receiver: address.sender },
    ];
    for (const other of others) expect(openBox(other, receiver.reveal(), box)).toBeUndefined();
    expect(openBox(address, new OneTimeKey(seededRandom(5)).reveal(), box)).toBeUndefined();
  });

  it('do not open when any bit was changed, or with anything else that is thrown at them', () => {
    for (let at = 0; at < box.length; at++)
      expect(openBox(address, receiver.reveal(), flipped(box, at))).toBeUndefined();
    for (const point of [0n, 1n, prime - 1n, prime]) {
      const hostile = Uint8Array.from([...littleEndian(point), ...box.subarray(32)]);
      expect(openBox(address, receiver.reveal(), hostile)).toBeUndefined();
    }
    fc.assert(
      fc.property(
        fc.uint8Array({ maxLength: 100 }),
        fc.uint8Array({ minLength: 32, maxLength: 32 }),
        (bytes, secret) => {
          expect(openBox(address, secret, bytes)).toBeUndefined();
        },
      ),
      { numRuns: 50 },
    );
  });
});
