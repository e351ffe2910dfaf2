/**
 * Saying where one is, and helping those that are behind: a STATUS says what its sender has; whoever has more sends what is
 * missing. Links may lose anything, so all that matters is sent again here.
 */
import type { ProcessId } from '../prelude/process.js';
import { sendAccepted } from './acceptor.js';
import { remind } from './amnesia.js';
import { requestFootprint } from './batch.js';
import { askAgain } from './batch-fetching.js';
import { askCertifiersAgain, certifyRequest } from './certification.js';
import { sendCheckpoint } from './checkpoint.js';
import type { Context } from './context.js';
import { sendCommit } from './learner.js';
import type { Message } from './message.js';
import { fetchMissing, isBehind } from './range-fetching.js';
import { sendSnapshots } from './snapshots.js';
import { heldBatch, type SlotState } from './state.js';
import { complain, forwardRequests, inFrames, repeatComplaint, sendReport } from './view-change.js';

/** How many open slots are sent again in answer to one STATUS, and of proposals about how many bytes. */
const resendSlots = 64;
const resendBytes = 1024 * 1024;
/** How many requests that wait are forwarded to everyone at one look. */
const forwardedHeads = 64;

/** Does what is due at the status interval: forwards and complains for what waits too long, and says where this process is. */
export function advanceStatus(c: Context): void {
  const { state, config } = c;
  if (c.nowMs < state.statusDueMs) return;
  const sinceMs = waitingSinceMs(c);
  if (sinceMs !== undefined) losePatience(c, sinceMs);
  const isWaiting = sinceMs !== undefined || awaitsHandoff(c);
  const isStuck = isWaiting && callsForHelp(looksWithoutProgress(c));
  if (isStuck || c.nowMs >= state.idleStatusDueMs) {
    state.idleStatusDueMs = c.nowMs + config.parameters.idleStatusMs;
    sendStatus(c, isStuck);
    repeatComplaint(c);
  }
  if (isStuck) speakAgain(c);
  fetchMissing(c);
  state.statusDueMs =
    c.nowMs + (isWaiting || isBehind(c) ? config.parameters.statusMs : config.parameters.idleStatusMs);
}

/** Nothing else would drive the end of the epoch, once its last slot is decided. */
function awaitsHandoff(c: Context): boolean {
  return c.isOver && c.state.handoff === undefined;
}

/** How many looks in a row have found the process where it was. */
function looksWithoutProgress(c: Context): number {
  const { lastStatus: last, view, decidedUpTo: decided } = c.state;
  const looks = last?.view === view && last.decided === decided ? last.looks + 1 : 0;
  c.state.lastStatus = { view, decided, looks };
  return looks;
}

/** Ever more seldom, so that an alliance that is merely slow is not slowed further by what is sent again. */
function callsForHelp(looks: number): boolean {
  return looks >= 2 && ((looks & (looks - 1)) === 0 || looks % 16 === 0);
}

function sendStatus(c: Context, stuck: boolean): void {
  const { view, decidedUpTo, low, viewPersisted } = c.state;
  c.broadcast({ _tag: 'Status', view, decided: decidedUpTo, low, stuck }, viewPersisted);
}

/** Others may wait for nothing and so not ask: what this process alone waits for, it says again unasked. */
function speakAgain(c: Context): void {
  sendReport(c);
  askCertifiersAgain(c);
  askAgain(c);
  for (const process of c.config.system.processes) resendProposals(c, process, c.state.decidedUpTo);
}

/** Tells a peer whose link has just come up where this process is, so that it sends what was lost. */
export function onConnected(c: Context, peer: ProcessId): void {
  const { view, decidedUpTo, low, viewPersisted, reminded } = c.state;
  reminded.delete(peer);
  c.send(peer, { _tag: 'Status', view, decided: decidedUpTo, low, stuck: true }, viewPersisted);
  if (c.leaderOf(view) === peer) forwardRequests(c, peer);
}

/** Since when undecided work has been waited for in this view; `undefined` without any. */
function waitingSinceMs(c: Context): number | undefined {
  const { state } = c;
  if (c.isOver) return undefined;
  const { settledUpTo } = c;
  let oldest = state.pool.oldestHeadMs;
  for (const { slot, decided, votedMs } of state.slots.values()) {
    if (decided !== undefined || slot <= settledUpTo || votedMs === undefined) continue;
    oldest = Math.min(oldest ?? votedMs, votedMs);
  }
  if (c.boundary !== undefined) {
    // The leader is to fill the slots up to it.
    const endingMs = Math.max(state.boundaryMs, state.lastDecidedMs);
    oldest = Math.min(oldest ?? endingMs, endingMs);
  }
  return oldest === undefined ? undefined : Math.max(state.viewEnteredMs, oldest);
}

/** R12, R1: forwards to everyone after half the patience, and complains when it has run out. */
function losePatience(c: Context, sinceMs: number): void {
  const { state } = c;
  const waitedMs = c.nowMs - sinceMs;
  if (waitedMs >= c.timeoutMs / 2) {
    const requests = state.pool.takeToForward(c.nowMs, c.timeoutMs / 2, forwardedHeads);
    for (const frame of inFrames(requests)) c.broadcast({ _tag: 'Forward', requests: frame });
  }
  if (waitedMs >= c.timeoutMs) complain(c, state.view);
}

export function onStatus(c: Context, from: ProcessId, status: Extract<Message, { _tag: 'Status' }>): void {
  if (from === c.config.me) return;
  // Once a link, so that it need not wait: who has found its log may not call for help again.
  if (status.stuck) remind(c, from);
  const { state } = c;
  const helpedMs = state.peers.get(from)?.helpedMs ?? Number.NEGATIVE_INFINITY;
  const isTooSoon = c.nowMs < helpedMs + c.config.parameters.statusMs / 2;
  state.peers.set(from, { decided: status.decided, helpedMs: isTooSoon ? helpedMs : c.nowMs });
  if (isTooSoon) return;
  if (status.view < state.view) sendEntry(c, from);
  if (status.low < state.low && state.checkpoint !== undefined)
    c.send(from, { _tag: 'StableCheckpoint', certificate: state.checkpoint });
  const certificate = state.decidedCertificate;
  if (certificate !== undefined && certificate.slot > status.decided)
    c.send(from, { _tag: 'Certificate', certificate });
  if (status.stuck) resend(c, from, status);
}

/** What let this process into its view lets the other in too: the complaints, or a proposal with its permit. */
function sendEntry(c: Context, to: ProcessId): void {
  const { entry, evidence, slots, view } = c.state;
  if (entry.length > 0) c.send(to, { _tag: 'Timeouts', timeouts: entry, evidence: [...evidence.values()] });
  for (const open of slots.values()) {
    const { vote } = open;
    const batch = vote?.view === view ? heldBatch(open, vote.digest) : undefined;
    if (vote?.permit === undefined || batch === undefined) continue;
    const { slot, leaderSignature: signature, permit } = vote;
    c.send(to, { _tag: 'Propose', view, slot, batch, signature, permit }, vote.persisted);
    return;
  }
}

/** Sends again all of this process's own that a stuck peer may lack. */
function resend(c: Context, to: ProcessId, { view, decided, low }: Extract<Message, { _tag: 'Status' }>): void {
  const { state } = c;
  if (view <= state.view) repeatComplaint(c, to);
  if (c.leaderOf(state.view) === to) {
    sendReport(c);
    forwardRequests(c, to);
  }
  if (c.isLeader && state.collection.asked !== undefined && state.proposals === undefined) {
    c.send(to, certifyRequest(c, state.collection.asked), state.viewPersisted);
  }
  resendProposals(c, to, Math.max(decided, low));
  for (const slot of openAbove(c, Math.max(decided, low)).slice(0, resendSlots)) {
    sendAccepted(c, slot, to);
    sendCommit(c, slot, to);
  }
  if (low <= state.low) sendCheckpoint(c, to);
  sendSnapshots(c, to);
  if (c.isOver && state.snapshotCertificate !== undefined)
    c.send(to, { _tag: 'Offer', certificate: state.snapshotCertificate });
}

function openAbove(c: Context, slot: number): readonly SlotState[] {
  const open = [...c.state.slots.values()].filter((other) => other.slot > slot);
  return open.sort((a, b) => a.slot - b.slot);
}

/** As leader: sends again what `to` has not been seen to accept. */
function resendProposals(c: Context, to: ProcessId, above: number): void {
  const { me } = c.config;
  const { view, viewPersisted } = c.state;
  let bytes = 0;
  for (const { sent, accepted } of to === me ? [] : openAbove(c, above)) {
    if (sent?.view !== view || accepted.get(to)?.view === view) continue;
    if (bytes > resendBytes) return;
    bytes += sent.batch.requests.reduce((sum, request) => sum + requestFootprint(request), 0);
    c.send(to, sent, viewPersisted);
  }
}
