/** Randomness is an argument. Only servers, commands and tests choose where it comes from. */
import { bytesToBigInt } from './bytes.js';
import { invariant } from './invariant.js';

/** Returns `length` fresh bytes that nobody can predict (or, in tests, that a seed determines). */
export type RandomBytes = (length: number) => Uint8Array;

/** A uniform integer in `[0, 2^bits)`. */
export function randomBits(random: RandomBytes, bits: number): bigint {
  const length = Math.ceil(bits / 8);
  return bytesToBigInt(random(length)) >> BigInt(8 * length - bits);
}

/** A uniform integer in `[0, bound)`, by rejection. */
export function randomBelow(random: RandomBytes, bound: bigint): bigint {
  invariant(bound > 0n, 'a random integer is asked for below a positive bound');
  const bits = bound.toString(2).length;
  for (;;) {
    const candidate = randomBits(random, bits);
    if (candidate < bound) return candidate;
  }
}
