/** A server as whoever runs it sees it: it learns where it has to, and else it is a server. */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { E, type Either, type TaskEither } from '../../prelude/fp.js';
import type { ProcessId } from '../../prelude/process.js';
import type { ServerStatus } from '../../client/protocol.js';
import type { Governance } from '../../management/governance/governance.js';
import { openLogStore } from '../../storage/lmdb.js';
import { describeDirectoryError } from '../directory/errors.js';
import type { LearnerDirectory, ServingDirectory } from '../directory/learner-directory.js';
import { loadServerDirectory, type ServerDirectory } from '../directory/server-directory.js';
import { learnerOf } from '../membership/own-server.js';
import { findHaltMark } from '../halt-mark.js';
import { describeServerError, type ServerError } from '../server-errors.js';
import {
  describeStateError,
  managedServicesOf,
  type RunningServer,
  type ServerEvents,
  type ServerOptions,
  startServer,
} from '../server.js';
import { statusOf } from '../server-status.js';
import { openSnapshotStore } from '../state/snapshot-store.js';
import { Learner } from './learner.js';

/**
 * Starts the server whose directory it is, whether the alliance knows it yet or not. One that is to join learns the log, and becomes
 * a server of the alliance by itself; one that was away while its epoch ended learns, and becomes a server of the next.
 */
export function startAs(
  serving: ServingDirectory,
  events: ServerEvents,
  options: ServerOptions = {},
): TaskEither<ServerError, RunningServer> {
  return async () => {
    const { directory } = serving;
    const mark = findHaltMark(directory.dataPath);
    if (mark !== undefined) return E.left({ _tag: 'Halted', mark });
    const id = serving._tag === 'member' ? serving.directory.me.id : serving.directory.id;
    const server = new PhasedServer(id, directory.path, events, options);
    const begun = await server.begin(serving);
    return E.isLeft(begun) ? begun : E.right(server);
  };
}

type Phase = Omit<RunningServer, 'me'>;

const retryMs = 2000;

class PhasedServer implements RunningServer {
  private phase: Phase | undefined;
  private last: ServerStatus | undefined;
  private moving: Promise<void> = Promise.resolve();
  private isClosed = false;

  constructor(
    readonly me: ProcessId,
    private readonly path: string,
    private readonly events: ServerEvents,
    private readonly options: ServerOptions,
  ) {}

  get port(): number {
    return this.phase?.port ?? 0;
  }

  get governance(): Governance | undefined {
    return this.phase?.governance;
  }

  status(): ServerStatus {
    this.last = this.phase?.status() ?? this.last;
    return this.last ?? statusOf(this.me, undefined, undefined, { halted: undefined, proven: [] });
  }

  async close(): Promise<void> {
    this.isClosed = true;
    await this.moving;
    await this.phase?.close();
  }

  begin(serving: ServingDirectory): Promise<Either<ServerError, void>> {
    return serving._tag === 'member' ? this.serve(serving.directory) : this.learn(serving.directory);
  }

  private async serve(directory: ServerDirectory): Promise<Either<ServerError, void>> {
    const { events, options } = this;
    let isBehind = false;
    const started = await startServer(
      directory,
      {
        log: (line) => {
          events.log(line);
        },
        onStopped: (reason) => {
          events.onStopped(reason);
        },
        onBehind: () => {
          if (isBehind) return;
          isBehind = true;
          this.move(() => this.fallBack());
        },
      },
      options,
    )();
    if (E.isLeft(started)) return started;
    this.phase = started.right;
    return E.right(undefined);
  }

  private async learn(directory: LearnerDirectory): Promise<Either<ServerError, void>> {
    const { events, options } = this;
    const services = managedServicesOf(directory, options, (line) => {
      events.log(line);
    });
    if (E.isLeft(services)) return services;
    mkdirSync(directory.dataPath, { recursive: true, mode: 0o700 });
    const store = await openLogStore(join(directory.dataPath, 'log'))();
    if (E.isLeft(store)) return E.left({ _tag: 'Storage', error: store.left });
    const snapshots = await openSnapshotStore(join(directory.dataPath, 'states'))();
    if (E.isLeft(snapshots)) {
      await store.right.close();
      return E.left({ _tag: 'Storage', error: snapshots.left });
    }
    const learner = await Learner.start({
      directory,
      store: store.right,
      snapshots: snapshots.right,
      services: services.right,
      say: (line) => {
        events.log(line);
      },
      onEntered: () => {
        this.move(() => this.becomeServer());
      },
      onFailed: (detail) => {
        events.onStopped(detail);
      },
    });
    if (E.isLeft(learner)) {
      await snapshots.right.close();
      await store.right.close();
      return E.left(describeStateError(directory.dataPath, learner.left));
    }
    const { right } = learner;
    this.phase = {
      port: 0,
      get governance() {
        return services.right.membership.governance;
      },
      status: () => right.status,
      close: async () => {
        await right.close();
        await store.right.close();
      },
    };
    return E.right(undefined);
  }

  /** From one phase to the next: what was open is closed before. */
  private move(next: () => Promise<Either<string, void>>): void {
    this.moving = this.moving.then(async () => {
      this.last = this.status();
      const { phase } = this;
      this.phase = undefined;
      await phase?.close();
      if (this.isClosed) return;
      const moved = await next();
      if (E.isLeft(moved)) this.events.onStopped(moved.left);
    });
  }

  private async becomeServer(): Promise<Either<string, void>> {
    const loaded = await loadServerDirectory(this.path)();
    if (E.isLeft(loaded)) return E.left(describeDirectoryError(loaded.left));
    for (;;) {
      const serving = await this.serve(loaded.right);
      if (E.isRight(serving)) return serving;
      const why = describeServerError(serving.left);
      if (serving.left._tag !== 'Link' || this.isClosed) return E.left(why);
      this.events.log(`${why}: it is tried again, until a server that this one replaces is stopped`);
      await new Promise((resolve) => setTimeout(resolve, retryMs));
    }
  }

  /** To learning what was decided while the server was away. */
  private async fallBack(): Promise<Either<string, void>> {
    const loaded = await loadServerDirectory(this.path)();
    if (E.isLeft(loaded)) return E.left(describeDirectoryError(loaded.left));
    const learner = learnerOf(loaded.right);
    if (learner === undefined) return E.left(`${this.path}: its keys are erased`);
    this.events.log('was away while its epoch ended: it learns the log, and then goes on');
    return E.mapLeft(describeServerError)(await this.learn(learner));
  }
}
