/** `koinon proposal create`: proposes actions, after a dry run. */
import type { Command } from 'commander';
import { actionsOf, describeActions } from '../../governance/action-arguments.js';
import { asking, length, overriding, speaking } from '../../governance/options.js';
import { proposing, type ProposingOptions } from '../../governance/proposing.js';
import { badInput, type Outcome } from '../../outcome.js';
import type { Session } from '../../session.js';

const help = `
ACTION is one of these; several are joined by the word "and", and taken together or not at all:
${describeActions()}

The dry run comes first: the alliance before and after, what becomes of its keys, what stands against it, who has to agree. Where a
gate stands, nothing is proposed: change the actions, or name the gate with --override. Then only ballots that name it too count as
yes, and they have to satisfy the emergency policy besides.`;

interface CreateOptions extends ProposingOptions {
  readonly actions?: string;
}

export function registerProposalCreate(proposal: Command, session: Session): void {
  const command = proposal.command('create').description('propose actions, after showing what they do');
  speaking(overriding(asking(command)))
    .argument('[action...]', 'see below')
    .option('--actions <file>', 'actions as JSON, before those that are written out')
    .option('--term <length>', 'how long it is open at most, such as 7d', length)
    .option('--dry-run', 'show what it would do, and propose nothing')
    .option('--vote', 'vote yes as well')
    .addHelpText('after', help)
    .action(
      session.action((path: string, words: readonly string[], options: CreateOptions) =>
        create(path, words, options, session),
      ),
    );
}

async function create(
  path: string,
  words: readonly string[],
  options: CreateOptions,
  session: Session,
): Promise<Outcome> {
  if (words.length === 0 && options.actions === undefined)
    return badInput('no action: write what is to be done, such as "refresh"; koinon proposal create --help lists them');
  return proposing(path, options, session, ({ document, overview }) =>
    actionsOf(words, options.actions, { document, change: overview.change?.number }),
  );
}
