/**
 * How much randomness hides a secret over the integers (statistical privacy of linear integer secret sharing, Damgård and
 * Thorbek). A change of the secret is matched, for the view of an unqualified set, by a change of the coefficients by that
 * much times its sweeping vector; coefficients are uniform over so many values that they hardly notice.
 */
import type { LinearSharing, SharingGate, SharingNode } from './compile.js';
import { binomial, bitLength, exactQuotient, factorial, largest } from './integers.js';

/** σ: dealings of two secrets look different to an unqualified set with probability 2^-σ at most. */
export const statisticalSecurityBits = 128;

/**
 * R: coefficients uniform over 2^R values hide which of two secrets that differ by less than 2^`shiftBits` was dealt, up to
 * 2^-`securityBits` in statistical distance, from every unqualified set that sees the commitments as well.
 */
export function coefficientBits(
  sharing: LinearSharing,
  shiftBits: number,
  securityBits: number = statisticalSecurityBits,
): number {
  const coefficientCount = BigInt(Math.max(1, sharing.columnCount - 1));
  return shiftBits + bitLength(maxCoefficientShift(sharing)) + securityBits + bitLength(coefficientCount) + 1;
}

/** How far a unit change of the secret moves any coefficient, for the worst unqualified set. */
export function maxCoefficientShift(sharing: LinearSharing): bigint {
  const visit = (node: SharingNode, shift: bigint): bigint => {
    if (node._tag === 'leaf') return 0n;
    const below = node.children.map((child) => visit(child, shift * childShift(node)));
    return largest(shift * coefficientShift(node), ...below);
  };
  return visit(sharing.root, 1n);
}

/** How far a unit change of the secret moves each row's value, by row, for the worst unqualified set that lacks it. */
export function rowShifts(sharing: LinearSharing): readonly bigint[] {
  const visit = (node: SharingNode, shift: bigint): readonly bigint[] =>
    node._tag === 'leaf' ? [shift] : node.children.flatMap((child) => visit(child, shift * childShift(node)));
  return visit(sharing.root, 1n);
}

/**
 * The largest coefficient of `n! · Π (1 - X/i)` over any k-1 positions i of 1..n, the constant one apart. The elementary
 * symmetric polynomials of their inverses are largest for 1..k-1, where they are those of Π (X + i) divided by (k-1)!.
 */
function coefficientShift({ _tag, k, children }: SharingGate): bigint {
  if (_tag === 'all') return 1n;
  let symmetric: readonly bigint[] = [1n];
  for (let i = 1n; i < BigInt(k); i++) {
    const previous = symmetric;
    symmetric = [...previous, 0n].map((value, degree) => i * value + (previous[degree - 1] ?? 0n));
  }
  return exactQuotient(factorial(children.length), factorial(k - 1)) * largest(0n, ...symmetric.slice(1));
}

/**
 * The largest value of the same polynomial at a position c: of the factors |i - c|/i only those with i <= c/2 exceed 1, and
 * the first m of them multiply to the binomial coefficient of c-1 over m.
 */
function childShift({ _tag, k, children }: SharingGate): bigint {
  const n = children.length;
  return _tag === 'threshold' ? factorial(n) * binomial(n - 1, Math.min(k - 1, Math.floor(n / 2))) : 1n;
}
