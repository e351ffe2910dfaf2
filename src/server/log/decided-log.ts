/**
 * The decided log on disk: batches by slot, and the certificates that cover them. Its lowest slots can be dropped once a
 * snapshot stands for them; the chain digest before the first slot kept takes their place.
 */
import { type Reader, readAll, Writer } from '../../prelude/canonical.js';
import { asDigest, type Digest, digestLength } from '../../prelude/digest.js';
import { E, type Either } from '../../prelude/fp.js';
import { type Batch, batchDigest, readBatch, writeBatch } from '../../consensus/batch.js';
import { DeliveryTable } from '../../consensus/delivery.js';
import {
  type DecidedRange,
  type PrefixCertificate,
  rangeLimits,
  readPrefixCertificate,
  writePrefixCertificate,
} from '../../consensus/range.js';
import type { Recovered } from '../../consensus/state.js';
import { chainStart, type Prefix } from '../../consensus/statement.js';
import { equalBytes } from '../../prelude/bytes.js';
import type { LogStore } from '../../storage/storage.js';
import { chainsRecovered, type LogStart, Replay, type ReplayVisitor, type StoredBatch } from './replay.js';

/** What one range carries at most; well within a frame. */
const rangeReadLimits = { maxCount: 1024, maxBytes: 2 * 1024 * 1024 };

const readOne = { maxCount: 1, maxBytes: 0 };

/** Slots that are dropped in one transaction. */
const prunedAtOnce = 1024;

/** The stored log contradicts itself: the disk has been changed by something else. */
export interface CorruptLog {
  readonly _tag: 'CorruptLog';
  readonly detail: string;
}

export class DecidedLog {
  private newest: PrefixCertificate | undefined;

  /** @param onDamaged - what was stored can no longer be read: the disk is lost. */
  constructor(
    private readonly store: LogStore,
    private readonly allianceId: Digest,
    private readonly onDamaged: (error: unknown) => void,
  ) {}

  /** The lowest slot held: who asks for one below must be sent a snapshot, or told so. */
  get first(): number {
    return this.store.first;
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
    return this.intact(() => this.storedChain(slot));
  }

  /** Drops the slots up to `upTo`, as far as they are held, with their certificates. After a crash a part may be left: again. */
  async prune(upTo: number): Promise<void> {
    while (this.store.first <= Math.min(upTo, this.store.last)) {
      const { first } = this.store;
      const last = Math.min(first + prunedAtOnce - 1, upTo, this.store.last);
      const chain = this.chainAt(last);
      // Unreadable: the disk has been given up.
      if (chain === undefined) return;
      const slots = Array.from({ length: last - first + 1 }, (_, index) => first + index);
      await this.store.prune(last, chain, slots.map(certificateName));
    }
  }

  /** Drops everything; the log goes on behind the state after `slot`. After a crash the old log may be left, or a part: again. */
  async reset({ slot, chain }: Prefix): Promise<void> {
    await this.prune(this.store.last);
    await this.store.reset(slot, chain);
  }

  /**
   * The certified stretch that begins with slot `from`, as much as one message carries; `undefined` if none is held.
   * Cost: what it carries, and the batches of its tail, one of them in memory at a time.
   *
   * @param end - of the epoch of that slot, where it has ended: what certificates of that epoch cover goes without those of the next,
   *   whose key a listener may know only when it has the log so far.
   */
  range(from: number, end = Number.POSITIVE_INFINITY): DecidedRange | undefined {
    return this.intact(() => this.readCertified(from, end));
  }

  private readCertified(from: number, end: number): DecidedRange | undefined {
    const stored = this.read(from, rangeReadLimits);
    const last = from + stored.length - 1;
    if (stored.length === 0 || this.newest === undefined || this.newest.slot < from) return undefined;
    const within =
      end >= last
        ? this.certificateIn(last, from, -1)
        : (this.certificateIn(end, from, -1) ?? this.certificateIn(end + 1, last, 1));
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

  /**
   * What the machine needs to go on after a restart; to be called before all else. Cost: one pass over the log above `start`.
   *
   * @param start - the newest own snapshot; the beginning of the log where there is none.
   * @param visit - hears the slots above `start`.
   */
  recover(start?: LogStart, visit?: ReplayVisitor): Either<CorruptLog, Recovered> {
    const beginning = { slot: 0, chain: chainStart(this.allianceId), delivery: DeliveryTable.empty() };
    const { first, last } = this.store;
    const from = start ?? beginning;
    if (from.slot < first - 1 || from.slot > last)
      return E.left(corrupt(`slots ${first} to ${last} do not go on from the state after slot ${from.slot}`));
    // What the machine wants of the chain may begin before the state does.
    const before = Math.min(from.slot, Math.max(first - 1, last - chainsRecovered));
    const replay = readStored(() => {
      const newest = this.store.get(newestName);
      this.newest = newest === undefined ? undefined : readCertificate(newest);
      const [chain, atStart] = [this.storedChain(before), this.storedChain(from.slot)];
      const goesOn = chain !== undefined && atStart !== undefined && equalBytes(atStart, from.chain);
      return goesOn ? new Replay(from, { slot: before, chain }, visit) : undefined;
    });
    if (E.isLeft(replay)) return replay;
    return replay.right === undefined ? E.left(discontinuity(from.slot)) : this.replay(replay.right);
  }

  private replay(replay: Replay): Either<CorruptLog, Recovered> {
    const { last } = this.store;
    while (replay.slot < last) {
      const run = readStored(() => this.read(replay.slot + 1, rangeReadLimits));
      if (E.isLeft(run)) return run;
      if (run.right.length === 0) return E.left(discontinuity(replay.slot + 1));
      for (const stored of run.right) if (!replay.take(stored)) return E.left(discontinuity(replay.slot + 1));
    }
    const { chains, delivery } = replay;
    const recovered = { decidedUpTo: last, chains, delivery };
    return E.right(this.newest === undefined ? recovered : { ...recovered, certificate: this.newest });
  }

  private storedChain(slot: number): Digest | undefined {
    if (slot === this.store.first - 1 && this.store.base !== undefined) return asDigest(this.store.base);
    return slot === 0 ? chainStart(this.allianceId) : this.read(slot, readOne)[0]?.chain;
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

function readStored<A>(read: () => A): Either<CorruptLog, A> {
  return E.tryCatch(read, (reason) => corrupt(String(reason)));
}

const newestName = 'certificate';

function certificateName(slot: number): string {
  return `certificate/${slot}`;
}

function corrupt(detail: string): CorruptLog {
  return { _tag: 'CorruptLog', detail };
}

function discontinuity(slot: number): CorruptLog {
  return corrupt(`slot ${slot} does not continue the chain`);
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
