/** `koinon org join`: a newcomer's directories, made ready for an alliance that runs. */
import type { Command } from 'commander';
import { toHex } from '../../../prelude/bytes.js';
import { E } from '../../../prelude/fp.js';
import { serverPath } from '../../../server/directory/layout.js';
import { completeDirectories } from '../../../server/founding/completion.js';
import { loadOrganization } from '../../../server/founding/organization-directory.js';
import { describeOrganizationError } from '../../../server/founding/organization-errors.js';
import { jsonOption } from '../../options.js';
import { badInput, type Outcome, succeeded } from '../../outcome.js';
import type { Session } from '../../session.js';
import { spokenRows, spokenText } from '../../spoken-rows.js';
import { believedHistory } from '../../verified-history.js';

const help = `
The history is verified here, from the founding document to the one in force, and its name is compared as words with what members
of the alliance read out. The servers then start as learners: they follow the log, and take part once the change that admits the
organization is made. Their shares of the alliance's keys come of that change.

Example:
  koinon org join acme --history history.json`;

interface JoinOptions {
  readonly history: string;
  readonly expectAlliance?: string;
  readonly json?: boolean;
}

export function registerOrgJoin(org: Command, session: Session): void {
  org
    .command('join')
    .description('make the directories of a newcomer ready for an alliance that runs')
    .argument('<directory>', 'of the organization')
    .requiredOption('--history <path>', 'of the alliance: a file, or a directory that holds history.json')
    .option('--expect-alliance <words>', 'the words of the alliance, as members read them out')
    .addOption(jsonOption())
    .addHelpText('after', help)
    .action(session.action((directory: string, options: JoinOptions) => join(directory, options, session)));
}

async function join(path: string, options: JoinOptions, session: Session): Promise<Outcome> {
  const organization = await loadOrganization(path)();
  if (E.isLeft(organization)) return badInput(describeOrganizationError(organization.left));
  const believed = await believedHistory(options.history, options.expectAlliance, session);
  if (E.isLeft(believed)) return believed;
  const { allianceId, alliance } = believed.right;
  const completed = completeDirectories(organization.right, believed.right, true);
  if (E.isLeft(completed)) return badInput(describeOrganizationError(completed.left));
  const { servers, applications } = completed.right;
  const { name } = organization.right.content.organization;
  session.print(
    {
      json: {
        allianceId: toHex(allianceId),
        words: spokenText(allianceId),
        epoch: alliance.epoch,
        servers,
        applications,
      },
      lines: [
        `The directories of ${name} are ready for the alliance in its epoch ${alliance.epoch}.`,
        ...spokenRows('alliance', allianceId),
        ...servers.map((id) => `  koinon serve ${serverPath(path, id)}`),
      ],
    },
    options.json,
  );
  return succeeded;
}
