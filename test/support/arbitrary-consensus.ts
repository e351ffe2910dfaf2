/** Arbitrary messages, records and pieces of consensus, of every kind: for tests of codecs. */
import fc from 'fast-check';
import { utf8 } from '../../src/prelude/bytes.js';
import { digest } from '../../src/prelude/digest.js';
import { Universe } from '../../src/prelude/process.js';
import type { SignedDigest } from '../../src/consensus/evidence-record.js';
import type { SnapshotCertificate } from '../../src/consensus/manifest.js';
import type { Message, Report, SignedReport } from '../../src/consensus/message.js';
import type { PrefixCertificate } from '../../src/consensus/range.js';
import type { DurableRecord } from '../../src/consensus/record.js';
import type { SignedBallot } from '../../src/consensus/signed-ballot.js';
import type { Ballot } from '../../src/consensus/statement.js';
import { names } from './scene.js';

/** Whose messages these are. */
export const universe = new Universe(names('a b c d'));
const view = fc.integer({ min: 1, max: 2 ** 40 });
const count = fc.integer({ min: 0, max: 2 ** 40 });
export const value = fc.string().map((text) => digest(utf8(text)));
export const signature = fc.uint8Array({ minLength: 64, maxLength: 64 });
export const share = fc.uint8Array({ maxLength: 90 }).map((bytes) => bytes as never);
const process = fc.constantFrom(...universe.ids);
export const ballot: fc.Arbitrary<Ballot> = fc.record({ view, slot: view, digest: value });
const prefix = fc.record({ slot: view, chain: value });
export const certificate: fc.Arbitrary<PrefixCertificate> = fc.record({ slot: view, chain: value, signature: share });
const boundedBy = <A extends { slot: number }>(base: fc.Arbitrary<A>) =>
  fc
    .tuple(base, fc.option(fc.nat(9)))
    .map(([one, more]) => ({ ...one, boundary: more === null ? 0 : one.slot + more }));
const checkpoint = boundedBy(prefix);
const checkpointCertificate = boundedBy(certificate);
export const snapshotCertificate: fc.Arbitrary<SnapshotCertificate> = fc
  .record({ certificate, byteLength: fc.integer({ min: 1, max: 2 ** 40 }), root: value })
  .map(({ certificate: { signature: signed, ...one }, byteLength, root }) => ({
    ...one,
    manifest: { chunkCount: Math.ceil(byteLength / 65536), byteLength, root },
    signature: signed,
  }));
export const request = fc.record({
  client: fc.constantFrom('acme/app', 'Ω', ''),
  session: count,
  firstSequence: view,
  commands: fc.array(fc.uint8Array({ maxLength: 40 }), { minLength: 1, maxLength: 3 }),
  signature,
});
export const batch = fc.record({ requests: fc.array(request, { maxLength: 3 }) });
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
/** What reports hold. */
export const report: fc.Arbitrary<Report> = fc
  .record({
    view,
    checkpoint: fc.option(checkpointCertificate),
    votes: bySlot(vote),
    commits: bySlot(commitCertificate),
  })
  .map(({ checkpoint: given, ...rest }) => (given === null ? rest : { ...rest, checkpoint: given }));
export const signedReport: fc.Arbitrary<SignedReport> = fc.record({
  from: process,
  view,
  body: fc.uint8Array({ maxLength: 60 }),
  signature,
});
export const half: fc.Arbitrary<SignedDigest> = fc.record({ digest: value, signature });
const evidence = fc.array(fc.record({ leader: process, view, slot: view, first: half, second: half }), {
  maxLength: 2,
});
const timeouts = fc.array(fc.record({ from: process, view, signature }), { maxLength: 3 });
const attributedShare = fc
  .record({ share, attribution: fc.option(signature) })
  .map(({ attribution, ...rest }) => (attribution === null ? rest : { ...rest, attribution }));
const kind = fc.constantFrom('accepted' as const, 'commit' as const);
export const signedBallot: fc.Arbitrary<SignedBallot> = fc
  .tuple(ballot, fc.record({ kind, proof: fc.uint8Array({ maxLength: 96 }) }))
  .map(([a, b]) => ({ ...a, ...b }));
const tagged = <T extends string, A extends object>(tag: T, body: fc.Arbitrary<A>) =>
  body.map((one) => ({ _tag: tag, ...one }));

/** Messages of every kind, by tag. */
export const messages: Record<Message['_tag'], fc.Arbitrary<Message>> = {
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

/** Durable records of every kind. */
export const records: fc.Arbitrary<DurableRecord> = fc.oneof(
  tagged('Promise', fc.record({ view })),
  tagged('Vote', fc.record({ vote, batch })),
  tagged('CommitCertificate', fc.record({ certificate: commitCertificate })),
  tagged('Report', fc.record({ report: signedReport })),
  tagged('StableCheckpoint', fc.record({ certificate: checkpointCertificate })),
);
