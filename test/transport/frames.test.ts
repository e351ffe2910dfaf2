/** Frames survive any chunking, and a stream that is none ends in an error, never in an exception. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { concatBytes } from '../../src/prelude/bytes.js';
import {
  describeFrameError,
  encodeFrame,
  encodeFrameHead,
  type FrameError,
  type FrameKind,
  FrameReader,
  frameKinds,
} from '../../src/transport/frames.js';

interface Frame {
  readonly kind: FrameKind;
  readonly body: Uint8Array;
}

const kinds = Object.keys(frameKinds) as FrameKind[];
const frame = fc.record({ kind: fc.constantFrom(...kinds), body: fc.uint8Array({ maxLength: 50 }) });

const encode = (frames: readonly Frame[]): Uint8Array =>
  concatBytes(...frames.flatMap(({ kind, body }) => [encodeFrameHead(kind, body.length), body]));

function chunks(bytes: Uint8Array, cuts: readonly number[]): Uint8Array[] {
  const places = [0, ...cuts.map((cut) => cut % (bytes.length + 1)), bytes.length].sort((x, y) => x - y);
  return places.slice(1).map((end, index) => bytes.slice(places[index], end));
}

function read(reader: FrameReader, parts: readonly Uint8Array[]): { frames: Frame[]; error: FrameError | undefined } {
  const frames: Frame[] = [];
  let error: FrameError | undefined;
  for (const part of parts) error = reader.push(part, (kind, body) => frames.push({ kind, body }));
  return { frames, error };
}

describe('FrameReader', () => {
  it('gives back the frames, however the stream is cut', () => {
    fc.assert(
      fc.property(fc.array(frame, { maxLength: 20 }), fc.array(fc.nat(), { maxLength: 60 }), (frames, cuts) => {
        const { frames: got, error } = read(new FrameReader(50), chunks(encode(frames), cuts));
        expect(error).toBeUndefined();
        expect(got).toEqual(frames);
      }),
    );
  });

  it('does not depend on the cuts for garbage either', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), fc.array(fc.nat(), { maxLength: 30 }), (garbage, cuts) => {
        expect(read(new FrameReader(20), chunks(garbage, cuts))).toEqual(read(new FrameReader(20), [garbage]));
      }),
    );
  });

  it('hands on what stands before an error, and nothing after it', () => {
    const good = { kind: 'data', body: Uint8Array.of(1) } as const;
    const tooLarge = encodeFrameHead('data', 51);
    const reader = new FrameReader(50);
    const { frames, error } = read(reader, [concatBytes(encode([good]), tooLarge, encode([good])), encode([good])]);
    expect(frames).toEqual([good]);
    expect(error).toEqual({ _tag: 'FrameTooLarge', length: 51, maxLength: 50 });
    expect(read(new FrameReader(50), [Uint8Array.of(0, 0, 0, 1, kinds.length, 7)]).error).toEqual({
      _tag: 'UnknownFrameKind',
      kind: kinds.length,
    });
  });

  it('reads the largest length of the format as such', () => {
    const { error } = read(new FrameReader(50), [encodeFrameHead('data', 0xffffffff)]);
    expect(error).toEqual({ _tag: 'FrameTooLarge', length: 0xffffffff, maxLength: 50 });
    if (error !== undefined)
      expect(describeFrameError(error)).toBe('a frame of 4294967295 bytes came, and at most 50 are allowed');
  });

  it('does not keep a large chunk for a small frame, and does not copy a large frame', () => {
    const small = { kind: 'data', body: new Uint8Array(10) } as const;
    const large = { kind: 'data', body: new Uint8Array(1000) } as const;
    const chunk = encode([small, large]);
    const { frames } = read(new FrameReader(1000), [chunk]);
    expect(frames[0]?.body.buffer.byteLength).toBe(10);
    expect(frames[1]?.body.buffer).toBe(chunk.buffer);
  });

  it('takes a large frame byte by byte', () => {
    const body = new Uint8Array(1 << 18).fill(7);
    const stream = encode([{ kind: 'data', body }]);
    const parts = Array.from({ length: stream.length }, (_, index) => stream.subarray(index, index + 1));
    const { frames } = read(new FrameReader(1 << 20), parts);
    expect(frames[0]?.body.every((byte) => byte === 7)).toBe(true);
  });

  it('are the same whether their body went to another connection before or not', () => {
    for (const length of [0, 10, 5000]) {
      const body = new Uint8Array(length).fill(7);
      for (const kind of ['data', 'data', 'refused', 'data'] as const)
        expect(encodeFrame(kind, body)).toEqual(concatBytes(encodeFrameHead(kind, length), body));
    }
  });
});
