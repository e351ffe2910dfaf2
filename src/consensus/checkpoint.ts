/** Checkpoints of the log: a slow quorum over slot and chain digest closes all slots up to it and moves the window. */
import { equalBytes } from '../prelude/bytes.js';
import type { ProcessId } from '../prelude/process.js';
import { boundaryAt, compareBoundary } from './boundary.js';
import type { Context } from './context.js';
import { isCheckpointCertificate } from './evidence.js';
import type { CheckpointCertificate, Message } from './message.js';
import { combineSlow, repeatedShare } from './slow-key.js';
import { sendSnapshots } from './snapshots.js';
import { checkpointStatement } from './statement.js';

/** The log is durable up to `slot`: only then may others be told that this process has it. */
export function onStored(c: Context, slot: number): void {
  c.state.storedUpTo = Math.max(c.state.storedUpTo, slot);
  compareBoundary(c);
  sendCheckpoint(c);
  sendSnapshots(c);
}

/** Sends this process's share for the newest checkpoint that it has durably reached. */
export function sendCheckpoint(c: Context, to?: ProcessId): void {
  const { state, config } = c;
  const interval = config.parameters.checkpointInterval;
  const slot = Math.floor(state.storedUpTo / interval) * interval;
  const isNews = slot > state.lastCheckpointSent || to !== undefined;
  const chain = state.chains.get(slot);
  if (slot <= state.low || !isNews || chain === undefined) return;
  state.lastCheckpointSent = slot;
  const checkpoint = { slot, chain, boundary: boundaryAt(c, slot) };
  const share = repeatedShare(c, checkpointStatement(c.slowContext, checkpoint));
  if (to === undefined) c.broadcast({ _tag: 'Checkpoint', ...checkpoint, share });
  else c.send(to, { _tag: 'Checkpoint', ...checkpoint, share });
}

export function onCheckpoint(
  c: Context,
  from: ProcessId,
  { slot, chain, boundary, share }: Extract<Message, { _tag: 'Checkpoint' }>,
): void {
  const { state, config } = c;
  if (slot <= state.low || slot <= (state.checkpoints.get(from)?.slot ?? 0)) return;
  state.checkpoints.set(from, { slot, chain, boundary, share });
  const agreeing = [...state.checkpoints].filter(
    ([, other]) => other.slot === slot && other.boundary === boundary && equalBytes(other.chain, chain),
  );
  if (!config.system.isSlowQuorum(c.setOf(agreeing.map(([process]) => process)))) return;
  const shares = new Map(agreeing.map(([process, other]) => [process, other.share]));
  const { signature, rejected } = combineSlow(c, checkpointStatement(c.slowContext, { slot, chain, boundary }), shares);
  for (const process of rejected) state.checkpoints.delete(process);
  if (signature !== undefined) adoptCheckpoint(c, { slot, chain, boundary, signature });
}

export function onStableCheckpoint(c: Context, from: ProcessId, certificate: CheckpointCertificate): void {
  if (certificate.slot <= c.state.low) return;
  if (isCheckpointCertificate(c, certificate)) adoptCheckpoint(c, certificate);
  else c.blame(from, { _tag: 'InvalidMessage', reason: 'its checkpoint is not certified' });
}

function adoptCheckpoint(c: Context, certificate: CheckpointCertificate): void {
  const { state } = c;
  const own = state.chains.get(certificate.slot);
  if (own !== undefined && !equalBytes(own, certificate.chain)) {
    c.halt({ _tag: 'Disagreement', slot: certificate.slot });
    return;
  }
  state.low = certificate.slot;
  state.checkpoint = certificate;
  state.boundaryMs = c.nowMs;
  compareBoundary(c);
  c.persist({ _tag: 'StableCheckpoint', certificate });
  forgetClosed(c);
}

/** Closed slots are of no more use, but for the next that are missing here. */
export function forgetClosed(c: Context): void {
  const { state } = c;
  for (const slot of state.slots.keys()) if (!c.isKept(slot)) state.slots.delete(slot);
  for (const [key, { slots }] of state.wanted) if (![...slots].some((slot) => c.isKept(slot))) state.wanted.delete(key);
  for (const [process, { slot }] of state.checkpoints) if (slot <= state.low) state.checkpoints.delete(process);
}
