/**
 * The bytes of messages and durable records (spec/wire.md). Every list is bounded, every process must belong to the epoch,
 * and bytes that are not exactly what the writer would have written are refused.
 */
import { type Reader, type MalformedBytes, readAll, Writer } from '../prelude/canonical.js';
import { E, type Either } from '../prelude/fp.js';
import { assertNever, invariant } from '../prelude/invariant.js';
import type { Universe } from '../prelude/process.js';
import {
  readProcess,
  readSignedBallot,
  readSignedDigest,
  readSignedReport,
  writeProcess,
  writeSignedBallot,
  writeSignedDigest,
  writeSignedReport,
} from './evidence-codec.js';
import { batchLimits, readBatch, readRequest, writeBatch, writeRequest } from './batch.js';
import { readSnapshotCertificate, writeSnapshotCertificate } from './manifest.js';
import type { Equivocation, Message, SignedTimeout } from './message.js';
import {
  readBallot,
  readCheckpoint,
  readCheckpointCertificate,
  readCommitCertificate,
  readDigest,
  readIdentitySignature,
  readOrdinal,
  readPermit,
  readPrefix,
  readProgress,
  readShare,
  readVote,
  writeBallot,
  writeCheckpoint,
  writeCheckpointCertificate,
  writeCommitCertificate,
  writePermit,
  writePrefix,
  writeProgress,
  writeVote,
} from './piece-codec.js';
import { wireLimits } from './wire-limits.js';
import { readDecidedRange, readPrefixCertificate, writeDecidedRange, writePrefixCertificate } from './range.js';
import type { DurableRecord } from './record.js';
import type { AttributedShare } from './signed-ballot.js';

export { decodeReport, encodeReport, encodeVerdict } from './piece-codec.js';

/** A frame of another epoch, or of none: for somebody else to read, and nobody's fault. */
export interface OtherEpoch {
  readonly _tag: 'OtherEpoch';
  readonly epoch: number;
}

/** Encodes and decodes the messages and records of one epoch, whose processes travel as their positions. */
export class ConsensusCodec {
  constructor(
    private readonly universe: Universe,
    private readonly epoch: number,
  ) {}

  encodeMessage(message: Message): Uint8Array {
    const writer = new Writer().u64(this.epoch).u8(tagNumber(messageTags, message._tag));
    this.writeMessage(writer, message);
    return writer.finish();
  }

  decodeMessage(bytes: Uint8Array): Either<MalformedBytes | OtherEpoch, Message> {
    const epoch = frameEpoch(bytes);
    if (E.isLeft(epoch)) return epoch;
    if (epoch.right !== this.epoch) return E.left({ _tag: 'OtherEpoch', epoch: epoch.right });
    return readAll(bytes, (reader) => {
      reader.u64();
      const tag = messageTags[reader.u8()];
      return tag === undefined ? reader.fail('a known message') : this.readMessage(reader, tag);
    });
  }

  encodeRecord(record: DurableRecord): Uint8Array {
    const writer = new Writer().u8(tagNumber(recordTags, record._tag));
    switch (record._tag) {
      case 'Promise':
        return writer.u64(record.view).finish();
      case 'Vote':
        writeVote(writer, record.vote);
        writeBatch(writer, record.batch);
        return writer.finish();
      case 'CommitCertificate':
        writeCommitCertificate(writer, record.certificate);
        return writer.finish();
      case 'Report':
        writeSignedReport(writer, this.universe, record.report);
        return writer.finish();
      case 'StableCheckpoint':
        writeCheckpointCertificate(writer, record.certificate);
        return writer.finish();
    }
  }

  decodeRecord(bytes: Uint8Array): Either<MalformedBytes, DurableRecord> {
    return readAll(bytes, (reader): DurableRecord => {
      const tag = recordTags[reader.u8()] ?? reader.fail('a known record');
      switch (tag) {
        case 'Promise':
          return { _tag: tag, view: readOrdinal(reader) };
        case 'Vote':
          return { _tag: tag, vote: readVote(reader), batch: readBatch(reader) };
        case 'CommitCertificate':
          return { _tag: tag, certificate: readCommitCertificate(reader) };
        case 'Report':
          return { _tag: tag, report: readSignedReport(reader, this.universe) };
        case 'StableCheckpoint':
          return { _tag: tag, certificate: readCheckpointCertificate(reader) };
      }
    });
  }

  private writeMessage(writer: Writer, message: Message): void {
    switch (message._tag) {
      case 'Propose':
        writer.u64(message.view).u64(message.slot).fixed(message.signature).option(message.permit, writePermit);
        writeBatch(writer, message.batch);
        return;
      case 'Accepted':
        writeAttributedShare(writeBallot(writer, message).fixed(message.leaderSignature), message);
        return;
      case 'Commit':
        writeAttributedShare(writeBallot(writer, message), message);
        return;
      case 'Timeouts':
        writer.list(message.timeouts, (inner, timeout) => {
          this.writeTimeout(inner, timeout);
        });
        this.writeEvidence(writer, message.evidence);
        return;
      case 'Report':
        writeSignedReport(writer, this.universe, message.report);
        return;
      case 'Certify':
        writer.u64(message.view).list(message.reports, (inner, report) => {
          writeSignedReport(inner, this.universe, report);
        });
        this.writeEvidence(writer, message.evidence);
        return;
      case 'Certified':
        writeProgress(writer, message.progress).bytes(message.share);
        return;
      case 'Checkpoint':
        writeCheckpoint(writer, message).bytes(message.share);
        return;
      case 'StableCheckpoint':
        writeCheckpointCertificate(writer, message.certificate);
        return;
      case 'Attested':
        writePrefix(writer, message).bytes(message.share);
        return;
      case 'Certificate':
        writePrefixCertificate(writer, message.certificate);
        return;
      case 'Attest':
        writer.u64(message.slot).bool(message.isProven);
        return;
      case 'Forward':
        writer.list(message.requests, writeRequest);
        return;
      case 'Status':
        writer.u64(message.view).u64(message.decided).u64(message.low).bool(message.stuck);
        return;
      case 'FetchBatch':
        writer.fixed(message.digest);
        return;
      case 'BatchFound':
        writeBatch(writer, message.batch);
        return;
      case 'FetchRange':
        writer.u64(message.from);
        return;
      case 'Range':
        writeDecidedRange(writer, message);
        return;
      case 'Snapshot':
        writePrefix(writer, message).fixed(message.state).bytes(message.share);
        return;
      case 'Offer':
        writeSnapshotCertificate(writer, message.certificate);
        return;
      case 'AskHandoffShare':
        return;
      case 'HandoffShare':
        writer.bytes(message.share);
        return;
      case 'Reminder':
        writer.list(message.ballots, writeSignedBallot).option(message.report, (inner, report) => {
          writeSignedReport(inner, this.universe, report);
        });
        return;
      default:
        assertNever(message);
    }
  }

  private readMessage(reader: Reader, tag: Message['_tag']): Message {
    switch (tag) {
      case 'Propose': {
        const [view, slot] = [readOrdinal(reader), readOrdinal(reader)];
        const signature = readIdentitySignature(reader);
        const permit = reader.option(readPermit);
        const proposal = { _tag: tag, view, slot, signature, batch: readBatch(reader) } as const;
        return permit === undefined ? proposal : { ...proposal, permit };
      }
      case 'Accepted': {
        const { view, slot, digest } = readBallot(reader);
        const leaderSignature = readIdentitySignature(reader);
        const { share, attribution } = readAttributedShare(reader);
        const accepted = { _tag: tag, view, slot, digest, leaderSignature, share } as const;
        return attribution === undefined ? accepted : { ...accepted, attribution };
      }
      case 'Commit': {
        const { view, slot, digest } = readBallot(reader);
        const { share, attribution } = readAttributedShare(reader);
        const committed = { _tag: tag, view, slot, digest, share } as const;
        return attribution === undefined ? committed : { ...committed, attribution };
      }
      case 'Timeouts': {
        const timeouts = reader.list(wireLimits.processes, (inner) => this.readTimeout(inner));
        return { _tag: tag, timeouts, evidence: this.readEvidence(reader) };
      }
      case 'Report':
        return { _tag: tag, report: readSignedReport(reader, this.universe) };
      case 'Certify': {
        const view = readOrdinal(reader);
        const reports = reader.list(wireLimits.processes, (inner) => readSignedReport(inner, this.universe));
        return { _tag: tag, view, reports, evidence: this.readEvidence(reader) };
      }
      case 'Certified':
        return { _tag: tag, progress: readProgress(reader), share: readShare(reader) };
      case 'Checkpoint': {
        const { slot, chain, boundary } = readCheckpoint(reader);
        return { _tag: tag, slot, chain, boundary, share: readShare(reader) };
      }
      case 'StableCheckpoint':
        return { _tag: tag, certificate: readCheckpointCertificate(reader) };
      case 'Attested': {
        const { slot, chain } = readPrefix(reader);
        return { _tag: tag, slot, chain, share: readShare(reader) };
      }
      case 'Certificate':
        return { _tag: tag, certificate: readPrefixCertificate(reader) };
      case 'Attest':
        return { _tag: tag, slot: readOrdinal(reader), isProven: reader.bool() };
      case 'Forward':
        return { _tag: tag, requests: reader.list(batchLimits.requestsPerBatch, readRequest) };
      case 'Status':
        return { _tag: tag, view: readOrdinal(reader), decided: reader.u64(), low: reader.u64(), stuck: reader.bool() };
      case 'FetchBatch':
        return { _tag: tag, digest: readDigest(reader) };
      case 'BatchFound':
        return { _tag: tag, batch: readBatch(reader) };
      case 'FetchRange':
        return { _tag: tag, from: readOrdinal(reader) };
      case 'Range':
        return { _tag: tag, ...readDecidedRange(reader) };
      case 'Snapshot': {
        const { slot, chain } = readPrefix(reader);
        return { _tag: tag, slot, chain, state: readDigest(reader), share: readShare(reader) };
      }
      case 'Offer':
        return { _tag: tag, certificate: readSnapshotCertificate(reader) };
      case 'AskHandoffShare':
        return { _tag: tag };
      case 'HandoffShare':
        return { _tag: tag, share: readShare(reader) };
      case 'Reminder': {
        const ballots = reader.list(wireLimits.reminderBallots, readSignedBallot);
        const report = reader.option((inner) => readSignedReport(inner, this.universe));
        return report === undefined ? { _tag: tag, ballots } : { _tag: tag, ballots, report };
      }
      default:
        return assertNever(tag);
    }
  }

  private writeTimeout(writer: Writer, timeout: SignedTimeout): void {
    writeProcess(writer, this.universe, timeout.from).u64(timeout.view).fixed(timeout.signature);
  }

  private readTimeout(reader: Reader): SignedTimeout {
    return {
      from: readProcess(reader, this.universe),
      view: readOrdinal(reader),
      signature: readIdentitySignature(reader),
    };
  }

  private writeEvidence(writer: Writer, evidence: readonly Equivocation[]): void {
    writer.list(evidence, (inner, { leader, view, slot, first, second }) => {
      writeProcess(inner, this.universe, leader).u64(view).u64(slot);
      for (const half of [first, second]) writeSignedDigest(inner, half);
    });
  }

  private readEvidence(reader: Reader): readonly Equivocation[] {
    return reader.list(wireLimits.evidence, (inner) => ({
      leader: readProcess(inner, this.universe),
      view: readOrdinal(inner),
      slot: readOrdinal(inner),
      first: readSignedDigest(inner),
      second: readSignedDigest(inner),
    }));
  }
}

/** The epoch whose servers a frame is for; 0 for what belongs to none. */
export function frameEpoch(frame: Uint8Array): Either<MalformedBytes, number> {
  return readAll(frame.subarray(0, 8), (reader) => reader.u64());
}

function writeAttributedShare(writer: Writer, { share, attribution }: AttributedShare): void {
  writer.bytes(share).option(attribution, (inner, signature) => inner.fixed(signature));
}

function readAttributedShare(reader: Reader): AttributedShare {
  const share = readShare(reader);
  const attribution = reader.option(readIdentitySignature);
  return attribution === undefined ? { share } : { share, attribution };
}

/** A message's number is its position here. Only ever appended to. */
const messageTags = [
  'Propose',
  'Accepted',
  'Commit',
  'Timeouts',
  'Report',
  'Certify',
  'Certified',
  'Checkpoint',
  'StableCheckpoint',
  'Attest',
  'Attested',
  'Certificate',
  'Forward',
  'Status',
  'FetchBatch',
  'BatchFound',
  'FetchRange',
  'Range',
  'Snapshot',
  'Offer',
  'AskHandoffShare',
  'HandoffShare',
  'Reminder',
] as const satisfies readonly Message['_tag'][];

const recordTags = [
  'Promise',
  'Vote',
  'CommitCertificate',
  'Report',
  'StableCheckpoint',
] as const satisfies readonly DurableRecord['_tag'][];

function tagNumber<Tag>(tags: readonly Tag[], tag: Tag): number {
  const index = tags.indexOf(tag);
  invariant(index >= 0, 'every tag has a number');
  return index;
}
