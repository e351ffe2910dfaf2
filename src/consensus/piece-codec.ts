/**
 * The bytes of what messages and records are made of (spec/wire.md, "Pieces"). Every list is bounded, and bytes that are not
 * exactly what the writer would have written are refused.
 */
import { type MalformedBytes, type Reader, readAll, Writer } from '../prelude/canonical.js';
import { type Digest, digestLength } from '../prelude/digest.js';
import type { Either } from '../prelude/fp.js';
import type { Signature, SignatureShare } from '../schemes/contract/distributed-signer.js';
import type {
  CheckpointCertificate,
  CommitCertificate,
  Permit,
  ProgressCertificate,
  Report,
  Verdict,
  Vote,
} from './message.js';
import { wireLimits } from './wire-limits.js';
import type { Ballot, Checkpoint, Prefix, Progress } from './statement.js';

const identitySignatureBytes = 64;

export const readDigest = (reader: Reader): Digest => reader.fixed(digestLength) as Digest;
const readSignature = (reader: Reader): Signature => reader.bytes(wireLimits.signatureBytes) as Signature;
export const readShare = (reader: Reader): SignatureShare => reader.bytes(wireLimits.shareBytes) as SignatureShare;
export const readIdentitySignature = (reader: Reader): Uint8Array => reader.fixed(identitySignatureBytes);

/** A view or a slot: from 1. */
export function readOrdinal(reader: Reader): number {
  const value = reader.u64();
  return value >= 1 ? value : reader.fail('a number from 1');
}

export function writeBallot(writer: Writer, { view, slot, digest }: Ballot): Writer {
  return writer.u64(view).u64(slot).fixed(digest);
}

export function readBallot(reader: Reader): Ballot {
  return { view: readOrdinal(reader), slot: readOrdinal(reader), digest: readDigest(reader) };
}

export function writePrefix(writer: Writer, { slot, chain }: Prefix): Writer {
  return writer.u64(slot).fixed(chain);
}

export function readPrefix(reader: Reader): Prefix {
  return { slot: readOrdinal(reader), chain: readDigest(reader) };
}

export function writeCheckpoint(writer: Writer, checkpoint: Checkpoint): Writer {
  return writePrefix(writer, checkpoint).u64(checkpoint.boundary);
}

export function readCheckpoint(reader: Reader): Checkpoint {
  const { slot, chain } = readPrefix(reader);
  const boundary = reader.u64();
  return boundary === 0 || boundary >= slot ? { slot, chain, boundary } : reader.fail('a checkpoint of its epoch');
}

export function writeCheckpointCertificate(writer: Writer, certificate: CheckpointCertificate): void {
  writeCheckpoint(writer, certificate).bytes(certificate.signature);
}

export function readCheckpointCertificate(reader: Reader): CheckpointCertificate {
  const { slot, chain, boundary } = readCheckpoint(reader);
  return { slot, chain, boundary, signature: readSignature(reader) };
}

export function writeProgress(writer: Writer, { view, low, top, root }: Progress): Writer {
  return writer.u64(view).u64(low).u64(top).fixed(root);
}

export function readProgress(reader: Reader): Progress {
  const progress = { view: readOrdinal(reader), low: reader.u64(), top: reader.u64(), root: readDigest(reader) };
  return progress.low <= progress.top ? progress : reader.fail('low not above top');
}

function readProgressCertificate(reader: Reader): ProgressCertificate {
  const { view, low, top, root } = readProgress(reader);
  return { view, low, top, root, signature: readSignature(reader) };
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

export function writePermit(writer: Writer, permit: Permit): void {
  writeProgress(writer, permit.certificate).bytes(permit.certificate.signature);
  writer.option(permit.shown, (inner, { verdict, path }) => {
    writeVerdict(inner, verdict);
    inner.list(path, (list, sibling) => list.fixed(sibling));
  });
}

export function readPermit(reader: Reader): Permit {
  const certificate = readProgressCertificate(reader);
  const shown = reader.option((inner) => ({
    verdict: readVerdict(inner),
    path: inner.list(wireLimits.pathLength, readDigest),
  }));
  return shown === undefined ? { certificate } : { certificate, shown };
}

export function writeVote(writer: Writer, vote: Vote): void {
  writeBallot(writer, vote).fixed(vote.leaderSignature).option(vote.permit, writePermit);
}

export function readVote(reader: Reader): Vote {
  const { view, slot, digest } = readBallot(reader);
  const leaderSignature = readIdentitySignature(reader);
  const permit = reader.option(readPermit);
  const vote = { view, slot, digest, leaderSignature };
  return permit === undefined ? vote : { ...vote, permit };
}

export function writeCommitCertificate(writer: Writer, certificate: CommitCertificate): void {
  writeBallot(writer, certificate).bytes(certificate.signature);
}

export function readCommitCertificate(reader: Reader): CommitCertificate {
  const { view, slot, digest } = readBallot(reader);
  return { view, slot, digest, signature: readSignature(reader) };
}

/** The body of a report: what its author signs. */
export function encodeReport(report: Report): Uint8Array {
  return new Writer()
    .u64(report.view)
    .option(report.checkpoint, writeCheckpointCertificate)
    .list(report.votes, writeVote)
    .list(report.commits, writeCommitCertificate)
    .finish();
}

export function decodeReport(body: Uint8Array): Either<MalformedBytes, Report> {
  return readAll(body, (reader) => {
    const view = readOrdinal(reader);
    const checkpoint = reader.option(readCheckpointCertificate);
    const votes = reader.list(wireLimits.reportSlots, readVote);
    const commits = reader.list(wireLimits.reportSlots, readCommitCertificate);
    if (!isAscending(votes) || !isAscending(commits)) return reader.fail('slots in ascending order');
    return checkpoint === undefined ? { view, votes, commits } : { view, checkpoint, votes, commits };
  });
}

function isAscending(entries: readonly { readonly slot: number }[]): boolean {
  return entries.every((entry, index) => index === 0 || (entries[index - 1]?.slot ?? 0) < entry.slot);
}
