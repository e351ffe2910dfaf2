/** What travels between simulated servers, and its bytes: as servers frame it, epoch first. */
import { Writer } from '../../../src/prelude/canonical.js';
import { concatBytes } from '../../../src/prelude/bytes.js';
import { E } from '../../../src/prelude/fp.js';
import type { Universe } from '../../../src/prelude/process.js';
import { ConsensusCodec, frameEpoch } from '../../../src/consensus/codec.js';
import type { Message } from '../../../src/consensus/message.js';
import {
  decodeTransferFrame,
  encodeTransferFrame,
  type TransferFrame,
} from '../../../src/server/state/transfer-frames.js';

export type Said =
  | { readonly _tag: 'Message'; readonly epoch: number; readonly message: Message }
  /** Of no epoch. */
  | { readonly _tag: 'Transfer'; readonly frame: TransferFrame };

const noEpoch = new Writer().u64(0).finish();

export class FrameCodec {
  private readonly codecs: (ConsensusCodec | undefined)[] = [];

  /** @param universeOf - of each epoch that is known. */
  constructor(private readonly universeOf: (epoch: number) => Universe | undefined) {}

  /** For records, which are one epoch's. */
  of(epoch: number): ConsensusCodec {
    const codec = this.known(epoch);
    if (codec === undefined) throw new Error(`no epoch ${epoch}`);
    return codec;
  }

  private known(epoch: number): ConsensusCodec | undefined {
    const known = this.codecs[epoch];
    if (known !== undefined) return known;
    const universe = this.universeOf(epoch);
    if (universe === undefined) return undefined;
    return (this.codecs[epoch] = new ConsensusCodec(universe, epoch));
  }

  encode(said: Said): Uint8Array {
    if (said._tag === 'Message') return this.of(said.epoch).encodeMessage(said.message);
    return concatBytes(noEpoch, encodeTransferFrame(said.frame));
  }

  /** What the bytes say; `undefined` for nothing. */
  decode(bytes: Uint8Array): Said | undefined {
    const epoch = frameEpoch(bytes);
    if (E.isLeft(epoch)) return undefined;
    if (epoch.right === 0) {
      const frame = decodeTransferFrame(bytes.subarray(noEpoch.length));
      return E.isRight(frame) ? { _tag: 'Transfer', frame: frame.right } : undefined;
    }
    const message = this.known(epoch.right)?.decodeMessage(bytes);
    if (message === undefined || E.isLeft(message)) return undefined;
    return { _tag: 'Message', epoch: epoch.right, message: message.right };
  }
}
