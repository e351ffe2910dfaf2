/** `koinon org retire`: one server of an organization fewer. */
import type { Command } from 'commander';
import { E } from '../../../prelude/fp.js';
import { fileNameOf } from '../../../prelude/process.js';
import { serverPath } from '../../../server/directory/layout.js';
import { ownId } from '../../../server/founding/organization-founding.js';
import { retireServer } from '../../../server/founding/renewal.js';
import { badInput, type Outcome } from '../../outcome.js';
import type { Session } from '../../session.js';
import { entryFile, type EntryOptions, makingEntry, ownEntry, writeEntry } from './own-entry.js';

const help = `
Nothing of the server's directory is changed. Propose the entry (koinon member replace), and let the server run: once the change is
made, it erases its shares and says so. Stop it when koinon epoch show warns of no old shares.

Example:
  koinon org retire acme acme/2`;

export function registerOrgRetire(org: Command, session: Session): void {
  const command = org
    .command('retire')
    .description('make the entry without one of the servers')
    .argument('<directory>', 'of the organization')
    .argument('<server>', 'such as acme/2');
  makingEntry(command, 'without-SERVER')
    .addHelpText('after', help)
    .action(
      session.action((directory: string, server: string, options: EntryOptions) =>
        retire({ directory, server }, options, session),
      ),
    );
}

async function retire(
  { directory, server }: { readonly directory: string; readonly server: string },
  options: EntryOptions,
  session: Session,
): Promise<Outcome> {
  const own = await ownEntry(directory, options, session);
  if (E.isLeft(own)) return own;
  const { organization, alliance } = own.right;
  const { name } = organization.content.organization;
  const id = ownId(name, server);
  if (id === undefined) return badInput(`${server}: expected the name of a server, such as ${name}/2`);
  const file = entryFile(directory, `without-${fileNameOf(id)}`, options);
  if (E.isLeft(file)) return file;
  const retired = await retireServer(organization, id, alliance)();
  const told = {
    file: file.right,
    json: { server: id },
    first: `Made the entry of ${name} without ${id}.`,
    last:
      alliance === undefined
        ? `Its alliance is not founded yet: koinon org export ${directory} again, for the others.`
        : `Propose ${file.right} (koinon member replace); ${serverPath(directory, id)} runs on until its shares are erased.`,
  };
  return writeEntry(retired, told, options, session);
}
