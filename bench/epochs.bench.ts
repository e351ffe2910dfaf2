/**
 * `npm run bench -- epochs [--rate N] [--changes N] [--scheme bls|rsa]`: what an application notices when an alliance of four servers
 * refreshes its key, again and again: a process a server, TLS, durable disks, commands at a steady rate.
 */
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { setTimeout as delay } from 'node:timers/promises';
import { utf8 } from '../src/prelude/bytes.js';
import { present } from '../src/prelude/invariant.js';
import type { ProcessId } from '../src/prelude/process.js';
import { ServerProcess } from '../src/cli/server-processes.js';
import { GovernanceClient } from '../src/client/governance/governance-client.js';
import { OrganizationVoice } from '../src/client/governance/organization-voice.js';
import { serversOf } from '../src/management/alliance.js';
import { ed25519Sign } from '../src/schemes/ed25519/ed25519.js';
import { openClient } from '../src/server/applications/application-client.js';
import { loadApplicationDirectory } from '../src/server/directory/application-directory.js';
import { applicationPath, organizationPath, serverPath } from '../src/server/directory/layout.js';
import { parsePrivateKey } from '../src/server/directory/private-key-file.js';
import { foundForTrying } from '../src/server/founding/founding.js';
import { right } from '../test/support/right.js';
import { rsa } from './cluster/koinon.js';

const { values } = parseArgs({
  options: {
    rate: { type: 'string', default: '200' },
    changes: { type: 'string', default: '3' },
    scheme: { type: 'string', default: 'bls' },
  },
});
const [rate, changes] = [Number(values.rate), Number(values.changes)];
const organizations = ['a', 'b', 'c', 'd'] as const;
/** Before the first change, and after each. */
const calmMs = 5000;

const directory = await mkdtemp(join(tmpdir(), 'koinon-epochs-'));
const scheme = values.scheme === 'rsa' ? rsa : ({ _tag: 'bls' } as const);
const { alliance } = right(
  await foundForTrying({ directory, trust: 'f=1 t=0 of (a, b, c, d)', scheme, ports: { _tag: 'any' } })(),
);
const quiet = () => undefined;
const servers = serversOf(alliance).map(
  ({ id }) => new ServerProcess(id, serverPath(directory, id), { onLine: quiet, onExit: quiet }),
);
await Promise.all(servers.map(({ ready }) => ready));
const client = await open('a');
const governance = new GovernanceClient(client);

async function open(organization: string) {
  const path = applicationPath(directory, `${organization}/app` as ProcessId);
  return openClient(right(await loadApplicationDirectory(path)()), { from: 0 });
}

async function voiceOf(organization: string): Promise<OrganizationVoice> {
  const pem = await readFile(join(organizationPath(directory, organization), 'admin.key'), 'utf8');
  const seed = present(parsePrivateKey(pem), 'the key of an administrator');
  const key = { name: 'admin' as ProcessId, sign: (statement: Uint8Array) => ed25519Sign(seed, statement) };
  return new OrganizationVoice({ client: governance, organization, keys: [key], now: Date.now });
}

/** When each command was sent, and when it was known to be decided and durable. */
const sent: number[] = [];
const latencies: { readonly atMs: number; readonly ms: number }[] = [];
const run = { isOver: false };
const load = (async () => {
  const startMs = performance.now();
  for (let count = 0; !run.isOver; count++) {
    const dueMs = startMs + (1000 * count) / rate;
    if (dueMs > performance.now()) await delay(dueMs - performance.now());
    const sentMs = performance.now();
    sent.push(sentMs);
    void client.propose(utf8(`command ${count}`), () => {
      latencies.push({ atMs: performance.now(), ms: performance.now() - sentMs });
    });
  }
})();

async function overview() {
  for (;;) {
    const seen = await governance.ask('overview');
    if (seen._tag === 'Right') return seen.right;
    await delay(100);
  }
}

/** The longest time without a command becoming known as decided, and how late commands were. */
function noticed(fromMs: number, toMs: number): string {
  const during = latencies.filter(({ atMs }) => atMs >= fromMs && atMs <= toMs);
  const times = [fromMs, ...during.map(({ atMs }) => atMs), toMs];
  const pause = Math.max(...times.slice(1).map((atMs, index) => atMs - (times[index] ?? atMs)));
  const sorted = during.map(({ ms }) => ms).sort((x, y) => x - y);
  const at = (share: number): string => (sorted[Math.floor(share * (sorted.length - 1))] ?? 0).toFixed(0);
  return `${during.length} commands, longest gap ${pause.toFixed(0)} ms, latency p50 ${at(0.5)} ms, p99 ${at(0.99)} ms, most ${at(1)} ms`;
}

console.log(
  `four servers, ${values.scheme}, ${rate} commands/s of one application; known as decided and durable by two servers alike`,
);
const voices = await Promise.all(organizations.map(voiceOf));
while (!(await overview()).enacted) await delay(100);
const calmFromMs = performance.now();
await delay(calmMs);
console.log(`no change      ${noticed(calmFromMs, performance.now())}`);
for (let change = 1; change <= changes; change++) {
  const fromMs = performance.now();
  const { epoch } = await overview();
  const [first] = voices;
  const proposed = right(await present(first, 'a voice').propose({ actions: [{ _tag: 'refresh', lost: [] }] }));
  for (const voice of voices.slice(0, 3)) right(await voice.ballot(proposed.proposal.number, true));
  for (let now = await overview(); now.epoch === epoch || !now.enacted; now = await overview()) await delay(50);
  const doneMs = performance.now();
  await delay(calmMs);
  console.log(`epoch ${epoch + 1}, ${((doneMs - fromMs) / 1000).toFixed(1)} s   ${noticed(fromMs, doneMs + calmMs)}`);
}
run.isOver = true;
await load;
await delay(1000);
console.log(`${sent.length} sent, ${latencies.length} known as decided`);
client.close();
for (const server of servers) server.kill('SIGTERM');
await Promise.all(servers.map(({ ended }) => ended));
await rm(directory, { recursive: true, force: true });
