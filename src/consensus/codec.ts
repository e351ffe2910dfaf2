/**
 * The bytes of messages and durable records (spec/wire.md). Every list is bounded, every process must belong to the epoch,
 * and bytes that are not exactly what the writer would have written are refused.
 */
import { type Reader, type MalformedBytes, readAll, Writer } from '../prelude/canonical.js';
import { type Digest, digestLength } from '../prelude/digest.js';
import type { Either } from '../prelude/fp.js';
import { assertNever, invariant } from '../prelude/invariant.js';
import type { ProcessId, Universe } from '../prelude/process.js';
import type { Signature, SignatureShare } from '../schemes/contract/distributed-signer.js';
import { batchLimits, readBatch, readRequest, writeBatch, writeRequest } from './batch.js';
import type {
  CommitCertificate,
  Equivocation,
  Message,
  Permit,
  ProgressCertificate,
  Report,
  SignedReport,
  SignedTimeout,
  Verdict,
  Vote,
} from './message.js';
import {
  rangeLimits,
  readDecidedRange,
  readPrefixCertificate,
  writeDecidedRange,
  writePrefixCertificate,
} from './range.js';
import type { DurableRecord } from './record.js';
import type { Ballot, Prefix, Progress } from './statement.js';

/** Bounds on what is received. */
const wireLimits = {
  signatureBytes: rangeLimits.signatureBytes,
  shareBytes: 64 * 1024,
  /** Slots in one report: the window, with room for configuration. */
  reportSlots: 4096,
  reportBytes: 4 * 1024 * 1024,
  pathLength: 16,
  processes: 1024,
  evidence: 1024,
  /** No frame between servers is longer. */
  frameBytes: 16 * 1024 * 1024,
} as const;

const identitySignatureBytes = 64;

const readDigest = (reader: Reader): Digest => reader.fixed(digestLength) as Digest;
const readSignature = (reader: Reader): Signature => reader.bytes(wireLimits.signatureBytes) as Signature;
const readShare = (reader: Reader): SignatureShare => reader.bytes(wireLimits.shareBytes) as SignatureShare;
const readIdentitySignature = (reader: Reader): Uint8Array => reader.fixed(identitySignatureBytes);

/** A view or a slot: from 1. */
function readOrdinal(reader: Reader): number {
  const value = reader.u64();
  return value >= 1 ? value : reader.fail('a number from 1');
}

function writeBallot(writer: Writer, { view, slot, digest }: Ballot): Writer {
  return writer.u64(view).u64(slot).fixed(digest);
}

function readBallot(reader: Reader): Ballot {
  return { view: readOrdinal(reader), slot: readOrdinal(reader), digest: readDigest(reader) };
}

function writePrefix(writer: Writer, { slot, chain }: Prefix): Writer {
  return writer.u64(slot).fixed(chain);
}

function readPrefix(reader: Reader): Prefix {
  return { slot: readOrdinal(reader), chain: readDigest(reader) };
}

function writeProgress(writer: Writer, { view, low, top, root }: Progress): Writer {
  return writer.u64(view).u64(low).u64(top).fixed(root);
}

function readProgress(reader: Reader): Progress {
  const progress = { view: readOrdinal(reader), low: reader.u64(), top: reader.u64(), root: readDigest(reader) };
  return progress.low <= progress.top ? progress : reader.fail('low not above top');
}

function readProgressCertificate(reader: Reader): ProgressCertificate {
  return { ...readProgress(reader), signature: readSignature(reader) };
}

const verdictTags = ['closed', 'pick', 'noop', 'free'] as const;

function writeVerdict(writer: Writer, verdict: Verdict): void {
  writer.u8(verdictTags.indexOf(verdict._tag));
  if (verdict._tag === 'pick') writer.fixed(verdict.digest);
}

/** A verdict as a leaf of the tree whose root a progress certificate signs. */
export function encodeVerdict(verdict: Verdict): Uint8Array {
  const writer = new Writer();
  writeVerdict(writer, verdict);
  return writer.finish();
}

function readVerdict(reader: Reader): Verdict {
  const tag = verdictTags[reader.u8()];
  if (tag === undefined) return reader.fail('a verdict');
  return tag === 'pick' ? { _tag: tag, digest: readDigest(reader) } : { _tag: tag };
}

function writePermit(writer: Writer, permit: Permit): void {
  writeProgress(writer, permit.certificate).bytes(permit.certificate.signature);
  writer.option(permit.shown, (inner, { verdict, path }) => {
    writeVerdict(inner, verdict);
    inner.list(path, (list, sibling) => list.fixed(sibling));
  });
}

function readPermit(reader: Reader): Permit {
  const certificate = readProgressCertificate(reader);
  const shown = reader.option((inner) => ({
    verdict: readVerdict(inner),
    path: inner.list(wireLimits.pathLength, readDigest),
  }));
  return shown === undefined ? { certificate } : { certificate, shown };
}

function writeVote(writer: Writer, vote: Vote): void {
  writeBallot(writer, vote).fixed(vote.leaderSignature).option(vote.permit, writePermit);
}

function readVote(reader: Reader): Vote {
  const ballot = readBallot(reader);
  const leaderSignature = readIdentitySignature(reader);
  const permit = reader.option(readPermit);
  return permit === undefined ? { ...ballot, leaderSignature } : { ...ballot, leaderSignature, permit };
}

function writeCommitCertificate(writer: Writer, certificate: CommitCertificate): void {
  writeBallot(writer, certificate).bytes(certificate.signature);
}

function readCommitCertificate(reader: Reader): CommitCertificate {
  return { ...readBallot(reader), signature: readSignature(reader) };
}

/** The body of a report: what its author signs. */
export function encodeReport(report: Report): Uint8Array {
  return new Writer()
    .u64(report.view)
    .option(report.checkpoint, writePrefixCertificate)
    .list(report.votes, writeVote)
    .list(report.commits, writeCommitCertificate)
    .finish();
}

export function decodeReport(body: Uint8Array): Either<MalformedBytes, Report> {
  return readAll(body, (reader) => {
    const view = readOrdinal(reader);
    const checkpoint = reader.option(readPrefixCertificate);
    const votes = reader.list(wireLimits.reportSlots, readVote);
    const commits = reader.list(wireLimits.reportSlots, readCommitCertificate);
    if (!isAscending(votes) || !isAscending(commits)) return reader.fail('slots in ascending order');
    return checkpoint === undefined ? { view, votes, commits } : { view, checkpoint, votes, commits };
  });
}

function isAscending(entries: readonly { readonly slot: number }[]): boolean {
  return entries.every((entry, index) => index === 0 || (entries[index - 1]?.slot ?? 0) < entry.slot);
}

/** Encodes and decodes the messages and records of one epoch, whose processes travel as their positions. */
export class ConsensusCodec {
  constructor(private readonly universe: Universe) {}

  encodeMessage(message: Message): Uint8Array {
    const writer = new Writer().u8(tagNumber(messageTags, message._tag));
    this.writeMessage(writer, message);
    return writer.finish();
  }

  decodeMessage(bytes: Uint8Array): Either<MalformedBytes, Message> {
    return readAll(bytes, (reader) => {
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
        this.writeSignedReport(writer, record.report);
        return writer.finish();
      case 'StableCheckpoint':
        writePrefixCertificate(writer, record.certificate);
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
          return { _tag: tag, report: this.readSignedReport(reader) };
        case 'StableCheckpoint':
          return { _tag: tag, certificate: readPrefixCertificate(reader) };
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
        writeBallot(writer, message).fixed(message.leaderSignature).bytes(message.share);
        return;
      case 'Commit':
        writeBallot(writer, message).bytes(message.share);
        return;
      case 'Timeouts':
        writer.list(message.timeouts, (inner, timeout) => {
          this.writeTimeout(inner, timeout);
        });
        this.writeEvidence(writer, message.evidence);
        return;
      case 'Report':
        this.writeSignedReport(writer, message.report);
        return;
      case 'Certify':
        writer.u64(message.view).list(message.reports, (inner, report) => {
          this.writeSignedReport(inner, report);
        });
        this.writeEvidence(writer, message.evidence);
        return;
      case 'Certified':
        writeProgress(writer, message.progress).bytes(message.share);
        return;
      case 'Checkpoint':
      case 'Attested':
        writePrefix(writer, message).bytes(message.share);
        return;
      case 'StableCheckpoint':
      case 'Certificate':
        writePrefixCertificate(writer, message.certificate);
        return;
      case 'Attest':
        writer.u64(message.slot);
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
      case 'Accepted':
        return {
          _tag: tag,
          ...readBallot(reader),
          leaderSignature: readIdentitySignature(reader),
          share: readShare(reader),
        };
      case 'Commit':
        return { _tag: tag, ...readBallot(reader), share: readShare(reader) };
      case 'Timeouts': {
        const timeouts = reader.list(wireLimits.processes, (inner) => this.readTimeout(inner));
        return { _tag: tag, timeouts, evidence: this.readEvidence(reader) };
      }
      case 'Report':
        return { _tag: tag, report: this.readSignedReport(reader) };
      case 'Certify': {
        const view = readOrdinal(reader);
        const reports = reader.list(wireLimits.processes, (inner) => this.readSignedReport(inner));
        return { _tag: tag, view, reports, evidence: this.readEvidence(reader) };
      }
      case 'Certified':
        return { _tag: tag, progress: readProgress(reader), share: readShare(reader) };
      case 'Checkpoint':
      case 'Attested':
        return { _tag: tag, ...readPrefix(reader), share: readShare(reader) };
      case 'StableCheckpoint':
      case 'Certificate':
        return { _tag: tag, certificate: readPrefixCertificate(reader) };
      case 'Attest':
        return { _tag: tag, slot: readOrdinal(reader) };
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
      default:
        return assertNever(tag);
    }
  }

  private writeProcess(writer: Writer, process: ProcessId): Writer {
    const index = this.universe.indexOf(process);
    invariant(index !== undefined, 'processes in messages belong to the epoch');
    return writer.u16(index);
  }

  private readProcess(reader: Reader): ProcessId {
    return this.universe.at(reader.u16()) ?? reader.fail('a process of the epoch');
  }

  private writeTimeout(writer: Writer, timeout: SignedTimeout): void {
    this.writeProcess(writer, timeout.from).u64(timeout.view).fixed(timeout.signature);
  }

  private readTimeout(reader: Reader): SignedTimeout {
    return { from: this.readProcess(reader), view: readOrdinal(reader), signature: readIdentitySignature(reader) };
  }

  private writeSignedReport(writer: Writer, report: SignedReport): void {
    this.writeProcess(writer, report.from).u64(report.view).bytes(report.body).fixed(report.signature);
  }

  private readSignedReport(reader: Reader): SignedReport {
    const [from, view] = [this.readProcess(reader), readOrdinal(reader)];
    return { from, view, body: reader.bytes(wireLimits.reportBytes), signature: readIdentitySignature(reader) };
  }

  private writeEvidence(writer: Writer, evidence: readonly Equivocation[]): void {
    writer.list(evidence, (inner, { leader, view, slot, first, second }) => {
      this.writeProcess(inner, leader).u64(view).u64(slot);
      inner.fixed(first.digest).fixed(first.signature).fixed(second.digest).fixed(second.signature);
    });
  }

  private readEvidence(reader: Reader): readonly Equivocation[] {
    const readHalf = (inner: Reader) => ({ digest: readDigest(inner), signature: readIdentitySignature(inner) });
    return reader.list(wireLimits.evidence, (inner) => ({
      leader: this.readProcess(inner),
      view: readOrdinal(inner),
      slot: readOrdinal(inner),
      first: readHalf(inner),
      second: readHalf(inner),
    }));
  }
}

/** On the wire a message begins with its position here. Only ever appended to. */
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
