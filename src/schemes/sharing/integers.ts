/** Number theory over bigint, all of it in time that depends on the values: for public numbers, and for a dealer at home. */
import { invariant } from '../../prelude/invariant.js';

/** The number of binary digits of a non-negative integer; 0 for zero. */
export function bitLength(value: bigint): number {
  const hex = value.toString(16);
  return 4 * (hex.length - 1) + (32 - Math.clz32(Number.parseInt(hex.charAt(0), 16)));
}

/** The residue of `value` in `[0, modulus)`. */
export function residue(value: bigint, modulus: bigint): bigint {
  const rest = value % modulus;
  return rest < 0n ? rest + modulus : rest;
}

export function magnitude(value: bigint): bigint {
  return value < 0n ? -value : value;
}

/** The largest of several numbers. */
export function largest(first: bigint, ...others: readonly bigint[]): bigint {
  return others.reduce((a, b) => (a > b ? a : b), first);
}

/** The greatest common divisor of two integers, not negative. */
export function gcd(a: bigint, b: bigint): bigint {
  let [x, y] = [magnitude(a), magnitude(b)];
  while (y !== 0n) [x, y] = [y, x % y];
  return x;
}

/** The least common multiple of two positive integers. */
export function lcm(a: bigint, b: bigint): bigint {
  return (a / gcd(a, b)) * b;
}

export function factorial(n: number): bigint {
  return product(Array.from({ length: n }, (_, index) => BigInt(index + 1)));
}

/** The number of ways to choose k of n. */
export function binomial(n: number, k: number): bigint {
  return factorial(n) / (factorial(k) * factorial(n - k));
}

export function product(factors: readonly bigint[]): bigint {
  return factors.reduce((whole, factor) => whole * factor, 1n);
}

/** The quotient of an exact division of integers. */
export function exactQuotient(numerator: bigint, denominator: bigint): bigint {
  invariant(denominator !== 0n && numerator % denominator === 0n, 'a division over the integers is exact');
  return numerator / denominator;
}
