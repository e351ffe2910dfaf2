/**
 * Several rows of one process as one number, once it is settled who takes part (spec/schemes.md): a
 * process then makes one share Σ λ_r s_r of the whole where it would make one for each row. Such a number has bounds of its
 * own, of its λ as well; proofs and masks that are sized for single rows would show it.
 */
import type { ProcessId } from '../../prelude/process.js';
import type { ShareBounds } from './bounds.js';
import { maxBits } from './bounds.js';
import type { CommitmentGroup } from './commitments.js';
import type { LinearSharing } from './compile.js';
import { type IntegerRange, scaledRange, sumOfRanges, zeroRange } from './ranges.js';

/** λ by row, of the rows of one process only. */
export type OwnFactors = ReadonlyMap<number, bigint>;

/** A reconstruction, by process: the factors of its rows. */
export function factorsByOwner(
  sharing: LinearSharing,
  lambda: ReadonlyMap<number, bigint>,
): ReadonlyMap<ProcessId, OwnFactors> {
  const byOwner = new Map<ProcessId, Map<number, bigint>>();
  for (const [row, factor] of lambda) {
    const owner = sharing.rows[row]?.owner;
    if (owner === undefined) continue;
    const own = byOwner.get(owner) ?? new Map<number, bigint>();
    byOwner.set(owner, own.set(row, factor));
  }
  return byOwner;
}

/** Σ λ_r s_r; may be negative. `undefined` where a row has no share. */
export function combinedSecret(factors: OwnFactors, shares: ReadonlyMap<number, bigint>): bigint | undefined {
  let sum = 0n;
  for (const [row, factor] of factors) {
    const share = shares.get(row);
    if (share === undefined) return undefined;
    sum += factor * share;
  }
  return sum;
}

/** Π v_r^(λ_r), to which the combined secret is committed. */
export function combinedKey<G>(group: CommitmentGroup<G>, factors: OwnFactors, rowKey: (row: number) => G): G {
  return [...factors].reduce(
    (key, [row, factor]) => group.multiply(key, group.power(rowKey(row), factor)),
    group.identity,
  );
}

/** Where a combined secret is. */
export interface CombinedBounds {
  readonly range: IntegerRange;
  /** B_c: every combined secret is below 2^B_c, and above -2^B_c. At most the bits of Σ |λ_r| 2^(B_r). */
  readonly bits: number;
}

export function combinedBounds({ rows }: Pick<ShareBounds, 'rows'>, factors: OwnFactors): CombinedBounds {
  const range = sumOfRanges([...factors].map(([row, factor]) => scaledRange(rows[row] ?? zeroRange, factor)));
  return { range, bits: maxBits(range) };
}
