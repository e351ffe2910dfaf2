/**
 * What a masked-quotient reshare leaves behind: the sum of all dealings, and a public shift of its columns. That of column 0
 * is c, what the low parts lack of the secret; those of the others make every share positive and of fixed length.
 */
import { type ShareBounds, shareBounds } from '../sharing/bounds.js';
import { type CommitmentGroup, shiftedCommitments } from '../sharing/commitments.js';
import type { LinearSharing } from '../sharing/compile.js';
import { rowProduct } from '../sharing/dealing.js';
import type { CoefficientRanges } from '../sharing/ranges.js';
import type { QuotientPlan } from './quotient-plan.js';
import { quotientRanges, sumOf } from './quotient-ranges.js';

export interface QuotientResult {
  readonly sharing: LinearSharing;
  /** The box of the new shares, before the columns but the first are shifted. */
  readonly ranges: CoefficientRanges;
  readonly bounds: ShareBounds;
  /** By column. */
  readonly shift: readonly bigint[];
}

/** @param constant - c. */
export function quotientResult(plan: QuotientPlan, constant: bigint): QuotientResult {
  const ranges = quotientRanges(sumOf(plan), constant);
  const bounds = shareBounds(plan.next, ranges);
  return { sharing: plan.next, ranges, bounds, shift: [constant, ...bounds.columnShift.slice(1)] };
}

/** A new share of `row`, from the sub-shares of every contributor. */
export function quotientShare({ sharing, shift }: QuotientResult, row: number, subShares: readonly bigint[]): bigint {
  const own = sharing.rows[row];
  return subShares.reduce((sum, share) => sum + share, own === undefined ? 0n : rowProduct(own, shift));
}

/** The new commitments, from those of every contributor's dealing. */
export function quotientCommitments<G>(
  { shift }: QuotientResult,
  group: CommitmentGroup<G>,
  dealings: readonly (readonly G[])[],
): readonly G[] {
  const sums = shift.map((_, column) =>
    dealings.reduce((sum, dealing) => group.multiply(sum, dealing[column] ?? group.identity), group.identity),
  );
  return shiftedCommitments(group, sums, shift);
}
