/** An alliance of real server processes for a test: real links, real disks, real kills. Needs the build (`npm test` makes it). */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ServerProcess } from '../../src/cli/server-processes.js';
import { present } from '../../src/prelude/invariant.js';
import type { ProcessId } from '../../src/prelude/process.js';
import type { AllianceClient } from '../../src/client/alliance-client.js';
import type { Delivered } from '../../src/consensus/delivery.js';
import type { PrefixCertificate } from '../../src/consensus/range.js';
import { type ClientWish, openClient } from '../../src/server/applications/application-client.js';
import {
  type ApplicationDirectory,
  loadApplicationDirectory,
} from '../../src/server/directory/application-directory.js';
import { type FoundingWish, foundForTrying } from '../../src/server/founding/founding.js';
import { applicationPath, serverPath } from '../../src/server/directory/layout.js';
import { right } from '../support/right.js';

const builtExecutable = join(process.cwd(), 'dist/src/cli/main.js');

export class AllianceProcesses {
  /** What each server has written, by id. */
  readonly output = new Map<ProcessId, string[]>();
  private readonly servers = new Map<ProcessId, ServerProcess>();
  private readonly clients: AllianceClient[] = [];

  private constructor(
    readonly root: string,
    readonly directory: string,
    readonly application: ApplicationDirectory,
  ) {}

  /** Founds four organizations with one server each; none is started yet. */
  static async found(
    wish: Pick<FoundingWish, 'trust' | 'scheme' | 'documentKeys'> = { scheme: { _tag: 'multisig' } },
  ): Promise<AllianceProcesses> {
    const root = await mkdtemp(join(tmpdir(), 'koinon-test-'));
    const directory = join(root, 'alliance');
    right(await foundForTrying({ directory, organizations: ['a', 'b', 'c', 'd'], ports: { _tag: 'any' }, ...wish })());
    const application = right(await loadApplicationDirectory(applicationPath(directory, 'a/app' as ProcessId))());
    return new AllianceProcesses(root, directory, application);
  }

  get ids(): readonly ProcessId[] {
    return this.application.alliance.trust.system.processes.universe.ids;
  }

  pathOf(id: ProcessId): string {
    return serverPath(this.directory, id);
  }

  /** Of the process that runs a server. */
  pidOf(id: ProcessId): number | undefined {
    return this.servers.get(id)?.pid;
  }

  /** Resolves with whether the server came to listen. */
  start(id: ProcessId, path = this.pathOf(id), executable = builtExecutable): Promise<boolean> {
    const events = {
      onLine: (_: ProcessId, line: string) => {
        this.output.set(id, [...(this.output.get(id) ?? []), line]);
      },
      onExit: () => undefined,
    };
    const server = new ServerProcess(id, path, events, executable);
    this.servers.set(id, server);
    return server.ready;
  }

  async startAll(): Promise<void> {
    const ready = await Promise.all(this.ids.map((id) => this.start(id)));
    if (ready.includes(false)) throw new Error(`a server did not start: ${JSON.stringify([...this.output])}`);
  }

  /** SIGKILL, and waits until the process is gone. */
  async kill(id: ProcessId): Promise<void> {
    const server = present(this.servers.get(id), 'the server was started');
    server.kill('SIGKILL');
    await server.ended;
  }

  client(wish: ClientWish): AllianceClient {
    const client = openClient(this.application, wish);
    this.clients.push(client);
    return client;
  }

  /** Follows the log of one server from slot 1, verifying it. */
  follow(server: ProcessId): {
    readonly delivered: Delivered[];
    readonly certificates: PrefixCertificate[];
    readonly doubts: string[];
  } {
    const log = { delivered: [] as Delivered[], certificates: [] as PrefixCertificate[], doubts: [] as string[] };
    this.client({
      from: 1,
      server,
      onRange: ({ delivered, certificate }) => {
        log.delivered.push(...delivered);
        log.certificates.push(certificate);
      },
      onDoubt: (from, reason) => {
        log.doubts.push(`${from}: ${reason}`);
      },
    });
    return log;
  }

  async end(): Promise<void> {
    for (const client of this.clients) client.close();
    for (const server of this.servers.values()) server.kill('SIGKILL');
    await Promise.all([...this.servers.values()].map(({ ended }) => ended));
    await rm(this.root, { recursive: true, force: true });
  }
}

/** So long a loaded machine may take for anything. */
const patienceMs = 240_000;

/** Waits until `holds`; says what was waited for if it does not. */
export async function eventually(what: string, holds: () => boolean | Promise<boolean>): Promise<void> {
  const deadlineMs = performance.now() + patienceMs;
  while (!(await holds())) {
    if (performance.now() > deadlineMs) throw new Error(`waited in vain: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}
