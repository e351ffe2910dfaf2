/** The leader of a view: phase 1 for all open slots at once, then one batch for each slot, what was voted for first (rules P3, P5). */
import type { ProcessId } from '../../prelude/process.js';
import { type Batch, noop } from '../batch.js';
import { decide } from './learner.js';
import type { PaxosMessage } from './message.js';
import type { PaxosState, Proposal } from './state.js';

export function onPromise(s: PaxosState, from: ProcessId, message: Extract<PaxosMessage, { _tag: 'Promise' }>): void {
  const { leading } = s;
  if (!mayPropose(s) || message.view !== s.view || leading.proposals !== undefined) return;
  leading.promises.set(from, message);
  if (s.isQuorum(leading.promises.keys())) proposeAgain(s);
}

/** Nothing that it proposed before a restart is durable, so a leader that has restarted says nothing more in its view. */
export function mayPropose(s: PaxosState): boolean {
  return s.isLeader && s.view > s.spentView;
}

/**
 * P3: what is durable in one log of the quorum is decided, and left to catching up. In each slot above, the vote of the highest
 * view is proposed, and nothing (the no-op) where there is none but one of a later slot.
 */
function proposeAgain(s: PaxosState): void {
  const { leading } = s;
  const promises = [...leading.promises.values()];
  const stored = Math.max(s.decidedUpTo, ...promises.map((promise) => promise.stored));
  const last = new Map<number, { readonly view: number; readonly batch: Batch }>();
  for (const { view, slot, batch } of promises.flatMap(({ votes }) => votes)) {
    if (view > (last.get(slot)?.view ?? 0)) last.set(slot, { view, batch });
  }
  leading.proposals = new Map();
  leading.nextSlot = Math.max(stored, ...last.keys()) + 1;
  for (let slot = stored + 1; slot < leading.nextSlot; slot++) propose(s, slot, last.get(slot)?.batch ?? noop);
}

/** P5: fills fresh slots. In view 1 there is nothing to ask for: no one can have voted before. */
export function advanceProposals(s: PaxosState): void {
  const { leading } = s;
  if (!mayPropose(s)) return;
  if (s.view === 1 && leading.proposals === undefined)
    [leading.proposals, leading.nextSlot] = [new Map(), s.decidedUpTo + 1];
  if (leading.proposals === undefined) return;
  while (leading.nextSlot <= s.decidedUpTo + s.config.parameters.maxInFlight) {
    const batch = s.pool.takeBatch();
    if (batch === undefined) return;
    propose(s, leading.nextSlot, batch);
    leading.nextSlot += 1;
  }
}

function propose(s: PaxosState, slot: number, batch: Batch): void {
  s.leading.proposals?.set(slot, { batch, acceptors: new Set() });
  s.pool.noteProposed(batch);
  s.broadcast({ _tag: 'Propose', view: s.view, slot, batch }, s.viewPersisted);
}

/** P6: a quorum decides, and everyone is told. */
export function onAccepted(
  s: PaxosState,
  from: ProcessId,
  { view, slot }: Extract<PaxosMessage, { _tag: 'Accepted' }>,
): void {
  const proposal = s.leading.proposals?.get(slot);
  if (view !== s.view || proposal === undefined) return;
  proposal.acceptors.add(from);
  if (!s.isQuorum(proposal.acceptors)) return;
  s.leading.proposals?.delete(slot);
  s.broadcast({ _tag: 'Decided', view, slot });
  decide(s, slot, proposal.batch);
}

/** P8: says again what has not been answered. */
export function speakAgain(s: PaxosState): void {
  const { leading, view } = s;
  if (!mayPropose(s)) return;
  const everyone = s.config.system.processes;
  if (leading.proposals === undefined) {
    for (const process of everyone)
      if (!leading.promises.has(process)) s.send(process, { _tag: 'Prepare', view }, s.viewPersisted);
    return;
  }
  const open: readonly [number, Proposal][] = [...leading.proposals];
  for (const [slot, { batch, acceptors }] of open) {
    const to = [...everyone].filter((process) => !acceptors.has(process));
    s.emit({ _tag: 'Send', to, message: { _tag: 'Propose', view, slot, batch }, after: s.viewPersisted });
  }
}
