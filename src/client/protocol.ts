/** What applications and servers say to each other on an application's link (spec/wire.md, "Applications"). */
import { type MalformedBytes, readAll, type Reader, Writer } from '../prelude/canonical.js';
import { type Digest, digestLength } from '../prelude/digest.js';
import type { Either } from '../prelude/fp.js';
import { assertNever } from '../prelude/invariant.js';
import { batchLimits, readRequest, type Request, writeRequest } from '../consensus/batch.js';
import {
  type Chunk,
  readChunk,
  readChunkIndex,
  readSnapshotCertificate,
  readStateDigest,
  type SnapshotCertificate,
  writeChunk,
  writeSnapshotCertificate,
} from '../consensus/manifest.js';
import { type DecidedRange, rangeLimits, readDecidedRange, writeDecidedRange } from '../consensus/range.js';
import { maxAllianceBytes } from '../management/alliance-codec.js';
import type { Signature } from '../schemes/contract/distributed-signer.js';
import type { Succession } from './succession.js';

/** From an application. */
export type ClientMessage =
  /** `leader` is who leads, as far as the application knows, if it sends these requests there too: nobody need pass them on then. */
  | { readonly _tag: 'Submit'; readonly requests: readonly Request[]; readonly leader?: string | undefined }
  /** Send the certified log from this slot on, and go on as it grows; 0: from the next slot on. Replaces an earlier wish. */
  | { readonly _tag: 'Listen'; readonly from: number }
  | { readonly _tag: 'AskStatus' }
  /** Tell on this link from now on what comes of commands of this session, wherever they were submitted. */
  | { readonly _tag: 'AwaitResults'; readonly session: number }
  /** An act of whoever it is that says it, for this server to put into the log: those who join have no say there of their own. */
  | { readonly _tag: 'Bring'; readonly act: Uint8Array }
  /** For the newest certified state: of a server that is to join, where the log that it needs is not held any more. */
  | { readonly _tag: 'AskState' }
  | { readonly _tag: 'AskChunk'; readonly state: Digest; readonly index: number }
  /** How this epoch ended, if it has. */
  | { readonly _tag: 'AskSuccession'; readonly epoch: number };

/** From a server. */
export type ServerMessage =
  /** The answer to `Listen`: ranges follow from this slot on, after this chain digest. */
  | { readonly _tag: 'Begin'; readonly from: number; readonly previous: Digest }
  | { readonly _tag: 'Range'; readonly range: DecidedRange }
  /** Of session 0: an act that was brought. */
  | { readonly _tag: 'Refused'; readonly session: number; readonly firstSequence: number; readonly reason: string }
  | { readonly _tag: 'Status'; readonly status: ServerStatus }
  /** Commands submitted on this link are decided and durable at this server, which takes `leader` for the leader; a certificate follows. */
  | { readonly _tag: 'Placed'; readonly leader: string; readonly placements: readonly Placement[] }
  /** Commands of the session whose results are awaited on this link are executed at this server. */
  | ({ readonly _tag: 'Executed' } & ExecutedSlot)
  /** What was listened for is not held here any more: the log begins with slot `first`. Nothing follows. */
  | { readonly _tag: 'Pruned'; readonly first: number }
  /** The answer to `AskState`, where a state is certified; its chunks may be held elsewhere. */
  | { readonly _tag: 'State'; readonly certificate: SnapshotCertificate }
  /** The answer to `AskChunk`, where it is held. */
  | { readonly _tag: 'Chunk'; readonly chunk: Chunk }
  /** How an epoch ended, and the document of the next. */
  | ({ readonly _tag: 'Succession' } & Succession);

/** Where the log holds commands of one request: `count` commands from `firstSequence` on, at consecutive positions. */
export interface Placement {
  readonly session: number;
  readonly firstSequence: number;
  readonly count: number;
  readonly slot: number;
  /** Position of the first among the commands delivered in its slot, from 0. */
  readonly index: number;
}

/** Results of commands of one slot. */
export interface ExecutedSlot {
  /** Of the slot. */
  readonly epoch: number;
  readonly slot: number;
  readonly results: readonly CommandResult[];
}

/** What an application returned for a command. */
export interface CommandResult {
  readonly session: number;
  readonly sequence: number;
  readonly result: Uint8Array;
}

/** What a server can prove of another; the record is a file in its directory. */
export interface ProvenFault {
  readonly process: string;
  /** The kind of evidence: `DoubleVote` and so on (spec/consensus.md, "Evidence"). */
  readonly kind: string;
}

/** What a server says of itself, unsigned: for people. */
export interface ServerStatus {
  readonly process: string;
  readonly epoch: number;
  readonly view: number;
  readonly leader: string;
  readonly decided: number;
  readonly certified: number;
  readonly checkpoint: number;
  /** The newest slot whose state is certified; 0: none. */
  readonly certifiedState: number;
  /** The lowest slot of the log that it holds. */
  readonly first: number;
  /** The state that it is fetching from others: how many of its chunks it has. */
  readonly transfer?: { readonly slot: number; readonly chunkCount: number; readonly stored: number } | undefined;
  /** Why it has stopped for good. */
  readonly halted?: string | undefined;
  readonly connected: readonly string[];
  readonly fast: number;
  readonly slow: number;
  readonly transferred: number;
  readonly certificates: number;
  readonly proven: readonly ProvenFault[];
}

/** Bounds on what is received. */
export const protocolLimits = {
  requestsPerSubmit: 64,
  reasonBytes: 1024,
  nameBytes: 127,
  connected: 1024,
  proven: 8192,
  placements: batchLimits.requestsPerBatch,
  results: 1024,
  resultBytes: 64 * 1024,
  actBytes: 512 * 1024,
} as const;

export function encodeClientMessage(message: ClientMessage): Uint8Array {
  const writer = new Writer();
  switch (message._tag) {
    case 'Submit':
      writer.u8(0).option(message.leader, (inner, leader) => inner.text(leader));
      return writer.list(message.requests, writeRequest).finish();
    case 'Listen':
      return writer.u8(1).u64(message.from).finish();
    case 'AskStatus':
      return writer.u8(2).finish();
    case 'AwaitResults':
      return writer.u8(3).u64(message.session).finish();
    case 'Bring':
      return writer.u8(4).bytes(message.act).finish();
    case 'AskState':
      return writer.u8(6).finish();
    case 'AskChunk':
      return writer.u8(7).fixed(message.state).u32(message.index).finish();
    case 'AskSuccession':
      return writer.u8(5).u64(message.epoch).finish();
    default:
      return assertNever(message);
  }
}

export function decodeClientMessage(bytes: Uint8Array): Either<MalformedBytes, ClientMessage> {
  return readAll(bytes, (reader): ClientMessage => {
    switch (reader.u8()) {
      case 0:
        return {
          _tag: 'Submit',
          ...given(
            'leader',
            reader.option(() => readName(reader)),
          ),
          requests: reader.list(protocolLimits.requestsPerSubmit, readRequest),
        };
      case 1:
        return { _tag: 'Listen', from: reader.u64() };
      case 2:
        return { _tag: 'AskStatus' };
      case 3:
        return { _tag: 'AwaitResults', session: reader.u64() };
      case 4:
        return { _tag: 'Bring', act: reader.bytes(protocolLimits.actBytes) };
      case 5:
        return { _tag: 'AskSuccession', epoch: reader.u64() };
      case 6:
        return { _tag: 'AskState' };
      case 7:
        return { _tag: 'AskChunk', state: readStateDigest(reader), index: readChunkIndex(reader) };
      default:
        return reader.fail('a message of an application');
    }
  });
}

export function encodeServerMessage(message: ServerMessage): Uint8Array {
  const writer = new Writer();
  switch (message._tag) {
    case 'Begin':
      return writer.u8(0).u64(message.from).fixed(message.previous).finish();
    case 'Range':
      writeDecidedRange(writer.u8(1), message.range);
      return writer.finish();
    case 'Refused':
      return writer.u8(2).u64(message.session).u64(message.firstSequence).text(message.reason).finish();
    case 'Status':
      writeStatus(writer.u8(3), message.status);
      return writer.finish();
    case 'Placed':
      return writer.u8(4).text(message.leader).list(message.placements, writePlacement).finish();
    case 'Pruned':
      return writer.u8(5).u64(message.first).finish();
    case 'Executed':
      return writer.u8(6).u64(message.epoch).u64(message.slot).list(message.results, writeResult).finish();
    case 'State':
      writeSnapshotCertificate(writer.u8(8), message.certificate);
      return writer.finish();
    case 'Chunk':
      writeChunk(writer.u8(9), message.chunk);
      return writer.finish();
    case 'Succession': {
      const { epoch, slot, chain, state, signature, document } = message;
      return writer.u8(7).u64(epoch).u64(slot).fixed(chain).fixed(state).bytes(signature).text(document).finish();
    }
    default:
      return assertNever(message);
  }
}

export function decodeServerMessage(bytes: Uint8Array): Either<MalformedBytes, ServerMessage> {
  return readAll(bytes, (reader): ServerMessage => {
    switch (reader.u8()) {
      case 0:
        return { _tag: 'Begin', from: reader.u64(), previous: reader.fixed(digestLength) as Digest };
      case 1:
        return { _tag: 'Range', range: readDecidedRange(reader) };
      case 2:
        return {
          _tag: 'Refused',
          session: reader.u64(),
          firstSequence: reader.u64(),
          reason: reader.text(protocolLimits.reasonBytes),
        };
      case 3:
        return { _tag: 'Status', status: readStatus(reader) };
      case 4:
        return {
          _tag: 'Placed',
          leader: readName(reader),
          placements: reader.list(protocolLimits.placements, readPlacement),
        };
      case 5:
        return { _tag: 'Pruned', first: reader.u64() };
      case 6:
        return {
          _tag: 'Executed',
          epoch: reader.u64(),
          slot: reader.u64(),
          results: reader.list(protocolLimits.results, readResult),
        };
      case 7:
        return {
          _tag: 'Succession',
          epoch: reader.u64(),
          slot: reader.u64(),
          chain: reader.fixed(digestLength) as Digest,
          state: reader.fixed(digestLength) as Digest,
          signature: reader.bytes(rangeLimits.signatureBytes) as Signature,
          document: reader.text(maxAllianceBytes),
        };
      case 8:
        return { _tag: 'State', certificate: readSnapshotCertificate(reader) };
      case 9:
        return { _tag: 'Chunk', chunk: readChunk(reader) };
      default:
        return reader.fail('a message of a server');
    }
  });
}

function writePlacement(writer: Writer, { session, firstSequence, count, slot, index }: Placement): void {
  writer.u64(session).u64(firstSequence).u32(count).u64(slot).u32(index);
}

function readPlacement(reader: Reader): Placement {
  return {
    session: reader.u64(),
    firstSequence: reader.u64(),
    count: reader.u32(),
    slot: reader.u64(),
    index: reader.u32(),
  };
}

function writeResult(writer: Writer, { session, sequence, result }: CommandResult): void {
  writer.u64(session).u64(sequence).bytes(result);
}

function readResult(reader: Reader): CommandResult {
  return { session: reader.u64(), sequence: reader.u64(), result: reader.bytes(protocolLimits.resultBytes) };
}

function writeStatus(writer: Writer, status: ServerStatus): void {
  writer
    .text(status.process)
    .u64(status.epoch)
    .u64(status.view)
    .text(status.leader)
    .u64(status.decided)
    .u64(status.certified)
    .u64(status.checkpoint)
    .u64(status.certifiedState)
    .u64(status.first);
  writer.option(status.transfer, (inner, { slot, chunkCount, stored }) => inner.u64(slot).u32(chunkCount).u32(stored));
  writer.option(status.halted, (inner, reason) => inner.text(reason));
  writer.list(status.connected, (inner, peer) => inner.text(peer));
  writer.u64(status.fast).u64(status.slow).u64(status.transferred).u64(status.certificates);
  writer.list(status.proven, (inner, { process, kind }) => inner.text(process).text(kind));
}

function given<K extends string, A>(key: K, value: A | undefined): Partial<Record<K, A>> {
  return value === undefined ? {} : ({ [key]: value } as Record<K, A>);
}

function readName(reader: Reader, maxBytes: number = protocolLimits.nameBytes): string {
  const name = reader.text(maxBytes);
  return /\p{Cc}/u.test(name) ? reader.fail('a text of one line') : name;
}

function readStatus(reader: Reader): ServerStatus {
  const text = (maxBytes?: number): string => readName(reader, maxBytes);
  return {
    process: text(),
    epoch: reader.u64(),
    view: reader.u64(),
    leader: text(),
    decided: reader.u64(),
    certified: reader.u64(),
    checkpoint: reader.u64(),
    certifiedState: reader.u64(),
    first: reader.u64(),
    ...given(
      'transfer',
      reader.option((inner) => ({ slot: inner.u64(), chunkCount: inner.u32(), stored: inner.u32() })),
    ),
    ...given(
      'halted',
      reader.option(() => text(protocolLimits.reasonBytes)),
    ),
    connected: reader.list(protocolLimits.connected, () => text()),
    fast: reader.u64(),
    slow: reader.u64(),
    transferred: reader.u64(),
    certificates: reader.u64(),
    proven: reader.list(protocolLimits.proven, () => ({ process: text(), kind: text() })),
  };
}

/** What an application may submit in one frame stays well below that. */
export const submitBytes = batchLimits.requestBytes * 4;
