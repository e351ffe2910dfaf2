/**
 * The bodies of the statements that consensus signs (spec/wire.md; rule R10). Clients import this file to rebuild what a
 * certificate says; nothing here depends on the rest of consensus.
 */
import { Writer } from '../prelude/canonical.js';
import { digest, type Digest } from '../prelude/digest.js';
import { encodeStatement, type StatementContext } from '../prelude/statement.js';
import { utf8 } from '../prelude/bytes.js';

/** One slot of one view and the batch that is meant for it. Slots and views count from 1. */
export interface Ballot {
  readonly view: number;
  readonly slot: number;
  /** Digest of the batch. */
  readonly digest: Digest;
}

/** Which of the two statements about a ballot the slow key signs. */
export type BallotKind = 'accepted' | 'commit';

/** A ballot that is accepted, or committed. */
export interface KindOfBallot extends Ballot {
  readonly kind: BallotKind;
}

/** How kinds are written. */
export const ballotKindNumbers = { accepted: 1, commit: 2 } as const satisfies Record<BallotKind, number>;

/** A prefix of the decided log: its last slot, and the chain digest that fixes everything up to it. */
export interface Prefix {
  readonly slot: number;
  readonly chain: Digest;
}

/** What CHECKPOINT says: a prefix, and the last slot of the epoch, or 0 where the slots up to the prefix's have not fixed it. */
export interface Checkpoint extends Prefix {
  readonly boundary: number;
}

/** What SNAPSHOT says: the digest of the state after a prefix of the log. */
export interface Snapshot extends Prefix {
  readonly state: Digest;
}

/** What a progress certificate says of view `view`: verdicts on the slots of (low, top], as a Merkle root. */
export interface Progress {
  readonly view: number;
  /** Every slot up to here is closed. */
  readonly low: number;
  /** Every slot above is free. Not below `low`. */
  readonly top: number;
  readonly root: Digest;
}

function ballotBody({ view, slot, digest: value }: Ballot): Uint8Array {
  return new Writer().u64(view).u64(slot).fixed(value).finish();
}

/** PROPOSE, signed by the leader of the view with its identity. */
export function proposeStatement(context: StatementContext, ballot: Ballot): Uint8Array {
  return encodeStatement(context, 'propose', ballotBody(ballot));
}

/** ACCEPTED, under the slow key. */
export function acceptedStatement(context: StatementContext, ballot: Ballot): Uint8Array {
  return encodeStatement(context, 'accepted', ballotBody(ballot));
}

/** COMMIT, under the slow key. */
export function commitStatement(context: StatementContext, ballot: Ballot): Uint8Array {
  return encodeStatement(context, 'commit', ballotBody(ballot));
}

/** ATTRIBUTED, by an identity: its signer has made the share of the slow key with this digest for ACCEPTED or COMMIT. */
export function attributedStatement(context: StatementContext, ballot: KindOfBallot, shareDigest: Digest): Uint8Array {
  const body = new Writer().u8(ballotKindNumbers[ballot.kind]).fixed(ballotBody(ballot)).fixed(shareDigest);
  return encodeStatement(context, 'attributed', body.finish());
}

/** TIMEOUT: its signer complains about every view up to this one. */
export function timeoutStatement(context: StatementContext, view: number): Uint8Array {
  return encodeStatement(context, 'timeout', new Writer().u64(view).finish());
}

/** REPORT, over the digest of the report's canonical body. */
export function reportStatement(context: StatementContext, view: number, bodyDigest: Digest): Uint8Array {
  return encodeStatement(context, 'report', new Writer().u64(view).fixed(bodyDigest).finish());
}

/** PROGRESS, under the vouch (alliance) key. */
export function progressStatement(context: StatementContext, { view, low, top, root }: Progress): Uint8Array {
  return encodeStatement(context, 'progress', new Writer().u64(view).u64(low).u64(top).fixed(root).finish());
}

export { decidedStatement } from '../prelude/decided-statement.js';

/** CHECKPOINT, under the slow key. */
export function checkpointStatement(context: StatementContext, { slot, chain, boundary }: Checkpoint): Uint8Array {
  return encodeStatement(context, 'checkpoint', new Writer().u64(slot).fixed(chain).u64(boundary).finish());
}

/** SNAPSHOT, under the slow key. */
export function snapshotStatement(context: StatementContext, { slot, chain, state }: Snapshot): Uint8Array {
  return encodeStatement(context, 'snapshot', new Writer().u64(slot).fixed(chain).fixed(state).finish());
}

/** The chain digest before slot 1. */
export function chainStart(allianceId: Digest): Digest {
  return digest(utf8('koinon chain v1'), allianceId);
}

/** The chain digest after `slot`, whose batch has `batchDigest`. */
export function chainNext(previous: Digest, slot: number, batchDigest: Digest): Digest {
  return digest(previous, new Writer().u64(slot).finish(), batchDigest);
}
