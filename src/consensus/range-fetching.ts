/**
 * Fetching the decided log: certified ranges from one peer after another, while others are known to have decided more. Where
 * nobody has it any more, a state is transferred instead.
 */
import { present } from '../prelude/invariant.js';
import type { ProcessId } from '../prelude/process.js';
import { onCertificate } from './attestation.js';
import { forgetClosed } from './checkpoint.js';
import type { Context } from './context.js';
import { isDecidedCertificate } from './evidence.js';
import { deliver } from './learner.js';
import type { Message } from './message.js';
import { leadsToCertificate } from './range.js';
import type { RangeFetch } from './state.js';

/** Part of the decided log, for one that fell behind; the newest certified state, where that part is no longer held. */
export function onFetchRange(c: Context, peer: ProcessId, from: number): void {
  const { decidedUpTo, firstHeld, snapshotCertificate } = c.state;
  if (from > decidedUpTo || !c.mayAnswer(peer)) return;
  if (from >= firstHeld) c.emit({ _tag: 'SendRange', to: peer, from });
  else if (snapshotCertificate !== undefined) c.send(peer, { _tag: 'Offer', certificate: snapshotCertificate });
}

/** Whether others are known to have decided more. */
export function isBehind({ state }: Context): boolean {
  return Math.max(state.low, state.decidedCertificate?.slot ?? 0) > state.decidedUpTo;
}

/** Asks one peer after another for what comes next, while nothing moves here. */
export function fetchMissing(c: Context): void {
  const { state, config } = c;
  if (!isBehind(c) || state.installing !== undefined) {
    state.fetch = undefined;
    return;
  }
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
  if (previous === undefined || range.certificate.slot <= state.decidedUpTo || state.installing !== undefined) return;
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
  for (const [index, batch] of range.batches.entries()) {
    if (range.from + index === state.decidedUpTo + 1) deliver(c, range.from + index, batch, 'transfer');
  }
  forgetClosed(c);
  onCertificate(c, range.certificate);
  if (isBehind(c) && range.batches.length > 0) fetchMore(c, from);
}

/** Goes on with a peer that has sent something. */
function fetchMore(c: Context, peer: ProcessId): void {
  const from = c.state.decidedUpTo + 1;
  c.state.fetch = { from, last: peer, asked: new Set([peer]), isFruitless: false };
  c.send(peer, { _tag: 'FetchRange', from });
}
