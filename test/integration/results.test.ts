/** Clients are told what came of their commands, by real servers whose slow quorums sign with one key. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { utf8 } from '../../src/prelude/bytes.js';
import { present } from '../../src/prelude/invariant.js';
import type { ProcessId } from '../../src/prelude/process.js';
import type { AllianceClient } from '../../src/client/alliance-client.js';
import { openClient } from '../../src/server/applications/application-client.js';
import { loadApplicationDirectory } from '../../src/server/directory/application-directory.js';
import { applicationPath, serverPath } from '../../src/server/directory/layout.js';
import { loadServerDirectory } from '../../src/server/directory/server-directory.js';
import { foundForTrying } from '../../src/server/founding/founding.js';
import { type RunningServer, startServer } from '../../src/server/server.js';
import type { Services } from '../../src/server/services.js';
import { right } from '../support/right.js';
import { eventually } from './alliance-processes.js';
import { ledgerServices } from './ledger-services.js';

/** The built one: a thread runs no TypeScript. */
const signingScript = new URL('../../dist/src/schemes/signing-thread/worker.js', import.meta.url);

class Alliance {
  readonly blamed: string[] = [];
  readonly stopped: string[] = [];
  private readonly servers = new Map<string, RunningServer>();
  private client: AllianceClient | undefined;

  private constructor(private readonly directory: string) {}

  /** Four organizations, one Byzantine at most; where one is silent, decisions take the slow path. */
  static async found(): Promise<Alliance> {
    const directory = await mkdtemp(join(tmpdir(), 'koinon-test-'));
    right(
      await foundForTrying({
        directory,
        trust: 'f=1 t=0 of (a, b, c, d)',
        ports: { _tag: 'any' },
        scheme: { _tag: 'multisig' },
        certificates: { _tag: 'bls' },
      })(),
    );
    return new Alliance(directory);
  }

  async start(name: string, services?: Services): Promise<void> {
    const path = serverPath(this.directory, `${name}/1` as ProcessId);
    const events = {
      log: (line: string) => {
        if (line.includes('misbehaves')) this.blamed.push(line);
      },
      onStopped: (reason: string) => this.stopped.push(reason),
    };
    const options = { signingScript, ...(services === undefined ? {} : { services }) };
    const server = await startServer(right(await loadServerDirectory(path)()), events, options)();
    this.servers.set(name, right(server));
  }

  async stop(name: string): Promise<void> {
    await this.servers.get(name)?.close();
    this.servers.delete(name);
  }

  async application(): Promise<AllianceClient> {
    const directory = right(await loadApplicationDirectory(applicationPath(this.directory, 'a/app' as ProcessId))());
    this.client = openClient(directory, { from: 0 });
    return this.client;
  }

  status(name: string) {
    return present(this.servers.get(name), 'a running server').status();
  }

  async end(): Promise<void> {
    this.client?.close();
    await Promise.all([...this.servers.keys()].map((name) => this.stop(name)));
    await rm(this.directory, { recursive: true, force: true });
  }
}

/** A ledger that gives false results, and keeps the true state. */
function lyingServices(): Services {
  const services = ledgerServices();
  const ledger = present(services.applications.get('ledger'), 'a ledger');
  const lying = {
    apply: (delivered: Parameters<typeof ledger.apply>[0]) => {
      ledger.apply(delivered);
      return utf8('a lie');
    },
    snapshot: () => ledger.snapshot(),
    restore: (state: Uint8Array) => ledger.restore(state),
  };
  return { ...services, applications: new Map([['ledger', lying]]) };
}

let alliance: Alliance | undefined;
afterEach(async () => {
  await alliance?.end();
  alliance = undefined;
});

describe('an application', () => {
  it('is told the results of its commands by three servers of four, one of which lies, on the slow path', async () => {
    alliance = await Alliance.found();
    for (const name of ['a', 'b']) await alliance.start(name, ledgerServices());
    await alliance.start('c', lyingServices());
    const client = await alliance.application();
    const outcomes = await Promise.all(Array.from({ length: 8 }, () => client.execute(utf8('command'))));
    for (const [index, outcome] of outcomes.entries())
      expect(outcome).toMatchObject({ _tag: 'executed', result: utf8(`${index + 1}`) });
    // A slow quorum of BLS shares committed each slot.
    expect(alliance.status('a').slow).toBeGreaterThan(0);
    expect(alliance.status('a').fast).toBe(0);

    // With b away too few tell the truth, and with d it is told again.
    await alliance.stop('b');
    await alliance.start('d', ledgerServices());
    const ninth = await client.execute(utf8('9'));
    expect(ninth).toMatchObject({ _tag: 'executed', result: utf8('9') });
    expect([alliance.blamed, alliance.stopped]).toEqual([[], []]);
  }, 60_000);

  it('hears that a command is committed where nobody executes it', async () => {
    alliance = await Alliance.found();
    for (const name of ['a', 'b', 'c', 'd']) await alliance.start(name);
    const client = await alliance.application();
    expect(await client.execute(utf8('for nobody'))).toMatchObject({ _tag: 'committed', slot: 1 });
    await eventually('it is certified', () => (alliance?.status('a').certified ?? 0) >= 1);
    expect([alliance.blamed, alliance.stopped]).toEqual([[], []]);
  }, 60_000);
});
