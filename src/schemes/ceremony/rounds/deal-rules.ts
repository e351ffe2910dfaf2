/** What distinguishes refresh, reshare and generation in the common frame: what is dealt, by whom, and what makes it enough. */
import type { Either } from '../../../prelude/fp.js';
import type { ProcessId } from '../../../prelude/process.js';
import type { Combination, DealtSecret } from '../ceremony-scheme.js';
import type { AbortReason, CeremonyFault } from '../fault.js';
import type { CeremonySetting } from '../setting.js';
import type { Deal } from '../transcript.js';

/** What is wrong with a deal, and the positions of the entries that prove it besides the deal itself. */
export interface DealVerdict {
  readonly fault: CeremonyFault;
  readonly evidence: readonly number[];
}

/** The public half. */
export interface DealRules<G> {
  /** Who deals. */
  readonly dealers: readonly ProcessId[];
  /** What each dealer deals, a dealing each. */
  secretsOf(dealer: ProcessId): readonly DealtSecret[];
  /** Bytes beside the commitments of each dealing. */
  readonly attachmentLength: number;
  /** What is wrong with what a dealer posted, as far as everybody sees; `undefined` where nothing is. */
  judge(dealer: ProcessId, deal: Deal<G>): DealVerdict | undefined;
  /** Whether dealing may be closed when these have posted, their deals good or not. */
  mayClose(posted: ReadonlySet<ProcessId>): boolean;
  /** What the deals that stand add up to, after all complaints. */
  settle(standing: ReadonlyMap<ProcessId, Deal<G>>): Either<AbortReason, Combination<G>>;
}

/** Dealing waits for a recovery quorum, or for all who may deal; never for the key's own policy (rule A7). */
export function mayCloseDealing<G, Key>(
  { rules }: CeremonySetting<G, Key>,
  dealers: readonly ProcessId[],
  posted: ReadonlySet<ProcessId>,
): boolean {
  const set = rules.dealers.processes.universe.of(posted);
  return rules.dealers.isRecoveryQuorum(set) || dealers.every((dealer) => posted.has(dealer));
}
