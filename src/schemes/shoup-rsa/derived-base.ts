/** The base v of commitments and share proofs, derived by hashing (spec/schemes.md, "Group"). */
import { bigIntToBytes, bytesToBigInt } from '../../prelude/bytes.js';
import { Writer } from '../../prelude/canonical.js';
import { digest } from '../../prelude/digest.js';
import { bitLength, gcd } from '../sharing/integers.js';
import { jacobi } from './jacobi.js';
import { mgf1 } from './mgf1.js';

/** The registered name of the scheme; stands in every hash of it. */
export const shoupRsaSuite = 'shoup-rsa';

const baseTag = 'koinon v';

/** Every second hash will do: a key for which so many do not is none. */
const maxHashCount = 128;

/**
 * v, derived from the public key so that nobody chooses it: |h²| of the first hash h of Jacobi symbol -1. Someone who knew a
 * root of v inside the group could deal fractions of the secret; such a root together with h would factor N.
 * `undefined` for a modulus that has no such hashes: a square, or a multiple of 3.
 */
export function deriveBase(modulus: bigint, exponent: bigint): bigint | undefined {
  for (let counter = 0; counter < maxHashCount; counter++) {
    const h = hashToResidue(modulus, exponent, counter);
    const square = (h * h) % modulus;
    if (jacobi(h, modulus) === -1 && gcd(square - 1n, modulus) === 1n) {
      return square <= (modulus - 1n) / 2n ? square : modulus - square;
    }
  }
  return undefined;
}

/** MGF1 over the digest of (tag, suite, N, e, counter), 128 bits longer than N, modulo N. */
function hashToResidue(modulus: bigint, exponent: bigint, counter: number): bigint {
  const length = Math.ceil(bitLength(modulus) / 8);
  const seed = digest(
    new Writer()
      .text(baseTag)
      .text(shoupRsaSuite)
      .bytes(bigIntToBytes(modulus, length))
      .bytes(bigIntToBytes(exponent, Math.ceil(bitLength(exponent) / 8)))
      .u32(counter)
      .finish(),
  );
  return bytesToBigInt(mgf1(seed, length + 16)) % modulus;
}
