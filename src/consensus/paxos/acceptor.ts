/** The acceptor: it promises views and accepts proposals (rules P1, P2, P4). What it says, its disk says first. */
import type { ProcessId } from '../../prelude/process.js';
import type { PaxosMessage, PaxosRecord, Vote } from './message.js';
import type { PaxosState } from './state.js';

/** P1: takes up a view if it is higher, and says whether it was. From here on this process acts in no lower one. */
export function enterView(s: PaxosState, view: number): boolean {
  if (view <= s.view) return false;
  s.view = view;
  s.viewPersisted = s.persist({ _tag: 'Promise', view });
  s.viewEnteredMs = s.nowMs;
  s.failedViews += 1;
  s.leading = { promises: new Map(), nextSlot: 0 };
  s.pool.resetProposals();
  s.emit({ _tag: 'View', view, leader: s.leaderOf(view) });
  promise(s);
  if (s.isLeader) s.broadcast({ _tag: 'Prepare', view }, s.viewPersisted);
  const requests = s.pool.first(forwardedBytes);
  if (!s.isLeader && requests.length > 0) s.send(s.leaderOf(view), { _tag: 'Forward', requests });
  return true;
}

/** How much of what waits a new leader is told at once. */
const forwardedBytes = 256 * 1024;

/** P2: the promise goes to the leader of the view when it is durable, with every vote that the durable log does not replace. */
export function promise(s: PaxosState): void {
  const votes = [...s.votes.values()].map(({ view, slot, batch }) => ({ view, slot, batch }));
  s.send(s.leaderOf(s.view), { _tag: 'Promise', view: s.view, stored: s.storedUpTo, votes }, s.viewPersisted);
}

/** P4: accepts what the leader of its view proposes; says so again where it is asked again. */
export function onPropose(
  s: PaxosState,
  from: ProcessId,
  { view, slot, batch }: Extract<PaxosMessage, { _tag: 'Propose' }>,
): void {
  if (view < s.view || !s.isOpen(slot)) return;
  const known = s.votes.get(slot);
  if (known?.view !== view) vote(s, { view, slot, batch });
  const persisted = s.votes.get(slot)?.persisted ?? 0;
  s.send(from, { _tag: 'Accepted', view, slot }, persisted);
}

function vote(s: PaxosState, { view, slot, batch }: Vote): void {
  const persisted = s.persist({ _tag: 'Vote', view, slot, batch });
  s.votes.set(slot, { view, slot, batch, persisted, sinceMs: s.votes.get(slot)?.sinceMs ?? s.nowMs });
  // What a leader dies over is waited for, and passed on, by whoever has seen it.
  for (const request of batch.requests) s.pool.add(request, s.nowMs);
}

/** What the durable log holds needs no votes. */
export function onStored(s: PaxosState, slot: number): void {
  s.storedUpTo = Math.max(s.storedUpTo, slot);
  for (const voted of s.votes.keys()) if (voted <= s.storedUpTo) s.votes.delete(voted);
}

/** Takes up what was durable at a crash. Without any, this is the first start, and its promise becomes durable now. */
export function recover(s: PaxosState, records: readonly PaxosRecord[]): void {
  for (const record of records) {
    s.view = Math.max(s.view, record.view);
    if (record._tag === 'Promise' || record.slot <= s.storedUpTo) continue;
    const { view, slot, batch } = record;
    if ((s.votes.get(slot)?.view ?? 0) < view) s.votes.set(slot, { view, slot, batch, persisted: 0, sinceMs: s.nowMs });
  }
  s.viewEnteredMs = s.nowMs;
  if (records.length === 0) s.viewPersisted = s.persist({ _tag: 'Promise', view: s.view });
  else s.spentView = s.view;
}

/** The records from which {@link recover} would rebuild what must not be lost. */
export function snapshot(s: PaxosState): readonly PaxosRecord[] {
  const votes = [...s.votes.values()].map(({ view, slot, batch }) => ({ _tag: 'Vote', view, slot, batch }) as const);
  return [{ _tag: 'Promise', view: s.view }, ...votes];
}
