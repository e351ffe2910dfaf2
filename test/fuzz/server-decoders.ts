/** Decoders of what lies around consensus: links and their certificates, applications, transfers of states, snapshots, and the files of a store. */
import { X509Certificate } from 'node:crypto';
import fc from 'fast-check';
import { concatBytes, utf8 } from '../../src/prelude/bytes.js';
import type { Writer } from '../../src/prelude/canonical.js';
import { type Reader } from '../../src/prelude/canonical.js';
import { digest } from '../../src/prelude/digest.js';
import { E, type Either } from '../../src/prelude/fp.js';
import { present } from '../../src/prelude/invariant.js';
import { processId } from '../../src/prelude/process.js';
import type { Signature } from '../../src/schemes/contract/distributed-signer.js';
import { DeliveryTable } from '../../src/consensus/delivery.js';
import {
  type ClientMessage,
  decodeClientMessage,
  decodeServerMessage,
  encodeClientMessage,
  encodeServerMessage,
  type ServerMessage,
  type ServerStatus,
} from '../../src/client/protocol.js';
import {
  generateTlsKeyPair,
  issueClientCertificate,
  issueServerCertificate,
  makeOrganizationCa,
} from '../../src/server/founding/certificates.js';
import { decodeSnapshot, encodeSnapshot, type SnapshotContent } from '../../src/server/state/snapshot-content.js';
import {
  decodeTransferFrame,
  encodeTransferFrame,
  type TransferFrame,
} from '../../src/server/state/transfer-frames.js';
import {
  decodeHeader,
  encodeBatch,
  encodeHeader,
  headerLength,
  readBatches,
  type SegmentHeader,
} from '../../src/storage/segment.js';
import { proveIdentity, readAuthorities } from '../../src/transport/authority.js';
import { encodeFrameHead, frameKinds, type FrameKind, FrameReader } from '../../src/transport/frames.js';
import { decodeHello, encodeHello, type Hello } from '../../src/transport/hello.js';
import { right } from '../support/right.js';
import { batch, certificate, request, snapshotCertificate, value } from '../support/arbitrary-consensus.js';
import { deliveryTable, epochChanges, examples, handoffs, pieceDecoder } from './consensus-decoders.js';
import { bytesDecoder, type Decoder } from './decoder.js';

const some = digest(utf8('some'));
const acmeServer = present(processId('acme/1'), 'an id');

const clientMessages: readonly ClientMessage[] = [
  { _tag: 'Submit', requests: examples(request, 3) },
  { _tag: 'Submit', leader: 'b/1', requests: [] },
  { _tag: 'Listen', from: 12 },
  { _tag: 'AskStatus' },
  { _tag: 'AwaitResults', session: 7 },
  { _tag: 'Bring', act: utf8('an act') },
  { _tag: 'AskState' },
  { _tag: 'AskChunk', state: some, index: 4 },
  { _tag: 'AskSuccession', epoch: 4 },
];

const status: ServerStatus = {
  ...{
    process: 'a/1',
    epoch: 2,
    view: 3,
    leader: 'b/1',
    decided: 9,
    certified: 8,
    checkpoint: 4,
    certifiedState: 0,
    first: 1,
  },
  ...{ connected: ['b/1', 'c/1'], fast: 5, slow: 3, transferred: 1, certificates: 2 },
  proven: [{ process: 'd/1', kind: 'DoubleVote' }],
};

const range = fc.record({
  from: fc.integer({ min: 1, max: 99 }),
  batches: fc.array(batch, { maxLength: 2 }),
  tail: fc.array(value, { maxLength: 3 }),
  certificate,
});

const placement = { session: 5, firstSequence: 1, count: 3, slot: 9, index: 0 };

const serverMessages: readonly ServerMessage[] = [
  { _tag: 'Begin', from: 3, previous: some },
  ...examples(range).map((one) => ({ _tag: 'Range' as const, range: one })),
  { _tag: 'Refused', session: 1, firstSequence: 2, reason: 'too many requests wait' },
  { _tag: 'Status', status },
  {
    _tag: 'Status',
    status: { ...status, transfer: { slot: 64, chunkCount: 9, stored: 3 }, halted: 'it has lost its disk' },
  },
  { _tag: 'Placed', leader: 'b/1', placements: [placement, { ...placement, index: 3 }] },
  { _tag: 'Pruned', first: 77 },
  ...examples(snapshotCertificate, 3).map((one) => ({ _tag: 'State' as const, certificate: one })),
  { _tag: 'Chunk', chunk: { state: some, index: 4, bytes: utf8('a chunk'), path: [some, some] } },
  {
    _tag: 'Succession',
    epoch: 4,
    slot: 512,
    chain: some,
    state: some,
    signature: new Uint8Array(48) as Signature,
    document: '{}',
  },
  { _tag: 'Executed', epoch: 3, slot: 9, results: [{ session: 5, sequence: 1, result: utf8('x was set') }] },
];

const transferFrames: readonly TransferFrame[] = [
  { _tag: 'AskHandoff', epoch: 3 },
  ...handoffs.slice(0, 3).map((handoff) => ({ _tag: 'Handoff' as const, handoff })),
  { _tag: 'AskChunk', state: some, index: 4 },
  { _tag: 'Chunk', chunk: { state: some, index: 4, bytes: utf8('a chunk'), path: [some, some, some] } },
];

const snapshots: readonly SnapshotContent[] = epochChanges.map((change, index) => ({
  slot: 64,
  chain: some,
  epoch: 2,
  delivery: index === 0 ? DeliveryTable.empty() : deliveryTable(),
  change,
  states: new Map([
    ['ledger', utf8('the state of a ledger')],
    ['registry', new Uint8Array(0)],
  ]),
}));

const hello: Hello = {
  identity: { role: 'server', id: acmeServer },
  allianceId: some,
  configurationDigest: digest(utf8('a configuration')),
  epoch: 3,
};

const header: SegmentHeader = {
  generation: 3,
  index: 1,
  firstSequence: 7,
  based: true,
  salt: new Uint8Array(8).fill(9),
};

/** A segment of two batches, torn or not, and zeros. */
function segment(torn: number): Uint8Array {
  const batches = [7, 8].map((sequence) => encodeBatch(header.salt, sequence, [utf8('one'), utf8('another')]));
  const whole = concatBytes(encodeHeader(header), ...batches);
  return concatBytes(whole.subarray(0, whole.length - torn), new Uint8Array(100));
}

/** Everything that was durable in a segment, as its bytes; what a crash has torn is none of it. */
function readSegment(bytes: Uint8Array): Either<unknown, Uint8Array> {
  const read = decodeHeader(bytes);
  if (E.isLeft(read)) return read;
  const contents = readBatches(bytes, read.right);
  if (E.isLeft(contents)) return contents;
  // Each batch in turn is encoded again where it is intact: the checksum vouches for the rest of it.
  return E.right(
    contents.right.isTorn
      ? bytes
      : concatBytes(bytes.subarray(0, contents.right.end), new Uint8Array(bytes.length - contents.right.end)),
  );
}

interface Frame {
  readonly kind: FrameKind;
  readonly body: Uint8Array;
}

const maxFrameBytes = 4096;

const frames: readonly Frame[] = Object.keys(frameKinds).map((kind, index) => ({
  kind: kind as FrameKind,
  body: new Uint8Array(index * 7).fill(index),
}));

const encodeFrames = (all: readonly Frame[]): Uint8Array =>
  concatBytes(...all.flatMap(({ kind, body }) => [encodeFrameHead(kind, body.length), body]));

/** A stream of frames that came in pieces of a few bytes; refused where it ends within one. */
function readFrames(bytes: Uint8Array): Either<unknown, readonly Frame[]> {
  const reader = new FrameReader(maxFrameBytes);
  const found: Frame[] = [];
  for (let at = 0; at < bytes.length; at += 5) {
    const error = reader.push(bytes.slice(at, at + 5), (kind, body) => found.push({ kind, body }));
    if (error !== undefined) return E.left(error);
  }
  return encodeFrames(found).length === bytes.length ? E.right(found) : E.left('a frame is not whole');
}

const now = new Date();
const yearMs = 365 * 86_400_000;
const validity = { from: new Date(now.getTime() - yearMs), to: new Date(now.getTime() + yearMs) };
const authority = makeOrganizationCa('acme', validity);
const authorities = right(readAuthorities(new Map([['acme', authority.certificate]])));
const { publicKey } = generateTlsKeyPair();
const certificates = [
  issueServerCertificate(authority, { process: acmeServer, hosts: ['localhost', '127.0.0.1'], publicKey, validity }),
  issueClientCertificate(authority, { application: acmeServer, publicKey, validity }),
].map((pem) => new Uint8Array(new X509Certificate(pem).raw));

/** Whom a certificate proves that the other side of a link has shown: any that OpenSSL can read at all. */
function provedByCertificate(bytes: Uint8Array): Either<unknown, Uint8Array> {
  const certificate = E.tryCatch(
    () => new X509Certificate(bytes),
    () => 'no certificate',
  );
  return E.isLeft(certificate) ? certificate : E.map(() => bytes)(proveIdentity(certificate.right, authorities, now));
}

export const serverDecoders: readonly Decoder[] = [
  bytesDecoder(
    'what applications say',
    { 'src/client/protocol.ts': 4 },
    clientMessages.map(encodeClientMessage),
    decodeClientMessage,
    encodeClientMessage,
  ),
  bytesDecoder(
    'what servers say to applications',
    {},
    serverMessages.map(encodeServerMessage),
    decodeServerMessage,
    encodeServerMessage,
  ),
  bytesDecoder(
    'a frame of no epoch',
    { 'src/server/state/transfer-frames.ts': 2 },
    transferFrames.map(encodeTransferFrame),
    decodeTransferFrame,
    encodeTransferFrame,
  ),
  bytesDecoder(
    'a snapshot',
    { 'src/server/state/snapshot-content.ts': 2 },
    snapshots.map((content) => concatBytes(...encodeSnapshot(content))),
    decodeSnapshot,
    (content) => concatBytes(...encodeSnapshot(content)),
  ),
  bytesDecoder('a hello', { 'src/transport/hello.ts': 3 }, [encodeHello(hello)], decodeHello, encodeHello),
  bytesDecoder(
    'the certificate of the other side',
    { 'src/transport/authority.ts': 1, 'src/transport/tls-context.ts': 1 },
    certificates,
    provedByCertificate,
    (bytes) => bytes,
  ),
  bytesDecoder('frames of a link', {}, [encodeFrames(frames)], readFrames, encodeFrames),
  bytesDecoder(
    'the header of a journal',
    { 'src/storage/segment.ts': 2 },
    [encodeHeader(header)],
    (bytes) => (bytes.length === headerLength ? decodeHeader(bytes) : E.left('another length')),
    encodeHeader,
  ),
  bytesDecoder('a segment of a journal', {}, [segment(0), segment(9)], readSegment, (bytes) => bytes),
  pieceDecoder(
    'the base of a log',
    { 'src/storage/lmdb.ts': 1 },
    [{ slot: 9, value: utf8('a value') }],
    (reader: Reader) => ({ slot: reader.u64(), value: reader.bytes(65_536) }),
    (writer: Writer, base) => writer.u64(base.slot).bytes(base.value),
  ),
];
