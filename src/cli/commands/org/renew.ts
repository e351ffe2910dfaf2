/** `koinon org renew`: new keys for one server, as after a break-in. */
import { join } from 'node:path';
import type { Command } from 'commander';
import { E } from '../../../prelude/fp.js';
import { fileNameOf } from '../../../prelude/process.js';
import { type Address, ownId } from '../../../server/founding/organization-founding.js';
import { renewServer } from '../../../server/founding/renewal.js';
import { addressArgument } from '../../address-argument.js';
import { badInput, type Outcome } from '../../outcome.js';
import type { Session } from '../../session.js';
import { entryFile, type EntryOptions, makingEntry, ownEntry, renewedFolder, writeEntry } from './own-entry.js';

const help = `
Run it on a clean machine, with a copy of the organization's directory that the intruder has not seen. The server's new directory
has new identity, slow and TLS keys; nothing of the old one is read or changed. In an alliance that runs, propose the entry with the
action "organization", which names the server as lost if an attacker may have its old keys; meanwhile start the new server: it
learns, and takes the old one's place with the change.

Example:
  koinon org renew acme acme/1 --history history.json`;

interface RenewOptions extends EntryOptions {
  readonly out?: string;
  readonly address?: Address;
}

export function registerOrgRenew(org: Command, session: Session): void {
  const command = org
    .command('renew')
    .description('make new keys for one server, in a directory of their own, and the entry that names them')
    .argument('<directory>', 'of the organization')
    .argument('<server>', 'such as acme/1')
    .option('--out <directory>', `for the server; ${renewedFolder}/SERVER in the directory if absent`)
    .option('--address <host:port>', 'where it is to listen from now on', addressArgument);
  makingEntry(command, 'SERVER')
    .addHelpText('after', help)
    .action(
      session.action((directory: string, server: string, options: RenewOptions) =>
        renew({ directory, server }, options, session),
      ),
    );
}

async function renew(
  { directory, server }: { readonly directory: string; readonly server: string },
  options: RenewOptions,
  session: Session,
): Promise<Outcome> {
  const own = await ownEntry(directory, options, session);
  if (E.isLeft(own)) return own;
  const { organization, alliance } = own.right;
  const { name } = organization.content.organization;
  const id = ownId(name, server);
  if (id === undefined) return badInput(`${server}: expected the name of a server, such as ${name}/1`);
  const out = options.out ?? join(directory, renewedFolder, fileNameOf(id));
  const file = entryFile(directory, fileNameOf(id), options, '--out');
  if (E.isLeft(file)) return file;
  const renewed = await renewServer(organization, {
    ...{ server: id, directory: out },
    ...(options.address === undefined ? {} : { address: options.address }),
    ...(alliance === undefined ? {} : { alliance }),
  })();
  const told = {
    file: file.right,
    json: { server: id, directory: out },
    first: `Made new keys for ${id} in ${out}.`,
    last:
      alliance === undefined
        ? `Its alliance is not founded yet: export ${name} again once ${out} has taken the place of the old directory.`
        : `Propose ${file.right}, then: koinon serve ${out}`,
  };
  return writeEntry(renewed, told, options, session);
}
