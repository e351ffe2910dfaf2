/**
 * Where secrets and shares live: the integers for RSA, whose group order nobody knows, or a prime field for BLS.
 * Sharing is written once against this; only gates that interpolate, and what they pay for division, differ.
 */
import { invariant } from '../../prelude/invariant.js';
import { exactQuotient, factorial, residue } from './integers.js';
import { modularInverse } from './modular-inverse.js';

export interface Ring {
  /** Stands in digests and messages. */
  readonly name: string;
  /** The representative of `value`. */
  reduce(value: bigint): bigint;
  /** `numerator / denominator`, where the caller knows that it exists. */
  divide(numerator: bigint, denominator: bigint): bigint;
  /** Δ: what a proper threshold gate of `fanIn` children multiplies its value by, so that interpolation stays in the ring. */
  gateScale(fanIn: number): bigint;
}

/** Z, with Δ = n! as in Shoup 2000: the denominators of every Lagrange coefficient over 1..n divide it. */
export const integers: Ring = {
  name: 'Z',
  reduce: (value) => value,
  divide: exactQuotient,
  gateScale: factorial,
};

/** The field of `order` elements, a prime above every fan-in, with Δ = 1. */
export function primeField(order: bigint): Ring {
  return {
    name: `F_${order}`,
    reduce: (value) => residue(value, order),
    divide(numerator, denominator) {
      const inverse = modularInverse(denominator, order);
      invariant(inverse !== undefined, 'a field has no zero divisors');
      return residue(numerator * inverse, order);
    },
    gateScale: () => 1n,
  };
}
