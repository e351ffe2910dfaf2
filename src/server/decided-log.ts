/** The decided log on disk: batches by slot, and the certificates that cover them. */
import { type Reader, readAll, Writer } from '../prelude/canonical.js';
import { type Digest, digestLength } from '../prelude/digest.js';
import { E, type Either, O } from '../prelude/fp.js';
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

/** Chain digests that the machine wants to find again. */
const chainsRecovered = 4096;

/** The stored log contradicts itself: the disk has been changed by something else. */
export interface CorruptLog {
  readonly _tag: 'CorruptLog';
  readonly slot: number;
}

interface StoredBatch {
  readonly chain: Digest;
  readonly batch: Batch;
}

export class DecidedLog {
  private newest: PrefixCertificate | undefined;

  constructor(
    private readonly store: LogStore,
    private readonly allianceId: Digest,
  ) {
    this.newest = O.toUndefined(
      O.chain((bytes: Uint8Array) => O.fromEither(readAll(bytes, readPrefixCertificate)))(
        O.fromNullable(store.get('certificate')),
      ),
    );
  }

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
    if (certificate.slot > (this.newest?.slot ?? 0)) this.newest = certificate;
    const writer = new Writer();
    writePrefixCertificate(writer, certificate);
    const bytes = writer.finish();
    await Promise.all([this.store.put(certificateName(certificate.slot), bytes), this.store.put('certificate', bytes)]);
  }

  /** The chain digest after `slot`; `undefined` where that is not stored. */
  chainAt(slot: number): Digest | undefined {
    return slot === 0 ? chainStart(this.allianceId) : this.read(slot, 1)[0]?.chain;
  }

  /** The certified stretch that begins with slot `from`, as much as one message carries; `undefined` if none is held. */
  range(from: number): DecidedRange | undefined {
    const stored = this.readRange(from);
    const last = from + stored.length - 1;
    if (stored.length === 0 || this.newest === undefined || this.newest.slot < from) return undefined;
    const within = this.certificateIn(last, from, -1);
    if (within !== undefined) {
      const batches = stored.slice(0, within.slot - from + 1).map(({ batch }) => batch);
      return { from, batches, tail: [], certificate: within };
    }
    const beyond = this.certificateIn(last + 1, Math.min(this.newest.slot, last + rangeLimits.tail), 1);
    if (beyond === undefined || beyond.slot > this.store.last) return undefined;
    const tail = this.read(last + 1, beyond.slot - last).map(({ batch }) => batchDigest(batch));
    return { from, batches: stored.map(({ batch }) => batch), tail, certificate: beyond };
  }

  /** What the machine needs to go on after a restart. Cost: one pass over the log. */
  recover(): Either<CorruptLog, Recovered> {
    const delivery = DeliveryTable.empty();
    const chains = new Map<number, Digest>([[0, chainStart(this.allianceId)]]);
    let chain = chainStart(this.allianceId);
    for (let slot = 1; slot <= this.store.last; ) {
      const read = this.readRange(slot);
      if (read.length === 0) return E.left({ _tag: 'CorruptLog', slot });
      for (const { batch, chain: stored } of read) {
        chain = chainNext(chain, slot, batchDigest(batch));
        if (!equalBytes(chain, stored)) return E.left({ _tag: 'CorruptLog', slot });
        delivery.deliver(slot, batch);
        chains.set(slot, chain);
        chains.delete(slot - chainsRecovered);
        slot += 1;
      }
    }
    const base = { decidedUpTo: this.store.last, chains, delivery };
    return E.right(this.newest === undefined ? base : { ...base, certificate: this.newest });
  }

  /** The first certificate met on the way from slot `start` to slot `end`. */
  private certificateIn(start: number, end: number, step: 1 | -1): PrefixCertificate | undefined {
    for (let slot = start; step * slot <= step * end; slot += step) {
      const bytes = this.store.get(certificateName(slot));
      const certificate =
        bytes === undefined ? undefined : O.toUndefined(O.fromEither(readAll(bytes, readPrefixCertificate)));
      if (certificate !== undefined) return certificate;
    }
    return undefined;
  }

  private readRange(from: number): readonly StoredBatch[] {
    return this.store.read(from, rangeReadLimits).flatMap(({ record }) => decodeStored(record));
  }

  private read(from: number, count: number): readonly StoredBatch[] {
    const entries = this.store.read(from, { maxCount: count, maxBytes: Number.MAX_SAFE_INTEGER });
    return entries.flatMap(({ record }) => decodeStored(record));
  }
}

function certificateName(slot: number): string {
  return `certificate/${slot}`;
}

function decodeStored(record: Uint8Array): readonly StoredBatch[] {
  const decoded = readAll(record, (reader: Reader) => ({
    chain: reader.fixed(digestLength) as Digest,
    batch: readBatch(reader),
  }));
  return E.isRight(decoded) ? [decoded.right] : [];
}
