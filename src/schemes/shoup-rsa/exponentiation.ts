/**
 * Modular exponentiation with secret exponents. OpenSSL's fixed-window exponentiation is reached through node:crypto's
 * Diffie-Hellman object, which computes `base^exponent mod p` for any odd p, prime or not. That is not what the object is
 * for, so a self-test against bigint decides at start whether it is used, and what it is known to get wrong never reaches it.
 */
import { createDiffieHellman, type DiffieHellman } from 'node:crypto';
import { bytesToBigInt } from '../../prelude/bytes.js';
import { randomBelow, type RandomBytes } from '../../prelude/random.js';
import { once } from '../../prelude/remembered.js';
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
  const openssl = opensslSelfTest() ? opensslExponentiation(modulus) : undefined;
  return openssl ?? bigIntExponentiation(modulus, random);
}

/** Exponentiation by OpenSSL; `undefined` where it does not take the modulus, or errs. */
export function opensslExponentiation(modulus: bigint): Exponentiation | undefined {
  const route = opensslRoute(modulus);
  if (route === undefined || !agreesWithBigInt(route, modulus)) return undefined;
  const power = (base: bigint, exponent: bigint): bigint => {
    const residue = base % modulus;
    return route(residue, toBuffer(exponent)) ?? modularPower(residue, exponent, modulus);
  };
  const powerOfBytes = (base: bigint, exponent: Uint8Array): bigint => {
    const residue = base % modulus;
    return route(residue, exponent) ?? modularPower(residue, bytesToBigInt(exponent), modulus);
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

/**
 * OpenSSL's power of a number below the modulus. It refuses 0, 1 and N - 1, for base and for result, and says `undefined`: then
 * the base has a small order or a factor of N, and nothing is left to hide.
 */
type OpensslRoute = (base: bigint, exponent: Uint8Array) => bigint | undefined;

function opensslRoute(modulus: bigint): OpensslRoute | undefined {
  if (bitLength(modulus) < minOpenSslModulusBits) return undefined;
  try {
    const group = createDiffieHellman(toBuffer(modulus), Buffer.of(2));
    return (base, exponent) => powerBy(group, base, exponent);
  } catch {
    return undefined;
  }
}

function powerBy(group: DiffieHellman, base: bigint, exponent: Uint8Array): bigint | undefined {
  try {
    group.setPrivateKey(exponent);
    return bytesToBigInt(group.computeSecret(toBuffer(base)));
  } catch {
    return undefined;
  }
}

/** Whether the route is right for a small composite modulus, exponents longer than it too, and at the edges right or silent. */
const opensslSelfTest = once((): boolean => {
  const modulus = BigInt.asUintN(600, -1n);
  const route = opensslRoute(modulus);
  if (route === undefined) return false;
  return [1n, 65537n, 7n ** 500n].every((exponent) => {
    const power = (base: bigint) => route(base, toBuffer(exponent));
    const isRight = (base: bigint) => power(base) === modularPower(base, exponent, modulus);
    return (
      [2n, 5n ** 250n].every(isRight) &&
      [0n, 1n, modulus - 1n].every((base) => power(base) === undefined || isRight(base))
    );
  });
});

/** The same for the modulus at hand: a short exponent against bigint, and a long one times that as the power of a power. */
function agreesWithBigInt(route: OpensslRoute, modulus: bigint): boolean {
  const [base, short, long] = [modulus / 3n, 1_099_511_627_689n, (modulus << 1n) | 1n];
  const power = modularPower(base, short, modulus);
  if (route(base, toBuffer(short)) !== power) return false;
  const whole = route(base, toBuffer(short * long));
  return whole !== undefined && whole === route(power, toBuffer(long));
}

/** Big-endian. */
function toBuffer(value: bigint): Buffer {
  const digits = value.toString(16);
  return Buffer.from(digits.padStart(digits.length + (digits.length % 2), '0'), 'hex');
}
