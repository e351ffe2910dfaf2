/**
 * How a server comes by its state: from its newest snapshot and the log above it when it starts, or from others, whose state
 * takes the place of everything. A marker makes an installation that was begun be finished after a restart.
 */
import { equalBytes } from '../../prelude/bytes.js';
import type { Digest } from '../../prelude/digest.js';
import { E, type Either, type TaskEither } from '../../prelude/fp.js';
import type { Boundary } from '../../consensus/epoch-change.js';
import type { SnapshotCertificate, StateTarget } from '../../consensus/manifest.js';
import type { ResumedTransfer } from '../../consensus/state-transfer.js';
import type { Recovered } from '../../consensus/state.js';
import { type StorageError, StorageFailure } from '../../storage/errors.js';
import type { DecidedLog } from '../log/decided-log.js';
import type { LogStart } from '../log/replay.js';
import type { Executor } from './executor.js';
import { decodeSnapshot, type SnapshotContent } from './snapshot-content.js';
import type { SnapshotStore } from './snapshot-store.js';
import type { VerifiedState } from './state-files.js';

export type StateError =
  /** What is stored is not what was stored: to be fetched again. */
  | { readonly _tag: 'DamagedState'; readonly state: Digest }
  /** A certified state contradicts the log, its own certificate, or this server's applications. */
  | { readonly _tag: 'Divergence'; readonly slot: number; readonly detail: string }
  /** The log contradicts itself or the snapshots: the disk has been changed by something else. */
  | { readonly _tag: 'CorruptLog'; readonly detail: string }
  | { readonly _tag: 'StorageFailed'; readonly error: StorageError };

/** What a state lives in. */
export interface StateParts {
  readonly snapshots: SnapshotStore;
  readonly log: DecidedLog;
  readonly executor: Executor;
}

export interface RecoveredState {
  /** For the machine. */
  readonly recovered: Recovered;
  /** How the executor's epoch ends, where that is known. */
  readonly boundary: Boundary | undefined;
  /** The newest own snapshots that the log has come to, by ascending slots, two at most: for the machine to announce. */
  readonly held: readonly StateTarget[];
  readonly certificate: SnapshotCertificate | undefined;
  /** What was being fetched. */
  readonly resumed: ResumedTransfer | undefined;
}

/** How many own snapshots a machine announces. */
export const announced = 2;

/** Brings executor and log to where they were; before anything else. Cost: the newest snapshot and the log above it. */
export function recoverState(parts: StateParts): TaskEither<StateError, RecoveredState> {
  return guarded(async () => {
    const finished = await finishInstallation(parts);
    if (E.isLeft(finished)) return finished;
    const start = await restoreNewest(parts);
    if (E.isLeft(start)) return start;
    const due: SnapshotContent[] = [];
    const recovered = parts.log.recover(start.right, (slot, chain, batch) => {
      const { snapshot } = parts.executor.execute(slot, chain, batch);
      if (snapshot !== undefined && due.push(snapshot) > announced) due.shift();
    });
    if (E.isLeft(recovered)) return recovered;
    for (const snapshot of due) await parts.snapshots.put(snapshot);
    const { held, certificate, resumed } = parts.snapshots;
    return E.right({
      recovered: recovered.right,
      boundary: parts.executor.boundaryOf(parts.executor.epoch),
      held: held.filter(({ slot }) => slot <= parts.log.last).slice(-announced),
      certificate,
      resumed,
    });
  });
}

/**
 * Puts a fetched state, all of whose chunks are durable, in the place of the executor's, of the log and of every table.
 * Nothing may be executed or appended meanwhile, and what was must be durable. After a crash at any moment
 * {@link recoverState} finds the old state or the new one. After a left the server must not go on, but for `DamagedState`.
 */
export function installState(parts: StateParts, state: Digest): TaskEither<StateError, SnapshotContent> {
  return guarded(async () => {
    const verified = await parts.snapshots.read(state);
    if (verified === undefined) return E.left({ _tag: 'DamagedState', state });
    const content = contentOf(verified);
    if (E.isLeft(content)) return content;
    if (!parts.executor.restore(content.right)) return E.left(foreign(content.right));
    await parts.snapshots.mark(state);
    await replaceLog(parts, verified);
    return content;
  });
}

/** What an earlier run of this server began. Its marker says that the state was whole. */
async function finishInstallation(parts: StateParts): Promise<Either<StateError, void>> {
  const { marked } = parts.snapshots;
  if (marked === undefined) return E.right(undefined);
  const verified = await parts.snapshots.read(marked);
  if (verified === undefined) return E.left({ _tag: 'DamagedState', state: marked });
  await replaceLog(parts, verified);
  return E.right(undefined);
}

async function replaceLog({ snapshots, log }: StateParts, verified: VerifiedState): Promise<void> {
  await log.reset(verified.target);
  await snapshots.adopt(verified);
  await snapshots.unmark();
}

/** Restores the newest snapshot that the log goes on from; `undefined` where the log is to be replayed from its beginning. */
async function restoreNewest({
  snapshots,
  log,
  executor,
}: StateParts): Promise<Either<StateError, LogStart | undefined>> {
  const target = snapshots.held.filter(({ slot }) => slot <= log.last).at(-1);
  if (target === undefined) return E.right(undefined);
  const verified = await snapshots.read(target.state);
  if (verified === undefined) return E.left({ _tag: 'DamagedState', state: target.state });
  const content = contentOf(verified);
  if (E.isLeft(content)) return content;
  return executor.restore(content.right) ? content : E.left(foreign(content.right));
}

/** The content of a state, if it is that of its slot. */
function contentOf({ target, bytes }: VerifiedState): Either<StateError, SnapshotContent> {
  const { slot } = target;
  const content = decodeSnapshot(bytes);
  if (E.isLeft(content)) {
    const detail = `its state is malformed at byte ${content.left.offset}: expected ${content.left.expected}`;
    return E.left({ _tag: 'Divergence', slot, detail });
  }
  if (content.right.slot === slot && equalBytes(content.right.chain, target.chain)) return content;
  return E.left({ _tag: 'Divergence', slot, detail: 'its state is that of another slot, or of another log' });
}

function foreign({ slot }: SnapshotContent): StateError {
  return { _tag: 'Divergence', slot, detail: 'its state is not one of the applications that run here' };
}

/** What storage refuses becomes a value; anything else that is thrown is a bug, the applications' perhaps. */
function guarded<A>(task: () => Promise<Either<StateError, A>>): TaskEither<StateError, A> {
  return async () => {
    try {
      return await task();
    } catch (error) {
      if (error instanceof StorageFailure) return E.left({ _tag: 'StorageFailed', error: error.fact });
      throw error;
    }
  };
}
