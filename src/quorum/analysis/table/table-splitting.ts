/** The smallest splitting set, from the table of all sets: the fewest processes outside which two qualified sets do not meet. */
import { present } from '../../../prelude/invariant.js';
import type { SubsetTable } from '../../tree/subset-transform.js';

/** Masks. */
export interface SplitMasks {
  readonly common: number;
  readonly quorums: readonly [number, number];
}

/**
 * For a quorum A, the second one meets it least if it takes all others and then as few of A as it still needs. So the answer is the
 * smallest `lacking` of the complement of a quorum; minimal ones suffice, because a smaller A leaves more to the others.
 *
 * @param quorums - the minimal sets of `qualified`, of which there is one at least.
 */
export function smallestSplit(qualified: SubsetTable, quorums: readonly number[]): SplitMasks {
  const full = qualified.length - 1;
  const lacking = fewestLacking(qualified);
  const needed = (quorum: number): number => present(lacking[full ^ quorum], 'every set is in the table');
  const first = quorums.reduce((best, quorum) => (needed(quorum) < needed(best) ? quorum : best));
  const second = thinned(qualified, filled(lacking, full ^ first), first);
  return { common: first & second, quorums: [first, second] };
}

/** For every set how many members it needs at least to be qualified; that of all is. */
function fewestLacking(qualified: SubsetTable): Uint8Array {
  const lacking = new Uint8Array(qualified.length);
  for (let mask = qualified.length - 1; mask >= 0; mask--) {
    if (qualified[mask] === 1) continue;
    let least = 255;
    for (let bit = 1; bit < qualified.length; bit <<= 1) {
      if ((mask & bit) === 0) least = Math.min(least, lacking[mask | bit] ?? 255);
    }
    lacking[mask] = least + 1;
  }
  return lacking;
}

/** `mask` with the fewest members that make it qualified. */
function filled(lacking: Uint8Array, mask: number): number {
  let set = mask;
  for (let bit = 1; (lacking[set] ?? 0) > 0 && bit < lacking.length; bit <<= 1) {
    if ((lacking[set | bit] ?? 0) < (lacking[set] ?? 0)) set |= bit;
  }
  return set;
}

/** A minimal qualified subset of `mask`. It keeps all that it has of `common`, which would not be fewest otherwise. */
function thinned(qualified: SubsetTable, mask: number, common: number): number {
  let set = mask;
  for (let bit = 1; bit <= mask; bit <<= 1) {
    if ((set & bit & ~common) !== 0 && qualified[set ^ bit] === 1) set ^= bit;
  }
  return set;
}
