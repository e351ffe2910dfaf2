/**
 * The last slot of the epoch, its boundary (rule R11): a function of the log, which a checkpoint certificate tells to those
 * who do not have the log. Nothing above it is accepted.
 */
import type { Context } from './context.js';
import type { Boundary } from './epoch-change.js';

/** This process's own log says how the epoch ends. */
export function onBoundary(c: Context, { since, slot, configuration }: Boundary): void {
  const { state } = c;
  if (state.boundary !== undefined) return;
  if (c.boundary === undefined) state.boundaryMs = c.nowMs;
  state.boundary = { since, slot, configuration };
  compareBoundary(c);
  c.expectProgress();
}

/**
 * What CHECKPOINT says of the boundary: what the slots up to its own have fixed, whatever has been learned since, so that all
 * correct processes say the same.
 */
export function boundaryAt({ state: { boundary } }: Context, slot: number): number {
  return boundary !== undefined && slot >= boundary.since ? boundary.slot : 0;
}

/** Halts if the stable checkpoint says otherwise than this process's own log, where that comes so far. */
export function compareBoundary(c: Context): void {
  const { checkpoint, boundary, storedUpTo } = c.state;
  if (checkpoint === undefined) return;
  // A slot is decided before its controls are taken, but not stored before.
  const isKnown = boundary !== undefined || storedUpTo >= checkpoint.slot;
  if (isKnown && boundaryAt(c, checkpoint.slot) !== checkpoint.boundary)
    c.halt({ _tag: 'Divergence', slot: checkpoint.slot });
}
