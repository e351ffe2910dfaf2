/** The bytes of ballots that show their sender, and of records of evidence (spec/wire.md, "Evidence"). */
import { type MalformedBytes, type Reader, readAll, Writer } from '../prelude/canonical.js';
import type { Either } from '../prelude/fp.js';
import { assertNever, invariant } from '../prelude/invariant.js';
import type { ProcessId, Universe } from '../prelude/process.js';
import { evidenceKinds, type EvidenceRecord, type SignedDigest } from './evidence-record.js';
import type { SignedReport } from './message.js';
import { readBallot, readDigest, readIdentitySignature, readOrdinal, readShare, writeBallot } from './piece-codec.js';
import { wireLimits } from './wire-limits.js';
import type { SignedBallot } from './signed-ballot.js';
import { ballotKindNumbers, type KindOfBallot } from './statement.js';

export function writeProcess(writer: Writer, universe: Universe, process: ProcessId): Writer {
  const index = universe.indexOf(process);
  invariant(index !== undefined, 'processes in messages belong to the epoch');
  return writer.u16(index);
}

export function readProcess(reader: Reader, universe: Universe): ProcessId {
  return universe.at(reader.u16()) ?? reader.fail('a process of the epoch');
}

export function writeSignedReport(writer: Writer, universe: Universe, report: SignedReport): void {
  writeProcess(writer, universe, report.from).u64(report.view).bytes(report.body).fixed(report.signature);
}

export function readSignedReport(reader: Reader, universe: Universe): SignedReport {
  const [from, view] = [readProcess(reader, universe), readOrdinal(reader)];
  return { from, view, body: reader.bytes(wireLimits.reportBytes), signature: readIdentitySignature(reader) };
}

function writeKindOfBallot(writer: Writer, ballot: KindOfBallot): Writer {
  return writeBallot(writer.u8(ballotKindNumbers[ballot.kind]), ballot);
}

function readKindOfBallot(reader: Reader): KindOfBallot {
  const number = reader.u8();
  const kind = number === 1 ? 'accepted' : number === 2 ? 'commit' : reader.fail('a kind of ballot');
  const { view, slot, digest } = readBallot(reader);
  return { kind, view, slot, digest };
}

export function writeSignedBallot(writer: Writer, ballot: SignedBallot): void {
  writeKindOfBallot(writer, ballot).bytes(ballot.proof);
}

export function readSignedBallot(reader: Reader): SignedBallot {
  const { kind, view, slot, digest } = readKindOfBallot(reader);
  return { kind, view, slot, digest, proof: reader.bytes(wireLimits.proofBytes) };
}

export function writeSignedDigest(writer: Writer, { digest, signature }: SignedDigest): void {
  writer.fixed(digest).fixed(signature);
}

export function readSignedDigest(reader: Reader): SignedDigest {
  return { digest: readDigest(reader), signature: readIdentitySignature(reader) };
}

/** @param universe - the processes of the record's epoch. */
export function encodeEvidence(universe: Universe, record: EvidenceRecord): Uint8Array {
  const writer = new Writer().u8(evidenceKinds.indexOf(record._tag)).u64(record.epoch);
  writeProcess(writer, universe, record.process);
  switch (record._tag) {
    case 'Equivocation':
      writer.u64(record.view).u64(record.slot);
      for (const half of [record.first, record.second]) writeSignedDigest(writer, half);
      return writer.finish();
    case 'DoubleVote':
      for (const half of [record.first, record.second]) writeSignedBallot(writer, half);
      return writer.finish();
    case 'DoubleReport':
      writer.u64(record.view);
      for (const half of [record.first, record.second]) writeSignedDigest(writer, half);
      return writer.finish();
    case 'HiddenVote':
      writeSignedBallot(writer, record.ballot);
      writeSignedReport(writer, universe, record.report);
      return writer.finish();
    case 'InvalidShare':
      return writeKindOfBallot(writer, record.ballot).bytes(record.share).fixed(record.signature).finish();
    default:
      return assertNever(record);
  }
}

/** @param universe - the processes of the record's epoch. What is read proves nothing until it is verified. */
export function decodeEvidence(universe: Universe, bytes: Uint8Array): Either<MalformedBytes, EvidenceRecord> {
  return readAll(bytes, (reader): EvidenceRecord => {
    const _tag = evidenceKinds[reader.u8()] ?? reader.fail('a kind of evidence');
    const of = { epoch: readOrdinal(reader), process: readProcess(reader, universe) };
    switch (_tag) {
      case 'Equivocation': {
        const [view, slot] = [readOrdinal(reader), readOrdinal(reader)];
        return { _tag, ...of, view, slot, first: readSignedDigest(reader), second: readSignedDigest(reader) };
      }
      case 'DoubleVote':
        return { _tag, ...of, first: readSignedBallot(reader), second: readSignedBallot(reader) };
      case 'DoubleReport': {
        const view = readOrdinal(reader);
        return { _tag, ...of, view, first: readSignedDigest(reader), second: readSignedDigest(reader) };
      }
      case 'HiddenVote':
        return { _tag, ...of, ballot: readSignedBallot(reader), report: readSignedReport(reader, universe) };
      case 'InvalidShare': {
        const ballot = readKindOfBallot(reader);
        return { _tag, ...of, ballot, share: readShare(reader), signature: readIdentitySignature(reader) };
      }
      default:
        return assertNever(_tag);
    }
  });
}
