/**
 * The bytes of one journal segment: a header, then batches, then zeros.
 *
 * A batch is what one write carried, and a write starts only when the one before it is durable. So a crash can tear
 * only the last batch, and an intact batch behind a damaged one means that something durable was lost.
 * Every batch begins with the segment's salt, which nobody outside knows: no payload can be taken for a batch.
 *
 *   header  magic 8 ‖ version u32 ‖ generation u64 ‖ index u32 ‖ firstSequence u64 ‖ based u8 ‖ salt 8 ‖ checksum 16
 *   batch   salt 8 ‖ sequence u64 ‖ length u32 ‖ (length u32 ‖ record)* ‖ checksum 16
 *
 * A checksum is the first 16 bytes of SHA-256 over what stands before it in the header or batch.
 */
import { hash } from 'node:crypto';
import { equalBytes, startsWith, utf8 } from '../prelude/bytes.js';
import { type Reader, readAll, Writer } from '../prelude/canonical.js';
import { E, type Either } from '../prelude/fp.js';

export const segmentVersion = 1;

const magic = utf8('koinon-j');
const saltLength = 8;
const checksumLength = 16;
const batchHead = saltLength + 8 + 4;

export interface SegmentHeader {
  /** Grows with every rewrite; the highest one counts. */
  readonly generation: number;
  /** From 1, within the generation. */
  readonly index: number;
  /** The sequence number of the segment's first batch; batches are numbered through all segments and generations. */
  readonly firstSequence: number;
  /** Whether the first batch was written before the file got its name, and so cannot be torn. */
  readonly based: boolean;
  readonly salt: Uint8Array;
}

/** How long a header is, in bytes. */
export const headerLength = magic.length + 4 + 8 + 4 + 8 + 1 + saltLength + checksumLength;

export function encodeHeader(header: SegmentHeader): Uint8Array {
  const body = new Writer()
    .fixed(magic)
    .u32(segmentVersion)
    .u64(header.generation)
    .u32(header.index)
    .u64(header.firstSequence)
    .bool(header.based)
    .fixed(header.salt)
    .finish();
  return new Writer().fixed(body).fixed(checksum(body)).finish();
}

export type HeaderError = { readonly _tag: 'Newer'; readonly version: number } | { readonly _tag: 'Damaged' };

export function decodeHeader(segment: Uint8Array): Either<HeaderError, SegmentHeader> {
  if (!startsWith(segment, magic) || segment.length < headerLength) return E.left({ _tag: 'Damaged' });
  const version = new DataView(segment.buffer, segment.byteOffset).getUint32(magic.length);
  if (version > segmentVersion) return E.left({ _tag: 'Newer', version });
  const body = segment.subarray(0, headerLength - checksumLength);
  const isIntact = equalBytes(segment.subarray(body.length, headerLength), checksum(body));
  const header = readAll(body, readHeader);
  return isIntact && version === segmentVersion && E.isRight(header) ? header : E.left({ _tag: 'Damaged' });
}

function readHeader(reader: Reader): SegmentHeader {
  reader.fixed(magic.length);
  reader.u32();
  return {
    generation: reader.u64(),
    index: reader.u32(),
    firstSequence: reader.u64(),
    based: reader.bool(),
    salt: reader.fixed(saltLength),
  };
}

/**
 * One write's worth of records.
 *
 * @param room - where it is put if that is large enough: to be written before the next.
 */
export function encodeBatch(
  salt: Uint8Array,
  sequence: number,
  records: readonly Uint8Array[],
  room: Buffer = Buffer.alloc(0),
): Uint8Array {
  const length = records.reduce((sum, record) => sum + 4 + record.length, 0);
  const whole = batchHead + length + checksumLength;
  const batch = whole <= room.length ? room.subarray(0, whole) : Buffer.allocUnsafe(whole);
  batch.set(salt);
  batch.writeBigUInt64BE(BigInt(sequence), saltLength);
  batch.writeUInt32BE(length, saltLength + 8);
  let at = batchHead;
  for (const record of records) {
    batch.writeUInt32BE(record.length, at);
    batch.set(record, at + 4);
    at += 4 + record.length;
  }
  batch.set(checksum(batch.subarray(0, at)), at);
  return batch;
}

/** What a batch of these records takes on disk, in bytes. */
export function batchLength(recordLengths: number, recordCount: number): number {
  return batchHead + recordLengths + 4 * recordCount + checksumLength;
}

export interface SegmentContents {
  /** Copies, oldest first. */
  readonly records: readonly Uint8Array[];
  readonly nextSequence: number;
  /** Where the next batch goes. */
  readonly end: number;
  /** Whether anything but zeros follows: the remains of a write that a crash tore. */
  readonly isTorn: boolean;
}

/** An offset at which something durable is damaged. */
export interface Damage {
  readonly offset: number;
  readonly detail: string;
}

/** Reads the batches behind the header. */
export function readBatches(segment: Uint8Array, header: SegmentHeader): Either<Damage, SegmentContents> {
  const records: Uint8Array[] = [];
  let nextSequence = header.firstSequence;
  let end = headerLength;
  for (;;) {
    const batch = batchAt(segment, header.salt, end);
    if (batch?.sequence !== nextSequence) break;
    for (const record of batch.records) records.push(record);
    nextSequence++;
    end += batch.length;
  }
  if (header.based && nextSequence === header.firstSequence) {
    return E.left({ offset: end, detail: 'the first batch of a rewritten journal is not intact' });
  }
  const later = firstBatchFrom(segment, header.salt, end);
  if (later !== undefined) {
    return E.left({ offset: end, detail: `batch ${nextSequence} is not intact, but one at byte ${later} is` });
  }
  return E.right({ records, nextSequence, end, isTorn: !isZero(segment.subarray(end)) });
}

interface Batch {
  readonly sequence: number;
  readonly length: number;
  readonly records: readonly Uint8Array[];
}

function batchAt(segment: Uint8Array, salt: Uint8Array, offset: number): Batch | undefined {
  const rest = segment.subarray(offset);
  if (!startsWith(rest, salt) || rest.length < batchHead + checksumLength) return undefined;
  const view = new DataView(rest.buffer, rest.byteOffset);
  const end = batchHead + view.getUint32(saltLength + 8);
  if (rest.length < end + checksumLength) return undefined;
  if (!equalBytes(rest.subarray(end, end + checksumLength), checksum(rest.subarray(0, end)))) return undefined;
  const records = splitRecords(rest.subarray(batchHead, end));
  if (records === undefined) return undefined;
  return { sequence: Number(view.getBigUint64(saltLength)), length: end + checksumLength, records };
}

function splitRecords(payload: Uint8Array): readonly Uint8Array[] | undefined {
  const records: Uint8Array[] = [];
  const view = new DataView(payload.buffer, payload.byteOffset, payload.length);
  for (let at = 0; at < payload.length; ) {
    if (payload.length - at < 4) return undefined;
    const length = view.getUint32(at);
    if (payload.length - at - 4 < length) return undefined;
    records.push(new Uint8Array(payload.subarray(at + 4, at + 4 + length)));
    at += 4 + length;
  }
  return records;
}

/** Where the first intact batch stands at `from` or behind it. */
function firstBatchFrom(segment: Uint8Array, salt: Uint8Array, from: number): number | undefined {
  const bytes = Buffer.from(segment.buffer, segment.byteOffset, segment.length);
  for (let at = bytes.indexOf(salt, from); at !== -1; at = bytes.indexOf(salt, at + 1)) {
    if (batchAt(segment, salt, at) !== undefined) return at;
  }
  return undefined;
}

function isZero(bytes: Uint8Array): boolean {
  for (const byte of bytes) if (byte !== 0) return false;
  return true;
}

function checksum(bytes: Uint8Array): Uint8Array {
  return hash('sha256', bytes, 'buffer').subarray(0, checksumLength);
}
