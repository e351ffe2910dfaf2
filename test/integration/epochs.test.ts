/** Four servers become another four of five, with real links and real disks, while commands keep coming. */
import { existsSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { utf8 } from '../../src/prelude/bytes.js';
import { E } from '../../src/prelude/fp.js';
import { present } from '../../src/prelude/invariant.js';
import type { ProcessId } from '../../src/prelude/process.js';
import type { AllianceClient } from '../../src/client/alliance-client.js';
import { openClient } from '../../src/server/applications/application-client.js';
import { loadApplicationDirectory } from '../../src/server/directory/application-directory.js';
import type { AllianceScheme } from '../../src/server/founding/alliance-key-dealing.js';
import { loadServerDirectory } from '../../src/server/directory/server-directory.js';
import { describeServerError, type RunningServer, startServer } from '../../src/server/server.js';
import { right } from '../support/right.js';
import { eventually } from './alliance-processes.js';
import { type Epoch, EpochAlliance } from './epoch-alliance.js';
import { ledgerServices, controlTo } from './ledger-services.js';

const parameters = { windowSlots: 16, checkpointInterval: 8, snapshotInterval: 16, baseTimeoutMs: 1000 };
/** The built one: a thread runs no TypeScript. */
const signingScript = new URL('../../dist/src/schemes/signing-thread/worker.js', import.meta.url);
const [a, b, c, d, e] = ['a/1', 'b/1', 'c/1', 'd/1', 'e/1'] as ProcessId[] as [
  ProcessId,
  ProcessId,
  ProcessId,
  ProcessId,
  ProcessId,
];

class Scene {
  readonly running = new Map<ProcessId, RunningServer>();
  readonly said = new Map<ProcessId, string[]>();
  readonly stopped = new Map<ProcessId, string>();
  readonly ledgers = new Map<ProcessId, () => readonly string[]>();
  private readonly clients: AllianceClient[] = [];

  constructor(readonly alliance: EpochAlliance) {}

  /** @param marking - makes the server's application another one than the others'. */
  async start(id: ProcessId, marking = ''): Promise<void> {
    const directory = right(await loadServerDirectory(present(this.alliance.servers.get(id), 'a server'))());
    const ledger = ledgerServices(marking.length);
    this.ledgers.set(id, ledger.commands);
    const events = {
      log: (line: string) => this.said.set(id, [...(this.said.get(id) ?? []), line]),
      onStopped: (reason: string) => this.stopped.set(id, reason),
    };
    const control = controlTo(this.alliance.first.alliance, this.alliance.second.alliance);
    const options = { retainSlots: 0, applications: ledger, control, signingScript };
    this.running.set(id, right(await startServer(directory, events, options)()));
  }

  async stop(id: ProcessId): Promise<void> {
    await this.running.get(id)?.close();
    this.running.delete(id);
  }

  status(id: ProcessId) {
    return present(this.running.get(id), 'a running server').status();
  }

  has(id: ProcessId, text: string): boolean {
    return (this.said.get(id) ?? []).some((line) => line.includes(text));
  }

  /** Whether these servers' applications have come to the same state. */
  agree(...ids: readonly ProcessId[]): boolean {
    return new Set(ids.map((id) => JSON.stringify(this.ledgers.get(id)?.()))).size === 1;
  }

  async client(epoch: Epoch): Promise<AllianceClient> {
    const application = right(await loadApplicationDirectory(this.alliance.application(epoch))());
    const client = openClient(application, { from: 0 });
    this.clients.push(client);
    return client;
  }

  async end(): Promise<void> {
    for (const client of this.clients) client.close();
    await Promise.all([...this.running.keys()].map((id) => this.stop(id)));
    this.alliance.remove();
  }
}

let scene: Scene | undefined;
afterEach(async () => {
  await scene?.end();
  scene = undefined;
});

async function begin(certificates?: AllianceScheme): Promise<Scene> {
  scene = new Scene(await EpochAlliance.found(parameters, certificates));
  return scene;
}

/** Commands in both epochs, one after another. */
function load(client: AllianceClient, prefix: string): { readonly stop: () => void; readonly committed: () => number } {
  let [sent, committed] = [0, 0];
  const timer = setInterval(() => {
    sent += 1;
    void client.propose(utf8(`${prefix} ${sent}`)).then(({ _tag }) => {
      if (_tag === 'committed') committed += 1;
    });
  }, 20);
  return {
    stop: () => {
      clearInterval(timer);
    },
    committed: () => committed,
  };
}

async function endFirstEpoch(client: AllianceClient, alliance: EpochAlliance): Promise<void> {
  for (const control of alliance.controls()) await client.propose(control);
}

describe('an alliance', () => {
  it('becomes another four of five under load, and erases the keys of those before: its slow key is dealt anew', async () => {
    const { alliance } = await begin({ _tag: 'bls' });
    expect(alliance.first.alliance.slowKey?._tag).toBe('bls');
    const now = present(scene, 'a scene');
    for (const id of [b, c, d, e]) alliance.prepare(id);
    await Promise.all([a, b, c, d].map((id) => now.start(id)));
    await now.start(e);
    expect(now.has(e, 'waits for the HANDOFF of epoch 1')).toBe(true);
    const share = join(present(alliance.servers.get(b), 'a server'), 'alliance-share.json');
    const before = readFileSync(share, 'utf8');
    const slowShare = join(present(alliance.servers.get(b), 'a server'), 'slow.key');
    const slowBefore = readFileSync(slowShare, 'utf8');
    const former = await now.client(alliance.first);
    const first = load(former, 'first');
    await eventually('the first commands', () => first.committed() > 20);
    await endFirstEpoch(former, alliance);
    await eventually('the next epoch', () => [b, c, d, e].every((id) => now.status(id).epoch === 2));
    first.stop();
    former.close();
    // It was not told of any configuration: it waits for its operators.
    await eventually('a asks its operators', () => now.has(a, 'put its files into a directory'));
    expect(now.status(a).epoch).toBe(1);
    const later = await now.client(alliance.second);
    const second = load(later, 'second');
    await eventually('commands of the second epoch', () => second.committed() > 20);
    second.stop();
    expect([...now.stopped]).toEqual([]);

    alliance.prepare(a);
    await eventually('a is left out', () => now.has(a, 'epoch 2 goes on without this server'));
    const gone = present(alliance.servers.get(a), 'a server');
    expect(['alliance-share.json', 'slow.key'].map((name) => existsSync(join(gone, name)))).toEqual([false, false]);
    expect(readFileSync(share, 'utf8')).not.toBe(before);
    expect(readFileSync(slowShare, 'utf8')).not.toBe(slowBefore);
    expect(existsSync(join(present(alliance.servers.get(b), 'a server'), 'prepared', 'two'))).toBe(false);

    await eventually('everybody has everything', () => now.agree(b, c, d, e));
    expect(
      now.ledgers
        .get(e)?.()
        .filter((line) => line.startsWith('second')).length,
    ).toBeGreaterThan(20);

    for (const id of [a, b]) {
      await now.stop(id);
      await now.start(id);
    }
    await eventually('b goes on in its epoch', () => now.status(b).epoch === 2 && now.agree(b, c));
    expect(now.status(a)).toMatchObject({ epoch: 1, leader: 'nobody' });
    expect([...now.stopped]).toEqual([]);
  });

  it('B21: takes a server along that was away while the epoch ended and its log was dropped', async () => {
    const { alliance } = await begin();
    const now = present(scene, 'a scene');
    for (const id of [b, c, d, e]) alliance.prepare(id);
    await Promise.all([a, b, c, d].map((id) => now.start(id)));
    const former = await now.client(alliance.first);
    expect(await former.propose(utf8('early'))).toMatchObject({ _tag: 'committed' });
    await now.stop(d);
    await now.start(e);
    const first = load(former, 'first');
    await endFirstEpoch(former, alliance);
    await eventually('the next epoch', () => [b, c, e].every((id) => now.status(id).epoch === 2));
    first.stop();
    former.close();
    const later = await now.client(alliance.second);
    const second = load(later, 'second');
    await eventually('its log is dropped', () => [b, c, e].every((id) => now.status(id).first > 20));
    await now.start(d);
    await eventually('d is in the second epoch', () => now.status(d).epoch === 2);
    second.stop();
    await eventually('d has what the others have', () => now.agree(b, c, d, e));
    expect(now.status(d).first).toBeGreaterThan(20);
    expect([...now.stopped]).toEqual([]);
  });

  it('B7, B23: goes on without a server whose state is another, which is not started again before its mark is removed', async () => {
    const { alliance } = await begin();
    const now = present(scene, 'a scene');
    await now.start(a, 'another application');
    await Promise.all([b, c, d].map((id) => now.start(id)));
    const client = await now.client(alliance.first);
    const first = load(client, 'first');
    await eventually('a has halted', () => now.stopped.has(a));
    expect(now.stopped.get(a)).toMatch(/the state after slot 16 is another one here/);
    expect(now.status(a).halted).toBe(now.stopped.get(a));
    await eventually('the others prune', () => [b, c, d].every((id) => now.status(id).first > 17));
    first.stop();
    expect([...now.stopped.keys()]).toEqual([a]);
    expect([b, c, d].some((id) => now.has(id, 'a/1 say that the state after slot 16 is another one'))).toBe(true);

    await now.stop(a);
    const path = present(alliance.servers.get(a), 'a server');
    const mark = join(path, 'data', 'halted');
    const directory = right(await loadServerDirectory(path)());
    const refused = await startServer(directory, { log: () => undefined, onStopped: () => undefined })();
    expect(refused).toMatchObject({ _tag: 'Left', left: { _tag: 'Halted', mark: { path: mark } } });
    const sentence = E.isLeft(refused) ? describeServerError(refused.left) : '';
    expect(sentence).toContain(`${mark}: this server has halted: the state after slot 16`);
    expect(sentence).toMatch(/remove this file/);
    rmSync(mark);
    rmSync(join(path, 'data', 'states'), { recursive: true });
    await now.start(a);
    await eventually('a has what the others have', () => now.agree(a, b, c, d));
  });
});
