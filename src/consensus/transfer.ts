/**
 * Catching up by a certified state instead of by the log: which state to fetch and when, and putting it in the place of what is
 * here. Fetching is `state-transfer`; installing is the surroundings'.
 */
import { equalBytes } from '../prelude/bytes.js';
import { compareBoundary, onBoundary } from './boundary.js';
import { forgetClosed, sendCheckpoint } from './checkpoint.js';
import type { Context } from './context.js';
import type { Event } from './event.js';
import { announceHandoff } from './handover.js';
import type { StateTarget } from './manifest.js';
import { onSnapshotted } from './snapshots.js';
import { chainsOf } from './state.js';

/** Wants the highest state known, while this process is far behind or everyone was asked for the log in vain. */
export function advanceTransfer(c: Context): void {
  const { state } = c;
  if (state.installing !== undefined) return;
  if (state.transfer !== undefined && state.decidedUpTo >= state.transfer.slot) abandon(c);
  const target = highestState(c);
  const wanted = state.transfer;
  if (target === undefined || target.slot <= (wanted?.slot ?? 0)) return;
  const isFar = state.low - state.decidedUpTo > c.config.parameters.transferSlots;
  if (wanted === undefined && !isFar && state.fetch?.isFruitless !== true) return;
  const { slot, chain, manifest } = target;
  state.transfer = { slot, chain, manifest };
  c.emit({ _tag: 'Transfer', slot, chain, manifest });
}

/** The highest certified state above what is decided here. */
function highestState({ state, config }: Context): StateTarget | undefined {
  const { snapshotCertificate: certified } = state;
  const { start } = config;
  const highest = (certified?.slot ?? 0) >= (start?.slot ?? 0) ? certified : start;
  return highest !== undefined && highest.slot > state.decidedUpTo ? highest : undefined;
}

function abandon(c: Context): void {
  c.state.transfer = undefined;
  c.emit({ _tag: 'Abandon' });
}

/** All of a state is here: it is installed unless the log has come as far meanwhile. */
export function onTransferred(c: Context, slot: number): void {
  const { state } = c;
  if (state.installing !== undefined || state.handoff !== undefined) return;
  if (state.decidedUpTo >= slot) {
    abandon(c);
    return;
  }
  state.installing = slot;
  c.emit({ _tag: 'Install', slot });
}

/**
 * What was to be installed is fetched again. Meanwhile everything goes on as before: nobody may have it any more, and then the log,
 * a later state or a HANDOFF leads on.
 */
export function onDamaged(c: Context, slot: number): void {
  if (c.state.installing !== slot) return;
  c.state.installing = undefined;
  announceHandoff(c);
}

/** Votes and certificates stay: they are forgotten by the stable checkpoint alone, and reported until then. */
export function onInstalled(c: Context, installed: Extract<Event, { _tag: 'Installed' }>): void {
  const { state, config } = c;
  const { slot, chain, delivery, boundary } = installed;
  const known = [config.start, state.checkpoint, state.decidedCertificate].filter((one) => one?.slot === slot);
  if (known.some((one) => one !== undefined && !equalBytes(one.chain, chain))) {
    c.halt({ _tag: 'Disagreement', slot });
    return;
  }
  state.installing = undefined;
  state.transfer = undefined;
  state.fetch = undefined;
  // Nobody may have the chain digest of an earlier slot any more.
  state.attestation = undefined;
  state.decidedUpTo = slot;
  state.storedUpTo = slot;
  state.lastDecidedMs = c.nowMs;
  state.chains.clear();
  for (const [of, link] of chainsOf([[slot, chain]], config.start)) state.chains.set(of, link);
  state.delivery.replaceBy(delivery);
  state.pool.dropDelivered(c.nowMs);
  if (boundary !== undefined) onBoundary(c, boundary);
  compareBoundary(c);
  onSnapshotted(c, installed);
  forgetClosed(c);
  sendCheckpoint(c);
  announceHandoff(c);
}
