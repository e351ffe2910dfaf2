/**
 * The group that RSA shares and commitments live in: signed quadratic residues of a Blum integer (Hofheinz and Kiltz, CRYPTO
 * 2009; spec/schemes.md, "Group"). Every element has one form, |x| = min(x, N - x), of Jacobi symbol +1. For
 * safe primes p = 2p'+1, q = 2q'+1 the group is cyclic of order p'q': membership is public, and no element has small order.
 *
 * Of a modulus that is not known to be of that kind, the units up to sign are used instead, without any such promise.
 */
import { invariant } from '../../prelude/invariant.js';
import type { CommitmentGroup } from '../sharing/commitments.js';
import { modularInverse } from '../sharing/modular-inverse.js';
import type { Exponentiation } from './exponentiation.js';
import { jacobi } from './jacobi.js';

export interface ResidueGroup extends CommitmentGroup<bigint> {
  readonly modulus: bigint;
  /** v, to whose powers secrets are committed. */
  readonly base: bigint;
  /** |x|. */
  canonical(value: bigint): bigint;
  /** Whether `value` is written as an element would be: in [1, (N-1)/2]. */
  isCanonical(value: bigint): boolean;
  /** Whether a canonical `value` is an element. Costs a Jacobi symbol. */
  contains(value: bigint): boolean;
}

/** @param isSafe - whether the modulus is the product of two safe primes; otherwise any unit is an element. */
export function residueGroup(exponentiation: Exponentiation, base: bigint, isSafe: boolean): ResidueGroup {
  const { modulus } = exponentiation;
  const half = (modulus - 1n) / 2n;
  const canonical = (value: bigint): bigint => {
    const rest = value % modulus;
    return rest <= half ? rest : modulus - rest;
  };
  const power = (element: bigint, exponent: bigint): bigint => {
    if (exponent >= 0n) return canonical(exponentiation.powerPublic(element, exponent));
    const inverse = modularInverse(element, modulus);
    invariant(inverse !== undefined, 'elements of the group have inverses');
    return canonical(exponentiation.powerPublic(inverse, -exponent));
  };
  return {
    modulus,
    base,
    identity: 1n,
    canonical,
    isCanonical: (value) => value > 0n && value <= half,
    contains: (value) => (isSafe ? jacobi(value, modulus) === 1 : jacobi(value, modulus) !== 0),
    multiply: (a, b) => canonical(a * b),
    power,
    commit: (secret) => canonical(exponentiation.power(base, secret)),
    equals: (a, b) => a === b,
  };
}
