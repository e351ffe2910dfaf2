/** The decided log on disk: batches by slot, and the certificates that cover them. */
import { type Reader, readAll, Writer } from '../prelude/canonical.js';
import { type Digest, digestLength } from '../prelude/digest.js';
import { E, type Either } from '../prelude/fp.js';
import { type Batch, batchDigest, readBatch, writeBatch } from '../consensus/batch.js';
import { DeliveryTable } from '../consensus/delivery.js';
import {
  type DecidedRange,
  type PrefixCertificate,
  rangeLimits,
  readPrefixCertificate,
  writePrefixCertificate,
} from '../consensus/range.js';
import type { Recovered } from '../consensus/state.js';
import { chainNext, chainStart } from '../consensus/statement.js';
import { equalBytes } from '../prelude/bytes.js';
import type { LogStore } from '../storage/storage.js';

/** What one range carries at most; well within a frame. */
const rangeReadLimits = { maxCount: 1024, maxBytes: 2 * 1024 * 1024 };

const readOne = { maxCount: 1, maxBytes: 0 };

/** Chain digests that the machine wants to find again. */
const chainsRecovered = 4096;

/** The stored log contradicts itself: the disk has been changed by something else. */
export interface CorruptLog {
  readonly _tag: 'CorruptLog';
  readonly detail: string;
}

interface StoredBatch {
  readonly chain: Digest;
  readonly batch: Batch;
}

export class DecidedLog {
  private newest: PrefixCertificate | undefined;

  /** @param onDamaged - what was stored can no longer be read: the disk is lost. */
  constructor(
    private readonly store: LogStore,
    private readonly allianceId: Digest,
    private readonly onDamaged: (error: unknown) => void,
  ) {}

  get last(): number {
    return this.store.last;
  }

  get newestCertificate(): PrefixCertificate | undefined {
    return this.newest;
  }

  append(slot: number, chain: Digest, batch: Batch): Promise<void> {
    const writer = new Writer().fixed(chain);
    writeBatch(writer, batch);
    return this.store.append({ slot, record: writer.finish() });
  }

  async putCertificate(certificate: PrefixCertificate): Promise<void> {
    const isNewest = certificate.slot > (this.newest?.slot ?? 0);
    if (isNewest) this.newest = certificate;
    const writer = new Writer();
    writePrefixCertificate(writer, certificate);
    const bytes = writer.finish();
    const names = [certificateName(certificate.slot), ...(isNewest ? [newestName] : [])];
    await Promise.all(names.map((name) => this.store.put(name, bytes)));
  }

  /** The chain digest after `slot`; `undefined` where that is not stored. */
  chainAt(slot: number): Digest | undefined {
    return slot === 0 ? chainStart(this.allianceId) : this.intact(() => this.read(slot, readOne)[0]?.chain);
  }

  /**
   * The certified stretch that begins with slot `from`, as much as one message carries; `undefined` if none is held.
   * Cost: what it carries, and the batches of its tail, one of them in memory at a time.
   */
  range(from: number): DecidedRange | undefined {
    return this.intact(() => this.readCertified(from));
  }

  private readCertified(from: number): DecidedRange | undefined {
    const stored = this.read(from, rangeReadLimits);
    const last = from + stored.length - 1;
    if (stored.length === 0 || this.newest === undefined || this.newest.slot < from) return undefined;
    const within = this.certificateIn(last, from, -1);
    if (within !== undefined) {
      const batches = stored.slice(0, within.slot - from + 1).map(({ batch }) => batch);
      return { from, batches, tail: [], certificate: within };
    }
    const beyond = this.certificateIn(last + 1, Math.min(this.newest.slot, last + rangeLimits.tail), 1);
    if (beyond === undefined || beyond.slot > this.store.last) return undefined;
    const tail: Digest[] = [];
    for (let slot = last + 1; slot <= beyond.slot; slot++)
      tail.push(...this.read(slot, readOne).map(({ batch }) => batchDigest(batch)));
    return { from, batches: stored.map(({ batch }) => batch), tail, certificate: beyond };
  }

  /** What the machine needs to go on after a restart; to be called before all else. Cost: one pass over the log. */
  recover(): Either<CorruptLog, Recovered> {
    const damaged = (reason: unknown): CorruptLog => ({ _tag: 'CorruptLog', detail: String(reason) });
    return E.flatten(E.tryCatch(() => this.replay(), damaged));
  }

  private replay(): Either<CorruptLog, Recovered> {
    const newest = this.store.get(newestName);
    this.newest = newest === undefined ? undefined : readCertificate(newest);
    const delivery = DeliveryTable.empty();
    const chains = new Map<number, Digest>([[0, chainStart(this.allianceId)]]);
    let chain = chainStart(this.allianceId);
    for (let slot = 1; slot <= this.store.last; ) {
      const read = this.read(slot, rangeReadLimits);
      if (read.length === 0) return E.left(discontinuity(slot));
      for (const { batch, chain: stored } of read) {
        chain = chainNext(chain, slot, batchDigest(batch));
        if (!equalBytes(chain, stored)) return E.left(discontinuity(slot));
        delivery.deliver(slot, batch);
        chains.set(slot, chain);
        chains.delete(slot - chainsRecovered);
        slot += 1;
      }
    }
    const base = { decidedUpTo: this.store.last, chains, delivery };
    return E.right(this.newest === undefined ? base : { ...base, certificate: this.newest });
  }

  private intact<A>(read: () => A): A | undefined {
    try {
      return read();
    } catch (error) {
      this.onDamaged(error);
      return undefined;
    }
  }

  /** The first certificate met on the way from slot `start` to slot `end`. */
  private certificateIn(start: number, end: number, step: 1 | -1): PrefixCertificate | undefined {
    for (let slot = start; step * slot <= step * end; slot += step) {
      const bytes = this.store.get(certificateName(slot));
      if (bytes !== undefined) return readCertificate(bytes);
    }
    return undefined;
  }

  private read(from: number, limits: Parameters<LogStore['read']>[1]): readonly StoredBatch[] {
    return this.store.read(from, limits).map(({ slot, record }) => decodeStored(slot, record));
  }
}

const newestName = 'certificate';

function certificateName(slot: number): string {
  return `certificate/${slot}`;
}

function discontinuity(slot: number): CorruptLog {
  return { _tag: 'CorruptLog', detail: `slot ${slot} does not continue the chain` };
}

function decodeStored(slot: number, record: Uint8Array): StoredBatch {
  const read = (reader: Reader): StoredBatch => ({
    chain: reader.fixed(digestLength) as Digest,
    batch: readBatch(reader),
  });
  return decodeIntact(record, read, `slot ${slot}`);
}

function readCertificate(bytes: Uint8Array): PrefixCertificate {
  return decodeIntact(bytes, readPrefixCertificate, 'a certificate');
}

/** Throws as the store itself does: what a server wrote and cannot read was changed by something else. */
function decodeIntact<A>(bytes: Uint8Array, read: (reader: Reader) => A, name: string): A {
  const decoded = readAll(bytes, read);
  if (E.isRight(decoded)) return decoded.right;
  throw new Error(`${name} is malformed at byte ${decoded.left.offset}`);
}
