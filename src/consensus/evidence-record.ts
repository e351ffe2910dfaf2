/**
 * Proof that a process is Byzantine, for anyone who has the public configuration of its epoch (spec/consensus.md, "Evidence").
 * Nothing here rests on a link, on what a server has seen, or on a share that others could have computed.
 */
import { equalBytes, toHex } from '../prelude/bytes.js';
import { type Digest, digest } from '../prelude/digest.js';
import { E } from '../prelude/fp.js';
import { assertNever } from '../prelude/invariant.js';
import type { ProcessId } from '../prelude/process.js';
import type { QuorumSystem } from '../quorum/quorum-system.js';
import type { SignatureShare } from '../schemes/contract/distributed-signer.js';
import type { Report, SignedReport } from './message.js';
import { decodeReport } from './piece-codec.js';
import {
  ballotStatement,
  isAttributed,
  isSentBy,
  isShareSignature,
  type PublicKeys,
  type SignedBallot,
} from './signed-ballot.js';
import { type Ballot, type KindOfBallot, proposeStatement, reportStatement } from './statement.js';

/** A signature over what has this digest. */
export interface SignedDigest {
  readonly digest: Digest;
  readonly signature: Uint8Array;
}

/** Each is about one process and one epoch. */
export type EvidenceRecord = { readonly epoch: number; readonly process: ProcessId } & (
  | {
      /** As leader of the view it has proposed two batches for a slot. */
      readonly _tag: 'Equivocation';
      readonly view: number;
      readonly slot: number;
      readonly first: SignedDigest;
      readonly second: SignedDigest;
    }
  /** It has accepted, or committed, two batches for a slot in one view. Digests ascending. */
  | { readonly _tag: 'DoubleVote'; readonly first: SignedBallot; readonly second: SignedBallot }
  /** It has signed two reports for one view. The digests are those of their bytes, ascending. */
  | {
      readonly _tag: 'DoubleReport';
      readonly view: number;
      readonly first: SignedDigest;
      readonly second: SignedDigest;
    }
  /** Its report for a later view leaves out what it has accepted or committed. */
  | { readonly _tag: 'HiddenVote'; readonly ballot: SignedBallot; readonly report: SignedReport }
  /** What it has signed for is no share of the slow key. */
  | {
      readonly _tag: 'InvalidShare';
      readonly ballot: KindOfBallot;
      readonly share: SignatureShare;
      /** Over ATTRIBUTED. */
      readonly signature: Uint8Array;
    }
);

export type EvidenceKind = EvidenceRecord['_tag'];

/** A kind's number on the wire is its position here. Only ever appended to. */
export const evidenceKinds = [
  'Equivocation',
  'DoubleVote',
  'DoubleReport',
  'HiddenVote',
  'InvalidShare',
] as const satisfies readonly EvidenceKind[];

export function isEvidenceKind(text: string): text is EvidenceKind {
  return evidenceKinds.some((kind) => kind === text);
}

/** What must be known of an epoch to judge evidence: a {@link Configuration} has it all. */
export interface PublicConfiguration extends PublicKeys {
  readonly system: Pick<QuorumSystem, 'processes'>;
  /** The leader of view v is entry v-1, cyclically. */
  readonly leaders: readonly ProcessId[];
}

/** Whether a record proves what it says. Never throws, whatever it was decoded from. Costs two signatures, or one and a share. */
export function verifyEvidence(config: PublicConfiguration, record: EvidenceRecord): boolean {
  if (record.epoch !== config.epoch || !config.system.processes.has(record.process)) return false;
  switch (record._tag) {
    case 'Equivocation':
      return isEquivocation(config, record);
    case 'DoubleVote':
      return isDoubleVote(config, record);
    case 'DoubleReport':
      return isDoubleReport(config, record);
    case 'HiddenVote':
      return isHiddenVote(config, record);
    case 'InvalidShare':
      return isInvalidShare(config, record);
    default:
      return assertNever(record);
  }
}

type OfKind<K extends EvidenceKind> = Extract<EvidenceRecord, { _tag: K }>;

function isEquivocation(config: PublicConfiguration, record: OfKind<'Equivocation'>): boolean {
  const { allianceId, epoch, identities, leaders } = config;
  const { process, view, slot, first, second } = record;
  if (leaders[(view - 1) % leaders.length] !== process || equalBytes(first.digest, second.digest)) return false;
  const context = { allianceId, epoch, keyId: identities.keyId };
  return [first, second].every(({ digest: value, signature }) =>
    identities.verify(process, proposeStatement(context, { view, slot, digest: value }), signature),
  );
}

function isDoubleVote(config: PublicConfiguration, { process, first, second }: OfKind<'DoubleVote'>): boolean {
  const isOneSlot = first.kind === second.kind && first.view === second.view && first.slot === second.slot;
  if (!isOneSlot || !isBefore(first.digest, second.digest)) return false;
  return isSentBy(config, process, first) && isSentBy(config, process, second);
}

function isDoubleReport(config: PublicConfiguration, record: OfKind<'DoubleReport'>): boolean {
  const { process, view, first, second } = record;
  if (!isBefore(first.digest, second.digest)) return false;
  return [first, second].every((signed) => isReportSigned(config, process, view, signed));
}

function isHiddenVote(config: PublicConfiguration, { process, ballot, report }: OfKind<'HiddenVote'>): boolean {
  if (report.from !== process) return false;
  const decoded = decodeReport(report.body);
  if (E.isLeft(decoded) || decoded.right.view !== report.view) return false;
  const entries: readonly Ballot[] = ballot.kind === 'accepted' ? decoded.right.votes : decoded.right.commits;
  const shown = entries.find(({ slot }) => slot === ballot.slot);
  if (!isLeftOut(ballot, decoded.right, shown)) return false;
  const signed = { digest: digest(report.body), signature: report.signature };
  return isSentBy(config, process, ballot) && isReportSigned(config, process, report.view, signed);
}

function isInvalidShare(config: PublicConfiguration, record: OfKind<'InvalidShare'>): boolean {
  const { process, ballot, share, signature } = record;
  const { slow } = config.keys;
  // Nothing is no claim of a share: it is what COMMIT has, and ACCEPTED where nobody combines.
  if (isShareSignature(slow) || share.length === 0) return false;
  return (
    isAttributed(config, process, { ballot, shareDigest: digest(share), signature }) &&
    slow.verifyShare(ballotStatement(config, ballot), process, share) === 'invalid'
  );
}

/** Whether `process` has signed the report whose bytes have this digest. */
export function isReportSigned(
  { allianceId, epoch, identities }: PublicKeys,
  process: ProcessId,
  view: number,
  signed: SignedDigest,
): boolean {
  const statement = reportStatement({ allianceId, epoch, keyId: identities.keyId }, view, signed.digest);
  return identities.verify(process, statement, signed.signature);
}

/** The order in which two halves of a record stand. */
export function isBefore(first: Digest, second: Digest): boolean {
  return toHex(first) < toHex(second);
}

/**
 * Whether a report for a later view, which its author's checkpoint does not excuse, lacks a ballot.
 *
 * @param shown - what the report has for the slot, of the same kind.
 */
export function isLeftOut(ballot: Ballot, { view, checkpoint }: Report, shown: Ballot | undefined): boolean {
  if (view <= ballot.view || ballot.slot <= (checkpoint?.slot ?? 0)) return false;
  return shown === undefined || isOlder(shown, ballot);
}

/** Whether what is kept of a slot cannot be of a process that has signed `said`: it keeps what is newest. */
export function isOlder(kept: Ballot, said: Ballot): boolean {
  return kept.view < said.view || (kept.view === said.view && !equalBytes(kept.digest, said.digest));
}
