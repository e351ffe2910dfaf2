/** The bytes of spec/wire.md: statements assembled by hand, and known answers for statements, messages and records. */
import { readFileSync, writeFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { concatBytes, toHex, utf8 } from '../../src/prelude/bytes.js';
import { digest } from '../../src/prelude/digest.js';
import { statementTypes } from '../../src/prelude/statement.js';
import { Universe } from '../../src/prelude/process.js';
import type { Signature } from '../../src/schemes/contract/distributed-signer.js';
import {
  batchDigest,
  encodeBatch,
  encodeRequest,
  noopDigest,
  type Request,
  requestStatement,
} from '../../src/consensus/batch.js';
import { ConsensusCodec, encodeReport, encodeVerdict } from '../../src/consensus/codec.js';
import {
  encodeControl,
  type EpochChange,
  noEpochChange,
  readyStatement,
  writeEpochChange,
} from '../../src/consensus/epoch-change.js';
import { encodeClientMessage, encodeServerMessage, type ServerMessage } from '../../src/client/protocol.js';
import { encodeEvidence } from '../../src/consensus/evidence-codec.js';
import type { EvidenceKind, EvidenceRecord } from '../../src/consensus/evidence-record.js';
import type { SignedBallot } from '../../src/consensus/signed-ballot.js';
import { encodeTransferFrame, type TransferFrame } from '../../src/server/state/transfer-frames.js';
import { handoffStatement, writeHandoff } from '../../src/consensus/handoff.js';
import { stateDigest } from '../../src/consensus/manifest.js';
import { Writer } from '../../src/prelude/canonical.js';
import { verdictsOf } from '../../src/consensus/evidence.js';
import type { Message, Report } from '../../src/consensus/message.js';
import type { DurableRecord } from '../../src/consensus/record.js';
import * as statements from '../../src/consensus/statement.js';
import { names } from '../support/scene.js';

const path = new URL('../../spec/vectors/wire.json', import.meta.url);
const universe = new Universe(names('acme/1 globex/1 initech/1 umbrella/1'));
const codec = new ConsensusCodec(universe, 3);
const [acme, globex] = names('acme/1 globex/1') as [never, never];

/** `length` bytes that count up from `first`. */
function counting(first: number, length: number): Uint8Array {
  return Uint8Array.from({ length }, (_, index) => (first + index) % 256);
}

const allianceId = digest(utf8('alliance'));
const keyId = digest(utf8('key'));
const context = { allianceId, keyId, epoch: 3 };
const value = digest(utf8('batch'));
const ballot = { view: 2, slot: 258, digest: value };
const prefix = { slot: 258, chain: digest(utf8('chain')) };
const signature = counting(0, 64);
const share = counting(100, 5) as never;
const progress = { view: 2, low: 256, top: 258, root: digest(utf8('root')) };
const request: Request = {
  client: 'acme/app',
  session: 7,
  firstSequence: 1,
  commands: [utf8('set x'), utf8('')],
  signature,
};
const batch = { requests: [request] };
const certificate = { ...prefix, signature: share };
const checkpoint = { ...prefix, boundary: 512 };
const manifest = { chunkCount: 2, byteLength: 65537, root: digest(utf8('state')) };
const target = { ...prefix, manifest };
const snapshot = { ...prefix, state: stateDigest(prefix.slot, manifest) };
const configuration = digest(utf8('configuration'));
const permit = {
  certificate: { ...progress, signature: share },
  shown: { verdict: { _tag: 'pick', digest: value }, path: [digest(utf8('sibling'))] },
} as const;
const vote = { ...ballot, leaderSignature: signature, permit };
const report: Report = {
  view: 3,
  checkpoint: { ...checkpoint, slot: 256, signature: share },
  votes: [vote],
  commits: [{ ...ballot, signature: share }],
};
const signedReport = { from: globex, view: 3, body: encodeReport(report), signature };
const half = (text: string) => ({ digest: digest(utf8(text)), signature });
const signedBallot: SignedBallot = { kind: 'commit', ...ballot, proof: counting(50, 96) };
const evidenceRecords: Record<EvidenceKind, EvidenceRecord> = {
  Equivocation: {
    _tag: 'Equivocation',
    epoch: 3,
    process: acme,
    view: 1,
    slot: 4,
    first: half('first'),
    second: half('second'),
  },
  DoubleVote: {
    _tag: 'DoubleVote',
    epoch: 3,
    process: globex,
    first: { ...signedBallot, digest: digest(utf8('second')) },
    second: { ...signedBallot, digest: digest(utf8('first')) },
  },
  DoubleReport: {
    _tag: 'DoubleReport',
    epoch: 3,
    process: globex,
    view: 3,
    first: half('second'),
    second: half('first'),
  },
  HiddenVote: { _tag: 'HiddenVote', epoch: 3, process: globex, ballot: signedBallot, report: signedReport },
  InvalidShare: {
    _tag: 'InvalidShare',
    epoch: 3,
    process: globex,
    ballot: { kind: 'accepted', ...ballot },
    share,
    signature,
  },
};
const evidence = [{ leader: acme, view: 1, slot: 4, first: half('first'), second: half('second') }];

const messages: Record<Message['_tag'], Message> = {
  Propose: { _tag: 'Propose', view: 2, slot: 258, batch, signature, permit },
  Accepted: { _tag: 'Accepted', ...ballot, leaderSignature: signature, share },
  Commit: { _tag: 'Commit', ...ballot, share },
  Timeouts: { _tag: 'Timeouts', timeouts: [{ from: acme, view: 2, signature }], evidence },
  Report: { _tag: 'Report', report: signedReport },
  Certify: { _tag: 'Certify', view: 3, reports: [signedReport], evidence: [] },
  Certified: { _tag: 'Certified', progress, share },
  Checkpoint: { _tag: 'Checkpoint', ...checkpoint, share },
  StableCheckpoint: { _tag: 'StableCheckpoint', certificate: { ...checkpoint, signature: share } },
  Attest: { _tag: 'Attest', slot: 258, isProven: true },
  Attested: { _tag: 'Attested', ...prefix, share },
  Certificate: { _tag: 'Certificate', certificate },
  Forward: { _tag: 'Forward', requests: [request] },
  Status: { _tag: 'Status', view: 2, decided: 257, low: 256, stuck: true },
  FetchBatch: { _tag: 'FetchBatch', digest: value },
  BatchFound: { _tag: 'BatchFound', batch },
  FetchRange: { _tag: 'FetchRange', from: 258 },
  Range: { _tag: 'Range', from: 257, batches: [batch], tail: [value], certificate },
  Snapshot: { _tag: 'Snapshot', ...snapshot, share },
  Offer: { _tag: 'Offer', certificate: { ...target, signature: share } },
  AskHandoffShare: { _tag: 'AskHandoffShare' },
  HandoffShare: { _tag: 'HandoffShare', share },
  Reminder: { _tag: 'Reminder', ballots: [signedBallot], report: signedReport },
};
const records: Record<DurableRecord['_tag'], DurableRecord> = {
  Promise: { _tag: 'Promise', view: 3 },
  Vote: { _tag: 'Vote', vote, batch },
  CommitCertificate: { _tag: 'CommitCertificate', certificate: { ...ballot, signature: share } },
  Report: { _tag: 'Report', report: signedReport },
  StableCheckpoint: { _tag: 'StableCheckpoint', certificate: { ...checkpoint, signature: share } },
};

const handoff = { ...target, configuration, epoch: 3, signature: share };
const chunk = { state: snapshot.state, index: 1, bytes: Uint8Array.of(7), path: [value] };
const frames: Record<TransferFrame['_tag'], TransferFrame> = {
  AskHandoff: { _tag: 'AskHandoff', epoch: 3 },
  Handoff: { _tag: 'Handoff', handoff },
  AskChunk: { _tag: 'AskChunk', state: snapshot.state, index: 1 },
  Chunk: { _tag: 'Chunk', chunk },
};

function handoffBytes(): Uint8Array {
  const writer = new Writer();
  writeHandoff(writer, handoff);
  return writer.finish();
}

function changeBytes(change: EpochChange): string {
  const writer = new Writer();
  writeEpochChange(writer, change);
  return toHex(writer.finish());
}

const toApplications = {
  State: { _tag: 'State', certificate: { ...target, signature: share } },
  Chunk: { _tag: 'Chunk', chunk },
  Placed: {
    _tag: 'Placed',
    leader: 'b/1',
    placements: [{ session: 7, firstSequence: 1, count: 2, slot: 258, index: 3 }],
  },
  Pruned: { _tag: 'Pruned', first: 258 },
  Succession: {
    _tag: 'Succession',
    epoch: 3,
    slot: 512,
    chain: value,
    state: configuration,
    signature: signature as Signature,
    document: '{"version":1}',
  },
  Executed: {
    _tag: 'Executed',
    epoch: 3,
    slot: 258,
    results: [
      { session: 7, sequence: 1, result: utf8('x was set') },
      { session: 7, sequence: 2, result: new Uint8Array(0) },
    ],
  },
} as const satisfies Record<string, ServerMessage>;

function computed(): Record<string, Record<string, string>> {
  const hex = <A>(entries: Record<string, A>, encode: (one: A) => Uint8Array) =>
    Object.fromEntries(Object.entries(entries).map(([name, one]) => [name, toHex(encode(one))]));
  return {
    statements: {
      propose: toHex(statements.proposeStatement(context, ballot)),
      accepted: toHex(statements.acceptedStatement(context, ballot)),
      commit: toHex(statements.commitStatement(context, ballot)),
      timeout: toHex(statements.timeoutStatement(context, 2)),
      attributed: toHex(statements.attributedStatement(context, { kind: 'commit', ...ballot }, digest(share))),
      report: toHex(statements.reportStatement(context, 3, digest(encodeReport(report)))),
      progress: toHex(statements.progressStatement(context, progress)),
      decided: toHex(statements.decidedStatement(context, prefix)),
      checkpoint: toHex(statements.checkpointStatement(context, checkpoint)),
      snapshot: toHex(statements.snapshotStatement(context, snapshot)),
      handoff: toHex(handoffStatement(context, { ...target, configuration })),
      ready: toHex(readyStatement(context, configuration)),
      request: toHex(requestStatement(allianceId, keyId, request)),
    },
    digests: {
      request: toHex(digest(encodeRequest(request))),
      batch: toHex(batchDigest(batch)),
      noop: toHex(noopDigest),
      chainStart: toHex(statements.chainStart(allianceId)),
      chainNext: toHex(statements.chainNext(statements.chainStart(allianceId), 1, value)),
      verdictRoot: toHex(
        verdictsOf([{ _tag: 'closed' }, { _tag: 'pick', digest: value }, { _tag: 'noop' }, { _tag: 'free' }]).tree.root,
      ),
    },
    pieces: {
      request: toHex(encodeRequest(request)),
      batch: toHex(encodeBatch(batch)),
      report: toHex(encodeReport(report)),
      pick: toHex(encodeVerdict({ _tag: 'pick', digest: value })),
      handoff: toHex(handoffBytes()),
      prepare: toHex(encodeControl({ _tag: 'Prepare', configuration })),
      ready: toHex(encodeControl({ _tag: 'Ready', configuration, position: 2, signature })),
      activate: toHex(encodeControl({ _tag: 'Activate', configuration })),
      unchanged: changeBytes(noEpochChange),
      prepared: changeBytes({ _tag: 'Prepared', configuration, ready: [0, 2] }),
      activated: changeBytes({ _tag: 'Activated', boundary: { since: 258, slot: 512, configuration } }),
      free: toHex(encodeVerdict({ _tag: 'free' })),
    },
    frames: hex(frames, encodeTransferFrame),
    toApplications: hex(toApplications, encodeServerMessage),
    fromApplications: hex(
      {
        AwaitResults: { _tag: 'AwaitResults', session: 7 } as const,
        Bring: { _tag: 'Bring', act: Uint8Array.of(1, 2, 3) } as const,
        AskState: { _tag: 'AskState' } as const,
        AskChunk: { _tag: 'AskChunk', state: snapshot.state, index: 1 } as const,
        AskSuccession: { _tag: 'AskSuccession', epoch: 4 } as const,
      },
      encodeClientMessage,
    ),
    messages: hex(messages, (message) => codec.encodeMessage(message)),
    records: hex(records, (record) => codec.encodeRecord(record)),
    evidence: hex(evidenceRecords, (record) => encodeEvidence(universe, record)),
    attributed: hex({ Accepted: { ...messages.Accepted, attribution: signature } as Message }, (message) =>
      codec.encodeMessage(message),
    ),
  };
}

describe('the wire format', () => {
  it('is that of the vectors', () => {
    const now = computed();
    if (process.env['UPDATE'] !== undefined)
      writeFileSync(path, `${JSON.stringify({ version: 1, ...now }, undefined, 1)}\n`);
    expect({ version: 1, ...now }).toEqual(JSON.parse(readFileSync(path, 'utf8')));
  });

  it('begins every statement with the envelope, under a type of its own', () => {
    const u64 = (number: number) =>
      concatBytes(new Uint8Array(4), Uint8Array.of(number >>> 24, number >>> 16, number >>> 8, number));
    const envelope = (type: number, epoch = 3) =>
      concatBytes(
        Uint8Array.of(0),
        utf8('koinon statement v1'),
        Uint8Array.of(0),
        allianceId,
        keyId,
        u64(epoch),
        Uint8Array.of(type),
      );
    const ballotBody = concatBytes(u64(2), u64(258), value);
    const prefixBody = concatBytes(u64(258), prefix.chain);
    expect(statements.acceptedStatement(context, ballot)).toEqual(concatBytes(envelope(1), ballotBody));
    expect(statements.commitStatement(context, ballot)).toEqual(concatBytes(envelope(2), ballotBody));
    expect(statements.attributedStatement(context, { kind: 'commit', ...ballot }, digest(share))).toEqual(
      concatBytes(envelope(13), Uint8Array.of(2), ballotBody, digest(share)),
    );
    expect(statements.progressStatement(context, progress)).toEqual(
      concatBytes(envelope(3), u64(2), u64(256), u64(258), progress.root),
    );
    expect(statements.decidedStatement(context, prefix)).toEqual(concatBytes(envelope(4, 0), prefixBody));
    expect(statements.checkpointStatement(context, checkpoint)).toEqual(concatBytes(envelope(5), prefixBody, u64(512)));
    const state = digest(utf8('koinon state v1'), u64(258), u64(2).subarray(4), u64(65537), manifest.root);
    expect(statements.snapshotStatement(context, snapshot)).toEqual(concatBytes(envelope(11), prefixBody, state));
    expect(handoffStatement(context, { ...target, configuration })).toEqual(
      concatBytes(envelope(10), prefixBody, state, configuration),
    );
    expect(readyStatement(context, configuration)).toEqual(concatBytes(envelope(12), configuration));
    expect(statements.proposeStatement(context, ballot)).toEqual(concatBytes(envelope(6), ballotBody));
    expect(statements.timeoutStatement(context, 2)).toEqual(concatBytes(envelope(7), u64(2)));
    expect(statements.reportStatement(context, 3, value)).toEqual(concatBytes(envelope(8), u64(3), value));
    const text = (bytes: Uint8Array) => concatBytes(Uint8Array.of(0, 0, 0, bytes.length), bytes);
    const body = concatBytes(
      text(utf8('acme/app')),
      u64(7),
      u64(1),
      Uint8Array.of(0, 0, 0, 2),
      text(utf8('set x')),
      text(new Uint8Array(0)),
    );
    expect(requestStatement(allianceId, keyId, request)).toEqual(concatBytes(envelope(9, 0), body));
    expect(new Set(Object.values(statementTypes)).size).toBe(Object.keys(statementTypes).length);
  });
});
