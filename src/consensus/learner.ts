/**
 * Learning: a fast quorum of ACCEPTED decides; a slow quorum of them makes a commit certificate, and a slow quorum of COMMIT
 * decides too. Decided batches leave in the order of their slots.
 */
import { equalBytes, toHex } from '../prelude/bytes.js';
import type { Digest } from '../prelude/digest.js';
import { present } from '../prelude/invariant.js';
import type { ProcessId, ProcessSet } from '../prelude/process.js';
import { noteLeaderSignature } from './acceptor.js';
import { noteDoubleVote, noteInvalidShares } from './accusation.js';
import { type Batch, batchDigest, noop, noopDigest } from './batch.js';
import { wantBatch } from './batch-fetching.js';
import type { Context } from './context.js';
import { knowCommitCertificate } from './evidence.js';
import type { Message } from './message.js';
import { isFullyShared, shareBallot } from './signed-ballot.js';
import { combineSlow } from './slow-key.js';
import { heldBatch, type SharedBallot, type SlotState } from './state.js';
import { acceptedStatement, type Ballot, type BallotKind, chainNext } from './statement.js';
import { enterOpenView, leaveDeadlockedSlot } from './view-change.js';

/** How many slots below the decided prefix keep their chain digest, for shares and certificates that come late. */
const chainsKept = 4096;

export function onAccepted(c: Context, from: ProcessId, message: Extract<Message, { _tag: 'Accepted' }>): void {
  const open = isFullyShared(c.config, message) ? heardSlot(c, message.slot) : undefined;
  if (open === undefined || !keepLatest(c, 'accepted', open, from, message)) return;
  noteLeaderSignature(c, open, message, message.leaderSignature);
  const supporters = supportersOf(c, open.accepted, message);
  if (c.config.system.isFastQuorum(supporters)) decide(c, open, message.digest, 'fast');
  else if (c.config.system.isSlowQuorum(supporters)) certify(c, open, message);
  else leaveDeadlockedSlot(c, open);
}

export function onCommit(c: Context, from: ProcessId, message: Extract<Message, { _tag: 'Commit' }>): void {
  const open = isFullyShared(c.config, message) ? heardSlot(c, message.slot) : undefined;
  if (open === undefined || !keepLatest(c, 'commit', open, from, message)) return;
  if (c.config.system.isSlowQuorum(supportersOf(c, open.commits, message))) decide(c, open, message.digest, 'slow');
}

/** A slot that may be heard of: inside the window, or closed and among the next that are missing here. */
function heardSlot(c: Context, slot: number): SlotState | undefined {
  return c.isKept(slot) && slot <= c.windowEnd ? c.slot(slot) : undefined;
}

/** Keeps one ballot a process, that of the highest view; the first in that view. */
function keepLatest(
  c: Context,
  kind: BallotKind,
  { accepted, commits }: SlotState,
  from: ProcessId,
  { view, slot, digest, share, attribution }: SharedBallot,
): boolean {
  const ballots = kind === 'accepted' ? accepted : commits;
  const ballot = attribution === undefined ? { view, slot, digest, share } : { view, slot, digest, share, attribution };
  const known = ballots.get(from);
  if (known !== undefined && known.view >= view) {
    noteDoubleVote(c, kind, from, [known, ballot]);
    return false;
  }
  ballots.set(from, ballot);
  return true;
}

function supportersOf(c: Context, ballots: ReadonlyMap<ProcessId, SharedBallot>, { view, digest }: Ballot): ProcessSet {
  const agreeing: ProcessId[] = [];
  for (const [process, ballot] of ballots) {
    if (ballot.view === view && equalBytes(ballot.digest, digest)) agreeing.push(process);
  }
  return c.setOf(agreeing);
}

/** R3: the certificate is durable before COMMIT, which is sent only in its own view. */
function certify(c: Context, open: SlotState, ballot: Ballot): void {
  if ((open.commit?.view ?? 0) >= ballot.view) return;
  const agreeing = supportersOf(c, open.accepted, ballot);
  const shares = new Map(
    [...open.accepted].filter(([from]) => agreeing.has(from)).map(([from, { share }]) => [from, share]),
  );
  const { signature, rejected } = combineSlow(c, acceptedStatement(c.slowContext, ballot), shares);
  // Counted on the link alone until now; a signature found bad only removes the message.
  noteInvalidShares(c, open, rejected);
  for (const process of rejected) open.accepted.delete(process);
  if (signature === undefined) return;
  const { view, slot, digest } = ballot;
  open.commit = { view, slot, digest, signature };
  knowCommitCertificate(c, open.commit);
  // A slow quorum accepted in that view, so it is open; and a report for a lower one could not carry this certificate.
  enterOpenView(c, view);
  const persisted = c.persist({ _tag: 'CommitCertificate', certificate: open.commit });
  if (view === c.state.view) commit(c, open, { view, slot, digest }, persisted);
}

/** Commits a certificate of this view that is durable after `persisted`. */
export function commit(c: Context, open: SlotState, ballot: Ballot, persisted: number): void {
  const { view, slot, digest } = ballot;
  open.committed = { ...shareBallot(c.config, 'commit', ballot), view, slot, digest, persisted };
  sendCommit(c, open);
}

/** Sends this process's COMMIT for a slot, to everyone or again to one. */
export function sendCommit(c: Context, { committed }: SlotState, to?: ProcessId): void {
  if (committed === undefined) return;
  const { view, slot, digest, share, attribution, persisted } = committed;
  const ballot = { _tag: 'Commit', view, slot, digest, share } as const;
  const message: Message = attribution === undefined ? ballot : { ...ballot, attribution };
  if (to === undefined) c.broadcast(message, persisted);
  else c.send(to, message, persisted);
}

function decide(c: Context, open: SlotState, digest: Digest, path: 'fast' | 'slow'): void {
  if (open.decided !== undefined) {
    if (!equalBytes(open.decided.digest, digest)) c.halt({ _tag: 'Disagreement', slot: open.slot });
    return;
  }
  open.decided = { digest, path };
  if (equalBytes(digest, noopDigest)) open.batches.set(toHex(digest), noop);
  if (open.slot <= c.state.decidedUpTo || heldBatch(open, digest) !== undefined) return;
  const holders = [...open.accepted].filter(([, ballot]) => equalBytes(ballot.digest, digest));
  wantBatch(
    c,
    open.slot,
    digest,
    holders.map(([process]) => process),
  );
}

/** Hands out the decided slots that are next in line. */
export function advanceLog(c: Context): void {
  while (c.state.installing === undefined && !c.state.halted && !c.isDiskBehind) {
    const open = c.state.slots.get(c.state.decidedUpTo + 1);
    const batch = open?.decided === undefined ? undefined : heldBatch(open, open.decided.digest);
    if (open?.decided === undefined || batch === undefined) return;
    deliver(c, open.slot, batch, open.decided.path);
  }
}

/** The next slot of the log is `batch`. */
export function deliver(c: Context, slot: number, batch: Batch, path: 'fast' | 'slow' | 'transfer'): void {
  const { state } = c;
  const previous = present(state.chains.get(slot - 1), 'slots are delivered in order');
  const chain = chainNext(previous, slot, batchDigest(batch));
  const known = state.chains.get(slot);
  // What the epoch begins with is known before it is decided here.
  if (known !== undefined && !equalBytes(known, chain)) {
    c.halt({ _tag: 'Disagreement', slot });
    return;
  }
  const delivered = state.delivery.deliverRuns(slot, batch);
  state.pool.settle(batch, c.nowMs);
  state.chains.set(slot, chain);
  state.chains.delete(slot - chainsKept);
  if (state.decidedUpTo === (state.decidedCertificate?.slot ?? 0))
    state.attestedMs = Math.max(state.attestedMs, c.nowMs - c.config.parameters.attestMs);
  state.decidedUpTo = slot;
  state.lastDecidedMs = c.nowMs;
  if (path !== 'transfer') state.failedViews = 0;
  const vote = state.slots.get(slot)?.vote;
  const decide = { _tag: 'Decide', slot, batch, chain, delivered, path } as const;
  // Closed, and missing here no more.
  if (!c.isKept(slot)) state.slots.delete(slot);
  const isJournaled = vote !== undefined && equalBytes(vote.digest, batchDigest(batch));
  c.emit(isJournaled ? { ...decide, journaled: vote.persisted } : decide);
}
