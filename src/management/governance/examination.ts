/** What actions would do as things are, and what stands against it. */
import { E, type Either } from '../../prelude/fp.js';
import type { Action } from '../proposals/action.js';
import { needsChange } from '../proposals/action-mixture.js';
import { dryRun, type Examination } from '../proposals/dry-run.js';
import type { GateName } from '../proposals/gate-names.js';
import type { ManagementError } from './errors.js';
import { type Governance, keyOf } from './governance.js';
import { checkImmediate } from './immediate.js';

export type { Examination } from '../proposals/dry-run.js';

/** @param overrides - those of the proposal; the document names those that are gates of it. */
export function examine(
  governance: Governance,
  actions: readonly Action[],
  overrides: readonly GateName[],
): Either<ManagementError, Examination> {
  const refused = needsChange(actions) ? undefined : checkImmediate(governance, actions);
  if (refused !== undefined) return E.left(refused);
  const { document, changeCount } = governance;
  return dryRun(document, actions, { overrides, change: changeCount + 1, abandonsVoted: wasVotedFor(governance) });
}

/** Whether the change under way came of a proposal that was voted for. */
function wasVotedFor({ change, proposals }: Governance): boolean {
  if (change?.origin._tag !== 'proposal') return false;
  return proposals.get(keyOf(change.origin.proposal))?.isAutonomous === false;
}
