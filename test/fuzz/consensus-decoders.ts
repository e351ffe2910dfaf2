/** Decoders of consensus: frames and records of an epoch, reports, evidence, and the pieces that lie in logs and snapshots. */
import fc from 'fast-check';
import { utf8 } from '../../src/prelude/bytes.js';
import { readAll, type Reader, Writer } from '../../src/prelude/canonical.js';
import { E } from '../../src/prelude/fp.js';
import { digest, digestLength } from '../../src/prelude/digest.js';
import { readBatch, writeBatch } from '../../src/consensus/batch.js';
import { ConsensusCodec, decodeReport, encodeReport, frameEpoch } from '../../src/consensus/codec.js';
import { DeliveryTable } from '../../src/consensus/delivery.js';
import {
  type Control,
  encodeControl,
  type EpochChange,
  readControl,
  readEpochChange,
  writeEpochChange,
} from '../../src/consensus/epoch-change.js';
import { decodeEvidence, encodeEvidence } from '../../src/consensus/evidence-codec.js';
import type { EvidenceRecord } from '../../src/consensus/evidence-record.js';
import { type Handoff, readHandoff, writeHandoff } from '../../src/consensus/handoff.js';
import {
  readSnapshotCertificate,
  readStateTarget,
  writeSnapshotCertificate,
  writeStateTarget,
} from '../../src/consensus/manifest.js';
import { readPrefixCertificate, writePrefixCertificate } from '../../src/consensus/range.js';
import {
  ballot,
  batch,
  certificate,
  half,
  messages,
  records,
  report,
  share,
  signature,
  signedBallot,
  signedReport,
  snapshotCertificate,
  universe,
} from '../support/arbitrary-consensus.js';
import { bytesDecoder, type Decoder } from './decoder.js';

const codec = new ConsensusCodec(universe, 3);

/** Examples of an arbitrary, the same ones every time. */
export function examples<A>(arbitrary: fc.Arbitrary<A>, count = 12): readonly A[] {
  return fc.sample(arbitrary, { numRuns: count, seed: 5 });
}

/** A decoder of a piece, read and written by itself. */
export function pieceDecoder<A>(
  name: string,
  covers: Decoder['covers'],
  values: readonly A[],
  read: (reader: Reader) => A,
  write: (writer: Writer, value: A) => unknown,
): Decoder {
  const encode = (value: A) => {
    const writer = new Writer();
    write(writer, value);
    return writer.finish();
  };
  return bytesDecoder(name, covers, values.map(encode), (bytes) => readAll(bytes, read), encode);
}

const process = universe.ids[1] ?? ('b' as never);
const epoch = 3;

const evidence = examples(
  fc.record({
    ballot,
    half,
    other: half,
    signedBallot,
    signedReport,
    share,
    signature,
    slot: fc.integer({ min: 1, max: 9 }),
  }),
).flatMap(({ slot, ...one }): readonly EvidenceRecord[] => [
  { _tag: 'Equivocation', epoch, process, view: slot, slot, first: one.half, second: one.other },
  { _tag: 'DoubleVote', epoch, process, first: one.signedBallot, second: one.signedBallot },
  { _tag: 'DoubleReport', epoch, process, view: slot, first: one.half, second: one.other },
  { _tag: 'HiddenVote', epoch, process, ballot: one.signedBallot, report: one.signedReport },
  {
    _tag: 'InvalidShare',
    epoch,
    process,
    ballot: { kind: 'commit', ...one.ballot },
    share: one.share,
    signature: one.signature,
  },
]);

const some = digest(utf8('a configuration'));

const controls: readonly Control[] = [
  { _tag: 'Prepare', configuration: some },
  { _tag: 'Ready', configuration: some, position: 2, signature: new Uint8Array(64).fill(3) },
  { _tag: 'Activate', configuration: some },
];

export const epochChanges: readonly EpochChange[] = [
  { _tag: 'None' },
  { _tag: 'Prepared', configuration: some, ready: [] },
  { _tag: 'Prepared', configuration: some, ready: [0, 2, 7] },
  { _tag: 'Activated', boundary: { since: 9, slot: 128, configuration: some } },
];

/** A table of three clients, one of them with many sessions. */
export function deliveryTable(): DeliveryTable {
  const table = DeliveryTable.empty();
  const deliver = (client: string, session: number): void => {
    const commands = [utf8('x'), utf8('y')];
    const request = { client, session, firstSequence: 1, commands, signature: new Uint8Array(64) };
    table.deliver(1, { requests: [request] });
  };
  for (let session = 0; session < 5; session++) deliver('acme/app', session);
  deliver('globex/app', 2 ** 40);
  deliver('Ω', 0);
  return table;
}

export const handoffs: readonly Handoff[] = examples(snapshotCertificate).map((target) => ({
  ...target,
  epoch,
  configuration: some,
}));

const file = (name: string): string => `src/consensus/${name}.ts`;

export const consensusDecoders: readonly Decoder[] = [
  ...Object.entries(messages).map(([tag, arbitrary], index) =>
    bytesDecoder(
      `a frame of an epoch: ${tag}`,
      index === 0 ? { [file('codec')]: 3 } : {},
      examples(arbitrary).map((message) => codec.encodeMessage(message)),
      (bytes) => codec.decodeMessage(bytes),
      (message) => codec.encodeMessage(message),
    ),
  ),
  bytesDecoder(
    'a record of the journal',
    {},
    examples(records, 40).map((record) => codec.encodeRecord(record)),
    (bytes) => codec.decodeRecord(bytes),
    (record) => codec.encodeRecord(record),
  ),
  bytesDecoder(
    'the epoch of a frame',
    {},
    [new Writer().u64(3).u8(20).finish()],
    (bytes) => E.map((found: number) => ({ found, rest: bytes.subarray(8) }))(frameEpoch(bytes)),
    ({ found, rest }) => new Writer().u64(found).fixed(rest).finish(),
  ),
  bytesDecoder(
    'a report',
    { [file('piece-codec')]: 2 },
    examples(report, 40).map(encodeReport),
    decodeReport,
    encodeReport,
  ),
  bytesDecoder(
    'evidence',
    { [file('evidence-codec')]: 2 },
    evidence.map((record) => encodeEvidence(universe, record)),
    (bytes) => decodeEvidence(universe, bytes),
    (record) => encodeEvidence(universe, record),
  ),
  pieceDecoder('a control', {}, controls, readControl, (writer, control) => writer.fixed(encodeControl(control))),
  pieceDecoder('a change of epoch', {}, epochChanges, readEpochChange, writeEpochChange),
  pieceDecoder(
    'a delivery table',
    {},
    [deliveryTable(), DeliveryTable.empty()],
    (reader) => DeliveryTable.read(reader),
    (writer, table) => {
      table.write(writer);
    },
  ),
  pieceDecoder('a HANDOFF', { 'src/server/epochs/handoffs.ts': 1 }, handoffs, readHandoff, writeHandoff),
  pieceDecoder(
    'a certificate of a state',
    {},
    examples(snapshotCertificate),
    readSnapshotCertificate,
    writeSnapshotCertificate,
  ),
  pieceDecoder(
    'a record of a state',
    { 'src/server/state/snapshot-store.ts': 1, 'src/server/state/state-files.ts': 1 },
    examples(snapshotCertificate).map((target) => ({ target, isCertified: true })),
    (reader) => ({ target: readStateTarget(reader), isCertified: reader.bool() }),
    (writer, { target, isCertified }) => {
      writeStateTarget(writer, target);
      writer.bool(isCertified);
    },
  ),
  pieceDecoder(
    'a slot of the log',
    { 'src/server/log/decided-log.ts': 1 },
    examples(batch).map((held) => ({ chain: some, batch: held })),
    (reader) => ({ chain: reader.fixed(digestLength), batch: readBatch(reader) }),
    (writer, value) => {
      writeBatch(writer.fixed(value.chain), value.batch);
    },
  ),
  pieceDecoder('a certificate of the log', {}, examples(certificate), readPrefixCertificate, writePrefixCertificate),
];
