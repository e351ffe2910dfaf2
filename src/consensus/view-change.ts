/** Leaving a view and entering another (rule R1), and what is reported then (rules R4, R5). */
import { equalBytes } from '../prelude/bytes.js';
import { type Digest, digest } from '../prelude/digest.js';
import { E } from '../prelude/fp.js';
import type { ProcessId } from '../prelude/process.js';
import type { Request } from './batch.js';
import { forgetOtherBatches } from './batch-fetching.js';
import { decodeReport, encodeReport } from './piece-codec.js';
import { type Context, windowEndOf } from './context.js';
import {
  isCheckpointCertificate,
  isCommitCertificate,
  isEquivocation,
  isLeaderSigned,
  isPermitted,
  isTimeoutSigned,
} from './evidence.js';
import { highestComplaint, isDeadlocked } from './fab-quorums.js';
import type {
  Equivocation,
  Message,
  ProgressCertificate,
  Report,
  SignedReport,
  SignedTimeout,
  Vote,
} from './message.js';
import type { SlotState } from './state.js';
import { reportStatement, timeoutStatement } from './statement.js';

/** Complains about every view up to `view`, with the evidence held; once. */
export function complain(c: Context, view: number): void {
  const { me, identities } = c.config;
  if ((c.state.timeouts.get(me)?.view ?? 0) >= view) return;
  const signature = identities.sign(timeoutStatement(c.identityContext, view));
  const timeout: SignedTimeout = { from: me, view, signature };
  c.state.timeouts.set(me, timeout);
  c.broadcast(
    { _tag: 'Timeouts', timeouts: [timeout], evidence: [...c.state.evidence.values()] },
    c.state.viewPersisted,
  );
  followComplaints(c);
}

export function onTimeouts(
  c: Context,
  from: ProcessId,
  { timeouts, evidence }: Extract<Message, { _tag: 'Timeouts' }>,
): void {
  // Whoever passes something on has checked it: the first that is false ends the reading.
  const isTrue = evidence.every((proof) => takeEvidence(c, proof));
  const outcomes = isTrue ? takeTimeouts(c, timeouts) : [];
  if (!isTrue || outcomes.includes('false'))
    c.blame(from, { _tag: 'InvalidMessage', reason: 'it passes on a complaint or evidence that is not signed' });
  const complainers = outcomes.filter((outcome) => outcome === 'first').length;
  followComplaints(c);
  // At most once a process and view, however often it complains.
  if (complainers > 0) for (const open of c.state.slots.values()) leaveDeadlockedSlot(c, open);
}

/** Keeps what is news; whether it is evidence, as far as anybody has looked. */
function takeEvidence(c: Context, evidence: Equivocation): boolean {
  if (c.state.evidence.has(evidence.leader)) return true;
  if (!isEquivocation(c, evidence)) return false;
  c.accuse(evidence);
  return true;
}

/** `first`: its author now complains about this process's view for the first time. */
type Complaint = 'first' | 'other' | 'false';

function takeTimeouts(c: Context, timeouts: readonly SignedTimeout[]): readonly Complaint[] {
  const outcomes: Complaint[] = [];
  for (const timeout of timeouts) {
    const outcome = takeTimeout(c, timeout);
    outcomes.push(outcome);
    if (outcome === 'false') break;
  }
  return outcomes;
}

/** Keeps a complaint of a higher view than before. */
function takeTimeout(c: Context, timeout: SignedTimeout): Complaint {
  const before = c.state.timeouts.get(timeout.from)?.view ?? 0;
  if (before >= timeout.view || timeout.from === c.config.me) return 'other';
  if (!isTimeoutSigned(c, timeout)) return 'false';
  c.state.timeouts.set(timeout.from, timeout);
  return before < c.state.view && timeout.view >= c.state.view ? 'first' : 'other';
}

/** R1: joins a complaint that a correct process has made, and leaves on one that a recovery quorum has made. */
function followComplaints(c: Context): void {
  const { system } = c.config;
  const complaints = new Map<ProcessId, number>();
  let highest = 0;
  for (const { from, view } of c.state.timeouts.values()) {
    complaints.set(from, view);
    highest = Math.max(highest, view);
  }
  if (highest < c.state.view) return;
  const none = system.processes.universe.none;
  const joined = highestComplaint(complaints, none, (set) => system.containsCorrect(set));
  if (joined >= c.state.view) complain(c, joined);
  const left = highestComplaint(complaints, none, (set) => system.isRecoveryQuorum(set));
  if (left >= c.state.view) {
    c.state.entry = [...c.state.timeouts.values()].filter(({ view }) => view >= left);
    c.broadcast({ _tag: 'Timeouts', timeouts: c.state.entry, evidence: [] });
    enterView(c, left + 1);
    report(c);
  }
}

/** Enters the view of a valid progress certificate. */
export function enterByCertificate(c: Context, certificate: ProgressCertificate): void {
  enterOpenView(c, certificate.view);
  c.state.certificate ??= certificate;
}

/** Enters a view that is known to be open, by whatever shows it. */
export function enterOpenView(c: Context, view: number): void {
  if (view <= c.state.view) return;
  c.state.entry = [];
  enterView(c, view);
}

/** The promise: durable before anything of the view is sent. */
function enterView(c: Context, view: number): void {
  const { state } = c;
  state.failedViews += view - state.view;
  state.view = view;
  state.viewPersisted = c.persist({ _tag: 'Promise', view });
  state.viewEnteredMs = c.nowMs;
  state.certificate = undefined;
  state.collection = { reports: new Map(), asked: undefined };
  state.proposals = undefined;
  forgetOtherBatches(c);
  c.emit({ _tag: 'View', view, leader: c.leaderOf(view) });
  forwardRequests(c, c.leaderOf(view));
}

/** How much of what waits here is passed on to a leader at once. */
const forwardedBytes = 4 * 1024 * 1024;

/** Passes on to a leader what waits here, sessions in turn. */
export function forwardRequests(c: Context, leader: ProcessId): void {
  if (leader === c.config.me || c.isOver) return;
  for (const requests of inFrames(c.state.pool.first(forwardedBytes))) c.send(leader, { _tag: 'Forward', requests });
}

/** Requests in one Forward: well within a frame. */
const forwardCount = 16;

/** Splits requests into the lists that messages carry. */
export function inFrames(requests: readonly Request[]): readonly (readonly Request[])[] {
  const count = Math.ceil(requests.length / forwardCount);
  return Array.from({ length: count }, (_, index) => requests.slice(index * forwardCount, (index + 1) * forwardCount));
}

/** Leaves a view in which waiting is vain: on evidence against its leader, or where a slot is deadlocked. */
export function leaveHopelessView(c: Context): void {
  const { state } = c;
  if (c.isOver || (state.timeouts.get(c.config.me)?.view ?? 0) >= state.view) return;
  const leader = c.leaderOf(state.view);
  const isOwnSpentView = leader === c.config.me && state.view <= state.spentView;
  if (state.evidence.has(leader) || isOwnSpentView) complain(c, state.view);
}

/** R1, third trigger, for one slot that has just heard something contrary. */
export function leaveDeadlockedSlot(c: Context, slot: SlotState): void {
  const { state } = c;
  if (slot.decided !== undefined || slot.slot <= state.decidedUpTo) return;
  if ((state.timeouts.get(c.config.me)?.view ?? 0) >= state.view) return;
  const byDigest = acceptorsOf(slot, state.view);
  const complainers: ProcessId[] = [];
  for (const { view, from } of state.timeouts.values()) if (view >= state.view) complainers.push(from);
  if (byDigest.length < 2 && complainers.length === 0) return;
  const acceptors = byDigest.map(({ by }) => c.setOf(by));
  if (isDeadlocked(c.config.system, { acceptors, complainers: c.setOf(complainers), accused: c.accused }))
    complain(c, state.view);
}

/** Who has accepted each batch of a slot in a view. */
function acceptorsOf(slot: SlotState, view: number): readonly { readonly digest: Digest; readonly by: ProcessId[] }[] {
  const byDigest: { readonly digest: Digest; readonly by: ProcessId[] }[] = [];
  for (const [process, ballot] of slot.accepted) {
    if (ballot.view !== view) continue;
    const known = byDigest.find(({ digest: value }) => equalBytes(value, ballot.digest));
    if (known === undefined) byDigest.push({ digest: ballot.digest, by: [process] });
    else known.by.push(process);
  }
  return byDigest;
}

/** Sends this process's own complaint about the current view again, to everyone or to one that may lack it. */
export function repeatComplaint(c: Context, to?: ProcessId): void {
  const { timeouts, evidence, view, viewPersisted } = c.state;
  const complaint = timeouts.get(c.config.me);
  if (complaint === undefined || complaint.view < view) return;
  const message: Message = { _tag: 'Timeouts', timeouts: [complaint], evidence: [...evidence.values()] };
  if (to === undefined) c.broadcast(message, viewPersisted);
  else c.send(to, message, viewPersisted);
}

/** R5: every slot above the stable checkpoint, decided or not. Durable before it is sent, and sent again byte for byte. */
export function report(c: Context): void {
  const { state, config } = c;
  const open = [...state.slots.values()].filter(({ slot }) => slot > state.low).sort((a, b) => a.slot - b.slot);
  const votes = open.flatMap(({ vote }) => (vote === undefined ? [] : [asVote(vote)]));
  const commits = open.flatMap(({ commit }) => (commit === undefined ? [] : [commit]));
  const content: Report = {
    view: state.view,
    votes,
    commits,
    ...(state.checkpoint === undefined ? {} : { checkpoint: state.checkpoint }),
  };
  const body = encodeReport(content);
  const signature = config.identities.sign(reportStatement(c.identityContext, state.view, digest(body)));
  const signed: SignedReport = { from: config.me, view: state.view, body, signature };
  state.report = { signed, persisted: c.persist({ _tag: 'Report', report: signed }) };
  sendReport(c);
}

/** Sends this process's report for its view to the view's leader, again if need be. */
export function sendReport(c: Context): void {
  const { report: made, view } = c.state;
  if (made?.signed.view === view) c.send(c.leaderOf(view), { _tag: 'Report', report: made.signed }, made.persisted);
}

function asVote({ view, slot, digest: value, leaderSignature, permit }: Vote): Vote {
  return { view, slot, digest: value, leaderSignature, ...(permit === undefined ? {} : { permit }) };
}

/** R4: what makes a report valid is what it carries; nothing that the reader holds. Each object is checked once. */
export function checkReport(c: Context, signed: SignedReport): E.Either<string, Report> {
  const known = c.findings.reports.get(signed);
  if (known !== undefined) return known;
  const checked = checkReportAnew(c, signed);
  c.findings.reports.set(signed, checked);
  return checked;
}

function checkReportAnew(c: Context, signed: SignedReport): E.Either<string, Report> {
  const statement = reportStatement(c.identityContext, signed.view, digest(signed.body));
  if (!c.config.identities.verify(signed.from, statement, signed.signature))
    return E.left('its signature is not its author’s');
  const decoded = decodeReport(signed.body);
  if (E.isLeft(decoded)) return E.left(`malformed at byte ${decoded.left.offset}`);
  const content = decoded.right;
  const fault = faultIn(c, signed.view, content);
  return fault === undefined ? E.right(content) : E.left(fault);
}

function faultIn(c: Context, view: number, { view: stated, checkpoint, votes, commits }: Report): string | undefined {
  if (stated !== view) return 'it is for another view';
  if (checkpoint !== undefined && !isCheckpointCertificate(c, checkpoint)) return 'its checkpoint is not certified';
  const low = checkpoint?.slot ?? c.start;
  const end = windowEndOf(low, checkpoint?.boundary || undefined, c.config.parameters.windowSlots);
  const isInWindow = ({ slot }: { readonly slot: number }): boolean => slot > low && slot <= end;
  if (![...votes, ...commits].every(isInWindow)) return 'a slot is outside its window';
  if (![...votes, ...commits].every((ballot) => ballot.view < view))
    return 'a vote or certificate is not of an earlier view';
  if (!votes.every((vote) => isLeaderSigned(c, vote, vote.leaderSignature)))
    return 'a vote lacks its leader’s signature';
  if (!votes.every((vote) => isPermitted(c, vote, vote.permit))) return 'a vote was not permitted in its view';
  if (!commits.every((certificate) => isCommitCertificate(c, certificate)))
    return 'a commit certificate does not verify';
  return undefined;
}
