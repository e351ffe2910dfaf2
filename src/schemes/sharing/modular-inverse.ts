/**
 * Inverses modulo a large number, by Lehmer's form of Euclid's algorithm (Knuth, The Art of Computer Programming 2, 4.5.2,
 * algorithm L): most quotients are found on the leading digits, in machine arithmetic. Time depends on the values.
 */
import { bitLength, residue } from './integers.js';

/** So many leading bits that every product below is exact in a double. */
const leadingBits = 50;

/** Four cofactors: the pair (r0, r1) becomes (a r0 + b r1, c r0 + d r1), two consecutive remainders of Euclid's. */
type Step = readonly [a: bigint, b: bigint, c: bigint, d: bigint];

/** The inverse of `value` in `[0, modulus)`; `undefined` where they have a common factor. */
export function modularInverse(value: bigint, modulus: bigint): bigint | undefined {
  let [r0, r1] = [modulus, residue(value, modulus)];
  let [t0, t1] = [0n, 1n];
  while (r1 !== 0n) {
    const [a, b, c, d] = lehmerStep(r0, r1) ?? euclidStep(r0, r1);
    [r0, r1] = [a * r0 + b * r1, c * r0 + d * r1];
    [t0, t1] = [a * t0 + b * t1, c * t0 + d * t1];
  }
  return r0 === 1n ? residue(t0, modulus) : undefined;
}

function euclidStep(r0: bigint, r1: bigint): Step {
  return [0n, 1n, 1n, -(r0 / r1)];
}

/** As many quotients at once as the leading digits alone determine; `undefined` for none. */
export function lehmerStep(r0: bigint, r1: bigint): Step | undefined {
  const shift = BigInt(bitLength(r0) - leadingBits);
  let [x, y] = [Number(r0 >> shift), Number(r1 >> shift)];
  let [a, b, c, d] = [1, 0, 0, 1];
  for (;;) {
    // c and d differ: one of the divisors may be 0, but not both, and an infinite quotient agrees with no other.
    const quotient = Math.floor((x + a) / (y + c));
    if (quotient !== Math.floor((x + b) / (y + d))) break;
    [a, c] = [c, a - quotient * c];
    [b, d] = [d, b - quotient * d];
    [x, y] = [y, x - quotient * y];
  }
  return b === 0 ? undefined : [BigInt(a), BigInt(b), BigInt(c), BigInt(d)];
}
