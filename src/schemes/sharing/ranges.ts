/**
 * Where the numbers of a sharing over the integers are, as far as everybody knows. Ceremonies add and scale sharings, and so
 * the boxes that their coefficients are drawn from: sizes follow from public data alone, never from shares.
 */
import type { LinearSharing, SharingRow } from './compile.js';

/** Integers from `low` up to but excluding `high`. */
export interface IntegerRange {
  readonly low: bigint;
  readonly high: bigint;
}

/** The box that a vector ρ by column lies in. */
export interface CoefficientRanges {
  /** Where column 0 is. */
  readonly secret: IntegerRange;
  /** Where each other column is. */
  readonly coefficients: IntegerRange;
}

/** Only 0. */
export const zeroRange: IntegerRange = { low: 0n, high: 1n };

/** All numbers of at most so many bits. */
export function rangeOfBits(bits: number): IntegerRange {
  return { low: 0n, high: 1n << BigInt(bits) };
}

/** The least range that has every `factor · x`. */
export function scaledRange({ low, high }: IntegerRange, factor: bigint): IntegerRange {
  const [a, b] = [low * factor, (high - 1n) * factor];
  return a < b ? { low: a, high: b + 1n } : { low: b, high: a + 1n };
}

/** The least range that has every sum of one number from each. */
export function sumOfRanges(ranges: readonly IntegerRange[]): IntegerRange {
  const low = ranges.reduce((sum, range) => sum + range.low, 0n);
  return { low, high: ranges.reduce((sum, range) => sum + range.high - 1n, 0n) + 1n };
}

export function movedRange({ low, high }: IntegerRange, by: bigint): IntegerRange {
  return { low: low + by, high: high + by };
}

export function isInRange(value: bigint, { low, high }: IntegerRange): boolean {
  return value >= low && value < high;
}

/** The box of `factor · ρ`; with a positive factor also that of as many independent vectors of this box added up. */
export function scaledRanges({ secret, coefficients }: CoefficientRanges, factor: bigint): CoefficientRanges {
  return { secret: scaledRange(secret, factor), coefficients: scaledRange(coefficients, factor) };
}

/** The box of a sum of vectors, one from each box. */
export function addedRanges(boxes: readonly CoefficientRanges[]): CoefficientRanges {
  return {
    secret: sumOfRanges(boxes.map(({ secret }) => secret)),
    coefficients: sumOfRanges(boxes.map(({ coefficients }) => coefficients)),
  };
}

/** Where M_r ρ is, for each row r and any ρ of the box. What a receiver of a sub-share holds it against. */
export function rowRanges(sharing: LinearSharing, ranges: CoefficientRanges): readonly IntegerRange[] {
  return sharing.rows.map((row) => rowRange(row, ranges));
}

/** Where the product of one row and any ρ of the box is. */
export function rowRange({ entries }: SharingRow, { secret, coefficients }: CoefficientRanges): IntegerRange {
  return sumOfRanges(
    entries.map(({ column, coefficient }) => scaledRange(column === 0 ? secret : coefficients, coefficient)),
  );
}
