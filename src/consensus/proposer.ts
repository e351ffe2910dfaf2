/** Proposing (rules R2, R9): at most one batch a slot and view, across restarts; what the certificate picked comes first. */
import { equalBytes } from '../prelude/bytes.js';
import { type Batch, noop, noopDigest } from './batch.js';
import { wantBatch } from './batch-fetching.js';
import type { Context } from './context.js';
import { ballotOf, permitFor, signAsLeader } from './evidence.js';
import type { Verdict } from './message.js';
import { heldBatch, type Proposals } from './state.js';

/** Proposes whatever the leader of the current view may propose now. */
export function advanceProposals(c: Context): void {
  const { state } = c;
  if (!c.isLeader || state.view <= state.spentView) return;
  if (state.view === 1)
    state.proposals ??= {
      view: 1,
      certified: undefined,
      again: [],
      nextSlot: c.settledUpTo + 1,
      lingerUntilMs: undefined,
    };
  const { proposals } = state;
  if (proposals === undefined) return;
  proposeAgain(c, proposals);
  proposeFresh(c, proposals);
}

function proposeAgain(c: Context, proposals: Proposals): void {
  const waiting: (typeof proposals.again)[number][] = [];
  for (const entry of proposals.again) {
    // Closed since, by a checkpoint that the reports did not show.
    if (entry.slot <= c.state.low) continue;
    const batch = batchFor(c, entry.slot, entry.verdict);
    if (batch === undefined) waiting.push(entry);
    else propose(c, proposals, entry.slot, batch);
  }
  proposals.again = waiting;
}

/** The batch that a verdict asks for; `undefined` while a picked one is being fetched. */
function batchFor(c: Context, slot: number, verdict: Verdict): Batch | undefined {
  if (verdict._tag !== 'pick' || equalBytes(verdict.digest, noopDigest)) return noop;
  const batch = heldBatch(c.state.slots.get(slot), verdict.digest);
  if (batch === undefined) wantBatch(c, slot, verdict.digest, c.config.system.processes);
  return batch;
}

function proposeFresh(c: Context, proposals: Proposals): void {
  // Whoever was cut off is told of checkpoints beyond what it has proposed.
  proposals.nextSlot = Math.max(proposals.nextSlot, c.state.low + 1);
  while (proposals.again.length === 0 && mayOpen(c, proposals)) {
    const batch = nextBatch(c, proposals);
    if (batch === undefined) return;
    propose(c, proposals, proposals.nextSlot, batch);
    proposals.nextSlot += 1;
  }
}

/** What waits, once it has gathered; where the epoch's last slot is known, nothing lingers and no-ops fill the slots up to it. */
function nextBatch(c: Context, proposals: Proposals): Batch | undefined {
  const { pool } = c.state;
  const isEnding = c.boundary !== undefined;
  if (!pool.hasProposable) {
    proposals.lingerUntilMs = undefined;
    return isEnding ? noop : undefined;
  }
  const isIdle = proposals.nextSlot === c.settledUpTo + 1;
  proposals.lingerUntilMs ??= c.nowMs + c.config.parameters.lingerMs;
  if (!isIdle && !isEnding && c.nowMs < proposals.lingerUntilMs) return undefined;
  proposals.lingerUntilMs = undefined;
  return pool.takeBatch();
}

function mayOpen(c: Context, { nextSlot }: Proposals): boolean {
  return nextSlot <= c.windowEnd && nextSlot - c.settledUpTo <= c.config.parameters.maxInFlight;
}

/** PROPOSE waits for the promise of its view alone: not for the leader's own vote (rule R2 makes that safe). */
function propose(c: Context, proposals: Proposals, slot: number, batch: Batch): void {
  const { view, certified } = proposals;
  const signature = signAsLeader(c, ballotOf(view, slot, batch));
  const proposal = { _tag: 'Propose', view, slot, batch, signature } as const;
  const message =
    certified === undefined
      ? proposal
      : { ...proposal, permit: permitFor(certified.certificate, certified.verdicts, slot) };
  c.slot(slot).sent = message;
  if (slot > c.state.decidedUpTo) c.state.pool.noteProposed(batch);
  c.broadcast(message, c.state.viewPersisted);
}

/** When the leader wants to look again because requests have gathered long enough. */
export function lingerDueMs(c: Context): number | undefined {
  const { proposals } = c.state;
  return proposals !== undefined && mayOpen(c, proposals) ? proposals.lingerUntilMs : undefined;
}
