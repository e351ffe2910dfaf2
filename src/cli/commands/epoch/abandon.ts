/** `koinon epoch abandon`: a proposal to give up the change under way. The old epoch goes on. */
import type { Command } from 'commander';
import { actionsOf } from '../../governance/action-arguments.js';
import { asking, length, speaking } from '../../governance/options.js';
import { proposing, type ProposingOptions } from '../../governance/proposing.js';
import type { Outcome } from '../../outcome.js';
import type { Session } from '../../session.js';

export function registerEpochAbandon(epoch: Command, session: Session): void {
  speaking(asking(epoch.command('abandon').description('propose to give up the change under way')))
    .option('--term <length>', 'how long the proposal is open at most, such as 7d', length)
    .option('--dry-run', 'show what it would do, and propose nothing')
    .option('--vote', 'vote yes as well')
    .action(session.action((path: string, options: ProposingOptions) => abandon(path, options, session)));
}

function abandon(path: string, options: ProposingOptions, session: Session): Promise<Outcome> {
  return proposing(path, options, session, ({ document, overview }) =>
    actionsOf(['abandon'], undefined, { document, change: overview.change?.number }),
  );
}
