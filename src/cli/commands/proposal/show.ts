/** `koinon proposal show` and `diff`: what a proposal says and who has voted; what it does. */
import type { Command } from 'commander';
import { toHex } from '../../../prelude/bytes.js';
import { E } from '../../../prelude/fp.js';
import { checkProposal } from '../../../client/governance/intentions.js';
import { actionsJson } from '../../../management/proposals/action-codec.js';
import { showExamination } from '../../governance/examination-showing.js';
import { GovernanceSession } from '../../governance/governance-session.js';
import { asking, proposalNumber, type ReadingOptions } from '../../governance/options.js';
import { closedJson, describeClosed, describeWhole, proposalJson } from '../../governance/proposal-showing.js';
import { examine } from '../../governance/proposing.js';
import { closing } from '../../governance/speaking.js';
import { answeredNo, type Outcome, succeeded } from '../../outcome.js';
import type { Session } from '../../session.js';

type Show = (
  governance: GovernanceSession,
  number: number,
  options: ReadingOptions,
  session: Session,
) => Promise<Outcome>;

export function registerProposalShow(proposal: Command, session: Session): void {
  register(
    proposal.command('show').description('what a proposal says, who has voted, who can still decide'),
    show,
    session,
  );
}

export function registerProposalDiff(proposal: Command, session: Session): void {
  register(
    proposal.command('diff').description('the alliance before and after a proposal, side by side'),
    diff,
    session,
  );
}

function register(command: Command, run: Show, session: Session): void {
  asking(command)
    .argument('<number>', 'of the proposal', proposalNumber)
    .action(
      session.action(async (path: string, number: number, options: ReadingOptions): Promise<Outcome> => {
        const governance = await GovernanceSession.open(path, options, session);
        if (E.isLeft(governance)) return governance;
        return closing(governance.right, run(governance.right, number, options, session));
      }),
    );
}

async function show(
  governance: GovernanceSession,
  number: number,
  options: ReadingOptions,
  session: Session,
): Promise<Outcome> {
  const overview = await governance.ask('overview');
  if (E.isLeft(overview)) return overview;
  const proposal = await governance.ask('proposal', number);
  if (E.isLeft(proposal)) return proposal;
  if (proposal.right._tag === 'ended') {
    session.print({ json: closedJson(proposal.right), lines: [describeClosed(proposal.right)] }, options.json);
    return succeeded;
  }
  const checked = checkProposal(proposal.right);
  if (E.isLeft(checked)) return E.left(governance.failureOf(checked.left));
  const { act, ballotActs } = proposal.right;
  const { actions } = checked.right;
  const signed = { act: toHex(act), ballotActs: ballotActs.map(toHex) };
  const json = { ...proposalJson(proposal.right), actions: actionsJson(actions), ...signed };
  session.print({ json, lines: describeWhole(proposal.right, actions, overview.right.timeMs) }, options.json);
  return succeeded;
}

async function diff(
  governance: GovernanceSession,
  number: number,
  options: ReadingOptions,
  session: Session,
): Promise<Outcome> {
  const seen = await governance.look();
  if (E.isLeft(seen)) return seen;
  const proposal = await governance.ask('proposal', number);
  if (E.isLeft(proposal)) return proposal;
  const checked = checkProposal(proposal.right);
  if (E.isLeft(checked)) return E.left(governance.failureOf(checked.left));
  const { actions, body, proposal: whole } = checked.right;
  const examined = examine(seen.right, actions, { override: body.overrides }, whole.author);
  if (E.isLeft(examined)) return examined;
  const isSame = toHex(examined.right.examination.effect) === toHex(body.effect);
  const { json, lines } = showExamination(examined.right);
  const warning = isSame
    ? []
    : ['', 'THIS IS NOT WHAT ITS AUTHOR SIGNED: the alliance has changed since, or this koinon is of another version.'];
  session.print({ json: { ...(json as object), asSigned: isSame }, lines: [...lines, ...warning] }, options.json);
  return isSame ? succeeded : answeredNo;
}
