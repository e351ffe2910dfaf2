/** Dealings added up: which of them, and what that is in the exponent. */
import { E, type Either } from '../../../prelude/fp.js';
import type { ProcessId } from '../../../prelude/process.js';
import type { CommitmentGroup } from '../../sharing/commitments.js';
import type { Combination, Contribution, DealingForm, DealtSecret } from '../ceremony-scheme.js';
import type { AbortReason } from '../fault.js';
import type { CeremonySetting } from '../setting.js';
import type { Deal } from '../transcript.js';

/** All dealings of these deals, each once. */
export function addedOnce<G>(deals: ReadonlyMap<ProcessId, Deal<G>>, form: DealingForm): readonly Contribution<G>[] {
  return [...deals].flatMap(([dealer, { dealings }]) =>
    dealings.map(({ commitments }, dealing) => ({ dealer, dealing, weight: 1n, form, commitments })),
  );
}

/** The sum of all deals that stand, if one of their dealers is correct: its numbers nobody else knows. */
export function sumOfDeals<G, Key>(
  { scheme, rules }: CeremonySetting<G, Key>,
  dealers: readonly ProcessId[],
  standing: ReadonlyMap<ProcessId, Deal<G>>,
  secret: DealtSecret,
): Either<AbortReason, Combination<G>> {
  return rules.dealers.containsCorrect(rules.dealers.processes.universe.of(standing.keys()))
    ? E.right({ contributions: addedOnce(standing, scheme.formOf(secret)), constant: 0n })
    : E.left({ _tag: 'TooFew', round: 'deal', missing: dealers.filter((dealer) => !standing.has(dealer)) });
}

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
