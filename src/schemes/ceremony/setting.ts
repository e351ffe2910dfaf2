/** One attempt at one ceremony, before anything is said: who deals, who receives, and by which rules it succeeds. */
import { ownersOf, rowsByOwner } from '../sharing/row-owners.js';
import type { Digest } from '../../prelude/digest.js';
import type { ProcessId, ProcessSet, Universe } from '../../prelude/process.js';
import type { QuorumSystem } from '../../quorum/quorum-system.js';
import type { LinearSharing } from '../sharing/compile.js';
import type { CeremonyScheme } from './ceremony-scheme.js';
import { ceremonyIdOf, type CeremonyTerms, isExcluded } from './terms.js';

/** Who is trusted with what in a ceremony; from outside, since schemes know no trust models. Monotone predicates. */
export interface CeremonyRules {
  /** Over the dealers: whose randomness counts, and for whom a ceremony waits. */
  readonly dealers: Pick<QuorumSystem, 'processes' | 'containsCorrect' | 'isRecoveryQuorum'>;
  /**
   * Over the receivers: whether a key may move to those who acknowledged. They must be qualified without any of the sets that
   * may be Byzantine together (rule A2); `commitRule` of the quorum library is this rule for any policy and trust model.
   */
  readonly receivers: { readonly universe: Universe; isCommitQuorum(acknowledged: ProcessSet): boolean };
}

/** Everything public that is known at the start. */
export interface CeremonySetting<G, Key> {
  readonly id: Digest;
  readonly terms: CeremonyTerms;
  readonly scheme: CeremonyScheme<G, Key>;
  readonly rules: CeremonyRules;
  /** Who may deal, in the order of their first rows; nobody where a dealt key is accepted. */
  readonly dealers: readonly ProcessId[];
  /** Who gets shares, in the order of their first rows. */
  readonly receivers: readonly ProcessId[];
}

export function ceremonySetting<G, Key>(
  terms: CeremonyTerms,
  scheme: CeremonyScheme<G, Key>,
  rules: CeremonyRules,
): CeremonySetting<G, Key> {
  const receivers = ownersOf(scheme.next);
  const holders = scheme.old === undefined ? receivers : ownersOf(scheme.old.sharing);
  const dealers = terms.kind === 'accept' ? [] : holders.filter((process) => !isExcluded(terms, process));
  return { id: ceremonyIdOf(terms), terms, scheme, rules, dealers, receivers };
}

/** The rows of a process, ascending, counted from 0. */
export function rowsOf(sharing: LinearSharing, process: ProcessId): readonly number[] {
  return rowsByOwner(sharing).get(process) ?? [];
}
