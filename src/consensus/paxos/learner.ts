/** Learning: what the leader says is decided, and what another's log holds (rules P6, P7). Decided batches leave in order. */
import { present } from '../../prelude/invariant.js';
import type { ProcessId } from '../../prelude/process.js';
import { type Batch, batchDigest } from '../batch.js';
import { chainNext } from '../statement.js';
import type { PaxosMessage } from './message.js';
import type { PaxosState } from './state.js';

/** How many slots below the decided prefix keep their chain digest. */
const chainsKept = 64;

/** P6: a vote of that view is for what was decided, as is one of any later view. */
export function onDecided(s: PaxosState, { view, slot }: Extract<PaxosMessage, { _tag: 'Decided' }>): void {
  const vote = s.votes.get(slot);
  if (vote !== undefined && vote.view >= view) decide(s, slot, vote.batch);
}

export function decide(s: PaxosState, slot: number, batch: Batch): void {
  if (!s.isOpen(slot)) return;
  s.decided.set(slot, batch);
  for (;;) {
    const next = s.decided.get(s.decidedUpTo + 1);
    if (next === undefined) return;
    deliver(s, s.decidedUpTo + 1, next);
  }
}

function deliver(s: PaxosState, slot: number, batch: Batch): void {
  const { delivery, chains } = s.log;
  const chain = chainNext(present(chains.get(slot - 1), 'slots are delivered in order'), slot, batchDigest(batch));
  chains.set(slot, chain);
  chains.delete(slot - chainsKept);
  s.decided.delete(slot);
  s.leading.proposals?.delete(slot);
  s.decidedUpTo = slot;
  s.lastDecidedMs = s.nowMs;
  s.failedViews = 0;
  const delivered = delivery.deliverRuns(slot, batch);
  s.pool.settle(batch, s.nowMs);
  s.emit({ _tag: 'Decide', slot, batch, chain, delivered });
}

/** P7: whoever is behind asks one that is ahead; not again before the answer can have come. */
export function fetchFrom(s: PaxosState, peer: ProcessId, stored: number): void {
  if (stored <= s.decidedUpTo || s.nowMs < s.fetchedMs + s.config.parameters.statusMs) return;
  s.fetchedMs = s.nowMs;
  s.send(peer, { _tag: 'Fetch', from: s.decidedUpTo + 1 });
}

export function onFetch(s: PaxosState, to: ProcessId, from: number): void {
  if (from <= s.storedUpTo) s.emit({ _tag: 'SendLog', to, from });
}

export function onLog(s: PaxosState, { from, batches }: Extract<PaxosMessage, { _tag: 'Log' }>): void {
  batches.forEach((batch, index) => {
    decide(s, from + index, batch);
  });
}
