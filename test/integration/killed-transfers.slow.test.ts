/** Servers killed at any moment while they fetch and install a state, and while the epoch changes. */
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { utf8 } from '../../src/prelude/bytes.js';
import { present } from '../../src/prelude/invariant.js';
import type { ProcessId } from '../../src/prelude/process.js';
import { ServerProcess } from '../../src/cli/server-processes.js';
import type { AllianceClient } from '../../src/client/alliance-client.js';
import { openClient } from '../../src/server/applications/application-client.js';
import { loadApplicationDirectory } from '../../src/server/directory/application-directory.js';
import { right } from '../support/right.js';
import { eventually } from './alliance-processes.js';
import { type Epoch, EpochAlliance } from './epoch-alliance.js';

const parameters = { windowSlots: 16, checkpointInterval: 8, snapshotInterval: 16, baseTimeoutMs: 1000 };
const executable = join(process.cwd(), 'dist/test/integration/ledger-server.js');
const [a, b, c, d, e] = ['a/1', 'b/1', 'c/1', 'd/1', 'e/1'] as ProcessId[] as [
  ProcessId,
  ProcessId,
  ProcessId,
  ProcessId,
  ProcessId,
];

class Crowd {
  readonly lines = new Map<ProcessId, string[]>();
  private readonly processes = new Map<ProcessId, ServerProcess>();
  private readonly clients: AllianceClient[] = [];

  constructor(readonly alliance: EpochAlliance) {}

  async start(id: ProcessId): Promise<void> {
    const path = present(this.alliance.servers.get(id), 'a server');
    const events = {
      onLine: (_: ProcessId, line: string) => {
        this.lines.set(id, [...(this.lines.get(id) ?? []), line]);
      },
      onExit: () => undefined,
    };
    const server = new ServerProcess(id, path, events, executable);
    this.processes.set(id, server);
    if (!(await server.ready))
      throw new Error(`${id} did not start: ${(this.lines.get(id) ?? []).slice(-5).join(' | ')}`);
  }

  async kill(id: ProcessId): Promise<void> {
    const server = this.processes.get(id);
    server?.kill('SIGKILL');
    await server?.ended;
  }

  async client(epoch: Epoch): Promise<AllianceClient> {
    const application = right(await loadApplicationDirectory(this.alliance.application(epoch))());
    const client = openClient(application, { from: 0 });
    this.clients.push(client);
    return client;
  }

  get complaints(): readonly string[] {
    return [...this.lines.values()].flat().filter((line) => /has stopped|misbehaves|say that the state/.test(line));
  }

  async end(): Promise<void> {
    for (const client of this.clients) client.close();
    await Promise.all([...this.processes.keys()].map((id) => this.kill(id)));
    this.alliance.remove();
  }
}

let crowd: Crowd | undefined;
afterEach(async () => {
  await crowd?.end();
  crowd = undefined;
});

async function begin(prepared: readonly ProcessId[] = []): Promise<Crowd> {
  crowd = new Crowd(await EpochAlliance.found(parameters));
  crowd.alliance.announce();
  for (const id of prepared) crowd.alliance.prepare(id);
  await Promise.all([a, b, c, d].map((id) => present(crowd, 'a crowd').start(id)));
  return crowd;
}

/** Proposes one command after another until it is told to stop. */
function load(client: AllianceClient): () => Promise<void> {
  const ending = new AbortController();
  const done = (async () => {
    for (let number = 0; !ending.signal.aborted; number++) await client.propose(utf8(`command ${number}`));
  })();
  return async () => {
    ending.abort();
    client.close();
    await done;
  };
}

async function pause(ms: number): Promise<void> {
  await new Promise((resolve) => setTimeout(resolve, ms));
}

describe('a server that is killed', () => {
  it('again and again while it fetches and installs a state comes back with that of the others', async () => {
    const all = await begin();
    const client = await all.client(all.alliance.first);
    const stop = load(client);
    await all.kill(d);
    const status = (id: ProcessId) => client.askStatus(id, 2000);
    await eventually('the log that d lacks is dropped', async () => ((await status(b))?.first ?? 0) > 17);
    for (let moment = 0; moment < 8; moment++) {
      await all.start(d);
      await pause(40 * moment);
      await all.kill(d);
    }
    await all.start(d);
    await eventually('d installs a state', async () => ((await status(d))?.first ?? 0) > 17);
    const reached = (await status(b))?.decided ?? 0;
    await eventually('d has what the others have', async () => ((await status(d))?.decided ?? 0) >= reached);
    // Another state, to which its own must be equal.
    await eventually('a later state is certified', async () => ((await status(d))?.certifiedState ?? 0) > reached);
    await stop();
    expect(all.complaints).toEqual([]);
  }, 600_000);

  it('again and again while the epoch changes is in the next one in the end', async () => {
    const all = await begin([b, c, d, e]);
    await all.start(e);
    const former = await all.client(all.alliance.first);
    const later = await all.client(all.alliance.second);
    for (const control of all.alliance.controls().slice(0, -1)) await former.propose(control);
    const activated = former.propose(present(all.alliance.controls().at(-1), 'ACTIVATE'));
    const stop = load(former);
    for (let moment = 0; moment < 10; moment++) {
      const victim = present([c, d, e][moment % 3], 'a victim');
      await pause(30 * moment);
      await all.kill(victim);
      await all.start(victim);
    }
    const status = (id: ProcessId) => later.askStatus(id, 2000);
    for (const id of [b, c, d, e]) await eventually(`${id} is in epoch 2`, async () => (await status(id))?.epoch === 2);
    await stop();
    await activated;
    const outcome = await later.propose(utf8('in the second epoch'));
    expect(outcome).toMatchObject({ _tag: 'committed' });
    const slot = 'slot' in outcome ? outcome.slot : 0;
    for (const id of [b, c, d, e])
      await eventually(`${id} has it`, async () => ((await status(id))?.decided ?? 0) >= slot);
    expect(all.complaints).toEqual([]);
  }, 600_000);
});
