/** A server that is to come back under new keys learns the log of four others, and comes to the same state as they. */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { toHex, utf8 } from '../../src/prelude/bytes.js';
import { digest } from '../../src/prelude/digest.js';
import { present } from '../../src/prelude/invariant.js';
import type { ProcessId } from '../../src/prelude/process.js';
import type { AllianceClient } from '../../src/client/alliance-client.js';
import type { Alliance } from '../../src/management/alliance.js';
import { openClient } from '../../src/server/applications/application-client.js';
import { loadApplicationDirectory } from '../../src/server/directory/application-directory.js';
import { type LearnerDirectory, loadServingDirectory } from '../../src/server/directory/learner-directory.js';
import { loadServerDirectory } from '../../src/server/directory/server-directory.js';
import { Learner } from '../../src/server/learner/learner.js';
import { LogLearning } from '../../src/server/learner/log-learning.js';
import { learnerOf } from '../../src/server/membership/own-server.js';
import { type RunningServer, startServer } from '../../src/server/server.js';
import { type ManagedServices, managedServices } from '../../src/server/services.js';
import { openSnapshotStore } from '../../src/server/state/snapshot-store.js';
import { openLogStore } from '../../src/storage/lmdb.js';
import { right } from '../support/right.js';
import { eventually } from './alliance-processes.js';
import { EpochAlliance } from './epoch-alliance.js';
import { writeFreshServer } from './fresh-server.js';

/** The built one: a thread runs no TypeScript. */
const signingScript = new URL('../../dist/src/schemes/signing-thread/worker.js', import.meta.url);
const names = ['a', 'b', 'c', 'd'] as const;

/** What management had come to before each command, by slot: the same wherever the log is the same. */
interface Witnessed {
  readonly services: ManagedServices;
  readonly states: Map<number, string>;
}

function witnessed(founding: Alliance): Witnessed {
  const states = new Map<number, string>();
  let count = 0;
  const services: ManagedServices = managedServices(founding, {
    applications: new Map([
      [
        'witness',
        {
          apply: ({ slot, command }) => {
            count += 1;
            states.set(slot, `${toHex(digest(services.membership.snapshot()))} ${count} ${toHex(command)}`);
            return utf8(`${count}`);
          },
          snapshot: () => utf8(`${count}`),
          restore: (state) => {
            count = Number(new TextDecoder().decode(state));
            return true;
          },
        },
      ],
    ]),
    applicationOf: () => 'witness',
  });
  return { services, states };
}

const parameters = { windowSlots: 16, checkpointInterval: 8, snapshotInterval: 16, baseTimeoutMs: 1000 };

class Scene {
  readonly stopped: string[] = [];
  readonly said: string[] = [];
  readonly members = new Map<string, Witnessed & { readonly server: RunningServer }>();
  private client: AllianceClient | undefined;
  private learner: { readonly close: () => Promise<void> } | undefined;

  private constructor(
    readonly alliance: EpochAlliance,
    readonly fresh: LearnerDirectory,
    private readonly retainSlots: number,
  ) {}

  static async found(retainSlots = 1_000_000): Promise<Scene> {
    const alliance = await EpochAlliance.found(parameters);
    const path = join(alliance.root, 'fresh');
    writeFreshServer(alliance.first.path, path, { id: 'd/1' as ProcessId, host: '127.0.0.1', port: 1 });
    const loaded = right(await loadServingDirectory(path)());
    if (loaded._tag !== 'learner') throw new Error('its keys are not those of the document');
    mkdirSync(loaded.directory.dataPath);
    return new Scene(alliance, loaded.directory, retainSlots);
  }

  async startMember(name: string): Promise<void> {
    const path = present(this.alliance.servers.get(`${name}/1` as ProcessId), 'a server');
    const loaded = right(await loadServingDirectory(path)());
    expect(loaded._tag).toBe('member');
    const directory = right(await loadServerDirectory(path)());
    const own = witnessed(directory.alliance);
    const events = { log: () => undefined, onStopped: (reason: string) => this.stopped.push(`${name}: ${reason}`) };
    const { retainSlots } = this;
    const options = { signingScript, retainSlots, applications: own.services, control: own.services.control };
    this.members.set(name, { ...own, server: right(await startServer(directory, events, options)()) });
  }

  async startLearner(
    founding = this.fresh.alliance,
    directory = this.fresh,
  ): Promise<{ readonly learner: Learner; readonly states: Map<number, string> }> {
    const { services, states } = witnessed(founding);
    const store = right(await openLogStore(join(directory.dataPath, 'log'))());
    const snapshots = right(await openSnapshotStore(join(directory.dataPath, 'states'))());
    const learner = right(
      await Learner.start({
        directory,
        store,
        snapshots,
        services,
        say: (line) => this.said.push(line),
        onEntered: () => this.stopped.push('the learner has entered an epoch'),
        onFailed: (detail) => this.stopped.push(`the learner: ${detail}`),
      }),
    );
    this.learner = {
      close: async () => {
        await learner.close();
        await store.close();
      },
    };
    return { learner, states };
  }

  async stopLearner(): Promise<void> {
    await this.learner?.close();
    this.learner = undefined;
  }

  /** One command after another, so that most have a slot of their own. */
  async propose(count: number): Promise<void> {
    this.client ??= openClient(
      right(await loadApplicationDirectory(this.alliance.application(this.alliance.first))()),
      { from: 0 },
    );
    const { client } = this;
    for (let index = 0; index < count; index++)
      await new Promise<void>((resolve) => {
        void client.propose(utf8(`command ${index}`), () => {
          resolve();
        });
      });
  }

  /** What a member has come to, and the learner too: all that both know. */
  same(states: ReadonlyMap<number, string>, member = 'a'): boolean {
    const known = present(this.members.get(member), 'a member').states;
    return [...states].every(([slot, state]) => known.get(slot) === state);
  }

  last(member = 'a'): number {
    return Math.max(0, ...present(this.members.get(member), 'a member').states.keys());
  }

  async end(): Promise<void> {
    this.client?.close();
    await this.stopLearner();
    await Promise.all([...this.members.values()].map(({ server }) => server.close()));
    this.alliance.remove();
  }
}

let scene: Scene | undefined;
afterEach(async () => {
  await scene?.end();
  scene = undefined;
});

describe('a server whose keys the document does not list', () => {
  it('learns a log of hundreds of slots and keeps up, over a restart, and comes to the state of the members', async () => {
    scene = await Scene.found();
    const now = scene;
    await Promise.all(names.map((name) => now.startMember(name)));
    await now.propose(100);
    const first = await now.startLearner();
    await eventually('the learner has the log', () => first.states.has(now.last()));
    expect(first.states.size).toBe(now.members.get('a')?.states.size);
    expect(now.same(first.states)).toBe(true);
    await now.propose(30);
    await eventually('the learner keeps up', () => first.states.has(now.last()));
    expect(now.same(first.states)).toBe(true);
    expect(first.learner.status).toMatchObject({ process: 'd/1', epoch: 1, first: 1 });
    await now.stopLearner();
    const away = first.learner.status.decided;

    await now.propose(30);
    const second = await now.startLearner();
    await eventually('the learner is back', () => second.states.has(now.last()));
    await now.propose(10);
    await eventually('the learner keeps up again', () => second.states.has(now.last()));
    expect(now.same(second.states)).toBe(true);
    expect(second.learner.status.decided).toBeGreaterThan(away + 20);
    expect(now.stopped).toEqual([]);
    expect(now.said.filter((line) => /not believed|refused/.test(line))).toEqual([]);
  });

  it('fetches a certified state where the log is not held any more, and goes on from there', async () => {
    scene = await Scene.found(0);
    const now = scene;
    await Promise.all(names.map((name) => now.startMember(name)));
    await now.propose(60);
    await eventually('the log is dropped', () =>
      [...now.members.values()].every(({ server }) => server.status().first > 20),
    );
    const first = await now.startLearner();
    await eventually('a state is fetched', () => now.said.some((line) => line.includes('was fetched')));
    await now.propose(10);
    await eventually('the learner has the log', () => first.states.has(now.last()));
    expect(now.same(first.states)).toBe(true);
    expect(first.states.size).toBeLessThan(70);
    expect(first.learner.status.first).toBeGreaterThan(20);
    await now.stopLearner();

    await now.propose(60);
    const second = await now.startLearner();
    await now.propose(10);
    await eventually('the learner is back', () => second.states.has(now.last()));
    expect(now.same(second.states)).toBe(true);
    expect(now.stopped).toEqual([]);
    expect(now.said.filter((line) => /not believed|misbehaves/.test(line))).toEqual([]);
  });

  it('says nothing where it is a server that was away: what it learns is over', async () => {
    scene = await Scene.found();
    const now = scene;
    await Promise.all(['a', 'b', 'c'].map((name) => now.startMember(name)));
    await now.propose(5);
    const path = present(now.alliance.servers.get('d/1' as ProcessId), 'a server');
    const away = present(learnerOf(right(await loadServerDirectory(path)())), 'a server with keys');
    mkdirSync(away.dataPath, { recursive: true });
    const bring = vi.spyOn(LogLearning.prototype, 'bring');
    try {
      const { states } = await now.startLearner(away.alliance, away);
      await eventually('it has the log', () => states.has(now.last()));
      expect(bring).not.toHaveBeenCalled();
    } finally {
      bring.mockRestore();
    }
  });

  it('stops where the documents of the log are not those of its history', async () => {
    scene = await Scene.found();
    const { alliance } = scene.fresh;
    await scene.startLearner({ ...alliance, parameters: { ...alliance.parameters, snapshotInterval: 32 } });
    expect(scene.stopped).toEqual([expect.stringContaining('which is not the one in')]);
  });
});
