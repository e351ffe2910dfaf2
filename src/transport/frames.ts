/**
 * Frames on a byte stream (spec/wire.md): `length u32 ‖ kind u8 ‖ body`, where the length is that of the body.
 * A length is checked before anything is reserved for it, and every byte is copied at most once.
 */
import { concatBytes } from '../prelude/bytes.js';
import { assertNever } from '../prelude/invariant.js';

/** What a frame is for; anything but `data` belongs to the link itself. */
export const frameKinds = { data: 0, hello: 1, welcome: 2, refused: 3, ping: 4 } as const;

export type FrameKind = keyof typeof frameKinds;

const frameHeadLength = 5;

/** Why a stream is no sequence of frames. Nothing behind this can be read. */
export type FrameError =
  | { readonly _tag: 'FrameTooLarge'; readonly length: number; readonly maxLength: number }
  | { readonly _tag: 'UnknownFrameKind'; readonly kind: number };

export function encodeFrameHead(kind: FrameKind, length: number): Uint8Array {
  return Uint8Array.of(length >>> 24, length >>> 16, length >>> 8, length, frameKinds[kind]);
}

/** A long body that goes to several others is put into its frame once. */
const sharedLength = 1024;
const sharedFrames = new WeakMap<Uint8Array, { readonly kind: FrameKind; readonly frame: Uint8Array }>();

/** The whole frame. Neither it nor the body must be changed afterwards. */
export function encodeFrame(kind: FrameKind, body: Uint8Array): Uint8Array {
  const known = sharedFrames.get(body);
  if (known?.kind === kind) return known.frame;
  const frame = concatBytes(encodeFrameHead(kind, body.length), body);
  if (body.length >= sharedLength) sharedFrames.set(body, { kind, frame });
  return frame;
}

const kindNames = Object.keys(frameKinds) as readonly FrameKind[];

/** A frame that is shorter than this part of the chunk that it came in is copied, so that keeping it does not keep the chunk. */
const viewFraction = 1 / 4;

interface PartialFrame {
  readonly kind: FrameKind;
  readonly body: Uint8Array;
  filled: number;
}

/** Cuts a stream of chunks into frames. */
export class FrameReader {
  private readonly head = new Uint8Array(frameHeadLength);
  private headFilled = 0;
  private partial: PartialFrame | undefined;
  private failed: FrameError | undefined;

  /** @param maxLength - of a body; it may be changed between frames. */
  constructor(public maxLength: number) {}

  /**
   * Takes the next chunk and hands on every frame that it completes.
   * The bodies belong to `onFrame`; the chunk must not be changed afterwards.
   */
  push(chunk: Uint8Array, onFrame: (kind: FrameKind, body: Uint8Array) => void): FrameError | undefined {
    let at = 0;
    while (this.failed === undefined && at < chunk.length) {
      if (this.partial === undefined) {
        at += this.fillHead(chunk, at);
        if (this.headFilled < frameHeadLength) break;
        at += this.beginBody(chunk, at, onFrame);
      } else {
        at += this.fillBody(this.partial, chunk, at, onFrame);
      }
    }
    return this.failed;
  }

  private fillHead(chunk: Uint8Array, at: number): number {
    const taken = Math.min(frameHeadLength - this.headFilled, chunk.length - at);
    this.head.set(chunk.subarray(at, at + taken), this.headFilled);
    this.headFilled += taken;
    return taken;
  }

  private beginBody(chunk: Uint8Array, at: number, onFrame: (kind: FrameKind, body: Uint8Array) => void): number {
    this.headFilled = 0;
    const length = new DataView(this.head.buffer).getUint32(0);
    const kindByte = this.head[4] ?? 0;
    const kind = kindNames[kindByte];
    if (kind === undefined) this.failed = { _tag: 'UnknownFrameKind', kind: kindByte };
    if (length > this.maxLength) this.failed = { _tag: 'FrameTooLarge', length, maxLength: this.maxLength };
    if (kind === undefined || this.failed !== undefined) return 0;
    if (chunk.length - at < length) {
      this.partial = { kind, body: new Uint8Array(length), filled: 0 };
      return 0;
    }
    const view = new Uint8Array(chunk.buffer, chunk.byteOffset + at, length);
    onFrame(kind, length < chunk.length * viewFraction ? view.slice() : view);
    return length;
  }

  private fillBody(
    partial: PartialFrame,
    chunk: Uint8Array,
    at: number,
    onFrame: (kind: FrameKind, body: Uint8Array) => void,
  ): number {
    const taken = Math.min(partial.body.length - partial.filled, chunk.length - at);
    partial.body.set(chunk.subarray(at, at + taken), partial.filled);
    partial.filled += taken;
    if (partial.filled === partial.body.length) {
      this.partial = undefined;
      onFrame(partial.kind, partial.body);
    }
    return taken;
  }
}

/** Completes "the connection was closed because …". */
export function describeFrameError(error: FrameError): string {
  switch (error._tag) {
    case 'FrameTooLarge':
      return `a frame of ${error.length} bytes came, and at most ${error.maxLength} are allowed`;
    case 'UnknownFrameKind':
      return `a frame of unknown kind ${error.kind} came`;
    default:
      return assertNever(error);
  }
}
