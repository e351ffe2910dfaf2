/** What is checked before it is used: signatures of leaders, permits, certificates, requests, and proofs of equivocation. Reads no state. */
import { equalBytes, toHex } from '../prelude/bytes.js';
import { digest } from '../prelude/digest.js';
import type { Signature } from '../schemes/contract/distributed-signer.js';
import { isInMerkleTree, merkleTree } from '../prelude/merkle.js';
import { invariant } from '../prelude/invariant.js';
import {
  type Batch,
  batchDigest,
  batchBytesOf,
  isWellFormed,
  noopDigest,
  type Request,
  requestFootprint,
  requestStatement,
} from './batch.js';
import { encodeVerdict } from './piece-codec.js';
import type { Context } from './context.js';
import { type Handoff, handoffStatement } from './handoff.js';
import { type SnapshotCertificate, stateDigest } from './manifest.js';
import type {
  CheckpointCertificate,
  CommitCertificate,
  Equivocation,
  Permit,
  ProgressCertificate,
  SignedTimeout,
  Verdict,
} from './message.js';
import type { PrefixCertificate } from './range.js';
import type { Verdicts } from './state.js';
import { permits } from './selection.js';
import {
  acceptedStatement,
  type Ballot,
  checkpointStatement,
  decidedStatement,
  progressStatement,
  proposeStatement,
  snapshotStatement,
  timeoutStatement,
} from './statement.js';

/** Whether the leader of the ballot's view signed it. */
export function isLeaderSigned(c: Context, ballot: Ballot, signature: Uint8Array): boolean {
  return c.remembered(leaderSignatureName(ballot, signature), () =>
    c.config.identities.verify(c.leaderOf(ballot.view), proposeStatement(c.identityContext, ballot), signature),
  );
}

/** Signs a ballot as the leader of its view, and knows the signature again. */
export function signAsLeader(c: Context, ballot: Ballot): Uint8Array {
  const signature = c.config.identities.sign(proposeStatement(c.identityContext, ballot));
  c.remembered(leaderSignatureName(ballot, signature), () => true);
  return signature;
}

function leaderSignatureName({ view, slot, digest: value }: Ballot, signature: Uint8Array): string {
  return `propose ${view}.${slot} ${toHex(value)} ${toHex(signature)}`;
}

export function isTimeoutSigned(c: Context, timeout: SignedTimeout): boolean {
  return c.config.identities.verify(timeout.from, timeoutStatement(c.identityContext, timeout.view), timeout.signature);
}

/** Whether both signatures are the leader's, over different batches for one slot and view. */
export function isEquivocation(c: Context, { leader, view, slot, first, second }: Equivocation): boolean {
  const isSigned = (half: Equivocation['first']): boolean =>
    isLeaderSigned(c, { view, slot, digest: half.digest }, half.signature);
  return leader === c.leaderOf(view) && !equalBytes(first.digest, second.digest) && isSigned(first) && isSigned(second);
}

function isProgressCertificate(c: Context, certificate: ProgressCertificate): boolean {
  const { view, low, top, root, signature } = certificate;
  const name = `progress ${view} ${low} ${top} ${toHex(root)} ${signatureName(signature)}`;
  return c.remembered(name, () =>
    c.config.keys.alliance.verify(progressStatement(c.allianceContext, certificate), signature),
  );
}

/** Longer ones are named by their digests, so that what is remembered stays small. */
function signatureName(signature: Signature): string {
  return toHex(signature.length <= 256 ? signature : digest(signature));
}

export function isDecidedCertificate(c: Context, certificate: PrefixCertificate): boolean {
  return c.config.keys.alliance.verify(decidedStatement(c.allianceContext, certificate), certificate.signature);
}

export function isCheckpointCertificate(c: Context, certificate: CheckpointCertificate): boolean {
  return c.config.keys.slow.verify(checkpointStatement(c.slowContext, certificate), certificate.signature);
}

export function isSnapshotCertificate(c: Context, { slot, chain, manifest, signature }: SnapshotCertificate): boolean {
  const statement = snapshotStatement(c.slowContext, { slot, chain, state: stateDigest(slot, manifest) });
  return c.config.keys.slow.verify(statement, signature);
}

export function isHandoff(c: Context, handoff: Handoff): boolean {
  return c.config.keys.alliance.verify(handoffStatement(c.allianceContext, handoff), handoff.signature);
}

export function isCommitCertificate(c: Context, certificate: CommitCertificate): boolean {
  const statement = (): Uint8Array => acceptedStatement(c.slowContext, certificate);
  return c.remembered(commitName(certificate), () => c.config.keys.slow.verify(statement(), certificate.signature));
}

/** What was combined here is known to be valid: a threshold scheme gives everybody the same, which reports then repeat. */
export function knowCommitCertificate(c: Context, certificate: CommitCertificate): void {
  c.remembered(commitName(certificate), () => true);
}

function commitName({ view, slot, digest: value, signature }: CommitCertificate): string {
  return `commit ${view}.${slot} ${toHex(value)} ${signatureName(signature)}`;
}

/** R9: whether a ballot is permitted, by the first view or by the permit of its own view, never by anything held here. */
export function isPermitted(c: Context, ballot: Ballot, permit: Permit | undefined): boolean {
  if (ballot.view === 1) return permit === undefined;
  if (permit?.certificate.view !== ballot.view) return false;
  const verdict = shownVerdict(permit, ballot.slot);
  return (
    verdict !== undefined && permits(verdict, ballot.digest, noopDigest) && isProgressCertificate(c, permit.certificate)
  );
}

/** What a permit says of a slot; `undefined` where it does not show that. */
function shownVerdict({ certificate: { low, top, root }, shown }: Permit, slot: number): Verdict | undefined {
  if (slot <= low) return { _tag: 'closed' };
  if (slot > top) return shown === undefined ? { _tag: 'free' } : undefined;
  if (shown === undefined) return undefined;
  const position = { index: slot - low - 1, count: top - low };
  return isInMerkleTree(root, position, encodeVerdict(shown.verdict), shown.path) ? shown.verdict : undefined;
}

export function verdictsOf(list: readonly Verdict[]): Verdicts {
  return { list, tree: merkleTree(list.map(encodeVerdict)) };
}

/** The permit for `slot` under a certificate over `verdicts`. */
export function permitFor(certificate: ProgressCertificate, { list, tree }: Verdicts, slot: number): Permit {
  if (slot > certificate.top) return { certificate };
  const index = slot - certificate.low - 1;
  const verdict = list[index];
  invariant(verdict !== undefined, 'a permit is made for an open slot');
  return { certificate, shown: { verdict, path: tree.path(index) } };
}

/** Whether an enrolled client signed a request within bounds. What waits here is known to be valid. */
export function isValidRequest(c: Context, request: Request): boolean {
  const known = c.findings.requests.get(request);
  if (known !== undefined) return known;
  const { config } = c;
  const keyId = config.clients.keyId(request.client);
  const valid =
    keyId !== undefined &&
    isWellFormed(request) &&
    (c.state.pool.holds(request) ||
      config.clients.verify(request.client, requestStatement(config.allianceId, keyId, request), request.signature));
  c.findings.requests.set(request, valid);
  return valid;
}

/** R6: depends on the batch and the epoch's configuration alone. */
export function isValidBatch(c: Context, batch: Batch): boolean {
  const size = batch.requests.reduce((sum, request) => sum + requestFootprint(request), 0);
  return (
    size <= batchBytesOf(c.config.parameters.windowSlots) &&
    batch.requests.every((request) => isValidRequest(c, request))
  );
}

/** The ballot that a batch is in this view and slot. */
export function ballotOf(view: number, slot: number, batch: Batch): Ballot {
  return { view, slot, digest: batchDigest(batch) };
}
