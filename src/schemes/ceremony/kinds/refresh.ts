/**
 * Refresh (Herzberg, Jarecki, Krawczyk and Yung 1995): every dealer shares 0, and everybody adds what it was dealt to its old
 * share. One honest dealer is enough to make old and new shares useless together.
 */
import { E, type Either } from '../../../prelude/fp.js';
import type { ProcessId } from '../../../prelude/process.js';
import type { Combination, DealtSecret } from '../ceremony-scheme.js';
import type { DealRules, DealVerdict } from '../rounds/deal-rules.js';
import type { AbortReason } from '../fault.js';
import type { CeremonySetting } from '../setting.js';
import type { Deal } from '../transcript.js';

/** Nothing, so as to refresh. */
export const zero: DealtSecret = { _tag: 'zero' };

export function refreshRules<G, Key>(setting: CeremonySetting<G, Key>): DealRules<G> {
  const { scheme, dealers } = setting;
  const judge = (_: ProcessId, { dealings }: Deal<G>): DealVerdict | undefined => {
    const [dealing] = dealings;
    const root = dealing?.commitments[0];
    const isZero = root !== undefined && scheme.group.equals(root, scheme.group.identity);
    return isZero ? undefined : { fault: { _tag: 'WrongRoot', dealing: 0 }, evidence: [] };
  };
  return {
    dealers,
    secretsOf: () => [zero],
    attachmentLength: 0,
    judge,
    mayClose: (posted) => mayCloseDealing(setting, posted),
    settle: (standing) => sumOfDeals(setting, standing, zero),
  };
}

/** Dealing waits for a recovery quorum, or for all who may deal; never for the key's own policy (rule A7). */
export function mayCloseDealing<G, Key>(
  { rules, dealers }: CeremonySetting<G, Key>,
  posted: ReadonlySet<ProcessId>,
): boolean {
  const set = rules.dealers.processes.universe.of(posted);
  return rules.dealers.isRecoveryQuorum(set) || dealers.every((dealer) => posted.has(dealer));
}

/** The sum of all deals that stand, if one of their dealers is correct: its numbers nobody else knows. */
export function sumOfDeals<G, Key>(
  { scheme, rules, dealers }: CeremonySetting<G, Key>,
  standing: ReadonlyMap<ProcessId, Deal<G>>,
  secret: DealtSecret,
): Either<AbortReason, Combination<G>> {
  if (!rules.dealers.containsCorrect(rules.dealers.processes.universe.of(standing.keys()))) {
    const missing = dealers.filter((dealer) => !standing.has(dealer));
    return E.left({ _tag: 'TooFew', round: 'deal', missing });
  }
  const form = scheme.formOf(secret);
  const contributions = [...standing].flatMap(([dealer, { dealings }]) =>
    dealings.map(({ commitments }, dealing) => ({ dealer, dealing, weight: 1n, form, commitments })),
  );
  return E.right({ contributions, constant: 0n });
}
