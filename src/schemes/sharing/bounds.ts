/**
 * How large the numbers of a dealing over the integers are, from public data only, never from shares.
 *
 * Hiding: a change of the secret by less than 2^secretBits is matched by a change of the coefficients by that times the
 * sweeping vector. Coefficients are uniform over 2^`randomBits` values, which is σ bits and more above any such change, so
 * two secrets differ to an unqualified set by at most 2^-σ in statistical distance.
 *
 * Fixed length: the range of some coefficients begins at a public offset instead of 0, chosen so that every share is
 * positive and has the same number of bits whatever was drawn. An exponentiation with it then shows neither sign nor size.
 */
import { invariant } from '../../prelude/invariant.js';
import type { LinearSharing, SharingGate, SharingNode } from './compile.js';
import { binomial, bitLength, exactQuotient, factorial } from './integers.js';
import { integers } from './ring.js';

/** σ: dealings differ for different secrets by at most 2^-σ. */
export const statisticalSecurityBits = 128;

/** Integers from `low` up to but excluding `high`. */
export interface IntegerRange {
  readonly low: bigint;
  readonly high: bigint;
}

export interface DealingBounds {
  /** Where the secret must be: it has exactly `secretBits + 1` bits. */
  readonly secret: IntegerRange;
  /** Where each column's coefficient is drawn, uniformly; that of column 0 is `secret`. */
  readonly columns: readonly IntegerRange[];
  /** Where each row's share is; both ends have `shareBits` bits. */
  readonly rows: readonly IntegerRange[];
  /** B_r by row: shares are below 2^B_r, and at least half of that. */
  readonly shareBits: readonly number[];
}

/**
 * The bounds of dealing secrets from `[2^secretBits, 2^(secretBits + 1))`.
 *
 * @param sharing - compiled over the integers.
 */
export function dealingBounds(sharing: LinearSharing, secretBits: number): DealingBounds {
  invariant(sharing.ring === integers, 'only a sharing over the integers has bounds');
  const base = 1n << BigInt(secretBits);
  const secret = { low: base, high: 2n * base };
  const width = 1n << BigInt(randomBits(sharing, secretBits));
  const columns = coefficientRanges(sharing, secret, width);
  const rows = sharing.rows.map(({ entries }) =>
    sumOfRanges(entries.map((e) => scaledRange(rangeOf(columns, e.column), e.coefficient))),
  );
  return { secret, columns, rows, shareBits: rows.map(fixedBitLength) };
}

/** How far a unit change of the secret moves coefficients and values, for the worst unqualified set; see {@link coefficientShift}. */
export function maxCoefficientShift(sharing: LinearSharing): bigint {
  const visit = (node: SharingNode, shift: bigint): bigint => {
    if (node._tag === 'leaf') return 0n;
    const below = node.children.map((child) => visit(child, shift * childShift(node)));
    return below.reduce((a, b) => (a > b ? a : b), shift * coefficientShift(node));
  };
  return visit(sharing.root, 1n);
}

/** R: the bits of randomness of every coefficient. */
function randomBits(sharing: LinearSharing, secretBits: number): number {
  const coefficientCount = BigInt(Math.max(1, sharing.columnCount - 1));
  return (
    secretBits + bitLength(maxCoefficientShift(sharing)) + statisticalSecurityBits + bitLength(coefficientCount) + 1
  );
}

/**
 * The largest coefficient of `n! · Π (1 - X/i)` over any k-1 positions i of 1..n. The elementary symmetric polynomials of
 * their inverses are largest for 1..k-1, where they are those of Π (X + i) divided by (k-1)!.
 */
function coefficientShift({ _tag, k, children }: SharingGate): bigint {
  if (_tag === 'any') return 0n;
  if (_tag === 'all') return 1n;
  let symmetric: readonly bigint[] = [1n];
  for (let i = 1n; i < BigInt(k); i++) {
    const previous = symmetric;
    symmetric = [...previous, 0n].map((value, degree) => i * value + (previous[degree - 1] ?? 0n));
  }
  const largest = symmetric.slice(1).reduce((a, b) => (a > b ? a : b), 0n);
  return exactQuotient(factorial(children.length), factorial(k - 1)) * largest;
}

/**
 * The largest value of the same polynomial at a position c: of the factors |i - c|/i only those with i <= c/2 exceed 1, and
 * the first m of them multiply to the binomial coefficient of c-1 over m.
 */
function childShift({ _tag, k, children }: SharingGate): bigint {
  const n = children.length;
  return _tag === 'threshold' ? factorial(n) * binomial(n - 1, Math.min(k - 1, Math.floor(n / 2))) : 1n;
}

/** Offsets top-down, so that every value below stays positive and, with the coefficients, of fixed length. */
function coefficientRanges(sharing: LinearSharing, secret: IntegerRange, width: bigint): readonly IntegerRange[] {
  const columns = new Array<IntegerRange>(sharing.columnCount).fill({ low: 0n, high: width });
  columns[0] = secret;
  const visit = (node: SharingNode, value: IntegerRange): void => {
    if (node._tag === 'leaf') return;
    const offsets = gateOffsets(node, value, width);
    for (const [index, low] of offsets.entries()) columns[node.firstColumn + index] = { low, high: low + width };
    const own = offsets.map((_, index) => rangeOf(columns, node.firstColumn + index));
    for (const [index, child] of node.children.entries()) visit(child, childRange(node, index, value, own));
  };
  visit(sharing.root, secret);
  return columns;
}

/**
 * A threshold gate adds 2^w to its linear coefficient, where 2^w exceeds all else that a child receives: child c is then in
 * [c 2^w, (c + 1) 2^w). An `all` gate adds 3·2^w to each coefficient, where 2^w exceeds its value and the sum of its
 * randomness: its last child is then within 2^w of 3(n-1)·2^w, where no power of two lies.
 */
function gateOffsets(gate: SharingGate, value: IntegerRange, width: bigint): readonly bigint[] {
  const n = BigInt(gate.children.length);
  switch (gate._tag) {
    case 'any':
      return [];
    case 'all': {
      const reach = value.high > (n - 1n) * width ? value.high : (n - 1n) * width;
      return gate.children.slice(1).map(() => 3n << BigInt(bitLength(reach)));
    }
    case 'threshold': {
      const zero = Array.from({ length: gate.k - 1 }, () => ({ low: 0n, high: width }));
      const reach = childRange(gate, gate.children.length - 1, value, zero).high;
      return zero.map((_, index) => (index === 0 ? 1n << BigInt(bitLength(reach)) : 0n));
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
      return sumOfRanges([scaledRange(value, integers.gateScale(gate.children.length)), ...powers]);
    }
  }
}

function rangeOf(columns: readonly IntegerRange[], column: number): IntegerRange {
  const range = columns[column];
  invariant(range !== undefined, 'every column has a range');
  return range;
}

/** The exact range of `factor · x`, its last value included at the upper end. */
function scaledRange({ low, high }: IntegerRange, factor: bigint): IntegerRange {
  const [a, b] = [low * factor, (high - 1n) * factor];
  return a < b ? { low: a, high: b + 1n } : { low: b, high: a + 1n };
}

function sumOfRanges(ranges: readonly IntegerRange[]): IntegerRange {
  const low = ranges.reduce((sum, range) => sum + range.low, 0n);
  return { low, high: ranges.reduce((sum, range) => sum + range.high - 1n, 0n) + 1n };
}

function fixedBitLength({ low, high }: IntegerRange): number {
  const bits = bitLength(low);
  invariant(low > 0n && bits === bitLength(high - 1n), 'every share of a row has the same number of bits');
  return bits;
}
