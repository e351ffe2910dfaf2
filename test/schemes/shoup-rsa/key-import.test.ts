import { createPrivateKey, generateKeyPairSync } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { bytesToBigInt, utf8 } from '../../../src/prelude/bytes.js';
import { E } from '../../../src/prelude/fp.js';
import { modularInverse } from '../../../src/schemes/sharing/modular-inverse.js';
import { unsignedBytes } from '../../../src/schemes/shoup-rsa/key.js';
import { keyMaterialFromPkcs8 } from '../../../src/schemes/shoup-rsa/key-import.js';
import { right } from '../../support/right.js';
import { safePrimes512, safePrimes2048, safePrimes4096 } from '../../support/rsa-keys.js';
import { gate } from '../sharing/policies.js';
import * as pem from './pem-keys.js';
import { message, sharesOf, testKey } from './setup.js';

const der = (text: string, type: 'pkcs8' | 'pkcs1' = 'pkcs8') =>
  createPrivateKey(text).export({ format: 'der', type }) as Uint8Array;

/** A private key of these primes, as PKCS#8 in PEM; `change` puts other numbers into it. */
function pemOf(
  { p, q }: { p: bigint; q: bigint },
  change: Partial<Record<'n' | 'd' | 'p' | 'q', bigint>> = {},
): string {
  const e = 65537n;
  const d = modularInverse(e, (p - 1n) * (q - 1n)) ?? 0n;
  const numbers = { n: p * q, e, d, p, q, dp: d % (p - 1n), dq: d % (q - 1n), qi: modularInverse(q, p) ?? 0n };
  const base64Url = (value: bigint) => Buffer.from(unsignedBytes(value)).toString('base64url');
  const entries = Object.entries({ ...numbers, ...change }).map(([name, value]) => [name, base64Url(value)]);
  const key = createPrivateKey({ format: 'jwk', key: { kty: 'RSA', ...Object.fromEntries(entries) } as never });
  return key.export({ format: 'pem', type: 'pkcs8' }).toString();
}

/** A prime of {@link pem.ordinaryKey}. */
const ordinaryPrime = bytesToBigInt(
  Buffer.from(createPrivateKey(pem.ordinaryKey).export({ format: 'jwk' }).p ?? '', 'base64url'),
);

describe('importing a private key', () => {
  it('takes one of safe primes, which then signs as it did undivided', () => {
    const { material, exponent } = right(keyMaterialFromPkcs8(utf8(pemOf(safePrimes2048))));
    expect([material._tag, exponent]).toEqual(['safe-primes', 65537n]);
    expect(new Set([material.p, material.q])).toEqual(new Set([safePrimes2048.p, safePrimes2048.q]));
    const key = testKey(gate(2, 'a', 'b'), { material, exponent });
    const { signature } = right(key.verifier.combine(message, sharesOf(key, message, 'a', 'b')));
    expect(key.verifier.verify(message, signature)).toBe(true);
  });

  it('takes an ordinary one where unsafe primes are asked for by name, as PKCS#8 and PKCS#1, PEM and DER', () => {
    const forms = [
      utf8(pem.ordinaryKey),
      utf8(pem.ordinaryPkcs1Key),
      der(pem.ordinaryKey),
      der(pem.ordinaryKey, 'pkcs1'),
    ];
    const { n } = createPrivateKey(pem.ordinaryKey).export({ format: 'jwk' });
    for (const form of forms) {
      expect(keyMaterialFromPkcs8(form)).toEqual(E.left({ _tag: 'NotSafePrimes' }));
      const { material } = right(keyMaterialFromPkcs8(form, { unsafePrimes: true }));
      expect(material._tag).toBe('imported-primes');
      expect(material.p * material.q).toBe(bytesToBigInt(Buffer.from(n ?? '', 'base64url')));
    }
  });

  it('takes safe primes for safe also where others would do', () => {
    const imported = right(keyMaterialFromPkcs8(utf8(pemOf(safePrimes2048)), { unsafePrimes: true }));
    expect(imported.material._tag).toBe('safe-primes');
  });

  it('takes an encrypted one with its passphrase only', () => {
    const open = (passphrase?: string) =>
      keyMaterialFromPkcs8(utf8(pem.encryptedKey), { unsafePrimes: true, ...(passphrase && { passphrase }) });
    expect(E.isRight(open('x'))).toBe(true);
    expect([open(), open('y')]).toEqual([E.left({ _tag: 'EncryptedKey' }), E.left({ _tag: 'EncryptedKey' })]);
  });

  it.each([
    ['nothing', new Uint8Array(0), { _tag: 'UnreadableKey' }],
    ['text', utf8('hello'), { _tag: 'UnreadableKey' }],
    ['a broken PEM', utf8(pem.ordinaryKey.replace('MII', 'MIX')), { _tag: 'UnreadableKey' }],
    ['a public key', utf8(pem.publicKey), { _tag: 'PublicKeyOnly' }],
    ['Ed25519', utf8(pem.ed25519Key), { _tag: 'NotRsa', keyType: 'ed25519' }],
    ['RSA with the parameters of PSS', utf8(pem.pssKey), { _tag: 'NotRsa', keyType: 'rsa-pss' }],
    ['a short one', utf8(pem.shortKey), { _tag: 'ModulusOutOfRange', modulusBits: 1024, min: 2048, max: 4096 }],
    ['one of three primes', utf8(pem.multiPrimeKey), { _tag: 'MoreThanTwoPrimes' }],
    ['one of three primes in DER', der(pem.multiPrimeKey), { _tag: 'MoreThanTwoPrimes' }],
    ['a key of a kind that node:crypto has no name for', utf8(pem.sm2Key), { _tag: 'NotRsa', keyType: 'unknown' }],
  ])('refuses %s', (_, encoded, error) => {
    for (const unsafePrimes of [false, true]) {
      expect(keyMaterialFromPkcs8(encoded, { unsafePrimes })).toEqual(E.left(error));
    }
  });

  it('refuses a public key in DER, and a key of another kind in DER', () => {
    const { publicKey } = generateKeyPairSync('ed25519');
    expect(keyMaterialFromPkcs8(publicKey.export({ format: 'der', type: 'spki' }) as Uint8Array)).toEqual(
      E.left({ _tag: 'PublicKeyOnly' }),
    );
  });

  it('takes moduli of 2048 to 4096 bits', () => {
    const ofBits = (modulusBits: number) =>
      keyMaterialFromPkcs8(utf8(pemOf(safePrimes2048, { n: (1n << BigInt(modulusBits - 1)) + 1n })));
    for (const modulusBits of [2048, 4096]) expect(ofBits(modulusBits)).toEqual(E.left({ _tag: 'InconsistentKey' }));
    for (const modulusBits of [2047, 4097]) {
      const error = { _tag: 'ModulusOutOfRange', modulusBits, min: 2048, max: 4096 };
      expect(ofBits(modulusBits)).toEqual(E.left(error));
    }
  });

  it('takes no key for one of safe primes of which only one is safe', () => {
    for (const primes of [
      { p: safePrimes2048.p, q: ordinaryPrime },
      { p: ordinaryPrime, q: safePrimes2048.p },
    ]) {
      const encoded = utf8(pemOf(primes));
      expect(keyMaterialFromPkcs8(encoded)).toEqual(E.left({ _tag: 'NotSafePrimes' }));
      const { material } = right(keyMaterialFromPkcs8(encoded, { unsafePrimes: true }));
      expect(material).toEqual({ _tag: 'imported-primes', ...primes });
    }
  });

  it('takes no key for one of safe primes of which one is far shorter than the other', () => {
    const primes = { p: safePrimes512.p, q: safePrimes4096.p };
    const encoded = utf8(pemOf(primes));
    expect(keyMaterialFromPkcs8(encoded)).toEqual(E.left({ _tag: 'NotSafePrimes' }));
    const { material } = right(keyMaterialFromPkcs8(encoded, { unsafePrimes: true }));
    expect(material).toEqual({ _tag: 'imported-primes', ...primes });
  });

  it.each([
    ['the first is composite', { p: safePrimes2048.p + 4n, q: safePrimes2048.q }],
    ['the second is composite', { p: safePrimes2048.p, q: safePrimes2048.q + 4n }],
    ['they are the same', { p: safePrimes2048.p, q: safePrimes2048.p }],
    ['the first is 2', { p: 2n, q: 2n ** 2203n - 1n }],
  ])('refuses numbers that fit but are no two odd primes: %s', (_, primes) => {
    const encoded = utf8(pemOf(primes));
    expect(keyMaterialFromPkcs8(encoded, { unsafePrimes: true })).toEqual(E.left({ _tag: 'InconsistentKey' }));
  });

  it.each([
    ['0 for the first', { p: 0n }],
    ['0 for the second', { q: 0n }],
    ['1 for the first', { p: 1n, q: safePrimes2048.p * safePrimes2048.q }],
  ])('refuses %s prime', (_, change) => {
    const encoded = utf8(pemOf(safePrimes2048, change));
    expect(keyMaterialFromPkcs8(encoded)).toEqual(E.left({ _tag: 'InconsistentKey' }));
  });

  it.each([
    ['another modulus', { n: safePrimes2048.p * (safePrimes2048.q + 4n) }],
    ['another private exponent', { d: 3n }],
    ['a composite for a prime', { q: safePrimes2048.q + 4n, n: safePrimes2048.p * (safePrimes2048.q + 4n) }],
  ])('refuses numbers that do not belong together: %s', (_, change) => {
    const encoded = utf8(pemOf(safePrimes2048, change));
    expect(keyMaterialFromPkcs8(encoded, { unsafePrimes: true })).toEqual(E.left({ _tag: 'InconsistentKey' }));
  });
});
