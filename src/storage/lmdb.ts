/**
 * The log store on disk, over LMDB: the decided slots under their numbers, small values under their names.
 * A put resolves when it is durable; what is put within a short while is committed together, in order, so the slots have no gaps.
 * Every value carries 8 bytes of its SHA-256 in front, since LMDB itself does not notice a flipped bit.
 * What takes the place of dropped slots is among the meta values, and changes in one transaction with them.
 */
import { hash } from 'node:crypto';
import { join } from 'node:path';
import { type Database, open } from 'lmdb';
import { concatBytes, equalBytes } from '../prelude/bytes.js';
import { readAll, Writer } from '../prelude/canonical.js';
import { E, type Either, TE, type TaskEither } from '../prelude/fp.js';
import { invariant } from '../prelude/invariant.js';
import { type StorageError, StorageFailure, storageErrorOf } from './errors.js';
import { checkDataFile } from './lmdb-check.js';
import { type DirectoryLock, lockDirectory } from './lock.js';
import { readRun } from './run.js';
import type { LogStore, StoredSlot } from './storage.js';

export const logStoreVersion = 1;

const checksumLength = 8;

/** How long puts are gathered for one commit: nobody waits for this store to be answered, the journal stands in front of it. */
const gatherMs = 100;
/** So much, or so many, are committed without waiting for more: the window of slots waits for them. */
const gatherBytes = 1024 * 1024;
const gatherCount = 64;

/** Opens the log store in `directory` for this process alone, and makes an empty one where there is none. */
export function openLogStore(directory: string): TaskEither<StorageError, DiskLogStore> {
  return async () => {
    const lock = lockDirectory(directory, 'koinon.lock');
    if (E.isLeft(lock)) return lock;
    const opened = await TE.tryCatch(
      () => openLocked(directory, lock.right),
      (reason) => storageErrorOf(reason, directory),
    )();
    if (E.isLeft(opened)) lock.right.release();
    return opened;
  };
}

async function openLocked(directory: string, lock: DirectoryLock): Promise<DiskLogStore> {
  const path = join(directory, 'data.mdb');
  const file = checkDataFile(path);
  if (E.isLeft(file)) throw new StorageFailure(file.left);
  const environment = open({
    path: directory,
    overlappingSync: false,
    maxDbs: 3,
    encoding: 'binary',
  });
  try {
    const meta = environment.openDB<Uint8Array, string>({ name: 'meta', encoding: 'binary' });
    if (file.right.isNew) await meta.put('version', Uint8Array.of(logStoreVersion));
    const version = readVersion(path, meta);
    if (E.isLeft(version)) throw new StorageFailure(version.left);
    const slots = environment.openDB<Uint8Array, number>({ name: 'slots', encoding: 'binary' });
    const table = environment.openDB<Uint8Array, string>({ name: 'table', encoding: 'binary' });
    const base = readBase(path, meta);
    if (E.isLeft(base)) throw new StorageFailure(base.left);
    const last = lastSlot(path, slots, base.right?.slot ?? 0);
    if (E.isLeft(last)) throw new StorageFailure(last.left);
    const inTransaction = async (action: () => void): Promise<void> => {
      await environment.transaction(action);
    };
    return new DiskLogStore(
      { path, meta, slots, table, inTransaction, close: () => environment.close() },
      lock,
      file.right.isNew,
      { base: base.right, last: last.right },
    );
  } catch (error) {
    await environment.close();
    throw error;
  }
}

function readVersion(path: string, meta: Database<Uint8Array, string>): Either<StorageError, void> {
  const found = meta.get('version')?.[0];
  if (found === undefined) return E.left({ _tag: 'Corrupt', path, offset: 0, detail: 'it has no version' });
  if (found > logStoreVersion) return E.left({ _tag: 'NewerVersion', path, found, supported: logStoreVersion });
  return E.right(undefined);
}

/** The last slot dropped, and what was kept of it. */
interface Base {
  readonly slot: number;
  readonly value: Uint8Array;
}

const baseName = 'base';

function encodeBase({ slot, value }: Base): Uint8Array {
  return new Writer().u64(slot).bytes(value).finish();
}

function readBase(path: string, meta: Database<Uint8Array, string>): Either<StorageError, Base | undefined> {
  const sealed = meta.get(baseName);
  if (sealed === undefined) return E.right(undefined);
  const damaged = (): StorageError => ({
    _tag: 'Corrupt',
    path,
    offset: 0,
    detail: 'the base of the log is not intact',
  });
  const value = unsealed(sealed);
  if (value === undefined) return E.left(damaged());
  const read = readAll(value, (reader) => ({ slot: reader.u64(), value: reader.bytes(value.length) }));
  return E.mapLeft(damaged)(read);
}

function lastSlot(path: string, slots: Database<Uint8Array, number>, dropped: number): Either<StorageError, number> {
  const [first = dropped + 1] = slots.getKeys({ limit: 1 });
  const [last = dropped] = slots.getKeys({ reverse: true, limit: 1 });
  const count = slots.getKeysCount();
  if (first === dropped + 1 && last - dropped === count) return E.right(last);
  const detail = `of slots ${dropped + 1} to ${last} only ${count} are there`;
  return E.left({ _tag: 'Corrupt', path, offset: 0, detail });
}

interface Environment {
  readonly path: string;
  readonly meta: Database<Uint8Array, string>;
  readonly slots: Database<Uint8Array, number>;
  readonly table: Database<Uint8Array, string>;
  /** Commits everything that `action` does together, behind all earlier writes. */
  readonly inTransaction: (action: () => void) => Promise<void>;
  readonly close: () => Promise<void>;
}

/** A write that waits to be committed together with others. */
interface Gathered {
  readonly action: () => void;
  readonly resolve: () => void;
  readonly reject: (reason: StorageFailure) => void;
}

export class DiskLogStore implements LogStore {
  private readonly pendingSlots = new Map<number, Uint8Array>();
  private readonly pendingValues = new Map<string, Uint8Array>();
  private gathered: Gathered[] = [];
  private gatheredBytes = 0;
  private timer: NodeJS.Timeout | undefined;
  private readonly commits = new Set<Promise<void>>();
  private failure: StorageFailure | undefined;
  private kept: Base | undefined;
  private lastAppended: number;

  /** Use {@link openLogStore}. */
  constructor(
    private readonly environment: Environment,
    private readonly lock: DirectoryLock,
    /** Whether there was no store: in a server that has run before, its disk is lost. */
    readonly isNew: boolean,
    found: { readonly base: Base | undefined; readonly last: number },
  ) {
    this.kept = found.base;
    this.lastAppended = found.last;
  }

  get first(): number {
    return (this.kept?.slot ?? 0) + 1;
  }

  /** Counts slots from the moment they are appended; those not yet durable can be read as well. */
  get last(): number {
    return this.lastAppended;
  }

  get base(): Uint8Array | undefined {
    return this.kept?.value;
  }

  append({ slot, record }: StoredSlot): Promise<void> {
    if (this.failure !== undefined) return Promise.reject(this.failure);
    invariant(slot === this.lastAppended + 1, 'slots are stored in order');
    this.lastAppended = slot;
    return this.write(this.pendingSlots, slot, record, (sealed) => void this.environment.slots.put(slot, sealed));
  }

  /** Throws {@link StorageFailure} where a stored record is damaged: the server has lost its disk. */
  read(from: number, limits: { readonly maxCount: number; readonly maxBytes: number }): readonly StoredSlot[] {
    const { slots } = this.environment;
    if (from < this.first) return [];
    return readRun(from, limits, (slot) => this.pendingSlots.get(slot) ?? this.unseal(slots.get(slot), `slot ${slot}`));
  }

  put(name: string, value: Uint8Array): Promise<void> {
    if (this.failure !== undefined) return Promise.reject(this.failure);
    return this.write(this.pendingValues, name, value, (sealed) => void this.environment.table.put(name, sealed));
  }

  /** Throws as {@link read} does. */
  get(name: string): Uint8Array | undefined {
    return this.pendingValues.get(name) ?? this.unseal(this.environment.table.get(name), name);
  }

  prune(upTo: number, base: Uint8Array, names: readonly string[] = []): Promise<void> {
    if (this.failure !== undefined) return Promise.reject(this.failure);
    invariant(upTo >= this.first && upTo <= this.last, 'only slots that are stored are dropped');
    return this.drop({ slot: upTo, value: base }, upTo, names);
  }

  reset(slot: number, base: Uint8Array): Promise<void> {
    if (this.failure !== undefined) return Promise.reject(this.failure);
    const upTo = this.last;
    this.lastAppended = slot;
    return this.drop({ slot, value: base }, upTo, []);
  }

  async close(): Promise<void> {
    this.commit();
    await Promise.all(this.commits);
    this.failure ??= new StorageFailure({ _tag: 'Closed', path: this.environment.path });
    await this.environment.close();
    this.lock.release();
  }

  /** From now on the slots up to `upTo` are read no more, and `base` is in their place. */
  private drop(base: Base, upTo: number, names: readonly string[]): Promise<void> {
    const { meta, slots, table } = this.environment;
    const from = this.first;
    this.kept = base;
    for (let slot = from; slot <= upTo; slot++) this.pendingSlots.delete(slot);
    for (const name of names) this.pendingValues.delete(name);
    const dropped = this.gather(0, () => {
      void meta.put(baseName, seal(encodeBase(base)));
      for (let slot = from; slot <= upTo; slot++) void slots.remove(slot);
      for (const name of names) void table.remove(name);
    });
    this.commit();
    return dropped;
  }

  private async write<K>(
    pending: Map<K, Uint8Array>,
    key: K,
    value: Uint8Array,
    put: (sealed: Uint8Array) => void,
  ): Promise<void> {
    pending.set(key, value);
    await this.gather(value.length, () => {
      put(seal(value));
    });
    if (pending.get(key) === value) pending.delete(key);
  }

  /** Resolves when what `action` writes is committed, behind all earlier writes. */
  private gather(bytes: number, action: () => void): Promise<void> {
    return new Promise((resolve, reject) => {
      this.gathered.push({ action, resolve, reject });
      this.gatheredBytes += bytes;
      this.timer ??= setTimeout(() => {
        this.commit();
      }, gatherMs);
      if (this.gatheredBytes >= gatherBytes || this.gathered.length >= gatherCount) this.commit();
    });
  }

  /** Commits what is gathered, now. */
  private commit(): void {
    const writes = this.gathered;
    clearTimeout(this.timer);
    [this.gathered, this.gatheredBytes, this.timer] = [[], 0, undefined];
    if (writes.length === 0) return;
    const commit = this.environment
      .inTransaction(() => {
        if (this.failure !== undefined) throw this.failure;
        for (const { action } of writes) action();
      })
      .then(
        () => {
          for (const { resolve } of writes) resolve();
        },
        (reason: unknown) => {
          const failure = this.failed(reason);
          for (const { reject } of writes) reject(failure);
        },
      )
      .finally(() => this.commits.delete(commit));
    this.commits.add(commit);
  }

  /** After a write that fails nothing more is written. */
  private failed(reason: unknown): StorageFailure {
    const detail = reason instanceof Error ? reason.message : String(reason);
    this.failure ??= new StorageFailure({ _tag: 'WriteFailed', path: this.environment.path, detail });
    return this.failure;
  }

  private unseal(sealed: Uint8Array | undefined, name: string): Uint8Array | undefined {
    if (sealed === undefined) return undefined;
    const value = unsealed(sealed);
    if (value !== undefined) return value;
    throw new StorageFailure({
      _tag: 'Corrupt',
      path: this.environment.path,
      offset: 0,
      detail: `${name} is not intact`,
    });
  }
}

function seal(value: Uint8Array): Uint8Array {
  return concatBytes(checksum(value), value);
}

/** A copy of what was sealed; `undefined` where it is not intact. */
function unsealed(sealed: Uint8Array): Uint8Array | undefined {
  const value = new Uint8Array(sealed.subarray(checksumLength));
  return equalBytes(sealed.subarray(0, checksumLength), checksum(value)) ? value : undefined;
}

function checksum(value: Uint8Array): Uint8Array {
  return hash('sha256', value, 'buffer').subarray(0, checksumLength);
}
