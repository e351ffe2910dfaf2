/** `koinon serve` with a ledger on it, for tests that kill servers: `node ledger-server.js serve DIRECTORY`. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { decodeAllianceText } from '../../src/management/alliance-codec.js';
import { loadServerDirectory } from '../../src/server/directory/server-directory.js';
import { startServer } from '../../src/server/server.js';
import { right } from '../support/right.js';
import { ledgerServices, controlTo } from './ledger-services.js';

/** So that a state has sixteen chunks. */
const paddingBytes = 1 << 20;

const path = process.argv[3] ?? '.';
const next = join(path, 'next.json');
const applications = ledgerServices(paddingBytes);

const events = {
  log: (line: string) => {
    console.error(line);
  },
  onStopped: (reason: string) => {
    console.error(`has stopped: ${reason}`);
  },
};
const directory = right(await loadServerDirectory(path)());
const first = directory.former.get(1)?.alliance ?? directory.alliance;
const told = existsSync(next)
  ? { control: controlTo(first, right(decodeAllianceText(readFileSync(next, 'utf8')))) }
  : {};
const server = right(await startServer(directory, events, { retainSlots: 0, applications, ...told })());
console.log(`${server.me} serves`);
