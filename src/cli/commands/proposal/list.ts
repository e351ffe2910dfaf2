/** `koinon proposal list`: what is proposed, and what has become of what was. */
import type { Command } from 'commander';
import { E } from '../../../prelude/fp.js';
import { GovernanceSession } from '../../governance/governance-session.js';
import { asking, type ReadingOptions } from '../../governance/options.js';
import { showProposals } from '../../governance/proposal-showing.js';
import { closing } from '../../governance/speaking.js';
import { type Outcome, succeeded } from '../../outcome.js';
import type { Session } from '../../session.js';

interface ListOptions extends ReadingOptions {
  readonly all?: boolean;
}

export function registerProposalList(proposal: Command, session: Session): void {
  asking(proposal.command('list').description('proposals under way, and the newest that are over'))
    .option('--all', 'all that are over and still remembered')
    .action(session.action((path: string, options: ListOptions) => list(path, options, session)));
}

async function list(path: string, options: ListOptions, session: Session): Promise<Outcome> {
  const governance = await GovernanceSession.open(path, options, session);
  if (E.isLeft(governance)) return governance;
  return closing(governance.right, show(governance.right, options, session));
}

async function show(governance: GovernanceSession, options: ListOptions, session: Session): Promise<Outcome> {
  const overview = await governance.ask('overview');
  if (E.isLeft(overview)) return overview;
  const closed = options.all === true ? await governance.ask('closed') : E.right(overview.right.closed);
  if (E.isLeft(closed)) return closed;
  session.print(showProposals(overview.right, closed.right), options.json);
  return succeeded;
}
