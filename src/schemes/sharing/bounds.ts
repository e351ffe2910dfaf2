/**
 * How long the shares of a sharing over the integers are, from public data only.
 *
 * Fixed length: a public shift κ of the columns makes every share positive, with the same number of bits whatever was drawn.
 * An exponentiation with it then shows neither sign nor size, and costs no correction. κ_0 is 0: the secret stays what it is.
 */
import { invariant } from '../../prelude/invariant.js';
import type { LinearSharing, SharingGate, SharingNode } from './compile.js';
import { rowProduct } from './dealing.js';
import { coefficientBits } from './hiding.js';
import { bitLength, largest, magnitude } from './integers.js';
import {
  type CoefficientRanges,
  type IntegerRange,
  movedRange,
  rangeOfBits,
  rowRange,
  scaledRange,
  sumOfRanges,
  zeroRange,
} from './ranges.js';
import { integers } from './ring.js';

/** Where the shares M_r (ρ + κ) of a sharing are. */
export interface ShareBounds {
  /** κ by column. */
  readonly columnShift: readonly bigint[];
  /** Where each row's share is. */
  readonly rows: readonly IntegerRange[];
  /**
   * B_r by row: shares are at least 2^(B_r - 1) and below 2^B_r. Nothing can shift a row that is the secret itself (below
   * `any` gates alone): its B_r is that of the end of the secret's range farther from 0, and its shares are of that length
   * only if both ends are.
   */
  readonly shareBits: readonly number[];
}

/** The box of a fresh dealing of a secret from `[2^secretBits, 2^(secretBits + 1))`, all of the same length. */
export function dealingRanges(sharing: LinearSharing, secretBits: number): CoefficientRanges {
  const lowest = 1n << BigInt(secretBits);
  return {
    secret: { low: lowest, high: 2n * lowest },
    coefficients: rangeOfBits(coefficientBits(sharing, secretBits)),
  };
}

/**
 * The box of a dealing of 0 that refreshes shares of secrets less than 2^`secretBits` apart. It has one bit more than a
 * dealing: those who are corrupted before and those who are corrupted after may be two unqualified sets.
 */
export function zeroDealingRanges(sharing: LinearSharing, secretBits: number): CoefficientRanges {
  return { secret: zeroRange, coefficients: rangeOfBits(coefficientBits(sharing, secretBits) + 1) };
}

/** Shift and sizes of the shares of any ρ of the box. Everybody who knows the box computes the same ones. */
export function shareBounds(sharing: LinearSharing, ranges: CoefficientRanges): ShareBounds {
  invariant(sharing.ring === integers, 'only a sharing over the integers has bounds');
  const columnShift = columnShifts(sharing, ranges);
  const rows = sharing.rows.map((row) => {
    const range = movedRange(rowRange(row, ranges), rowProduct(row, columnShift));
    const isSecretAlone = row.entries.every(({ column }) => column === 0);
    invariant(isSecretAlone || isOfFixedLength(range), 'every share of a row has the same number of bits');
    return range;
  });
  return { columnShift, rows, shareBits: rows.map(maxBits) };
}

/** Whether every number of the range is positive and has the same number of bits. */
export function isOfFixedLength({ low, high }: IntegerRange): boolean {
  return low > 0n && bitLength(low) === bitLength(high - 1n);
}

/** The bits of the number of the range that is farthest from 0. */
export function maxBits({ low, high }: IntegerRange): number {
  return Math.max(bitLength(magnitude(low)), bitLength(magnitude(high - 1n)));
}

/** Top-down: coefficients from 0 on first, and then an offset wherever a gate's children need one. */
function columnShifts(sharing: LinearSharing, { secret, coefficients }: CoefficientRanges): readonly bigint[] {
  const width = coefficients.high - coefficients.low;
  const shifts = new Array<bigint>(sharing.columnCount).fill(0n);
  const visit = (node: SharingNode, value: IntegerRange): void => {
    if (node._tag === 'leaf') return;
    const offsets = gateOffsets(node, value, width);
    for (const [index, offset] of offsets.entries()) shifts[node.firstColumn + index] = offset - coefficients.low;
    const own = offsets.map((low) => ({ low, high: low + width }));
    for (const [index, child] of node.children.entries()) visit(child, childRange(node, index, value, own));
  };
  visit(sharing.root, secret);
  return shifts;
}

/**
 * A threshold gate adds 2^w to its linear coefficient, where 2^w exceeds all else that a child receives: child c is then in
 * [c 2^w, (c + 1) 2^w). Where its value may be negative, so much more that all else is not. An `all` gate adds 3·2^w to each
 * coefficient, where 2^w exceeds its value and the sum of its randomness: its last child is then within 2^w of 3(n-1)·2^w,
 * where no power of two lies.
 */
function gateOffsets(gate: SharingGate, value: IntegerRange, width: bigint): readonly bigint[] {
  const n = BigInt(gate.children.length);
  const below = largest(0n, -value.low);
  switch (gate._tag) {
    case 'any':
      return [];
    case 'all': {
      const reach = largest(value.high, (n - 1n) * width + below);
      return gate.children.slice(1).map(() => 3n << BigInt(bitLength(reach)));
    }
    case 'threshold': {
      const lift = gate.valueScale * below;
      const lifted = Array.from({ length: gate.k - 1 }, (_, index) => (index === 0 ? lift : 0n));
      const own = lifted.map((low) => ({ low, high: low + width }));
      const reach = childRange(gate, gate.children.length - 1, value, own).high;
      return lifted.map((low, index) => (index === 0 ? low + (1n << BigInt(bitLength(reach))) : low));
    }
  }
}

/** Where the value of the child at `index` (from 0) is. */
function childRange(gate: SharingGate, index: number, value: IntegerRange, own: readonly IntegerRange[]): IntegerRange {
  switch (gate._tag) {
    case 'any':
      return value;
    case 'all':
      return own[index] ?? sumOfRanges([scaledRange(value, -1n), ...own]);
    case 'threshold': {
      const point = BigInt(index + 1);
      const powers = own.map((range, offset) => scaledRange(range, point ** BigInt(offset + 1)));
      return sumOfRanges([scaledRange(value, gate.valueScale), ...powers]);
    }
  }
}
