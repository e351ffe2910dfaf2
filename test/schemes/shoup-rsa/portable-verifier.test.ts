/** Verification for clients: what is asked of WebCrypto, and that nothing depends on it but speed. */
import { describe, expect, it } from 'vitest';
import { bigIntToBytes, bytesToBigInt, utf8 } from '../../../src/prelude/bytes.js';
import { portableRsaVerifier, type WebCryptoVerification } from '../../../src/schemes/shoup-rsa/portable-verifier.js';
import { right } from '../../support/right.js';
import { otherSafePrimes1024 } from '../../support/rsa-keys.js';
import { gate } from '../sharing/policies.js';
import { message, sharesOf, testKey, type TestKey } from './setup.js';

const policy = gate(2, 'a', 'b', 'c');
const key = testKey(policy);
const subtle = globalThis.crypto.subtle;

const signatureOf = (signing: TestKey, text: Uint8Array): Uint8Array =>
  right(signing.verifier.combine(text, sharesOf(signing, text, 'a', 'b'))).signature;

/** WebCrypto but for what is changed. */
const changed = (change: Partial<Record<keyof WebCryptoVerification, (...args: never[]) => unknown>>) =>
  ({
    importKey: subtle.importKey.bind(subtle),
    verify: subtle.verify.bind(subtle),
    ...change,
  }) as WebCryptoVerification;

const rejecting = () => Promise.reject(new Error('not supported'));
const throwing = () => {
  throw new TypeError('not supported');
};

describe('signatures', () => {
  it.each([
    ['there is none', null],
    ['it takes no keys', changed({ importKey: rejecting, verify: rejecting })],
    ['it cannot use the keys that it takes', changed({ verify: rejecting })],
    ['it throws before it returns a promise', changed({ importKey: throwing, verify: throwing })],
    ['it throws when it is asked', changed({ verify: throwing })],
  ])('are verified over bigint where WebCrypto is of no use: %s', async (_, webCrypto) => {
    const verify = portableRsaVerifier(key.publicKey, webCrypto);
    const signature = signatureOf(key, message);
    for (let again = 0; again < 2; again++) {
      expect([await verify(message, signature), await verify(utf8('x'), signature)]).toEqual([true, false]);
      expect([await verify(message, signature.subarray(1)), await verify(message, new Uint8Array(0))]).toEqual([
        false,
        false,
      ]);
    }
  });

  it('plus N are refused, over WebCrypto and over bigint', async () => {
    const other = testKey(policy, { material: { _tag: 'safe-primes', ...otherSafePrimes1024 } });
    const { modulus } = other.publicKey;
    const { text, value } = signatureBelow((1n << 1024n) - modulus, other);
    for (const webCrypto of [subtle, null]) {
      const verify = portableRsaVerifier(other.publicKey, webCrypto);
      expect(await verify(text, bigIntToBytes(value, 128))).toBe(true);
      expect(await verify(text, bigIntToBytes(value + modulus, 128))).toBe(false);
    }
  });

  it('of another length than the modulus are refused, whatever WebCrypto makes of them', async () => {
    const verify = portableRsaVerifier(key.publicKey, changed({ verify: () => Promise.resolve(true) }));
    const verdicts = await Promise.all([127, 128, 129].map((length) => verify(message, new Uint8Array(length))));
    expect(verdicts).toEqual([false, true, false]);
  });

  it.each([
    ['RS256', { name: 'RSASSA-PKCS1-v1_5', hash: 'SHA-256' }, { name: 'RSASSA-PKCS1-v1_5' }],
    ['PS256', { name: 'RSA-PSS', hash: 'SHA-256' }, { name: 'RSA-PSS', saltLength: 32 }],
  ] as const)(
    'of %s are verified by WebCrypto where there is one, with a key in base64url (RFC 7517) that is good for no more',
    async (algorithm, keyName, use) => {
      const asked: unknown[] = [];
      const recording = changed({
        importKey: (...args: Parameters<typeof subtle.importKey>) => {
          asked.push(args);
          return subtle.importKey(...args);
        },
        verify: (...args: Parameters<typeof subtle.verify>) => {
          asked.push([args[0], ...args.slice(2)]);
          return subtle.verify(...args);
        },
      });
      const signing = testKey(policy, { algorithm });
      const verify = portableRsaVerifier(signing.publicKey, recording);
      const signature = signatureOf(signing, message);
      expect([await verify(message, signature), await verify(utf8('x'), signature)]).toEqual([true, false]);
      const base64url = (value: bigint, length: number) =>
        Buffer.from(bigIntToBytes(value, length)).toString('base64url');
      const { modulus, exponent } = signing.publicKey;
      const jwk = { kty: 'RSA', n: base64url(modulus, 128), e: base64url(exponent, 3) };
      const bytes = new Uint8Array(signature);
      expect(asked).toEqual([
        ['jwk', jwk, keyName, false, ['verify']],
        [use, bytes, message],
        [use, bytes, utf8('x')],
      ]);
    },
  );

  it('are none of a key for OAEP, and WebCrypto is not asked', async () => {
    const verify = portableRsaVerifier(
      { ...key.publicKey, algorithm: 'RSA-OAEP-256' },
      changed({ verify: () => Promise.resolve(true) }),
    );
    expect(await verify(message, signatureOf(key, message))).toBe(false);
  });
});

/** A text whose signature is below `limit`: one in three is. */
function signatureBelow(limit: bigint, signing: TestKey): { readonly text: Uint8Array; readonly value: bigint } {
  for (let attempt = 0; ; attempt++) {
    const text = utf8(`attempt ${attempt}`);
    const value = bytesToBigInt(signatureOf(signing, text));
    if (value < limit) return { text, value };
  }
}
