/** `koinon org`: an organization on its own machines: its keys, what it tells the others, and how it comes into an alliance. */
import type { Command } from 'commander';
import type { Session } from '../session.js';
import { registerOrgAddServer } from './org/add-server.js';
import { registerOrgAdministrators } from './org/administrators.js';
import { registerOrgExport } from './org/export.js';
import { registerOrgInit } from './org/init.js';
import { registerOrgJoin } from './org/join.js';
import { registerOrgRenew } from './org/renew.js';
import { registerOrgRetire } from './org/retire.js';
import { registerOrgShow } from './org/show.js';

const help = `
Founding, as each of the organizations does it (docs/guide/founding.md):
  koinon org init acme acme --servers server.acme.example:7100
  koinon org export acme -o acme.json                    send it to the others, read the words out
  koinon alliance assemble *.json --trust 'f=1 t=1 of (acme, globex, initech, umbrella)' -o alliance.json
  koinon alliance acknowledge alliance.json acme         compare, sign; send acme/founded.json to the others
  koinon alliance acknowledge alliance.json acme --merge globex.founded initech.founded umbrella.founded
  koinon serve acme/servers/acme-1`;

export function registerOrg(program: Command, session: Session): void {
  const org = program
    .command('org')
    .description('an organization on its own machines: its keys, and how it comes into an alliance')
    .addHelpText('after', help);
  registerOrgInit(org, session);
  registerOrgExport(org, session);
  registerOrgShow(org, session);
  registerOrgJoin(org, session);
  registerOrgRenew(org, session);
  registerOrgAddServer(org, session);
  registerOrgRetire(org, session);
  registerOrgAdministrators(org, session);
}
