/**
 * The end of an epoch (rule R11): HANDOFF under the alliance key of the epoch that ends. The leader collects the shares as soon
 * as the last slot, its checkpoint and its state are certified; others step in where it does not.
 */
import { equalBytes } from '../prelude/bytes.js';
import { E } from '../prelude/fp.js';
import type { ProcessId } from '../prelude/process.js';
import { type CombineResult, rejectedSenders, type SignatureShare } from '../schemes/contract/distributed-signer.js';
import { patienceMs, rank } from './attestation.js';
import type { Context } from './context.js';
import { isHandoff } from './evidence.js';
import { type Handoff, handoffStatement, type Succession } from './handoff.js';
import { requestShare } from './signing.js';
import { compareStates } from './snapshots.js';
import type { Handover } from './state.js';

/** Answers those that wait for this process's share, and asks for others' shares when it is this process's turn. */
export function advanceHandover(c: Context): void {
  const { state } = c;
  if (state.handoff !== undefined) return;
  const succession = successionOf(c);
  if (succession === undefined) return;
  state.handover ??= { succession, sinceMs: c.nowMs, shares: new Map(), combining: false };
  answerRequests(c, state.handover);
  const dueMs = handoverDueMs(c);
  if (dueMs === undefined || dueMs > c.nowMs) return;
  state.handover.askedMs = c.nowMs;
  for (const process of c.config.system.processes)
    if (!state.handover.shares.has(process)) c.send(process, { _tag: 'AskHandoffShare' });
}

/** When {@link advanceHandover} wants to run again; `undefined` if it waits for something else. */
export function handoverDueMs(c: Context): number | undefined {
  const { handover, handoff } = c.state;
  if (handover === undefined || handoff !== undefined) return undefined;
  const { askedMs, sinceMs } = handover;
  return askedMs === undefined ? sinceMs + rank(c) * 2 * patienceMs(c) : askedMs + patienceMs(c);
}

/** What this process may sign; `undefined` before the end of the epoch is decided, stored, closed and certified here. */
function successionOf({ state }: Context): Succession | undefined {
  const { boundary, storedUpTo, low, snapshots, snapshotCertificate } = state;
  if (boundary === undefined || storedUpTo < boundary.slot || low < boundary.slot) return undefined;
  const own = snapshots.find(({ slot }) => slot === boundary.slot);
  if (own === undefined || snapshotCertificate?.slot !== boundary.slot) return undefined;
  return { ...own, configuration: boundary.configuration };
}

/** Remembers who asks, once; it is answered when this process may sign. */
export function onAskHandoffShare(c: Context, from: ProcessId): void {
  c.state.handoffRequests.add(from);
}

function answerRequests(c: Context, { succession, share }: Handover): void {
  const { handoffRequests } = c.state;
  if (handoffRequests.size === 0) return;
  if (share === undefined) {
    requestShare(c, handoffStatement(c.allianceContext, succession), {
      _tag: 'handoff',
      for: new Set(handoffRequests),
    });
  } else {
    for (const process of handoffRequests) if (c.mayAnswer(process)) c.send(process, { _tag: 'HandoffShare', share });
  }
  handoffRequests.clear();
}

export function onHandoffShare(c: Context, from: ProcessId, share: SignatureShare): void {
  const { handover, handoff } = c.state;
  if (handover?.askedMs === undefined || handoff !== undefined) return;
  handover.shares.set(from, share);
  combine(c, handover);
}

function combine(c: Context, handover: Handover): void {
  if (handover.combining || !c.config.keys.alliance.canCombine(c.setOf(handover.shares.keys()))) return;
  handover.combining = true;
  const statement = handoffStatement(c.allianceContext, handover.succession);
  c.emit({ _tag: 'Combine', statement, shares: new Map(handover.shares) });
}

/** Whether `statement` is what this process has asked to combine. */
export function isHandoverStatement(c: Context, statement: Uint8Array): boolean {
  const { handover } = c.state;
  return handover !== undefined && equalBytes(statement, handoffStatement(c.allianceContext, handover.succession));
}

export function onHandoverCombined(c: Context, result: CombineResult): void {
  const { handover } = c.state;
  if (handover === undefined) return;
  handover.combining = false;
  if (E.isRight(result)) {
    takeHandoff(c, { ...handover.succession, epoch: c.config.epoch, signature: result.right.signature });
    return;
  }
  // They are asked again when their time comes. What came meanwhile may do without them.
  const bad = rejectedSenders(result);
  for (const process of bad) handover.shares.delete(process);
  if (bad.size > 0) combine(c, handover);
}

/** A HANDOFF from anyone; only that of this epoch is of use here. */
export function onHandoff(c: Context, from: ProcessId, handoff: Handoff): void {
  if (c.state.handoff !== undefined || handoff.epoch !== c.config.epoch) return;
  if (isHandoff(c, handoff)) takeHandoff(c, handoff);
  else c.blame(from, { _tag: 'InvalidMessage', reason: 'its HANDOFF is not signed by the alliance key' });
}

function takeHandoff(c: Context, handoff: Handoff): void {
  if (c.state.handoff !== undefined) return;
  c.state.handoff = handoff;
  announceHandoff(c);
}

/** Tells of a HANDOFF that agrees with all that is known here; a state that is being installed comes first. */
export function announceHandoff(c: Context): void {
  const { handoff, installing, snapshots, snapshotCertificate } = c.state;
  if (handoff === undefined || installing !== undefined) return;
  if (contradicts(c, handoff)) c.halt({ _tag: 'Disagreement', slot: handoff.slot });
  for (const known of [...snapshots, snapshotCertificate]) compareStates(c, handoff, known);
  if (!c.state.halted) c.emit({ _tag: 'HandedOver', handoff });
}

function contradicts(c: Context, { slot, chain, configuration }: Handoff): boolean {
  const { boundary, chains, decidedUpTo } = c.state;
  const own = chains.get(slot);
  return (
    decidedUpTo > slot ||
    (c.boundary !== undefined && c.boundary !== slot) ||
    (boundary !== undefined && !equalBytes(boundary.configuration, configuration)) ||
    (own !== undefined && !equalBytes(own, chain))
  );
}
