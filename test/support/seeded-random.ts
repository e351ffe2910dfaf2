/** Random bytes that a seed determines (a linear congruential generator, its upper bits). */
import type { RandomBytes } from '../../src/prelude/random.js';

export function seededRandom(seed: number): RandomBytes {
  let state = BigInt(seed);
  return (length) =>
    Uint8Array.from({ length }, () => {
      state = (state * 6364136223846793005n + 1442695040888963407n) % 2n ** 64n;
      return Number(state >> 56n);
    });
}
