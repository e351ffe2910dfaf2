/** `koinon org add-server`: another server of an organization. */
import type { Command } from 'commander';
import { E } from '../../../prelude/fp.js';
import { fileNameOf } from '../../../prelude/process.js';
import { serverPath } from '../../../server/directory/layout.js';
import type { Address } from '../../../server/founding/organization-founding.js';
import { addServer, nextServer } from '../../../server/founding/renewal.js';
import { contentInForce } from '../../../server/founding/entry-change.js';
import { addressArgument } from '../../address-argument.js';
import type { Outcome } from '../../outcome.js';
import type { Session } from '../../session.js';
import { entryFile, type EntryOptions, makingEntry, ownEntry, writeEntry } from './own-entry.js';

const help = `
The server gets the next number: names are not given twice. In an alliance that runs, propose the entry (koinon member replace), and
start the server meanwhile: it learns, and takes part from the change on. One at a time: each begins with the entry in force.

Example:
  koinon org add-server acme --address s2.acme.example:7100`;

interface AddOptions extends EntryOptions {
  readonly out?: string;
  readonly address: Address;
}

export function registerOrgAddServer(org: Command, session: Session): void {
  const command = org
    .command('add-server')
    .description('make another server, in a directory of its own, and the entry that names it')
    .argument('<directory>', 'of the organization')
    .requiredOption('--address <host:port>', 'where it is to listen', addressArgument)
    .option('--out <directory>', 'for the server; its place among servers/ of the directory if absent');
  makingEntry(command, 'SERVER')
    .addHelpText('after', help)
    .action(session.action((directory: string, options: AddOptions) => add(directory, options, session)));
}

async function add(directory: string, options: AddOptions, session: Session): Promise<Outcome> {
  const own = await ownEntry(directory, options, session);
  if (E.isLeft(own)) return own;
  const { organization, alliance } = own.right;
  const id = nextServer(contentInForce(organization.content, alliance), alliance);
  const out = options.out ?? serverPath(directory, id);
  const file = entryFile(directory, fileNameOf(id), options, '--out');
  if (E.isLeft(file)) return file;
  const wish = { server: id, directory: out, address: options.address };
  const added = await addServer(organization, { ...wish, ...(alliance === undefined ? {} : { alliance }) })();
  const told = {
    file: file.right,
    json: { server: id, directory: out },
    first: `Made the server ${id} in ${out}.`,
    last:
      alliance === undefined
        ? `Its alliance is not founded yet: koinon org export ${directory} again, for the others.`
        : `Propose ${file.right} (koinon member replace), then: koinon serve ${out}`,
  };
  return writeEntry(added, told, options, session);
}
