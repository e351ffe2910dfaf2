/**
 * What servers say to one another outside every epoch: how an epoch was handed over, and chunks of states (spec/wire.md,
 * "Links"). The body of a data frame of epoch 0.
 */
import { type MalformedBytes, type Reader, readAll, Writer } from '../../prelude/canonical.js';
import type { Digest } from '../../prelude/digest.js';
import type { Either } from '../../prelude/fp.js';
import { assertNever } from '../../prelude/invariant.js';
import { type Handoff, readHandoff, writeHandoff } from '../../consensus/handoff.js';
import { type Chunk, readChunk, readChunkIndex, readStateDigest, writeChunk } from '../../consensus/manifest.js';

export type TransferFrame =
  /** For the HANDOFF with which `epoch` ended. */
  | { readonly _tag: 'AskHandoff'; readonly epoch: number }
  | { readonly _tag: 'Handoff'; readonly handoff: Handoff }
  | { readonly _tag: 'AskChunk'; readonly state: Digest; readonly index: number }
  | { readonly _tag: 'Chunk'; readonly chunk: Chunk };

const tags = { AskHandoff: 0, Handoff: 1, AskChunk: 2, Chunk: 3 } as const;

export function encodeTransferFrame(frame: TransferFrame): Uint8Array {
  const writer = new Writer().u8(tags[frame._tag]);
  switch (frame._tag) {
    case 'AskHandoff':
      return writer.u64(frame.epoch).finish();
    case 'Handoff':
      writeHandoff(writer, frame.handoff);
      return writer.finish();
    case 'AskChunk':
      return writer.fixed(frame.state).u32(frame.index).finish();
    case 'Chunk':
      writeChunk(writer, frame.chunk);
      return writer.finish();
    default:
      return assertNever(frame);
  }
}

export function decodeTransferFrame(bytes: Uint8Array): Either<MalformedBytes, TransferFrame> {
  return readAll(bytes, readFrame);
}

function readFrame(reader: Reader): TransferFrame {
  switch (reader.u8()) {
    case tags.AskHandoff:
      return { _tag: 'AskHandoff', epoch: readEpoch(reader) };
    case tags.Handoff:
      return { _tag: 'Handoff', handoff: readHandoff(reader) };
    case tags.AskChunk:
      return { _tag: 'AskChunk', state: readStateDigest(reader), index: readChunkIndex(reader) };
    case tags.Chunk:
      return { _tag: 'Chunk', chunk: readChunk(reader) };
    default:
      return reader.fail('a frame of no epoch');
  }
}

function readEpoch(reader: Reader): number {
  const epoch = reader.u64();
  return epoch >= 1 ? epoch : reader.fail('an epoch from 1');
}
