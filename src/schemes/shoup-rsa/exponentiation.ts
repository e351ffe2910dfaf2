/**
 * Modular exponentiation with secret exponents. OpenSSL's fixed-window exponentiation is reached through node:crypto's
 * Diffie-Hellman object, which computes `base^exponent mod p` for any odd p, prime or not. That is not what the object is
 * for, so a self-test against bigint decides at start whether it is used, and what it is known to get wrong never reaches it.
 */
import { createDiffieHellman, type DiffieHellman } from 'node:crypto';
import { bytesToBigInt } from '../../prelude/bytes.js';
import { randomBelow, type RandomBytes } from '../../prelude/random.js';
import { bitLength } from '../sharing/integers.js';
import { modularInverse } from '../sharing/modular-inverse.js';
import { modularPower } from './modular-power.js';

/** Exponentiation modulo one odd number. */
export interface Exponentiation {
  readonly modulus: bigint;
  /** `openssl` hides the exponent except its length in machine words; `bigint` only blinds it. */
  readonly backend: 'openssl' | 'bigint';
  /** `base^exponent`, the exponent not negative and secret. */
  power(base: bigint, exponent: bigint): bigint;
  /** The same, the exponent big-endian: what is kept in bytes need not become a number. */
  powerOfBytes(base: bigint, exponent: Uint8Array): bigint;
  /** The same as `power`, in whatever time is shortest. */
  powerPublic(base: bigint, exponent: bigint): bigint;
}

/** Below this OpenSSL's route returns a wrong result without saying so. */
const minOpenSslModulusBits = 512;

/** A shorter exponent costs less in bigint than the way to OpenSSL and back. */
const minOpenSslExponentBits = 9;

/** The fastest exponentiation that is right on this machine. */
export function makeExponentiation(modulus: bigint, random: RandomBytes): Exponentiation {
  const isTried = modulus % 2n === 1n && bitLength(modulus) >= minOpenSslModulusBits && opensslSelfTest();
  const tried = isTried ? opensslExponentiation(modulus) : undefined;
  return tried !== undefined && agreesWithBigInt(tried) ? tried : bigIntExponentiation(modulus, random);
}

/** Exponentiation by OpenSSL; `undefined` where node:crypto refuses the modulus. */
export function opensslExponentiation(modulus: bigint): Exponentiation | undefined {
  const length = Math.ceil(bitLength(modulus) / 8);
  let group: DiffieHellman;
  try {
    group = createDiffieHellman(toBuffer(modulus, length), Buffer.of(2));
  } catch {
    return undefined;
  }
  const isEdge = (residue: bigint): boolean => residue <= 1n || residue === modulus - 1n;
  /** `undefined` where the result is 0, 1 or N - 1: then the base has a small order or a factor of N, and nothing is left to hide. */
  const computed = (residue: bigint, exponent: Uint8Array): bigint | undefined => {
    try {
      group.setPrivateKey(exponent);
      return BigInt(`0x${group.computeSecret(toBuffer(residue, length)).toString('hex')}`);
    } catch {
      return undefined;
    }
  };
  const power = (base: bigint, exponent: bigint): bigint => {
    const residue = base % modulus;
    const found = isEdge(residue) || exponent === 0n ? undefined : computed(residue, toBuffer(exponent));
    return found ?? modularPower(residue, exponent, modulus);
  };
  const powerOfBytes = (base: bigint, exponent: Uint8Array): bigint => {
    const residue = base % modulus;
    const found = isEdge(residue) ? undefined : computed(residue, exponent);
    return found ?? modularPower(residue, bytesToBigInt(exponent), modulus);
  };
  const powerPublic = (base: bigint, exponent: bigint): bigint =>
    bitLength(exponent) < minOpenSslExponentBits ? modularPower(base, exponent, modulus) : power(base, exponent);
  return { modulus, backend: 'openssl', power, powerOfBytes, powerPublic };
}

/** Exponentiation over bigint, secret exponents blinded by a fresh addend (as in circl): `base^(s + k) · (base^k)^-1`. */
export function bigIntExponentiation(modulus: bigint, random: RandomBytes): Exponentiation {
  const power = (base: bigint, exponent: bigint): bigint => {
    const blind = randomBelow(random, modulus);
    const inverse = modularInverse(modularPower(base, blind, modulus), modulus);
    // A base without an inverse shares a factor with N: whoever made it can factor N, and blinding protects nothing.
    if (inverse === undefined) return modularPower(base, exponent, modulus);
    return (modularPower(base, exponent + blind, modulus) * inverse) % modulus;
  };
  const powerOfBytes = (base: bigint, exponent: Uint8Array): bigint => power(base, bytesToBigInt(exponent));
  const powerPublic = (base: bigint, exponent: bigint): bigint => modularPower(base, exponent, modulus);
  return { modulus, backend: 'bigint', power, powerOfBytes, powerPublic };
}

let selfTestResult: boolean | undefined;

/** Whether OpenSSL's route is right for a small composite modulus, with exponents longer than it and every edge of the base. */
function opensslSelfTest(): boolean {
  selfTestResult ??= runSelfTest();
  return selfTestResult;
}

function runSelfTest(): boolean {
  const modulus = (2n ** 521n - 1n) * (2n ** 61n - 1n);
  const tried = opensslExponentiation(modulus);
  if (tried === undefined) return false;
  const bases = [0n, 1n, 2n, modulus - 1n, modulus + 2n, modulus / 3n];
  const exponents = [0n, 1n, 65537n, 2n ** 1300n - 3n ** 500n];
  return bases.every((base) =>
    exponents.every((exponent) => tried.power(base, exponent) === modularPower(base, exponent, modulus)),
  );
}

/** The same for the modulus at hand: a short exponent against bigint, and a long one as the product of two powers. */
function agreesWithBigInt(tried: Exponentiation): boolean {
  const { modulus } = tried;
  const [base, short, long] = [modulus / 3n, 2n ** 40n - 87n, 2n * modulus + 1n];
  const shortPower = modularPower(base, short, modulus);
  if (tried.power(base, short) !== shortPower) return false;
  return tried.power(base, long + short) === (tried.power(base, long) * shortPower) % modulus;
}

/** Big-endian, in `length` bytes or as many as there are. */
function toBuffer(value: bigint, length = 0): Buffer {
  const digits = value.toString(16);
  return Buffer.from(digits.padStart(Math.max(2 * length, digits.length + (digits.length % 2)), '0'), 'hex');
}
