/** The base v of commitments and share proofs, derived by hashing (spec/schemes.md, "Group"). */
import { bigIntToBytes, bytesToBigInt, concatBytes } from '../../prelude/bytes.js';
import { Writer } from '../../prelude/canonical.js';
import { digest, digestLength } from '../../prelude/digest.js';
import { bitLength, gcd } from '../sharing/integers.js';
import { jacobi } from './jacobi.js';

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

/** SHA-256 in counter mode over (tag, suite, N, e, counter), 128 bits longer than N, modulo N. */
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
  return bytesToBigInt(expand(seed, length + 16)) % modulus;
}

/** The first `length` bytes of SHA-256(seed ‖ 0) ‖ SHA-256(seed ‖ 1) ‖ …, the counter in four bytes (MGF1 of RFC 8017). */
export function expand(seed: Uint8Array, length: number): Uint8Array {
  const blocks = Array.from({ length: Math.ceil(length / digestLength) }, (_, index) =>
    digest(seed, new Writer().u32(index).finish()),
  );
  return concatBytes(...blocks).subarray(0, length);
}
