/**
 * Feldman's commitments along a policy: v^ρ for every column lets anyone compute the key of every row, and the owner of a
 * row check its share. Written once over the group that the exponents live in.
 */
import { E, type Either } from '../../prelude/fp.js';
import { randomBits, type RandomBytes } from '../../prelude/random.js';
import type { LinearSharing, SharingRow } from './compile.js';
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
export function rowKey<G>(group: CommitmentGroup<G>, commitments: readonly G[], row: SharingRow): G {
  return row.entries.reduce((key, { column, coefficient }) => {
    const commitment = commitments[column];
    return commitment === undefined ? key : group.multiply(key, group.power(commitment, coefficient));
  }, group.identity);
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
  const { commitments, shares } = dealing;
  if (commitments.length !== sharing.columnCount)
    return E.left({ _tag: 'WrongCommitmentCount', expected: sharing.columnCount });
  for (const [row, share] of shares) {
    const fault = checkShape(sharing, dealing, row, share) ?? checkCommitted(sharing, group, commitments, row, share);
    if (fault !== undefined) return E.left(fault);
  }
  return E.right(undefined);
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
  const { commitments, shares } = dealing;
  const shapely =
    commitments.length === sharing.columnCount &&
    [...shares].every(([row, share]) => checkShape(sharing, dealing, row, share) === undefined);
  if (!shapely) return checkDealing(sharing, group, dealing);
  let sum = 0n;
  const exponents = commitments.map(() => 0n);
  for (const [row, share] of shares) {
    const weight = batchWeight(random);
    sum += weight * share;
    for (const { column, coefficient } of sharing.rows[row]?.entries ?? [])
      exponents[column] = (exponents[column] ?? 0n) + weight * coefficient;
  }
  const expected = commitments.reduce(
    (whole, commitment, column) => group.multiply(whole, group.power(commitment, exponents[column] ?? 0n)),
    group.identity,
  );
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
  dealing: ReceivedShares<G>,
  row: number,
  share: bigint,
): DealingFault | undefined {
  if (sharing.rows[row] === undefined) return { _tag: 'NoSuchRow', row };
  return isInRange(share, dealing.range(row)) ? undefined : { _tag: 'ShareOutOfRange', row };
}

function checkCommitted<G>(
  sharing: LinearSharing,
  group: CommitmentGroup<G>,
  commitments: readonly G[],
  row: number,
  share: bigint,
): DealingFault | undefined {
  const key = sharing.rows[row];
  if (key === undefined) return { _tag: 'NoSuchRow', row };
  return group.equals(group.commit(share), rowKey(group, commitments, key))
    ? undefined
    : { _tag: 'ShareNotCommitted', row };
}
