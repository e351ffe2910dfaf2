/** When a view is left, and what is said while nothing moves (rules P1, P8). Complaints promise nothing and are not durable. */
import type { ProcessId } from '../../prelude/process.js';
import { highestComplaint } from '../fab-quorums.js';
import { enterView } from './acceptor.js';
import { mayPropose, speakAgain } from './leader.js';
import { fetchFrom } from './learner.js';
import type { PaxosMessage } from './message.js';
import type { PaxosState } from './state.js';

/** Requests passed to everyone at a time. */
const forwardedRequests = 64;

export function onStatus(
  s: PaxosState,
  from: ProcessId,
  { stored, complaint }: Extract<PaxosMessage, { _tag: 'Status' }>,
): void {
  fetchFrom(s, from, stored);
  s.complaints.set(from, complaint);
  leaveView(s);
}

/** P1: a view ends when a quorum has lost patience with it, so that one process that hears nobody ends none; or its leader gives it up. */
function leaveView(s: PaxosState): void {
  const ended = highestComplaint(s.complaints, s.config.system.processes.universe.none, (set) => s.isQuorum(set));
  if (ended >= s.view) enterView(s, ended + 1);
  else if ((s.complaints.get(s.leaderOf(s.view)) ?? 0) >= s.view) enterView(s, s.view + 1);
}

/** P8: now and then, sooner while something waits, a process says where it is, and again what is unanswered. */
export function advanceStatus(s: PaxosState): void {
  const { statusMs, idleStatusMs } = s.config.parameters;
  const since = s.workSinceMs;
  if (since !== undefined) s.statusDueMs = Math.min(s.statusDueMs, s.nowMs + statusMs);
  if (s.nowMs < s.statusDueMs) return;
  s.statusDueMs = s.nowMs + (since === undefined ? idleStatusMs : statusMs);
  const requests = s.pool.takeToForward(s.nowMs, s.patienceMs / 2, forwardedRequests);
  if (requests.length > 0) s.broadcast({ _tag: 'Forward', requests });
  speakAgain(s);
  s.broadcast({ _tag: 'Status', view: s.view, stored: s.storedUpTo, complaint: complaint(s, since) });
}

/** The view that this process complains about: its own, when it waits in vain or leads it after a restart. */
function complaint(s: PaxosState, since: number | undefined): number {
  const hasGivenUp = s.isLeader && !mayPropose(s);
  const waitsSinceMs = Math.max(since ?? 0, s.viewEnteredMs, s.lastDecidedMs);
  const isImpatient = since !== undefined && s.nowMs >= waitsSinceMs + s.patienceMs;
  return hasGivenUp || isImpatient ? s.view : s.view - 1;
}
