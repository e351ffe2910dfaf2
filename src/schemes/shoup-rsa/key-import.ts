/** Private keys from elsewhere, to be shared: PKCS#8 (RFC 5958) or PKCS#1 (RFC 8017), PEM or DER, read by OpenSSL. */
import { createPrivateKey, createPublicKey, type KeyObject } from 'node:crypto';
import { bytesToBigInt } from '../../prelude/bytes.js';
import { E, type Either, O } from '../../prelude/fp.js';
import { bitLength, lcm } from '../sharing/integers.js';
import { areSafePrimes, isOddPrime, type KeyMaterial } from './dealer.js';
import { maxModulusBits } from './rsa-verify.js';

/** What a key is to become a dealt one. */
export interface ImportedKey {
  readonly material: KeyMaterial;
  readonly exponent: bigint;
}

/** Shorter keys are refused: nothing new should rest on them. */
const minImportedModulusBits = 2048;

/** Why a private key is not imported. */
export type KeyImportError =
  /** No private key in PEM or DER. */
  | { readonly _tag: 'UnreadableKey' }
  /** A public key: there is nothing to share. */
  | { readonly _tag: 'PublicKeyOnly' }
  /** It has a passphrase, and was given none or another. */
  | { readonly _tag: 'EncryptedKey' }
  /** Of another algorithm; `rsa-pss` is one whose parameters a shared key does not carry. */
  | { readonly _tag: 'NotRsa'; readonly keyType: string }
  | { readonly _tag: 'ModulusOutOfRange'; readonly modulusBits: number; readonly min: number; readonly max: number }
  | { readonly _tag: 'MoreThanTwoPrimes' }
  /** Its numbers do not belong together. */
  | { readonly _tag: 'InconsistentKey' }
  /** Its primes are not safe ones, or one is far shorter than the other. Such a key is imported where it is asked for by name. */
  | { readonly _tag: 'NotSafePrimes' };

export interface KeyImportOptions {
  /** Whether other than safe primes will do. Nobody can be blamed for a bad share of such a key. */
  readonly unsafePrimes?: boolean;
  readonly passphrase?: string;
}

/** @param encoded - PEM or DER. Copies of it that OpenSSL and the runtime make are beyond reach. */
export function keyMaterialFromPkcs8(
  encoded: Uint8Array,
  { unsafePrimes = false, passphrase }: KeyImportOptions = {},
): Either<KeyImportError, ImportedKey> {
  const parsed = parsePrivateKey(Buffer.from(encoded), passphrase);
  if (E.isLeft(parsed)) return parsed;
  const key = parsed.right;
  const keyType = key.asymmetricKeyType ?? 'unknown';
  if (keyType !== 'rsa') return E.left({ _tag: 'NotRsa', keyType });
  const numbers = numbersOf(key);
  const { modulus, exponent, p, q } = numbers;
  const modulusBits = bitLength(modulus);
  const [min, max] = [minImportedModulusBits, maxModulusBits];
  if (modulusBits < min || modulusBits > max) return E.left({ _tag: 'ModulusOutOfRange', modulusBits, min, max });
  if (hasMorePrimes(numbers)) return E.left({ _tag: 'MoreThanTwoPrimes' });
  if (!isConsistent(numbers)) return E.left({ _tag: 'InconsistentKey' });
  if (areSafePrimes({ p, q })) return E.right({ material: { _tag: 'safe-primes', p, q }, exponent });
  if (!unsafePrimes) return E.left({ _tag: 'NotSafePrimes' });
  return E.right({ material: { _tag: 'imported-primes', p, q }, exponent });
}

interface PrivateNumbers {
  readonly modulus: bigint;
  readonly exponent: bigint;
  readonly d: bigint;
  readonly p: bigint;
  readonly q: bigint;
}

/** OpenSSL reads numbers without asking whether they are a key: p and q may be 0. */
function hasMorePrimes({ modulus, p, q }: PrivateNumbers): boolean {
  return p * q !== 0n && p * q !== modulus && modulus % (p * q) === 0n;
}

function isConsistent({ modulus, exponent, d, p, q }: PrivateNumbers): boolean {
  const arePrimes = p * q === modulus && p !== q && isOddPrime(p) && isOddPrime(q);
  return arePrimes && (exponent * d) % lcm(p - 1n, q - 1n) === 1n;
}

function numbersOf(key: KeyObject): PrivateNumbers {
  // A private RSA key has them all (RFC 7518, 6.3.2).
  const jwk = key.export({ format: 'jwk' }) as Record<'n' | 'e' | 'd' | 'p' | 'q', string>;
  const number = (text: string) => bytesToBigInt(Buffer.from(text, 'base64url'));
  return { modulus: number(jwk.n), exponent: number(jwk.e), d: number(jwk.d), p: number(jwk.p), q: number(jwk.q) };
}

function parsePrivateKey(encoded: Buffer, passphrase: string | undefined): Either<KeyImportError, KeyObject> {
  const isPem = encoded.includes('-----BEGIN ');
  const forms = isPem
    ? [{ format: 'pem' } as const]
    : [{ format: 'der', type: 'pkcs8' } as const, { format: 'der', type: 'pkcs1' } as const];
  for (const form of forms) {
    const key = O.tryCatch(() => createPrivateKey({ key: encoded, ...form, passphrase }));
    if (O.isSome(key)) return E.right(key.value);
  }
  if (encoded.includes('ENCRYPTED')) return E.left({ _tag: 'EncryptedKey' });
  return E.left({ _tag: isPublicKey(encoded, isPem) ? 'PublicKeyOnly' : 'UnreadableKey' });
}

function isPublicKey(encoded: Buffer, isPem: boolean): boolean {
  const form = isPem ? ({ format: 'pem' } as const) : ({ format: 'der', type: 'spki' } as const);
  return O.isSome(O.tryCatch(() => createPublicKey({ key: encoded, ...form })));
}
