/**
 * Feldman's commitments along a policy: v^ρ for every column lets anyone compute the key of every row, and the owner of a
 * row check its share. Written once over the group that the exponents live in.
 */
import { E, type Either } from '../../prelude/fp.js';
import { randomBits, type RandomBytes } from '../../prelude/random.js';
import type { LinearSharing, SharingRow } from './compile.js';
import { combinedRow } from './dealing.js';
import { type IntegerRange, isInRange } from './ranges.js';

/** A group, written multiplicatively, without elements of small order, with a base in which secrets are committed to. */
export interface CommitmentGroup<G> {
  readonly identity: G;
  multiply(a: G, b: G): G;
  /** Public exponents only; they may be negative. */
  power(base: G, exponent: bigint): G;
  /** The base to a secret exponent, which is not negative. */
  commit(secret: bigint): G;
  equals(a: G, b: G): boolean;
}

/** C_j for every column j. */
export function commitTo<G>(group: CommitmentGroup<G>, coefficients: readonly bigint[]): readonly G[] {
  return coefficients.map((coefficient) => group.commit(coefficient));
}

/** v_r, the product of C_j to the power of entry j of the row. */
export function rowKey<G>(
  group: CommitmentGroup<G>,
  commitments: readonly G[],
  { entries }: Pick<SharingRow, 'entries'>,
): G {
  return entries.reduce(
    (key, { column, coefficient }) =>
      group.multiply(key, group.power(commitments[column] ?? group.identity, coefficient)),
    group.identity,
  );
}

/** C_j v^(κ_j) for every column: the commitments to ρ + κ, where the shift κ is public and may be negative. */
export function shiftedCommitments<G>(
  group: CommitmentGroup<G>,
  commitments: readonly G[],
  columnShift: readonly bigint[],
): readonly G[] {
  const powerOfBase = (exponent: bigint): G =>
    exponent < 0n ? group.power(group.commit(-exponent), -1n) : group.commit(exponent);
  return commitments.map((commitment, column) => {
    const shift = columnShift[column] ?? 0n;
    return shift === 0n ? commitment : group.multiply(commitment, powerOfBase(shift));
  });
}

/** What a receiver finds wrong with what it was dealt. Rows count from 0. */
export type DealingFault =
  | { readonly _tag: 'WrongCommitmentCount'; readonly expected: number }
  | { readonly _tag: 'NoSuchRow'; readonly row: number }
  | { readonly _tag: 'ShareOutOfRange'; readonly row: number }
  | { readonly _tag: 'ShareNotCommitted'; readonly row: number };

/** What a receiver was dealt. */
export interface ReceivedShares<G> {
  readonly commitments: readonly G[];
  /** The receiver's own shares by row. */
  readonly shares: ReadonlyMap<number, bigint>;
  /** Where the share of a row must be: over residues below the order, so that each number has one representative. */
  readonly range: (row: number) => IntegerRange;
}

/** Checks one's own shares of a dealing: the number of commitments, every range, and v^s against every row's key. */
export function checkDealing<G>(
  sharing: LinearSharing,
  group: CommitmentGroup<G>,
  dealing: ReceivedShares<G>,
): Either<DealingFault, void> {
  const fault = checkShape(sharing, dealing) ?? checkRows(sharing, group, dealing);
  return fault === undefined ? E.right(undefined) : E.left(fault);
}

/**
 * The same for many rows at the price of one exponentiation with a share: a random combination of all the equations, drawn
 * after the shares are fixed. Wrong with probability 2^-128 at most; a fault is looked for row by row.
 */
export function checkDealingInBatch<G>(
  sharing: LinearSharing,
  group: CommitmentGroup<G>,
  dealing: ReceivedShares<G>,
  random: RandomBytes,
): Either<DealingFault, void> {
  const fault = checkShape(sharing, dealing);
  if (fault !== undefined) return E.left(fault);
  const { commitments, shares } = dealing;
  const weights = new Map<number, bigint>();
  let sum = 0n;
  for (const [row, share] of shares) {
    const weight = batchWeight(random);
    weights.set(row, weight);
    sum += weight * share;
  }
  const entries = combinedRow(sharing, weights).map((coefficient, column) => ({ column, coefficient }));
  const expected = rowKey(group, commitments, { entries });
  return group.equals(group.commit(sum), expected) ? E.right(undefined) : checkDealing(sharing, group, dealing);
}

/**
 * A weight for one equation of a batch, uniform in [1, 2^128]: no value is likelier than 2^-128, and no two are the same modulo
 * a prime above that, as are all those that the orders of our groups consist of.
 */
export function batchWeight(random: RandomBytes): bigint {
  return 1n + randomBits(random, 128);
}

function checkShape<G>(
  sharing: LinearSharing,
  { commitments, shares, range }: ReceivedShares<G>,
): DealingFault | undefined {
  if (commitments.length !== sharing.columnCount)
    return { _tag: 'WrongCommitmentCount', expected: sharing.columnCount };
  for (const [row, share] of shares) {
    if (sharing.rows[row] === undefined) return { _tag: 'NoSuchRow', row };
    if (!isInRange(share, range(row))) return { _tag: 'ShareOutOfRange', row };
  }
  return undefined;
}

function checkRows<G>(
  sharing: LinearSharing,
  group: CommitmentGroup<G>,
  { commitments, shares }: ReceivedShares<G>,
): DealingFault | undefined {
  for (const [row, matrixRow] of sharing.rows.entries()) {
    const share = shares.get(row);
    if (share === undefined) continue;
    if (!group.equals(group.commit(share), rowKey(group, commitments, matrixRow)))
      return { _tag: 'ShareNotCommitted', row };
  }
  return undefined;
}
