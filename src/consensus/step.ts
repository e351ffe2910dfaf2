/**
 * The machine: one event in, its effects out, the same for the same history. What ships is what the simulator runs.
 * Protocol: spec/consensus.md, rules R1-R13.
 */
import { equalBytes } from '../prelude/bytes.js';
import { assertNever, invariant } from '../prelude/invariant.js';
import type { ProcessId } from '../prelude/process.js';
import { onPropose } from './acceptor.js';
import { onReminder } from './amnesia.js';
import { advanceAttestation, attestationDueMs, onAttest, onAttested, onDecidedCombined } from './attestation.js';
import type { Request } from './batch.js';
import { onBatchFound, onFetchBatch } from './batch-fetching.js';
import { onBoundary } from './boundary.js';
import { advanceStatus, onConnected, onStatus } from './catch-up.js';
import { advanceCertificates, onCertificate, onVerified } from './certificate-check.js';
import { advanceCollection, onCertified, onCertify, onProgressCombined, onReport } from './certification.js';
import { onCheckpoint, onStableCheckpoint, onStored } from './checkpoint.js';
import type { Configuration } from './configuration.js';
import { Context } from './context.js';
import type { Effect } from './effect.js';
import type { Event } from './event.js';
import {
  advanceHandover,
  handoverDueMs,
  isHandoverStatement,
  onAskHandoffShare,
  onHandoff,
  onHandoffShare,
  onHandoverCombined,
} from './handover.js';
import { advanceLog, onAccepted, onCommit } from './learner.js';
import type { Message } from './message.js';
import { wireLimits } from './wire-limits.js';
import { advanceProposals, lingerDueMs } from './proposer.js';
import { deliverRange, onFetchRange, onRange } from './range-fetching.js';
import type { DurableRecord } from './record.js';
import { recover, snapshot } from './recovery.js';
import { poolLimits, RequestPool } from './request-pool.js';
import { onForward, onRequest } from './requests.js';
import { onSigned } from './signing.js';
import { onOffer, onSnapshot, onSnapshotted } from './snapshots.js';
import { initialState, type Recovered } from './state.js';
import { decidedStatement } from './statement.js';
import { advanceTransfer, onDamaged, onInstalled, onTransferred } from './transfer.js';
import { leaveHopelessView, onTimeouts } from './view-change.js';

export class FabMachine {
  private readonly context: Context;

  /**
   * @param records - every durable record of this process, oldest first; none at its very first start.
   * @param recovered - the decided log that it has stored.
   */
  constructor(
    config: Configuration,
    private readonly records: readonly DurableRecord[],
    recovered: Recovered,
  ) {
    const { windowSlots, checkpointInterval } = config.parameters;
    invariant(config.epoch >= 1, 'epochs count from 1');
    invariant(windowSlots >= 2 * checkpointInterval, 'the window spans two checkpoints');
    invariant(windowSlots <= wireLimits.reportSlots, 'a report has room for the window');
    const pool = new RequestPool(recovered.delivery, poolLimits(config.parameters));
    this.context = new Context(config, initialState(recovered, pool, config.start));
  }

  /** Takes one event that happens at `nowMs` (milliseconds of any clock that never goes back). Never throws on received data. */
  step(event: Event, nowMs: number): readonly Effect[] {
    const c = this.context;
    if (c.state.halted) return [];
    c.nowMs = Math.max(c.nowMs, nowMs);
    this.handle(event);
    this.settle();
    return c.takeEffects();
  }

  /** Whether nothing of `process` is looked at for now, so that its messages need not even be decoded. */
  isUnheard(process: ProcessId, nowMs: number): boolean {
    return this.context.isUnheard(process, nowMs);
  }

  /** The records that a fresh log needs in place of all earlier ones. */
  durableRecords(): readonly DurableRecord[] {
    return snapshot(this.context);
  }

  /** The requests that wait here, each session's in order: for the machine of the next epoch, which checks them anew. */
  get waitingRequests(): readonly Request[] {
    return this.context.state.pool.first(Number.POSITIVE_INFINITY);
  }

  /** For people and tests; not to be changed. */
  get view(): {
    readonly view: number;
    readonly leader: ProcessId;
    readonly decidedUpTo: number;
    readonly certified: number;
    readonly low: number;
  } {
    const { state } = this.context;
    const leader = this.context.leaderOf(state.view);
    return {
      view: state.view,
      leader,
      decidedUpTo: state.decidedUpTo,
      certified: state.decidedCertificate?.slot ?? 0,
      low: state.low,
    };
  }

  private handle(event: Event): void {
    const c = this.context;
    switch (event._tag) {
      case 'Start':
        recover(c, this.records);
        return;
      case 'Message':
        this.onMessage(event.from, event.message);
        return;
      case 'Malformed':
        c.blame(event.from, { _tag: 'InvalidMessage', reason: event.reason });
        return;
      case 'Connected':
        onConnected(c, event.peer);
        return;
      case 'Request':
        onRequest(c, event.request, c.config.me, event.leader);
        return;
      case 'Timer':
        c.state.timerAtMs = undefined;
        return;
      case 'Stored':
        onStored(c, event.slot);
        return;
      case 'Signed':
        onSigned(c, event);
        return;
      case 'Combined':
        this.onCombined(event);
        return;
      case 'Verified':
        onVerified(c, event.statement, event.isValid);
        return;
      case 'Boundary':
        onBoundary(c, event);
        return;
      case 'Snapshotted':
        onSnapshotted(c, event);
        return;
      case 'Pruned':
        c.state.firstHeld = event.first;
        return;
      case 'Transferred':
        onTransferred(c, event.slot);
        return;
      case 'Damaged':
        onDamaged(c, event.slot);
        return;
      case 'Installed':
        onInstalled(c, event);
        return;
      case 'Handoff':
        onHandoff(c, event.from, event.handoff);
        return;
      default:
        assertNever(event);
    }
  }

  private onMessage(from: ProcessId, message: Message): void {
    const c = this.context;
    if (c.isUnheard(from)) return;
    switch (message._tag) {
      case 'Propose':
        onPropose(c, from, message);
        return;
      case 'Accepted':
        onAccepted(c, from, message);
        return;
      case 'Commit':
        onCommit(c, from, message);
        return;
      case 'Timeouts':
        onTimeouts(c, from, message);
        return;
      case 'Report':
        onReport(c, from, message);
        return;
      case 'Certify':
        onCertify(c, from, message);
        return;
      case 'Certified':
        onCertified(c, from, message);
        return;
      case 'Checkpoint':
        onCheckpoint(c, from, message);
        return;
      case 'StableCheckpoint':
        onStableCheckpoint(c, from, message.certificate);
        return;
      case 'Attest':
        onAttest(c, from, message);
        return;
      case 'Attested':
        onAttested(c, from, message);
        return;
      case 'Certificate':
        onCertificate(c, from, message.certificate);
        return;
      case 'Forward':
        onForward(c, message.requests, from);
        return;
      case 'Status':
        onStatus(c, from, message);
        return;
      case 'FetchBatch':
        onFetchBatch(c, from, message.digest);
        return;
      case 'BatchFound':
        onBatchFound(c, message.batch);
        return;
      case 'FetchRange':
        onFetchRange(c, from, message.from);
        return;
      case 'Range':
        onRange(c, from, message);
        return;
      case 'Snapshot':
        onSnapshot(c, from, message);
        return;
      case 'Offer':
        onOffer(c, from, message.certificate);
        return;
      case 'AskHandoffShare':
        onAskHandoffShare(c, from);
        return;
      case 'HandoffShare':
        onHandoffShare(c, from, message.share);
        return;
      case 'Reminder':
        onReminder(c, from, message);
        return;
      default:
        assertNever(message);
    }
  }

  private onCombined({ statement, result }: Extract<Event, { _tag: 'Combined' }>): void {
    const c = this.context;
    const { attestation } = c.state;
    const isDecided =
      attestation !== undefined && equalBytes(statement, decidedStatement(c.allianceContext, attestation.prefix));
    if (isDecided) onDecidedCombined(c, result);
    else if (isHandoverStatement(c, statement)) onHandoverCombined(c, result);
    else onProgressCombined(c, statement, result);
  }

  /** Everything that may have become possible. The order matters only for latency. */
  private settle(): void {
    const c = this.context;
    if (c.state.halted) return;
    deliverRange(c);
    advanceLog(c);
    leaveHopelessView(c);
    advanceCollection(c);
    advanceProposals(c);
    advanceCertificates(c);
    advanceAttestation(c);
    advanceHandover(c);
    advanceStatus(c);
    advanceTransfer(c);
    this.setTimer();
  }

  private setTimer(): void {
    const c = this.context;
    if (c.state.halted) return;
    const never = Number.POSITIVE_INFINITY;
    const wishMs = Math.min(
      c.state.statusDueMs,
      lingerDueMs(c) ?? never,
      attestationDueMs(c) ?? never,
      handoverDueMs(c) ?? never,
    );
    const atMs = Math.max(c.nowMs + 1, wishMs);
    if (c.state.timerAtMs !== undefined && c.state.timerAtMs <= atMs) return;
    c.state.timerAtMs = atMs;
    c.emit({ _tag: 'SetTimer', atMs });
  }
}
