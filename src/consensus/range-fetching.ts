/**
 * Fetching the decided log: certified ranges from one peer after another, while others are known to have decided more. Where
 * nobody has it any more, a state is transferred instead.
 */
import { present } from '../prelude/invariant.js';
import type { ProcessId } from '../prelude/process.js';
import { adoptCertificate } from './certificate-check.js';
import { forgetClosed } from './checkpoint.js';
import { type Context, rangeCost } from './context.js';
import { isDecidedCertificate } from './evidence.js';
import { deliver } from './learner.js';
import type { Message } from './message.js';
import { leadsToCertificate } from './range.js';
import type { RangeFetch } from './state.js';

/** Part of the decided log, for one that fell behind; the newest certified state, where that part is no longer held. */
export function onFetchRange(c: Context, peer: ProcessId, from: number): void {
  const { decidedUpTo, firstHeld, snapshotCertificate } = c.state;
  if (from > decidedUpTo || !c.mayAnswer(peer, rangeCost)) return;
  if (from >= firstHeld) c.emit({ _tag: 'SendRange', to: peer, from });
  else if (snapshotCertificate !== undefined) c.send(peer, { _tag: 'Offer', certificate: snapshotCertificate });
}

/** Whether others are known to have decided more of this epoch. */
export function isBehind({ state, boundary }: Context): boolean {
  const known = Math.max(state.low, state.decidedCertificate?.slot ?? 0);
  return Math.min(known, boundary ?? known) > state.decidedUpTo;
}

/**
 * The highest slot that a range may add to the log here: never more than W above what is stored, so that no more waits for the
 * disk. Certificates of DECIDED name no epoch, so a range may lead beyond the end of this one; which slot that is, is known only
 * for what is stored, whose controls have been taken: an ACTIVATE above that ends the epoch W slots above itself at the earliest.
 */
function deliverableUpTo({ state, boundary, config }: Context): number {
  return Math.min(boundary ?? Number.POSITIVE_INFINITY, state.storedUpTo + config.parameters.windowSlots);
}

/** Asks one peer after another for what comes next, while nothing moves here. */
export function fetchMissing(c: Context): void {
  const { state, config } = c;
  if (!isBehind(c) || state.installing !== undefined) {
    state.fetch = undefined;
    return;
  }
  // The log is on its way to the disk, and what comes next is here.
  if (state.arrived !== undefined) return;
  const from = state.decidedUpTo + 1;
  if (state.fetch?.from === from) askNext(c, state.fetch);
  // What is missing may be on its way: it is fetched only where it has not come by the next look.
  else state.fetch = { from, last: state.fetch?.last ?? config.me, asked: new Set(), isFruitless: false };
}

/** Those first that have said that they have it; then all others, and then everyone again. */
function askNext(c: Context, { from, last, asked, isFruitless }: RangeFetch): void {
  const { me, system } = c.config;
  const others = system.processes.universe.ids.filter((process) => process !== me);
  const unasked = others.filter((process) => !asked.has(process));
  const isTurnOver = unasked.length === 0;
  const rest = isTurnOver ? others : unasked;
  const ahead = rest.filter((process) => (c.state.peers.get(process)?.decided ?? 0) >= from);
  const peer = following(ahead.length > 0 ? ahead : rest, last);
  c.state.fetch = {
    from,
    last: peer,
    asked: new Set([...(isTurnOver ? [] : asked), peer]),
    isFruitless: isFruitless || isTurnOver,
  };
  c.send(peer, { _tag: 'FetchRange', from });
}

/** Who comes next after `last`, cyclically, in the order of names. */
function following(processes: readonly ProcessId[], last: ProcessId): ProcessId {
  const next = processes.find((process) => process > last) ?? processes[0];
  return present(next, 'an alliance has more than one process');
}

/** A certified range: it must continue this log and lead to its certificate. */
export function onRange(c: Context, from: ProcessId, range: Extract<Message, { _tag: 'Range' }>): void {
  const { state } = c;
  const previous = state.chains.get(range.from - 1);
  if (previous === undefined || range.from > state.decidedUpTo + 1) return;
  if (range.certificate.slot <= state.decidedUpTo) return;
  const isLeading = leadsToCertificate(range, previous);
  if (!isLeading || !isDecidedCertificate(c, range.certificate)) {
    // What was certified before this epoch may be so under a key that was not carried over.
    if (!isLeading || range.certificate.slot > c.start)
      c.blame(from, {
        _tag: 'InvalidMessage',
        reason: 'its range of the decided log does not lead to a valid certificate',
      });
    return;
  }
  state.arrived = { range, from };
  deliverRange(c);
  adoptCertificate(c, range.certificate);
}

/** Delivers what it may of the range that has come; the rest as the log becomes durable. */
export function deliverRange(c: Context): void {
  const { state } = c;
  if (state.arrived === undefined || state.installing !== undefined) return;
  const { range, from } = state.arrived;
  const missing = range.batches.slice(state.decidedUpTo + 1 - range.from);
  const next = missing.slice(0, Math.max(0, deliverableUpTo(c) - state.decidedUpTo));
  for (const batch of next) if (!state.halted) deliver(c, state.decidedUpTo + 1, batch, 'transfer');
  if (next.length > 0) forgetClosed(c);
  const last = range.from + range.batches.length - 1;
  if (state.decidedUpTo < Math.min(last, c.boundary ?? last)) return;
  state.arrived = undefined;
  if (isBehind(c) && range.batches.length > 0) fetchMore(c, from);
}

/** Goes on with a peer that has sent something. */
function fetchMore(c: Context, peer: ProcessId): void {
  const from = c.state.decidedUpTo + 1;
  c.state.fetch = { from, last: peer, asked: new Set([peer]), isFruitless: false };
  c.send(peer, { _tag: 'FetchRange', from });
}
