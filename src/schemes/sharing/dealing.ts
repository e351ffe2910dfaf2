/** Dealing: random coefficients beside the secret, and each row's share of them. */
import { invariant, present } from '../../prelude/invariant.js';
import { randomBelow, type RandomBytes } from '../../prelude/random.js';
import type { LinearSharing, SharingRow } from './compile.js';
import { residue } from './integers.js';
import { modularInverse } from './modular-inverse.js';
import { type CoefficientRanges, isInRange } from './ranges.js';
import { integers, residues } from './ring.js';

/** What a dealer drew and what follows from it. All of it is secret. */
export interface Dealing {
  /** ρ by column: the secret, then the random coefficients. */
  readonly coefficients: readonly bigint[];
  /** Shares by row. */
  readonly shares: readonly bigint[];
}

/**
 * Shares a secret over the integers, with coefficients uniform in their range and without any shift: a sub-dealing of a
 * ceremony is this, a dealing of a key is {@link shiftedDealing} of this.
 */
export function dealOverIntegers(
  sharing: LinearSharing,
  ranges: CoefficientRanges,
  secret: bigint,
  random: RandomBytes,
): Dealing {
  invariant(sharing.ring === integers, 'the sharing is over the integers');
  invariant(isInRange(secret, ranges.secret), 'the dealt secret is in its range');
  const { low, high } = ranges.coefficients;
  const coefficients = [secret, ...drawColumns(sharing, () => low + randomBelow(random, high - low))];
  return { coefficients, shares: sharing.rows.map((row) => rowProduct(row, coefficients)) };
}

/**
 * Shares a secret modulo `order`, which has no divisors but 1 up to any fan-in. A qualified set reconstructs D times
 * `secret`: where that is to be s itself, share {@link dividedByScale} of s.
 */
export function dealOverResidues(sharing: LinearSharing, order: bigint, secret: bigint, random: RandomBytes): Dealing {
  invariant(sharing.ring === residues, 'the sharing is over residues');
  invariant(secret >= 0n && secret < order, 'the dealt secret is a residue');
  const coefficients = [secret, ...drawColumns(sharing, () => randomBelow(random, order))];
  return { coefficients, shares: sharing.rows.map((row) => residue(rowProduct(row, coefficients), order)) };
}

/** The number that D times is `secret` modulo a prime `order` above every fan-in. */
export function dividedByScale({ scale }: LinearSharing, order: bigint, secret: bigint): bigint {
  const inverse = present(modularInverse(scale, order), 'no fan-in reaches a factor of the order');
  return residue(secret * inverse, order);
}

/** The dealing of ρ + κ. */
export function shiftedDealing(sharing: LinearSharing, dealing: Dealing, columnShift: readonly bigint[]): Dealing {
  return {
    coefficients: dealing.coefficients.map((coefficient, column) => coefficient + (columnShift[column] ?? 0n)),
    shares: sharing.rows.map((row, index) => (dealing.shares[index] ?? 0n) + rowProduct(row, columnShift)),
  };
}

/** The product of a row of the matrix and a vector by column; of the shift κ, what it adds to that row's share. */
export function rowProduct({ entries }: SharingRow, vector: readonly bigint[]): bigint {
  return entries.reduce((sum, { column, coefficient }) => sum + coefficient * (vector[column] ?? 0n), 0n);
}

/** The sum of rows of the matrix, each times its factor, by column. */
export function combinedRow(sharing: LinearSharing, factors: ReadonlyMap<number, bigint>): readonly bigint[] {
  const sums = new Array<bigint>(sharing.columnCount).fill(0n);
  for (const [row, { entries }] of sharing.rows.entries()) {
    const factor = factors.get(row);
    if (factor === undefined) continue;
    for (const { column, coefficient } of entries) sums[column] = (sums[column] ?? 0n) + factor * coefficient;
  }
  return sums;
}

function drawColumns({ columnCount }: LinearSharing, draw: () => bigint): readonly bigint[] {
  return Array.from({ length: columnCount - 1 }, draw);
}
