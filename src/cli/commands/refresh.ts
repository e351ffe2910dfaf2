/** `koinon refresh`: new shares of every key, so that old ones are worth nothing. */
import type { Command } from 'commander';
import { E } from '../../prelude/fp.js';
import type { ProcessId } from '../../prelude/process.js';
import { asking, length, overriding, speaking } from '../governance/options.js';
import { proposing, type ProposingOptions } from '../governance/proposing.js';
import type { Outcome } from '../outcome.js';
import type { Session } from '../session.js';

interface RefreshOptions extends ProposingOptions {
  readonly lost?: readonly ProcessId[];
}

const help = `
The public keys stay. It is a proposal of the kind "refresh", with its dry run and its ballots; koinon epoch wait follows the change
that it leads to.`;

export function registerRefresh(program: Command, session: Session): void {
  const command = program.command('refresh').description('propose new shares of every key, with the same public keys');
  speaking(overriding(asking(command)))
    .option('--lost <server>', 'that has lost its shares, and only receives; may be repeated', lostServers)
    .option('--term <length>', 'how long the proposal is open at most, such as 7d', length)
    .option('--dry-run', 'show what it would do, and propose nothing')
    .option('--vote', 'vote yes as well')
    .addHelpText('after', help)
    .action(session.action((path: string, options: RefreshOptions) => refresh(path, options, session)));
}

function lostServers(text: string, before: readonly ProcessId[] = []): readonly ProcessId[] {
  return [...before, ...text.split(',').map((name) => name.trim() as ProcessId)];
}

function refresh(path: string, options: RefreshOptions, session: Session): Promise<Outcome> {
  const action = { _tag: 'refresh', lost: options.lost ?? [] } as const;
  return proposing(path, options, session, () => Promise.resolve(E.right([action])));
}
