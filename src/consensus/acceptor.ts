/** Accepting (rule R3): the vote is durable before ACCEPTED is sent. */
import { equalBytes, toHex } from '../prelude/bytes.js';
import type { ProcessId } from '../prelude/process.js';
import type { Batch } from './batch.js';
import type { Context } from './context.js';
import { ballotOf, isLeaderSigned, isPermitted, isValidBatch } from './evidence.js';
import type { Message, Vote } from './message.js';
import { shareBallot } from './signed-ballot.js';
import type { SlotState } from './state.js';
import type { Ballot } from './statement.js';
import { enterByCertificate } from './view-change.js';

type Propose = Extract<Message, { _tag: 'Propose' }>;

/** Accepts the first permitted, valid batch of a slot inside the window, in this view or a higher one that it proves open. */
export function onPropose(c: Context, from: ProcessId, proposal: Propose): void {
  const { state } = c;
  const { view, slot, batch, permit } = proposal;
  if (view < state.view || slot <= state.low || slot > c.windowEnd || c.isDiskBehind) return;
  const ballot = ballotOf(view, slot, batch);
  const fault = faultIn(c, ballot, proposal);
  if (fault !== undefined) {
    c.blame(from, { _tag: 'InvalidMessage', reason: `its proposal for slot ${slot}: ${fault}` });
    return;
  }
  const open = c.slot(slot);
  noteProposal(c, open, ballot, proposal.signature);
  if (permit !== undefined) enterByCertificate(c, permit.certificate);
  if ((open.vote?.view ?? 0) >= view) return;
  if (open.decided !== undefined && !equalBytes(open.decided.digest, ballot.digest)) return;
  const vote = { ...ballot, leaderSignature: proposal.signature };
  accept(c, open, permit === undefined ? vote : { ...vote, permit }, batch);
}

function faultIn(c: Context, ballot: Ballot, { signature, batch, permit }: Propose): string | undefined {
  if (!isLeaderSigned(c, ballot, signature)) return 'it is not signed by the leader';
  if (!isPermitted(c, ballot, permit)) return 'no progress certificate permits it';
  if (!isValidBatch(c, batch)) return 'its batch is not valid';
  return undefined;
}

/** Two proposals of one leader for one slot and view are proof against it. */
function noteProposal(c: Context, open: SlotState, ballot: Ballot, signature: Uint8Array): void {
  const known = open.proposal;
  if (known === undefined || known.view < ballot.view) {
    open.proposal = { ...ballot, signature };
    return;
  }
  if (known.view === ballot.view && !equalBytes(known.digest, ballot.digest)) {
    const { view, slot } = ballot;
    const [first, second] = [known, { ...ballot, signature }];
    c.accuse({ leader: c.leaderOf(view), view, slot, first, second });
  }
}

/** A contrary ACCEPTED shows the other proposal, with the leader's signature, to those who saw only one. */
export function noteLeaderSignature(c: Context, open: SlotState, ballot: Ballot, signature: Uint8Array): void {
  const known = open.proposal;
  const isContrary = known?.view === ballot.view && !equalBytes(known.digest, ballot.digest);
  if (isContrary && !c.state.evidence.has(c.leaderOf(ballot.view)) && isLeaderSigned(c, ballot, signature)) {
    noteProposal(c, open, ballot, signature);
  }
}

function accept(c: Context, open: SlotState, vote: Vote, batch: Batch): void {
  open.batches.set(toHex(vote.digest), batch);
  const persisted = c.persist({ _tag: 'Vote', vote, batch });
  open.vote = { ...vote, persisted, shared: undefined };
  open.votedMs ??= c.nowMs;
  c.expectProgress();
  sendAccepted(c, open);
}

/** Sends this process's ACCEPTED for its last vote in a slot, to everyone or again to one. */
export function sendAccepted(c: Context, { vote }: SlotState, to?: ProcessId): void {
  if (vote === undefined) return;
  const { view, slot, digest, leaderSignature, persisted } = vote;
  vote.shared ??= shareBallot(c.config, 'accepted', vote);
  const { share, attribution } = vote.shared;
  const ballot = { _tag: 'Accepted', view, slot, digest, leaderSignature, share } as const;
  const message: Message = attribution === undefined ? ballot : { ...ballot, attribution };
  if (to === undefined) c.broadcast(message, persisted);
  else c.send(to, message, persisted);
}
