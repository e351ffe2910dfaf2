/** `koinon epoch show`: the epoch, its keys' shares, and the change under way. */
import type { Command } from 'commander';
import { E } from '../../../prelude/fp.js';
import { showEpoch } from '../../governance/change-showing.js';
import { GovernanceSession } from '../../governance/governance-session.js';
import { asking, type ReadingOptions } from '../../governance/options.js';
import { closing } from '../../governance/speaking.js';
import { type Outcome, succeeded } from '../../outcome.js';
import type { Session } from '../../session.js';

export function registerEpochShow(epoch: Command, session: Session): void {
  asking(
    epoch
      .command('show')
      .description('the epoch, the change under way and whom it waits for, old shares that are left'),
  ).action(session.action((path: string, options: ReadingOptions) => show(path, options, session)));
}

async function show(path: string, options: ReadingOptions, session: Session): Promise<Outcome> {
  const governance = await GovernanceSession.open(path, options, session);
  if (E.isLeft(governance)) return governance;
  const overview = await closing(governance.right, governance.right.ask('overview'));
  if (E.isLeft(overview)) return overview;
  session.print(showEpoch(overview.right), options.json);
  return succeeded;
}
