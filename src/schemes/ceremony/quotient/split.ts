/**
 * What one contributor of a masked-quotient reshare computes with its secrets: masks, and its part of the quotient. Masks
 * must be fresh in every attempt, and remainders leave only when all masks are agreed (spec/ceremonies.md): an unmasked remainder shows the private exponent modulo D.
 */
import { randomBits, type RandomBytes } from '../../../prelude/random.js';
import { bitLength, residue } from '../../sharing/integers.js';
import type { QuotientPlan } from './plan.js';

/** A contributor's part of the quotient. */
interface SplitQuotient {
  /** r_i: public. */
  readonly remainder: bigint;
  /** h_i: public. */
  readonly high: bigint;
  /** The part that is dealt: secret. */
  readonly low: bigint;
}

/** A mask for a pair of contributors; the one that comes first draws it. */
export function drawMask({ mask }: QuotientPlan, random: RandomBytes): bigint {
  return randomBits(random, bitLength(mask.high) - 1);
}

/**
 * y_i: the combined shares, plus the masks that were drawn for those who come after, minus those that the ones before drew.
 * Over all contributors the masks cancel.
 */
export function maskedNumerator(combined: bigint, given: readonly bigint[], received: readonly bigint[]): bigint {
  return sum(given) - sum(received) + combined;
}

/**
 * y = D (h 2^W + low) + r with 0 ≤ r < D. The quotient is rounded to a multiple of 2^W at random: a threshold that a
 * contributor could place by its choice of masks would show whether the secret is above it.
 */
export function splitNumerator(plan: QuotientPlan, numerator: bigint, random: RandomBytes): SplitQuotient {
  const { scale } = plan.sharing;
  const remainder = residue(numerator, scale);
  const quotient = (numerator - remainder) / scale;
  const high = (quotient + randomBits(random, plan.windowBits)) >> BigInt(plan.windowBits);
  return { remainder, high, low: quotient - (high << BigInt(plan.windowBits)) };
}

function sum(values: readonly bigint[]): bigint {
  return values.reduce((whole, value) => whole + value, 0n);
}
