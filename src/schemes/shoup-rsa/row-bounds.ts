/** How long the shares of a key are: row by row, from its public part alone. */
import { present } from '../../prelude/invariant.js';
import { shareBounds } from '../sharing/bounds.js';
import type { LinearSharing } from '../sharing/compile.js';
import { bitLength } from '../sharing/integers.js';
import type { IntegerRange } from '../sharing/ranges.js';
import { integers, residues, type Ring } from '../sharing/ring.js';
import type { ShoupRsaPublicKey, ShoupRsaRanges } from './key.js';

export interface RowBounds {
  /** Where each row's share is. */
  readonly rows: readonly IntegerRange[];
  /** B_r by row: shares are below 2^B_r. */
  readonly shareBits: readonly number[];
}

/** B_r of one row. */
export function shareBitsOf({ shareBits }: RowBounds, row: number): number {
  return present(shareBits[row], 'a row of the sharing');
}

/** Longer shares are refused: no ceremony makes them. */
const maxShareBits = 16 * 1024;

export function ringOf({ _tag }: ShoupRsaRanges): Ring {
  return _tag === 'modular' ? residues : integers;
}

/** The secret that is dealt over the integers has one bit more than N: the private exponent, plus a multiple of the order. */
export function secretBitsOf(modulus: bigint): number {
  return bitLength(modulus);
}

/** Every share has one bit more than N where shares are residues: each is the first above 2^|N| of its class. */
export function modularRange(modulus: bigint): IntegerRange {
  const lowest = 1n << BigInt(secretBitsOf(modulus));
  return { low: lowest, high: 2n * lowest };
}

/** The bounds of all rows; `undefined` where some share would be longer than {@link maxShareBits}, or might not be positive. */
export function rowBoundsOf(
  sharing: LinearSharing,
  { ranges, modulus }: Pick<ShoupRsaPublicKey, 'ranges' | 'modulus'>,
): RowBounds | undefined {
  if (ranges._tag === 'modular') {
    const rows = sharing.rows.map(() => modularRange(modulus));
    return { rows, shareBits: rows.map(() => secretBitsOf(modulus) + 1) };
  }
  const { rows, shareBits } = shareBounds(sharing, ranges);
  const areShares = rows.every(({ low }) => low > 0n) && shareBits.every((bits) => bits <= maxShareBits);
  return areShares ? { rows, shareBits } : undefined;
}
