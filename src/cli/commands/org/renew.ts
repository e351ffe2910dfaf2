/** `koinon org renew`: new keys for one server, as after a break-in. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { type Command, InvalidArgumentError } from 'commander';
import { E, type Either } from '../../../prelude/fp.js';
import { fileNameOf } from '../../../prelude/process.js';
import { exportDigest, printExport } from '../../../management/founding/organization-export-codec.js';
import { fileNames } from '../../../server/directory/layout.js';
import type { AllianceContext } from '../../../server/founding/founding-files.js';
import { loadOrganization } from '../../../server/founding/organization-directory.js';
import { describeOrganizationError } from '../../../server/founding/organization-errors.js';
import { type Address, ownId } from '../../../server/founding/organization-founding.js';
import { renewServer } from '../../../server/founding/renewal.js';
import { addressOf } from '../../address-argument.js';
import { jsonOption } from '../../options.js';
import { badInput, type Failure, type Outcome, succeeded } from '../../outcome.js';
import { writeOutput } from '../../output-file.js';
import type { Session } from '../../session.js';
import { believedHistory, verifiedHistory } from '../../verified-history.js';
import { describeContent } from './content-description.js';

const help = `
Run it on a clean machine, with a copy of the organization's directory that the intruder has not seen. The server's new directory
has new identity, slow and TLS keys; nothing of the old one is read or changed. In an alliance that runs, propose the entry with the
action "organization", which names the server as lost if an attacker may have its old keys; meanwhile start the new server: it
learns, and takes the old one's place with the change.

Example:
  koinon org renew acme acme/1 --history history.json`;

interface RenewOptions {
  readonly out?: string;
  readonly entry?: string;
  readonly address?: Address;
  readonly history?: string;
  readonly expectAlliance?: string;
  readonly json?: boolean;
}

export function registerOrgRenew(org: Command, session: Session): void {
  org
    .command('renew')
    .description('make new keys for one server, in a directory of their own, and the entry that names them')
    .argument('<directory>', 'of the organization')
    .argument('<server>', 'such as acme/1')
    .option('--out <directory>', 'for the server; renewed/SERVER in the directory if absent')
    .option('--entry <file>', 'for the entry; renewed/SERVER.json in the directory if absent')
    .option('--address <host:port>', 'where it is to listen from now on', addressArgument)
    .option('--history <path>', 'of the alliance; that in the directory if absent')
    .option('--expect-alliance <words>', 'the words of the alliance, as its members know them')
    .addOption(jsonOption())
    .addHelpText('after', help)
    .action(
      session.action((directory: string, server: string, options: RenewOptions) =>
        renew({ directory, server }, options, session),
      ),
    );
}

function addressArgument(text: string): Address {
  const address = addressOf(text);
  if (address !== undefined) return address;
  throw new InvalidArgumentError('Expected host:port.');
}

async function renew(
  { directory, server }: { readonly directory: string; readonly server: string },
  options: RenewOptions,
  session: Session,
): Promise<Outcome> {
  const organization = await loadOrganization(directory)();
  if (E.isLeft(organization)) return badInput(describeOrganizationError(organization.left));
  const { name } = organization.right.content.organization;
  const id = ownId(name, server);
  if (id === undefined) return badInput(`${server}: expected the name of a server, such as ${name}/1`);
  const alliance = await allianceOf(directory, options, session);
  if (E.isLeft(alliance)) return alliance;
  const out = options.out ?? join(directory, 'renewed', fileNameOf(id));
  const entry = options.entry ?? join(directory, 'renewed', `${fileNameOf(id)}.json`);
  if (existsSync(entry)) return badInput(`${entry}: it exists already: remove it, or name another file with --entry`);
  const renewed = await renewServer(organization.right, {
    ...{ server: id, directory: out },
    ...(options.address === undefined ? {} : { address: options.address }),
    ...(alliance.right === undefined ? {} : { alliance: alliance.right }),
  })();
  if (E.isLeft(renewed)) return badInput(describeOrganizationError(renewed.left));
  const written = writeOutput(entry, printExport(renewed.right), '--entry');
  if (E.isLeft(written)) return written;
  const { json, lines } = describeContent(renewed.right, exportDigest(renewed.right));
  session.print(
    {
      json: { server: id, directory: out, entry, ...json },
      lines: [
        `Made new keys for ${id} in ${out}.`,
        ...lines,
        alliance.right === undefined
          ? `Its alliance is not founded yet: export ${name} again once ${out} has taken the place of the old directory.`
          : `Propose ${entry}, then: koinon serve ${out}`,
      ],
    },
    options.json,
  );
  return succeeded;
}

/** None before the founding. The history in the organization's own directory is its own record, and believed. */
async function allianceOf(
  directory: string,
  { history, expectAlliance }: RenewOptions,
  session: Session,
): Promise<Either<Failure, AllianceContext | undefined>> {
  if (history !== undefined) return believedHistory(history, expectAlliance, session);
  const own = join(directory, fileNames.history);
  if (!existsSync(own)) return E.right(undefined);
  return verifiedHistory(own);
}
