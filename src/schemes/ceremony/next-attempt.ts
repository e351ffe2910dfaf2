/** Trying again: whoever was proven wrong deals no more, whoever was silent sits out as long as the others suffice. */
import type { ProcessId } from '../../prelude/process.js';
import { reconstruction } from '../sharing/reconstruction.js';
import type { CeremonyBoard } from './board.js';
import type { CeremonySetting } from './setting.js';
import type { CeremonyTerms } from './terms.js';

/**
 * What the next attempt has of its own, after one that was aborted; a function of the log, so that everybody goes on alike. Every
 * attempt that fails by a fault loses a culprit for good. One that fails by silence leaves the silent out until too few are left;
 * then all but the culprits are asked again, for silence is no fault. Receivers are never left out.
 *
 * @param proven - elsewhere: in ceremonies of other keys.
 */
export function nextAttempt<G, Key>(
  { setting, state, culprits }: CeremonyBoard<G, Key>,
  proven: readonly ProcessId[] = [],
): Pick<CeremonyTerms, 'attempt' | 'culprits' | 'absent'> {
  const { terms } = setting;
  const guilty = [...new Set([...terms.culprits, ...culprits.map(({ process }) => process), ...proven])];
  const missing = state._tag === 'aborted' && state.reason._tag === 'TooFew' ? state.reason.missing : [];
  const absent = [...new Set([...terms.absent, ...missing])].filter((process) => !guilty.includes(process));
  const left = setting.dealers.filter((process) => !guilty.includes(process) && !absent.includes(process));
  return { attempt: terms.attempt + 1, culprits: guilty, absent: canDeal(setting, left) ? absent : [] };
}

/** Whether an attempt can succeed with the deals of these. */
function canDeal<G, Key>({ terms, scheme, rules }: CeremonySetting<G, Key>, dealers: readonly ProcessId[]): boolean {
  const { old } = scheme;
  const isReshare = terms.kind === 'reshare-plain' || terms.kind === 'reshare-quotient';
  if (isReshare && old !== undefined) {
    return reconstruction(old.sharing, (process) => dealers.includes(process)) !== undefined;
  }
  return rules.dealers.containsCorrect(rules.dealers.processes.universe.of(dealers));
}
