/** `koinon epoch`: the epoch that an alliance is in, and the change that leads to the next. */
import type { Command } from 'commander';
import type { Session } from '../session.js';
import { registerEpochAbandon } from './epoch/abandon.js';
import { registerEpochShow } from './epoch/show.js';
import { registerEpochWait } from './epoch/wait.js';

const help = `
Examples:
  koinon epoch show league --as acme/app
  koinon epoch wait league --as acme/app
  koinon epoch abandon league --as acme/app`;

export function registerEpoch(program: Command, session: Session): void {
  const epoch = program
    .command('epoch')
    .description('the epoch that an alliance is in, and the change that leads to the next')
    .addHelpText('after', help);
  registerEpochShow(epoch, session);
  registerEpochWait(epoch, session);
  registerEpochAbandon(epoch, session);
}
