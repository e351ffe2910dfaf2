/** `koinon proposal vote`, `withdraw` and `acknowledge`: what an organization says of what is proposed. */
import { type Command, InvalidArgumentError } from 'commander';
import { E } from '../../../prelude/fp.js';
import { checkProposal } from '../../../client/governance/intentions.js';
import type { Intention } from '../../../client/governance/organization-voice.js';
import type { GateName } from '../../../management/proposals/gate-names.js';
import type { OrganizationEntry } from '../../../management/alliance.js';
import { GovernanceSession } from '../../governance/governance-session.js';
import { asking, overriding, proposalNumber, speaking, type SpeakingOptions } from '../../governance/options.js';
import { closing, showUttered, utter } from '../../governance/speaking.js';
import { type Outcome, succeeded } from '../../outcome.js';
import type { Session } from '../../session.js';

interface VoteOptions extends SpeakingOptions {
  readonly override?: readonly GateName[];
}

const voteHelp = `
A ballot is final. Look before you vote: koinon proposal diff shows what the proposal does.`;

export function registerProposalVote(proposal: Command, session: Session): void {
  const command = proposal.command('vote').description("cast an organization's one ballot, for good");
  speaking(overriding(asking(command)))
    .argument('<number>', 'of the proposal', proposalNumber)
    .argument('<yes-or-no>', '', accepts)
    .addHelpText('after', voteHelp)
    .action(
      session.action((path: string, number: number, yes: boolean, options: VoteOptions) => {
        const ballot = { proposal: number, accepts: yes, overrides: options.override ?? [] };
        return say(
          path,
          { _tag: 'ballot', ...ballot },
          `voted ${yes ? 'yes' : 'no'} on proposal ${number}`,
          options,
          session,
        );
      }),
    );
}

function accepts(text: string): boolean {
  if (text === 'yes' || text === 'no') return text === 'yes';
  throw new InvalidArgumentError('Expected yes or no.');
}

export function registerProposalWithdraw(proposal: Command, session: Session): void {
  speaking(asking(proposal.command('withdraw').description("take an organization's own proposal back")))
    .argument('<number>', 'of the proposal', proposalNumber)
    .action(
      session.action((path: string, number: number, options: SpeakingOptions) =>
        say(path, { _tag: 'withdraw', proposal: number }, `withdrawn proposal ${number}`, options, session),
      ),
    );
}

const acknowledgeHelp = `
An organization that is admitted says so that it has read the draft, and holds the private part of each of its keys in it. Its own
administrators sign; whoever is connected carries it: the directory may be any application's.`;

export function registerProposalAcknowledge(proposal: Command, session: Session): void {
  speaking(
    asking(
      proposal
        .command('acknowledge')
        .description('accept the change that admits an organization, as that organization'),
    ),
  )
    .addHelpText('after', acknowledgeHelp)
    .action(
      session.action((path: string, options: SpeakingOptions) =>
        say(path, { _tag: 'acknowledge' }, 'acknowledged the change', options, session),
      ),
    );
}

async function say(
  path: string,
  intention: Intention,
  done: string,
  options: SpeakingOptions,
  session: Session,
): Promise<Outcome> {
  const governance = await GovernanceSession.open(path, options, session);
  if (E.isLeft(governance)) return governance;
  return closing(governance.right, sayWith(governance.right, intention, done, options, session));
}

async function sayWith(
  governance: GovernanceSession,
  intention: Intention,
  done: string,
  options: SpeakingOptions,
  session: Session,
): Promise<Outcome> {
  const seen = await governance.look();
  if (E.isLeft(seen)) return seen;
  const admitted =
    intention._tag === 'acknowledge' ? await admittedEntries(governance, seen.right.overview.change?.proposal) : [];
  const voice = await governance.voice(options.key, seen.right, admitted);
  if (E.isLeft(voice)) return voice;
  const uttered = await utter(governance, voice.right, intention, options.out);
  if (E.isLeft(uttered)) return uttered;
  session.print(showUttered(uttered.right, `${voice.right.organization} has ${done}`), options.json);
  return succeeded;
}

/** Whose administrators may acknowledge. */
async function admittedEntries(
  governance: GovernanceSession,
  number: number | undefined,
): Promise<readonly OrganizationEntry[]> {
  if (number === undefined) return [];
  const proposal = await governance.ask('proposal', number);
  if (E.isLeft(proposal)) return [];
  const checked = checkProposal(proposal.right);
  if (E.isLeft(checked)) return [];
  return checked.right.actions.flatMap((action) => (action._tag === 'admit' ? [action.organization] : []));
}
