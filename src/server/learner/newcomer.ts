/** A server that is to join, as whoever runs it sees it: it learns, and then it is a server. */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { E, type Either, type TaskEither } from '../../prelude/fp.js';
import type { ProcessId } from '../../prelude/process.js';
import type { ServerStatus } from '../../client/protocol.js';
import type { Governance } from '../../management/governance/governance.js';
import { openLogStore } from '../../storage/lmdb.js';
import { describeDirectoryError } from '../directory/errors.js';
import type { LearnerDirectory, ServingDirectory } from '../directory/learner-directory.js';
import { loadServerDirectory } from '../directory/server-directory.js';
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

/** Starts the server whose directory it is, whether the alliance knows it yet or not. */
export function startAs(
  serving: ServingDirectory,
  events: ServerEvents,
  options: ServerOptions = {},
): TaskEither<ServerError, RunningServer> {
  return serving._tag === 'member'
    ? startServer(serving.directory, events, options)
    : startNewcomer(serving.directory, events, options);
}

/** Starts a server of `directory` that is to join; it goes on where it was, and becomes a server of the alliance by itself. */
function startNewcomer(
  directory: LearnerDirectory,
  events: ServerEvents,
  options: ServerOptions = {},
): TaskEither<ServerError, RunningServer> {
  return async () => {
    const mark = findHaltMark(directory.dataPath);
    if (mark !== undefined) return E.left({ _tag: 'Halted', mark });
    const newcomer = new Newcomer(directory, events, options);
    const begun = await newcomer.begin();
    return E.isLeft(begun) ? begun : E.right(newcomer);
  };
}

type Phase = Omit<RunningServer, 'me'>;

class Newcomer implements RunningServer {
  readonly me: ProcessId;
  private phase: Phase | undefined;
  private last: ServerStatus | undefined;
  private moving: Promise<void> = Promise.resolve();
  private isClosed = false;

  constructor(
    private readonly directory: LearnerDirectory,
    private readonly events: ServerEvents,
    private readonly options: ServerOptions,
  ) {
    this.me = directory.id;
  }

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

  async begin(): Promise<Either<ServerError, void>> {
    const { directory, events, options } = this;
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
        this.moving = this.moving.then(() => this.becomeServer());
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

  private async becomeServer(): Promise<void> {
    const { directory, events, options } = this;
    this.last = this.status();
    const { phase } = this;
    this.phase = undefined;
    await phase?.close();
    if (this.isClosed) return;
    const loaded = await loadServerDirectory(directory.path)();
    if (E.isLeft(loaded)) {
      events.onStopped(describeDirectoryError(loaded.left));
      return;
    }
    const started = await startServer(loaded.right, events, options)();
    if (E.isLeft(started)) events.onStopped(describeServerError(started.left));
    else this.phase = started.right;
  }
}
