/** Messages and records: the codec inverts itself, refuses whatever it would not have written, and never throws. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { E } from '../../src/prelude/fp.js';
import { digest } from '../../src/prelude/digest.js';
import { equalBytes } from '../../src/prelude/bytes.js';
import { Universe } from '../../src/prelude/process.js';
import { ConsensusCodec, decodeReport, encodeReport, frameEpoch } from '../../src/consensus/codec.js';
import type { Message } from '../../src/consensus/message.js';
import { messages, records, report, universe } from '../support/arbitrary-consensus.js';
import { names } from '../support/scene.js';

const codec = new ConsensusCodec(universe, 3);
const anyMessage = fc.oneof(...Object.values(messages));

describe('the codec of consensus', () => {
  for (const [tag, arbitrary] of Object.entries(messages)) {
    it(`inverts itself on ${tag}`, () => {
      fc.assert(
        fc.property(arbitrary, (message) => {
          expect(codec.decodeMessage(codec.encodeMessage(message))).toEqual(E.right(message));
        }),
        { numRuns: 30 },
      );
    });
  }

  it('inverts itself on records and reports', () => {
    fc.assert(
      fc.property(records, report, (record, content) => {
        expect(codec.decodeRecord(codec.encodeRecord(record))).toEqual(E.right(record));
        expect(decodeReport(encodeReport(content))).toEqual(E.right(content));
      }),
      { numRuns: 100 },
    );
  });

  it('refuses changed bytes, or reads what would be written as they are', () => {
    fc.assert(
      fc.property(
        anyMessage,
        fc.nat(),
        fc.integer({ min: 0, max: 255 }),
        fc.constantFrom('set', 'cut', 'add'),
        (message, at, byte, how) => {
          const bytes = codec.encodeMessage(message);
          const index = at % bytes.length;
          const set = bytes.map((old, position) => (position === index ? byte : old));
          const changed =
            how === 'set' ? set : how === 'cut' ? bytes.subarray(0, index) : Uint8Array.of(...bytes, byte);
          const decoded = codec.decodeMessage(changed);
          if (E.isRight(decoded)) expect(equalBytes(codec.encodeMessage(decoded.right), changed)).toBe(true);
        },
      ),
      { numRuns: 1500 },
    );
  });

  it('never throws on bytes of any kind', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), fc.nat(20), (bytes, tag) => {
        const tail = Uint8Array.of(tag, ...bytes);
        const framed = Uint8Array.of(0, 0, 0, 0, 0, 0, 0, 3, ...tail);
        for (const decoded of [codec.decodeMessage(framed), codec.decodeMessage(bytes), codec.decodeRecord(tail)])
          expect(['Left', 'Right']).toContain(decoded._tag);
        decodeReport(bytes);
      }),
      { numRuns: 1500 },
    );
  });

  it('tells frames of another epoch, or of none, from malformed ones', () => {
    const message = { _tag: 'Attest', slot: 1, isProven: false } as const;
    for (const epoch of [0, 2, 4]) {
      const frame = new ConsensusCodec(universe, epoch).encodeMessage(message);
      expect(codec.decodeMessage(frame)).toEqual(E.left({ _tag: 'OtherEpoch', epoch }));
      expect(codec.decodeMessage(frame.subarray(0, 8))).toEqual(E.left({ _tag: 'OtherEpoch', epoch }));
      expect(frameEpoch(frame)).toEqual(E.right(epoch));
    }
    for (const frame of [new Uint8Array(7), new Uint8Array(8).fill(255), codec.encodeMessage(message).subarray(0, 8)])
      expect(codec.decodeMessage(frame)).toMatchObject({ _tag: 'Left', left: { _tag: 'MalformedBytes' } });
  });

  it('refuses a checkpoint above the end of its epoch, and a manifest that does not fit its bytes', () => {
    const at = (slot: number, boundary: number) =>
      ({ _tag: 'Checkpoint', slot, boundary, chain: digest(), share: new Uint8Array(4) as never }) as const;
    expect(codec.decodeMessage(codec.encodeMessage(at(65, 64)))._tag).toBe('Left');
    expect(codec.decodeMessage(codec.encodeMessage(at(64, 64)))._tag).toBe('Right');
    const manifest = { chunkCount: 2, byteLength: 65536, root: digest() };
    const offered = { slot: 64, chain: digest(), manifest, signature: new Uint8Array(4) as never };
    expect(codec.decodeMessage(codec.encodeMessage({ _tag: 'Offer', certificate: offered }))._tag).toBe('Left');
  });

  it('refuses a reminder of more than 64 ballots, and one with a proof of more than 96 bytes', () => {
    const one = { kind: 'commit', view: 1, slot: 1, digest: digest(), proof: new Uint8Array(96) } as const;
    const decoded = (ballots: Extract<Message, { _tag: 'Reminder' }>['ballots']) =>
      codec.decodeMessage(codec.encodeMessage({ _tag: 'Reminder', ballots }))._tag;
    expect(decoded(Array.from({ length: 64 }, () => one))).toBe('Right');
    expect(decoded(Array.from({ length: 65 }, () => one))).toBe('Left');
    expect(decoded([{ ...one, proof: new Uint8Array(97) }])).toBe('Left');
  });

  it('refuses strangers, slots out of order, and what exceeds a bound', () => {
    const stranger = new ConsensusCodec(new Universe(names('a b c d e')), 3);
    const timeout = { from: names('e')[0] as never, view: 1, signature: new Uint8Array(64) };
    expect(
      codec.decodeMessage(stranger.encodeMessage({ _tag: 'Timeouts', timeouts: [timeout], evidence: [] }))._tag,
    ).toBe('Left');
    const at = (slot: number) => ({ view: 1, slot, digest: digest(), leaderSignature: new Uint8Array(64) });
    for (const votes of [
      [at(2), at(1)],
      [at(1), at(1)],
    ]) {
      expect(decodeReport(encodeReport({ view: 1, votes, commits: [] }))._tag).toBe('Left');
    }
    const long = { _tag: 'Attested', slot: 1, chain: digest(), share: new Uint8Array(64 * 1024 + 1) as never } as const;
    expect(codec.decodeMessage(codec.encodeMessage(long))._tag).toBe('Left');
    expect(codec.decodeMessage(codec.encodeMessage({ _tag: 'Attest', slot: 0, isProven: false }))._tag).toBe('Left');
  });
});
