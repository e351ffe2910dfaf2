/** Clients are told what came of their commands, by real servers whose slow quorums sign with one key. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { afterEach, describe, expect, it } from 'vitest';
import { utf8 } from '../../src/prelude/bytes.js';
import { present } from '../../src/prelude/invariant.js';
import type { ProcessId } from '../../src/prelude/process.js';
import type { AllianceClient } from '../../src/client/alliance-client.js';
import { openClient, serverAsClient } from '../../src/server/applications/application-client.js';
import { loadApplicationDirectory } from '../../src/server/directory/application-directory.js';
import { applicationPath, serverPath } from '../../src/server/directory/layout.js';
import { loadServerDirectory } from '../../src/server/directory/server-directory.js';
import { foundForTrying } from '../../src/server/founding/founding.js';
import { type RunningServer, startServer } from '../../src/server/server.js';
import type { Applications } from '../../src/server/services.js';
import { type Run, runWith } from '../cli/run.js';
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

  async start(name: string, applications?: Applications): Promise<void> {
    const path = serverPath(this.directory, `${name}/1` as ProcessId);
    const events = {
      log: (line: string) => {
        if (line.includes('misbehaves')) this.blamed.push(line);
      },
      onStopped: (reason: string) => this.stopped.push(reason),
    };
    const options = { signingScript, ...(applications === undefined ? {} : { applications }) };
    const server = await startServer(right(await loadServerDirectory(path)()), events, options)();
    this.servers.set(name, right(server));
  }

  async stop(name: string): Promise<void> {
    await this.servers.get(name)?.close();
    this.servers.delete(name);
  }

  /** `koinon propose` of these lines, as the same application. */
  propose(lines: readonly (string | Uint8Array)[], ...options: readonly string[]): Promise<Run> {
    const stdin = Readable.from(lines.flatMap((line) => [line, '\n']).map((part) => Buffer.from(part)));
    return runWith({ stdin }, 'propose', this.directory, '-', '--as', 'a/app', '--result', ...options);
  }

  async asServer(name: string): Promise<AllianceClient> {
    const directory = right(await loadServerDirectory(serverPath(this.directory, `${name}/1` as ProcessId))());
    this.client = openClient(present(serverAsClient(directory), 'a server with keys'), { from: 0 });
    return this.client;
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
function lyingServices(): Applications {
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
  });

  it('may be a server under its own id', async () => {
    alliance = await Alliance.found();
    for (const name of ['a', 'b', 'c', 'd']) await alliance.start(name, ledgerServices());
    const client = await alliance.asServer('b');
    expect(await client.execute(utf8('by a server'))).toMatchObject({ _tag: 'executed', result: utf8('1') });
    expect([alliance.blamed, alliance.stopped]).toEqual([[], []]);
  });

  it('hears that a command is committed where nobody executes it', async () => {
    alliance = await Alliance.found();
    for (const name of ['a', 'b', 'c', 'd']) await alliance.start(name);
    const client = await alliance.application();
    expect(await client.execute(utf8('for nobody'))).toMatchObject({ _tag: 'committed' });
    await eventually('it is certified', () => (alliance?.status('a').certified ?? 0) >= 1);
    expect([alliance.blamed, alliance.stopped]).toEqual([[], []]);
  });

  it('is told what came of its lines by the command too', async () => {
    alliance = await Alliance.found();
    for (const name of ['a', 'b', 'c', 'd']) await alliance.start(name, ledgerServices());
    const first = await alliance.propose(['one', 'two', 'three']);
    expect(first).toMatchObject({ exitCode: 0, stderr: '' });
    expect(first.stdout).toMatch(
      /^1: 1\n2: 2\n3: 3\n3 of 3 lines decided, 3 with a known result, in slots? [0-9].*, in [0-9.]+ s\n$/,
    );
    const { stdout } = await alliance.propose(['four'], '--json');
    const [line, tally] = stdout
      .trimEnd()
      .split('\n')
      .map((text): unknown => JSON.parse(text));
    expect(line).toEqual({ line: 1, slot: expect.any(Number) as number, result: { text: '4' } });
    expect(tally).toMatchObject({ sent: 1, committed: 1, executed: 1, rejected: 0, unknown: 0 });
  });

  it('is told by the command that the result is unknown where nobody executes', async () => {
    alliance = await Alliance.found();
    for (const name of ['a', 'b', 'c', 'd']) await alliance.start(name);
    const { exitCode, stdout } = await alliance.propose(['for nobody']);
    expect(exitCode).toBe(0);
    expect(stdout).toMatch(/^1: \(result unknown\)\n1 of 1 lines decided, 0 with a known result, in slot \d+, in/);
  });
});
