/**
 * What is known of the order of the group that shares are exponents of. Over `integers` nothing is, and shares are plain
 * integers (RSA). Over `residues` shares are numbers modulo an order that the dealer knows: F_r for BLS, where everybody
 * knows it, and Z/m for the textbook dealing of RSA. Matrix and λ are integers in both, and every identity between them
 * holds over the integers: so combining needs small exponents only, and nobody who combines has to know an order.
 */
import { factorial, residue } from './integers.js';

export interface Ring {
  /** Stands in digests and messages. */
  readonly name: 'integers' | 'residues';
  /**
   * What a proper threshold gate of `fanIn` children multiplies its value by before it interpolates through it, so that
   * a change of the value by 1 can be hidden by whole numbers.
   */
  valueScale(fanIn: number): bigint;
}

/** Z, as in Damgård and Thorbek's linear integer secret sharing. */
export const integers: Ring = { name: 'integers', valueScale: factorial };

/** Z/m for an m without divisors up to any fan-in but 1: what hides a change of the value there may be a fraction. */
export const residues: Ring = { name: 'residues', valueScale: () => 1n };

/** The representative of `value` modulo `order` that is nearest to 0: a shorter exponent where the order is known. */
export function shortestResidue(value: bigint, order: bigint): bigint {
  const least = residue(value, order);
  return 2n * least > order ? least - order : least;
}
