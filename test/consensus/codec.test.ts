/** Messages and records: the codec inverts itself, refuses whatever it would not have written, and never throws. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { E } from '../../src/prelude/fp.js';
import { digest } from '../../src/prelude/digest.js';
import { equalBytes, utf8 } from '../../src/prelude/bytes.js';
import { Universe } from '../../src/prelude/process.js';
import { ConsensusCodec, decodeReport, encodeReport, frameEpoch } from '../../src/consensus/codec.js';
import type { Message, Report } from '../../src/consensus/message.js';
import type { DurableRecord } from '../../src/consensus/record.js';
import { names } from '../support/scene.js';

const universe = new Universe(names('a b c d'));
const codec = new ConsensusCodec(universe, 3);

const view = fc.integer({ min: 1, max: 2 ** 40 });
const count = fc.integer({ min: 0, max: 2 ** 40 });
const value = fc.string().map((text) => digest(utf8(text)));
const signature = fc.uint8Array({ minLength: 64, maxLength: 64 });
const share = fc.uint8Array({ maxLength: 90 }).map((bytes) => bytes as never);
const process = fc.constantFrom(...universe.ids);
const ballot = fc.record({ view, slot: view, digest: value });
const prefix = fc.record({ slot: view, chain: value });
const certificate = fc.record({ slot: view, chain: value, signature: share });
const boundedBy = <A extends { slot: number }>(base: fc.Arbitrary<A>) =>
  fc
    .tuple(base, fc.option(fc.nat(9)))
    .map(([one, more]) => ({ ...one, boundary: more === null ? 0 : one.slot + more }));
const checkpoint = boundedBy(prefix);
const checkpointCertificate = boundedBy(certificate);
const snapshotCertificate = fc
  .record({ certificate, byteLength: fc.integer({ min: 1, max: 2 ** 40 }), root: value })
  .map(({ certificate: { signature: signed, ...one }, byteLength, root }) => ({
    ...one,
    manifest: { chunkCount: Math.ceil(byteLength / 65536), byteLength, root },
    signature: signed,
  }));
const request = fc.record({
  client: fc.constantFrom('acme/app', 'Ω', ''),
  session: count,
  firstSequence: view,
  commands: fc.array(fc.uint8Array({ maxLength: 40 }), { minLength: 1, maxLength: 3 }),
  signature,
});
const batch = fc.record({ requests: fc.array(request, { maxLength: 3 }) });
const verdict = fc.oneof(
  fc.constantFrom({ _tag: 'closed' as const }, { _tag: 'noop' as const }, { _tag: 'free' as const }),
  value.map((picked) => ({ _tag: 'pick' as const, digest: picked })),
);
const progress = fc
  .record({ view, low: count, more: fc.nat(9), root: value })
  .map(({ more, ...rest }) => ({ ...rest, top: rest.low + more }));
const permit = fc
  .record({
    progress,
    signature: share,
    shown: fc.option(fc.record({ verdict, path: fc.array(value, { maxLength: 4 }) })),
  })
  .map(({ progress: stated, signature: signed, shown }) => ({
    certificate: { ...stated, signature: signed },
    ...(shown === null ? {} : { shown }),
  }));
const withPermit = <A extends object>(base: fc.Arbitrary<A>) =>
  fc.tuple(base, fc.option(permit)).map(([one, given]) => (given === null ? one : { ...one, permit: given }));
const vote = withPermit(fc.record({ view, slot: view, digest: value, leaderSignature: signature }));
const commitCertificate = fc.record({ view, slot: view, digest: value, signature: share });
const bySlot = <A extends { slot: number }>(items: fc.Arbitrary<A>) =>
  fc
    .uniqueArray(items, { selector: ({ slot }) => slot, maxLength: 3 })
    .map((list) => list.sort((a, b) => a.slot - b.slot));
const report: fc.Arbitrary<Report> = fc
  .record({
    view,
    checkpoint: fc.option(checkpointCertificate),
    votes: bySlot(vote),
    commits: bySlot(commitCertificate),
  })
  .map(({ checkpoint: given, ...rest }) => (given === null ? rest : { ...rest, checkpoint: given }));
const signedReport = fc.record({ from: process, view, body: fc.uint8Array({ maxLength: 60 }), signature });
const half = fc.record({ digest: value, signature });
const evidence = fc.array(fc.record({ leader: process, view, slot: view, first: half, second: half }), {
  maxLength: 2,
});
const timeouts = fc.array(fc.record({ from: process, view, signature }), { maxLength: 3 });
const attributedShare = fc
  .record({ share, attribution: fc.option(signature) })
  .map(({ attribution, ...rest }) => (attribution === null ? rest : { ...rest, attribution }));
const kind = fc.constantFrom('accepted' as const, 'commit' as const);
const signedBallot = fc
  .tuple(ballot, fc.record({ kind, proof: fc.uint8Array({ maxLength: 96 }) }))
  .map(([a, b]) => ({ ...a, ...b }));
const tagged = <T extends string, A extends object>(tag: T, body: fc.Arbitrary<A>) =>
  body.map((one) => ({ _tag: tag, ...one }));

const messages: Record<Message['_tag'], fc.Arbitrary<Message>> = {
  Propose: tagged('Propose', withPermit(fc.record({ view, slot: view, signature, batch }))),
  Accepted: tagged(
    'Accepted',
    fc
      .tuple(ballot, fc.record({ leaderSignature: signature }), attributedShare)
      .map(([a, b, rest]) => ({ ...a, ...b, ...rest })),
  ),
  Commit: tagged(
    'Commit',
    fc.tuple(ballot, attributedShare).map(([a, b]) => ({ ...a, ...b })),
  ),
  Timeouts: tagged('Timeouts', fc.record({ timeouts, evidence })),
  Report: tagged('Report', fc.record({ report: signedReport })),
  Certify: tagged('Certify', fc.record({ view, reports: fc.array(signedReport, { maxLength: 3 }), evidence })),
  Certified: tagged('Certified', fc.record({ progress, share })),
  Checkpoint: tagged(
    'Checkpoint',
    fc.tuple(checkpoint, fc.record({ share })).map(([a, b]) => ({ ...a, ...b })),
  ),
  StableCheckpoint: tagged('StableCheckpoint', fc.record({ certificate: checkpointCertificate })),
  Attest: tagged('Attest', fc.record({ slot: view, isProven: fc.boolean() })),
  Attested: tagged(
    'Attested',
    fc.tuple(prefix, fc.record({ share })).map(([a, b]) => ({ ...a, ...b })),
  ),
  Certificate: tagged('Certificate', fc.record({ certificate })),
  Forward: tagged('Forward', fc.record({ requests: fc.array(request, { maxLength: 3 }) })),
  Status: tagged('Status', fc.record({ view, decided: count, low: count, stuck: fc.boolean() })),
  FetchBatch: tagged('FetchBatch', fc.record({ digest: value })),
  BatchFound: tagged('BatchFound', fc.record({ batch })),
  FetchRange: tagged('FetchRange', fc.record({ from: view })),
  Range: tagged(
    'Range',
    fc.record({
      from: view,
      batches: fc.array(batch, { maxLength: 2 }),
      tail: fc.array(value, { maxLength: 3 }),
      certificate,
    }),
  ),
  Snapshot: tagged(
    'Snapshot',
    fc.tuple(prefix, fc.record({ state: value, share })).map(([a, b]) => ({ ...a, ...b })),
  ),
  Offer: tagged('Offer', fc.record({ certificate: snapshotCertificate })),
  AskHandoffShare: fc.constant({ _tag: 'AskHandoffShare' as const }),
  HandoffShare: tagged('HandoffShare', fc.record({ share })),
  Reminder: tagged(
    'Reminder',
    fc
      .record({ ballots: fc.array(signedBallot, { maxLength: 3 }), report: fc.option(signedReport) })
      .map(({ report: given, ...rest }) => (given === null ? rest : { ...rest, report: given })),
  ),
};
const anyMessage = fc.oneof(...Object.values(messages));

const records: fc.Arbitrary<DurableRecord> = fc.oneof(
  tagged('Promise', fc.record({ view })),
  tagged('Vote', fc.record({ vote, batch })),
  tagged('CommitCertificate', fc.record({ certificate: commitCertificate })),
  tagged('Report', fc.record({ report: signedReport })),
  tagged('StableCheckpoint', fc.record({ certificate: checkpointCertificate })),
);

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
