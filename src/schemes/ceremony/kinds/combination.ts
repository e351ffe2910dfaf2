/** Dealings added up, in the exponent. */
import type { CommitmentGroup } from '../../sharing/commitments.js';
import type { Combination } from '../ceremony-scheme.js';

/** For each column the product of what was committed to in it, each to the power of its weight. Constants are left to others. */
export function combinedCommitments<G>(
  group: CommitmentGroup<G>,
  columnCount: number,
  { contributions }: Combination<G>,
): readonly G[] {
  return Array.from({ length: columnCount }, (_, column) =>
    contributions.reduce((product, { commitments, weight }) => {
      const commitment = commitments[column] ?? group.identity;
      return group.multiply(product, weight === 1n ? commitment : group.power(commitment, weight));
    }, group.identity),
  );
}
