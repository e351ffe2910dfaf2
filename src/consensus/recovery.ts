/** Going on after a crash: the durable records become state again, and a view that began before the crash is spent (rule R2). */
import { equalBytes, toHex } from '../prelude/bytes.js';
import { sendAccepted } from './acceptor.js';
import type { Context } from './context.js';
import { forgetClosed } from './checkpoint.js';
import { isLeaderSigned } from './evidence.js';
import { commit } from './learner.js';
import type { DurableRecord } from './record.js';
import { heldBatch, type SlotState } from './state.js';
import type { Ballot } from './statement.js';
import { report, sendReport } from './view-change.js';

/** Replays `records`, oldest first. Without any, this is the process's first start and its first promise becomes durable now. */
export function recover(c: Context, records: readonly DurableRecord[]): void {
  const { state } = c;
  for (const record of records) replay(c, record);
  if (!beginsAsTold(c)) {
    c.halt({ _tag: 'Disagreement', slot: c.start });
    return;
  }
  state.viewEnteredMs = c.nowMs;
  state.boundaryMs = c.nowMs;
  state.statusDueMs = c.nowMs;
  if (records.length === 0) {
    state.viewPersisted = c.persist({ _tag: 'Promise', view: state.view });
  } else {
    state.spentView = state.view;
  }
  forgetClosed(c);
  if (records.length > 0) speakAgain(c);
}

/** Whether the log found leads to the state that the epoch is said to begin with, where it comes so far. */
function beginsAsTold({ state, config: { start } }: Context): boolean {
  const own = start === undefined ? undefined : state.chains.get(start.slot);
  return start === undefined || own === undefined || equalBytes(own, start.chain);
}

/** What was durable may never have been sent, and did not come back to this process itself. */
function speakAgain(c: Context): void {
  const { state } = c;
  for (const open of state.slots.values()) {
    const { vote, commit: certificate } = open;
    if (vote?.view === state.view) sendAccepted(c, open);
    if (certificate?.view === state.view) commit(c, open, ballotOf(certificate), 0);
  }
  if (isUnreported(c)) report(c);
  else sendReport(c);
}

/** Whether this process promised its view and lost power before its report for it was durable: so that none was ever sent. */
function isUnreported({ state }: Context): boolean {
  const isEarlier = ({ vote, commit: certificate }: SlotState): boolean =>
    (vote?.view ?? 0) < state.view && (certificate?.view ?? 0) < state.view;
  return state.view > 1 && state.report?.signed.view !== state.view && [...state.slots.values()].every(isEarlier);
}

function ballotOf({ view, slot, digest }: Ballot): Ballot {
  return { view, slot, digest };
}

function replay(c: Context, record: DurableRecord): void {
  const { state } = c;
  switch (record._tag) {
    case 'Promise':
      state.view = Math.max(state.view, record.view);
      return;
    case 'Vote': {
      const { vote, batch } = record;
      // The record may have been written while its signature was still being checked.
      if (!isLeaderSigned(c, vote, vote.leaderSignature)) return;
      state.view = Math.max(state.view, vote.view);
      const open = c.slot(vote.slot);
      open.batches.set(toHex(vote.digest), batch);
      open.votedMs = c.nowMs;
      if ((open.vote?.view ?? 0) < vote.view) open.vote = { ...vote, persisted: 0, shared: undefined };
      return;
    }
    case 'CommitCertificate': {
      const { certificate } = record;
      const open = c.slot(certificate.slot);
      if ((open.commit?.view ?? 0) < certificate.view) open.commit = certificate;
      return;
    }
    case 'Report':
      if (record.report.view >= state.view) state.report = { signed: record.report, persisted: 0 };
      return;
    case 'StableCheckpoint':
      if (record.certificate.slot <= state.low) return;
      state.low = record.certificate.slot;
      state.checkpoint = record.certificate;
      return;
  }
}

/** The records from which {@link recover} would rebuild what must not be lost. */
export function snapshot(c: Context): readonly DurableRecord[] {
  const { state } = c;
  const records: DurableRecord[] = [{ _tag: 'Promise', view: state.view }];
  if (state.checkpoint !== undefined) records.push({ _tag: 'StableCheckpoint', certificate: state.checkpoint });
  for (const open of state.slots.values()) {
    const { vote, commit } = open;
    const batch = vote === undefined ? undefined : heldBatch(open, vote.digest);
    if (vote !== undefined && batch !== undefined) {
      const { view, slot, digest, leaderSignature, permit } = vote;
      const kept = { view, slot, digest, leaderSignature, ...(permit === undefined ? {} : { permit }) };
      records.push({ _tag: 'Vote', vote: kept, batch });
    }
    if (commit !== undefined) records.push({ _tag: 'CommitCertificate', certificate: commit });
  }
  if (state.report?.signed.view === state.view) records.push({ _tag: 'Report', report: state.report.signed });
  return records;
}
