/** `koinon proposal`: how an alliance is changed. */
import type { Command } from 'commander';
import type { Session } from '../session.js';
import { registerProposalCreate } from './proposal/create.js';
import { registerProposalList } from './proposal/list.js';
import { registerProposalRecords } from './proposal/records.js';
import { registerProposalSend } from './proposal/send.js';
import { registerProposalDiff, registerProposalShow } from './proposal/show.js';
import { registerProposalSign } from './proposal/sign.js';
import { registerProposalAcknowledge, registerProposalVote, registerProposalWithdraw } from './proposal/vote.js';

const help = `
An organization proposes actions, which are taken together or not at all. Before anybody votes it is shown what they do; that is
part of what is signed. Each organization votes once. A proposal is accepted, or rejected, as soon as the ballots decide it.

Examples:
  koinon proposal create league refresh --as acme/app --dry-run
  koinon proposal create league policy amendment '3 of (acme, globex, initech, umbrella)' --as acme/app
  koinon proposal create league admit hooli.json and trust 'f=1 of (acme/1, globex/1, initech/1, umbrella/1, hooli/1)' --as acme/app
  koinon proposal vote league 3 yes --as globex/app`;

export function registerProposal(program: Command, session: Session): void {
  const proposal = program
    .command('proposal')
    .description('propose a change of the alliance, see what it does, vote on it')
    .addHelpText('after', help);
  registerProposalCreate(proposal, session);
  registerProposalList(proposal, session);
  registerProposalRecords(proposal, session);
  registerProposalShow(proposal, session);
  registerProposalDiff(proposal, session);
  registerProposalVote(proposal, session);
  registerProposalWithdraw(proposal, session);
  registerProposalAcknowledge(proposal, session);
  registerProposalSign(proposal, session);
  registerProposalSend(proposal, session);
}
