/**
 * The snapshots on disk: the server's own, of which others fetch chunks, and one that it is fetching. Which there are, and changes
 * to them, one after another; their files are those of {@link StateFiles}. Nothing read is used or sent before it was found to be
 * what was written.
 */
import { equalBytes } from '../../prelude/bytes.js';
import { readAll, Writer } from '../../prelude/canonical.js';
import type { Digest } from '../../prelude/digest.js';
import { E, TE, type TaskEither } from '../../prelude/fp.js';
import { merkleLeaf, MerkleTree } from '../../prelude/merkle.js';
import {
  chunkBytes,
  readSnapshotCertificate,
  type SnapshotCertificate,
  type StateTarget,
  writeSnapshotCertificate,
} from '../../consensus/manifest.js';
import type { Chunk, ResumedTransfer } from '../../consensus/state-transfer.js';
import { type Disk, nodeDisk } from '../../storage/disk.js';
import { type StorageError, StorageFailure, storageErrorOf } from '../../storage/errors.js';
import { IncomingState } from './incoming-state.js';
import { writeRecord } from './record-file.js';
import { type HeldSnapshot, retained, type SnapshotPin } from './retention.js';
import { encodeSnapshot, type SnapshotContent } from './snapshot-content.js';
import { findFiles, recordNames, stateName } from './snapshot-files.js';
import { StateFiles, stateOf, type StoredSnapshot, type VerifiedState } from './state-files.js';

/** Opens the snapshots in `directory`, and makes an empty one where there is none. Its owner has locked the data. */
export function openSnapshotStore(directory: string, disk: Disk = nodeDisk): TaskEither<StorageError, SnapshotStore> {
  return TE.tryCatch(
    () => SnapshotStore.open(directory, disk),
    (reason) => storageErrorOf(reason, directory),
  );
}

/** Every method rejects with a {@link StorageFailure}, after which nothing more is written. */
export class SnapshotStore {
  private snapshots: readonly StoredSnapshot[] = [];
  private incoming: IncomingState | undefined;
  private newest: SnapshotCertificate | undefined;
  private installing: Digest | undefined;
  private queue: Promise<unknown> = Promise.resolve();
  private failure: StorageFailure | undefined;
  private readonly files: StateFiles;

  private constructor(
    private readonly directory: string,
    private readonly disk: Disk,
  ) {
    this.files = new StateFiles(directory, disk);
  }

  /** Use {@link openSnapshotStore}. */
  static async open(directory: string, disk: Disk): Promise<SnapshotStore> {
    const store = new SnapshotStore(directory, disk);
    await store.recover();
    return store;
  }

  /** The snapshots held, by ascending slots. */
  get held(): readonly HeldSnapshot[] {
    return this.snapshots;
  }

  /** The highest certificate that was put, whether or not its state is held. */
  get certificate(): SnapshotCertificate | undefined {
    return this.newest;
  }

  /** What was being fetched before a restart. */
  get resumed(): ResumedTransfer | undefined {
    return this.incoming;
  }

  /** The state whose installation was begun and not finished. */
  get marked(): Digest | undefined {
    return this.installing;
  }

  /** Stores an own snapshot; resolves when it is durable. Cost: the state is hashed and written once. */
  put(content: SnapshotContent): Promise<HeldSnapshot> {
    return this.enqueue(async () => {
      const { manifest, leaves } = await this.files.writeDraft(encodeSnapshot(content));
      const { slot, chain } = content;
      const target = { slot, chain, manifest };
      const state = stateOf(target);
      const known = this.find(state);
      if (known !== undefined) return known;
      if (this.incoming?.is(state) === true) await this.dropIncoming();
      const name = stateName(target);
      await this.files.nameDraft(name);
      const isCertified = this.newest !== undefined && equalBytes(stateOf(this.newest), state);
      await this.files.writeState(`${name}.snapshot`, target, isCertified);
      return this.add({ ...target, state, isCertified, tree: new MerkleTree(leaves) });
    });
  }

  /** Keeps a certificate, unless a higher one is kept, and notes that its state, where it is held, is certified. */
  putCertificate(certificate: SnapshotCertificate): Promise<void> {
    return this.enqueue(async () => {
      if (certificate.slot > (this.newest?.slot ?? 0)) {
        const writer = new Writer();
        writeSnapshotCertificate(writer, certificate);
        await writeRecord(this.disk, this.files.path(recordNames.certificate), writer.finish());
        this.newest = certificate;
      }
      await this.noteCertified(stateOf(certificate));
    });
  }

  /** Something else than a SNAPSHOT certificate covers the state: the HANDOFF of its epoch. */
  markCertified(state: Digest): Promise<void> {
    return this.enqueue(() => this.noteCertified(state));
  }

  /** Begins to fetch a state from nothing, in the place of any other. */
  begin(target: StateTarget): Promise<void> {
    return this.enqueue(async () => {
      const former = this.incoming;
      this.incoming = undefined;
      await former?.close();
      if (this.find(stateOf(target)) !== undefined) {
        await this.files.remove(former?.target, ['target']);
        return;
      }
      const path = this.files.path(stateName(target));
      this.incoming = await IncomingState.create(this.disk, path, target);
      await this.disk.syncDirectory(this.directory);
      await this.files.writeState(`${stateName(target)}.target`, target, true);
      if (former?.is(stateOf(target)) === false) await this.files.remove(former.target, ['target', 'leaves', 'chunks']);
    });
  }

  /** Keeps a chunk that was checked; one of a state that is not being fetched is let go. Resolves when durable. */
  storeChunk(chunk: Chunk): Promise<void> {
    return this.enqueue(async () => {
      if (this.incoming?.is(chunk.state) === true) await this.incoming.store(chunk);
    });
  }

  /** Gives up what is being fetched. */
  discardIncoming(): Promise<void> {
    return this.enqueue(() => this.dropIncoming());
  }

  /** A chunk of a held snapshot with its path; `undefined` where there is none. Never one that is not intact. */
  async chunk(state: Digest, index: number): Promise<Chunk | undefined> {
    const held = this.find(state);
    if (held === undefined || index >= held.manifest.chunkCount) return undefined;
    try {
      const bytes = await this.files.readChunk(held, index);
      if (equalBytes(merkleLeaf(bytes), held.tree.leaf(index)))
        return { state, index, bytes, path: held.tree.path(index) };
    } catch (error) {
      if (this.find(state) === undefined) return undefined;
      throw this.fail(error);
    }
    throw this.fail(
      this.files.corrupt(`${stateName(held)}.chunks`, `chunk ${index} is not intact`, index * chunkBytes),
    );
  }

  /** All of a state that is held, or fetched, checked against its manifest; `undefined` where it is not there or not intact. */
  async read(state: Digest): Promise<VerifiedState | undefined> {
    const target = this.find(state) ?? (this.incoming?.is(state) === true ? this.incoming.target : undefined);
    if (target === undefined) return undefined;
    try {
      return await this.files.readWhole(target);
    } catch (error) {
      throw this.fail(error);
    }
  }

  /** Notes durably that this state is about to take the place of all others; after a restart {@link marked} tells. */
  mark(state: Digest): Promise<void> {
    return this.enqueue(async () => {
      await writeRecord(this.disk, this.files.path(recordNames.install), state);
      this.installing = state;
    });
  }

  unmark(): Promise<void> {
    return this.enqueue(async () => {
      if (this.installing === undefined) return;
      await this.disk.remove(this.files.path(recordNames.install));
      await this.disk.syncDirectory(this.directory);
      this.installing = undefined;
    });
  }

  /** What was fetched becomes a snapshot as the server's own are. */
  adopt({ target, tree }: VerifiedState): Promise<void> {
    return this.enqueue(async () => {
      const state = stateOf(target);
      if (this.incoming?.is(state) !== true) return;
      await this.incoming.close();
      await this.files.complete(target, tree);
      this.incoming = undefined;
      this.add({ ...target, state, isCertified: true, tree });
    });
  }

  /** Removes the snapshots that are not to be kept. */
  retain(pin: SnapshotPin, nowMs: number): Promise<void> {
    return this.enqueue(async () => {
      const staying = new Set(retained(this.snapshots));
      const going = this.snapshots.filter((held) => !staying.has(held) && !pin.keeps(held.state, nowMs));
      this.snapshots = this.snapshots.filter((held) => !going.includes(held));
      for (const held of going) await this.files.remove(held, ['snapshot', 'leaves', 'chunks']);
    });
  }

  async close(): Promise<void> {
    await this.queue;
    await this.incoming?.close();
    this.failure ??= new StorageFailure({ _tag: 'Closed', path: this.directory });
  }

  private async recover(): Promise<void> {
    const { disk } = this;
    const files = await findFiles(disk, this.directory);
    for (const name of files.litter) await disk.remove(this.files.path(name));
    for (const name of files.snapshots) this.add(await this.files.load(name));
    if (files.target !== undefined) {
      const { target } = await this.files.readState(`${files.target}.target`);
      this.incoming = await IncomingState.open(disk, this.files.path(files.target), target);
    }
    if (files.records.has(recordNames.install))
      this.installing = (await this.files.record(recordNames.install)) as Digest;
    if (files.records.has(recordNames.certificate)) {
      const read = readAll(await this.files.record(recordNames.certificate), readSnapshotCertificate);
      if (E.isLeft(read)) throw this.files.corrupt(recordNames.certificate, 'it is malformed', read.left.offset);
      this.newest = read.right;
    }
  }

  private async noteCertified(state: Digest): Promise<void> {
    const held = this.find(state);
    if (held === undefined || held.isCertified) return;
    await this.files.writeState(`${stateName(held)}.snapshot`, held, true);
    this.snapshots = this.snapshots.map((one) => (one === held ? { ...held, isCertified: true } : one));
  }

  private async dropIncoming(): Promise<void> {
    const former = this.incoming;
    this.incoming = undefined;
    await former?.close();
    await this.files.remove(former?.target, ['target', 'leaves', 'chunks']);
  }

  private add(held: StoredSnapshot): StoredSnapshot {
    this.snapshots = [...this.snapshots, held].sort((a, b) => a.slot - b.slot);
    return held;
  }

  private find(state: Digest): StoredSnapshot | undefined {
    return this.snapshots.find((held) => equalBytes(held.state, state));
  }

  /** Changes are made one after another. */
  private enqueue<A>(change: () => Promise<A>): Promise<A> {
    const made = this.queue.then(async () => {
      if (this.failure !== undefined) throw this.failure;
      try {
        return await change();
      } catch (error) {
        throw this.fail(error);
      }
    });
    this.queue = made.catch(() => undefined);
    return made;
  }

  private fail(reason: unknown): StorageFailure {
    if (reason instanceof StorageFailure) this.failure ??= reason;
    const detail = reason instanceof Error ? reason.message : String(reason);
    this.failure ??= new StorageFailure({ _tag: 'WriteFailed', path: this.directory, detail });
    return this.failure;
  }
}
