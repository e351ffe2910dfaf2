/** `koinon proposal send`: brings an act in a file into the log, once enough administrators have signed it. */
import type { Command } from 'commander';
import { E } from '../../../prelude/fp.js';
import { stillToSign } from '../../../client/governance/act-signing.js';
import { readActFile } from '../../governance/act-file.js';
import { GovernanceSession } from '../../governance/governance-session.js';
import { asking, type ReadingOptions } from '../../governance/options.js';
import { closing, showUttered } from '../../governance/speaking.js';
import { badInput, type Outcome, succeeded } from '../../outcome.js';
import type { Session } from '../../session.js';

export function registerProposalSend(proposal: Command, session: Session): void {
  asking(proposal.command('send').description('bring a signed act in a file before the alliance'))
    .argument('<file>', 'as --out wrote it')
    .action(
      session.action((path: string, file: string, options: ReadingOptions) => send(path, file, options, session)),
    );
}

async function send(path: string, file: string, options: ReadingOptions, session: Session): Promise<Outcome> {
  const read = await readActFile(file);
  if (E.isLeft(read)) return read;
  const { act, authority } = read.right;
  const missing = stillToSign(authority, act);
  if (missing !== undefined)
    return badInput(
      `${file}: ${authority.name}'s rule still asks for ${missing}: koinon proposal sign ${file} --key FILE`,
    );
  const governance = await GovernanceSession.open(path, options, session);
  if (E.isLeft(governance)) return governance;
  const taken = await closing(governance.right, governance.right.client.say(act));
  if (E.isLeft(taken)) return E.left(governance.right.failureOf(taken.left));
  const spoken = { _tag: 'spoken', ...taken.right, drafted: read.right } as const;
  session.print(showUttered(spoken, `${authority.name} has said it`), options.json);
  return succeeded;
}
