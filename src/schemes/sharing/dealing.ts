/** Dealing: random coefficients beside the secret, and each row's share of them. */
import { invariant } from '../../prelude/invariant.js';
import { randomBelow, type RandomBytes } from '../../prelude/random.js';
import type { DealingBounds } from './bounds.js';
import type { LinearSharing, SharingRow } from './compile.js';

/** What a dealer drew and what follows from it. All of it is secret. */
export interface Dealing {
  /** ρ by column: the secret, then the random coefficients. */
  readonly coefficients: readonly bigint[];
  /** Shares by row. */
  readonly shares: readonly bigint[];
}

/** Shares an integer secret. Over the integers; see {@link dealOverField} for a field. */
export function dealOverIntegers(
  sharing: LinearSharing,
  bounds: DealingBounds,
  secret: bigint,
  random: RandomBytes,
): Dealing {
  invariant(secret >= bounds.secret.low && secret < bounds.secret.high, 'the dealt secret is in its range');
  const drawn = bounds.columns.slice(1).map(({ low, high }) => low + randomBelow(random, high - low));
  return shareOut(sharing, [secret, ...drawn]);
}

/** Shares a secret of a prime field of `order` elements. */
export function dealOverField(sharing: LinearSharing, order: bigint, secret: bigint, random: RandomBytes): Dealing {
  const drawn = Array.from({ length: sharing.columnCount - 1 }, () => randomBelow(random, order));
  return shareOut(sharing, [secret, ...drawn]);
}

/** The product of a row of the matrix and a vector by column. */
export function rowProduct({ entries }: SharingRow, vector: readonly bigint[]): bigint {
  return entries.reduce((sum, { column, coefficient }) => sum + coefficient * (vector[column] ?? 0n), 0n);
}

function shareOut(sharing: LinearSharing, coefficients: readonly bigint[]): Dealing {
  return { coefficients, shares: sharing.rows.map((row) => sharing.ring.reduce(rowProduct(row, coefficients))) };
}
