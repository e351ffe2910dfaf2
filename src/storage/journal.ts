/**
 * The journal on disk: preallocated segments, durable grouped writes, one writer.
 * A write starts as soon as what appends has come to its end; what is appended while it runs goes out together in the next one.
 * After a failed write nothing more is written (fail-stop): what reached the disk is then unknown until it is read back.
 */
import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { E, TE, type TaskEither } from '../prelude/fp.js';
import { present } from '../prelude/invariant.js';
import { type Disk, type DurableFile, nodeDisk } from './disk.js';
import { type StorageError, StorageFailure, storageErrorOf } from './errors.js';
import { type DirectoryLock, lockDirectory } from './lock.js';
import { lockFile, type Recovered, recover, segmentName } from './recovery.js';
import { batchLength, encodeBatch, encodeHeader, headerLength } from './segment.js';
import { SpareFile } from './spare.js';
import type { Journal } from './storage.js';

export interface JournalOptions {
  /** Size of a preallocated segment; a batch that is larger gets a segment of its own. */
  readonly segmentBytes?: number;
  /** What one write takes at most, where it takes more than one record. */
  readonly groupBytes?: number;
  readonly maxRecordBytes?: number;
  readonly disk?: Disk;
}

/** A torn tail that was cut off when the journal was opened: it was never reported durable. */
export interface Cut {
  readonly path: string;
  readonly offset: number;
}

/** Opens the journal in `directory` for this process alone, and makes an empty one where there is none. */
export function openJournal(directory: string, options: JournalOptions = {}): TaskEither<StorageError, DiskJournal> {
  return async () => {
    const lock = lockDirectory(directory, lockFile);
    if (E.isLeft(lock)) return lock;
    const opened = await TE.tryCatch(
      () => openLocked(directory, options, lock.right),
      (reason) => storageErrorOf(reason, directory),
    )();
    if (E.isLeft(opened)) lock.right.release();
    return opened;
  };
}

async function openLocked(directory: string, options: JournalOptions, lock: DirectoryLock): Promise<DiskJournal> {
  const disk = options.disk ?? nodeDisk;
  const settings: Settings = {
    directory,
    disk,
    segmentBytes: options.segmentBytes ?? 8 << 20,
    groupBytes: options.groupBytes ?? 4 << 20,
    maxRecordBytes: options.maxRecordBytes ?? 64 << 20,
  };
  const found = await recover(disk, directory);
  if (E.isLeft(found)) throw new StorageFailure(found.left);
  for (const path of found.right.obsolete) await disk.remove(path);
  const spare = new SpareFile(disk, directory, settings.segmentBytes);
  const current = await openLast(settings, found.right);
  const journal = new DiskJournal(settings, lock, spare, found.right, current);
  try {
    if (current === undefined) await journal.rewrite([]);
    return journal;
  } catch (error) {
    await journal.close();
    throw error;
  }
}

async function openLast({ disk, segmentBytes }: Settings, { last }: Recovered): Promise<Segment | undefined> {
  if (last === undefined) return undefined;
  const file = await disk.open(last.path);
  const length = Math.max(last.fileLength, segmentBytes);
  // The remains of a torn write are overwritten before anything is written behind them.
  if (last.isTorn || last.fileLength < length) await file.write(new Uint8Array(length - last.end), last.end);
  const { generation, index, salt } = last.header;
  return { file, generation, index, salt, end: last.end, length };
}

const roomBytes = 64 * 1024;

interface Settings {
  readonly directory: string;
  readonly disk: Disk;
  readonly segmentBytes: number;
  readonly groupBytes: number;
  readonly maxRecordBytes: number;
}

interface Segment {
  readonly file: DurableFile;
  readonly generation: number;
  readonly index: number;
  readonly salt: Uint8Array;
  readonly length: number;
  end: number;
}

interface Request {
  readonly _tag: 'Append' | 'Rewrite';
  readonly records: readonly Uint8Array[];
  readonly resolve: () => void;
  readonly reject: (reason: Error) => void;
}

export class DiskJournal implements Journal {
  readonly recovered: readonly Uint8Array[];
  /** Whether there was no journal: in a server that has run before, its disk is lost. */
  readonly isNew: boolean;
  readonly cut: Cut | undefined;
  private queue: Request[] = [];
  private draining: Promise<void> | undefined;
  private failure: StorageFailure | undefined;
  private nextSequence: number;
  private segments: string[];
  private written: number;
  /** Where batches are put together, one after another. */
  private readonly room = Buffer.allocUnsafeSlow(roomBytes);

  /** Use {@link openJournal}. */
  constructor(
    private readonly settings: Settings,
    private readonly lock: DirectoryLock,
    private readonly spare: SpareFile,
    found: Recovered,
    private current: Segment | undefined,
  ) {
    this.recovered = found.records;
    this.isNew = found.last === undefined;
    this.cut = found.last?.isTorn === true ? { path: found.last.path, offset: found.last.end } : undefined;
    this.nextSequence = found.nextSequence;
    this.segments = [...found.segments];
    this.written = found.size;
    spare.prepare();
  }

  get size(): number {
    return this.written;
  }

  append(record: Uint8Array): Promise<void> {
    const maxLength = this.settings.maxRecordBytes;
    if (record.length > maxLength) {
      return Promise.reject(new StorageFailure({ _tag: 'RecordTooLarge', length: record.length, maxLength }));
    }
    return this.enqueue('Append', [record]);
  }

  rewrite(records: readonly Uint8Array[]): Promise<void> {
    return this.enqueue('Rewrite', records);
  }

  /** Writes what is queued, then lets go of the directory. */
  async close(): Promise<void> {
    while (this.draining !== undefined) await this.draining;
    this.failure ??= new StorageFailure({ _tag: 'Closed', path: this.settings.directory });
    await this.spare.discard();
    await this.current?.file.close();
    this.current = undefined;
    this.lock.release();
  }

  private enqueue(_tag: Request['_tag'], records: readonly Uint8Array[]): Promise<void> {
    return new Promise((resolve, reject) => {
      if (this.failure !== undefined) {
        reject(this.failure);
        return;
      }
      this.queue.push({ _tag, records, resolve, reject });
      this.draining ??= this.drain();
    });
  }

  /** Runs while there is something to write; begins behind what its caller does, so that all of that is one write. */
  private async drain(): Promise<void> {
    await Promise.resolve();
    while (this.queue.length > 0) {
      const requests = this.takeGroup();
      try {
        const records = requests.flatMap((request) => request.records);
        await (requests[0]?._tag === 'Rewrite' ? this.startGeneration(records) : this.writeBatch(records));
        for (const request of requests) request.resolve();
      } catch (reason) {
        this.fail(reason, requests);
      }
    }
    this.draining = undefined;
  }

  /** One rewrite, or the appends up to the next one as far as they fit into a write. */
  private takeGroup(): readonly Request[] {
    let count = 1;
    let bytes = groupLength(this.queue[0]);
    for (; count < this.queue.length && this.queue[0]?._tag === 'Append'; count++) {
      bytes += groupLength(this.queue[count]);
      if (this.queue[count]?._tag === 'Rewrite' || bytes > this.settings.groupBytes) break;
    }
    const group = this.queue.slice(0, count);
    this.queue = this.queue.slice(count);
    return group;
  }

  private async writeBatch(records: readonly Uint8Array[]): Promise<void> {
    const length = batchLength(lengthOf(records), records.length);
    let segment = present(this.current, 'an open journal has a segment');
    if (segment.end + length > segment.length) {
      await segment.file.close();
      segment = await this.startSegment(segment.generation, segment.index + 1, length, []);
    }
    await segment.file.write(encodeBatch(segment.salt, this.nextSequence, records, this.room), segment.end);
    segment.end += length;
    this.written += length;
    this.nextSequence++;
  }

  /** The new generation counts from the moment its first segment has its name; until then the old one does. */
  private async startGeneration(records: readonly Uint8Array[]): Promise<void> {
    const { disk, directory } = this.settings;
    const old = this.segments;
    this.segments = [];
    await this.current?.file.close();
    await this.startSegment((this.current?.generation ?? 0) + 1, 1, 0, records);
    this.written = 0;
    for (const path of old) await disk.remove(path);
    if (old.length > 0) await disk.syncDirectory(directory);
  }

  /** @param base - records that are in the segment before it gets its name. */
  private async startSegment(
    generation: number,
    index: number,
    room: number,
    base: readonly Uint8Array[],
  ): Promise<Segment> {
    const { directory, segmentBytes } = this.settings;
    const salt = randomBytes(8);
    const based = base.length > 0;
    const header = encodeHeader({ generation, index, firstSequence: this.nextSequence, based, salt });
    const start = based ? Buffer.concat([header, encodeBatch(salt, this.nextSequence, base)]) : header;
    const path = join(directory, segmentName(generation, index));
    const file = await this.nameSpare(path, start);
    if (based) this.nextSequence++;
    this.segments.push(path);
    const length = Math.max(segmentBytes, start.length, headerLength + room);
    this.current = { file, generation, index, salt, end: start.length, length };
    return this.current;
  }

  /** Writes `start` into the spare file and gives it its name; only then does the segment exist. */
  private async nameSpare(path: string, start: Uint8Array): Promise<DurableFile> {
    const { disk, directory } = this.settings;
    const sparePath = await this.spare.take();
    const file = await disk.open(sparePath);
    try {
      await file.write(start, 0);
      await disk.rename(sparePath, path);
      await disk.syncDirectory(directory);
      return file;
    } catch (error) {
      await file.close();
      throw error;
    }
  }

  private fail(reason: unknown, requests: readonly Request[]): void {
    const { directory } = this.settings;
    const detail = reason instanceof Error ? reason.message : String(reason);
    const failure = new StorageFailure({ _tag: 'WriteFailed', path: directory, detail });
    this.failure = failure;
    for (const request of [...requests, ...this.queue]) request.reject(failure);
    this.queue = [];
  }
}

function groupLength(request: Request | undefined): number {
  return request === undefined ? 0 : lengthOf(request.records);
}

function lengthOf(records: readonly Uint8Array[]): number {
  return records.reduce((sum, record) => sum + record.length, 0);
}
