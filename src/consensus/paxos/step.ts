/**
 * Crash-fault Paxos for many slots (Lamport, "The Part-Time Parliament", TOCS 1998; "Paxos Made Simple", 2001): the scheme
 * that Fast Byzantine Paxos comes from, beside it for comparison. Rules P1-P8: spec/paxos.md.
 */
import { assertNever } from '../../prelude/invariant.js';
import type { ProcessId } from '../../prelude/process.js';
import { isWellFormed, type Request, requestStatement } from '../batch.js';
import type { Recovered } from '../state.js';
import { enterView, onPropose, onStored, promise, recover, snapshot } from './acceptor.js';
import type { PaxosConfiguration } from './configuration.js';
import type { PaxosEffect, PaxosEvent } from './interface.js';
import { advanceProposals, onAccepted, onPromise } from './leader.js';
import { fetchFrom, onDecided, onFetch, onLog } from './learner.js';
import type { PaxosMessage, PaxosRecord } from './message.js';
import { PaxosState } from './state.js';
import { advanceStatus, onStatus } from './view-change.js';

export class PaxosMachine {
  private readonly state: PaxosState;

  /**
   * @param records - every durable record of this process, oldest first; none at its very first start.
   * @param recovered - the decided log that it has stored.
   */
  constructor(
    config: PaxosConfiguration,
    private readonly records: readonly PaxosRecord[],
    recovered: Recovered,
  ) {
    const log = { delivery: recovered.delivery, chains: new Map(recovered.chains) };
    this.state = new PaxosState(config, log, recovered.decidedUpTo);
  }

  /** Takes one event that happens at `nowMs` (milliseconds of any clock that never goes back). */
  step(event: PaxosEvent, nowMs: number): readonly PaxosEffect[] {
    const s = this.state;
    s.nowMs = Math.max(s.nowMs, nowMs);
    this.handle(event);
    advanceProposals(s);
    advanceStatus(s);
    this.setTimer();
    return s.takeEffects();
  }

  /** The records that a fresh log needs in place of all earlier ones. */
  durableRecords(): readonly PaxosRecord[] {
    return snapshot(this.state);
  }

  /** For people and tests; not to be changed. */
  get view(): { readonly view: number; readonly leader: ProcessId; readonly decidedUpTo: number } {
    const { view, decidedUpTo } = this.state;
    return { view, leader: this.state.leaderOf(view), decidedUpTo };
  }

  private handle(event: PaxosEvent): void {
    const s = this.state;
    switch (event._tag) {
      case 'Start':
        recover(s, this.records);
        return;
      case 'Message':
        this.onMessage(event.from, event.message);
        return;
      case 'Request':
        this.onRequest(event.request);
        return;
      case 'Timer':
        s.timerAtMs = undefined;
        return;
      case 'Stored':
        onStored(s, event.slot);
        return;
      default:
        assertNever(event);
    }
  }

  private onMessage(from: ProcessId, message: PaxosMessage): void {
    const s = this.state;
    // P1: no one lies about a view, so whoever is in a higher one is followed.
    const hasEntered = 'view' in message && enterView(s, message.view);
    switch (message._tag) {
      case 'Prepare':
        if (message.view === s.view && !hasEntered) promise(s);
        return;
      case 'Promise':
        fetchFrom(s, from, message.stored);
        onPromise(s, from, message);
        return;
      case 'Propose':
        onPropose(s, from, message);
        return;
      case 'Accepted':
        onAccepted(s, from, message);
        return;
      case 'Decided':
        onDecided(s, message);
        return;
      case 'Status':
        onStatus(s, from, message);
        return;
      case 'Forward':
        for (const request of message.requests) s.pool.add(request, s.nowMs);
        return;
      case 'Fetch':
        onFetch(s, from, message.from);
        return;
      case 'Log':
        onLog(s, message);
        return;
      default:
        assertNever(message);
    }
  }

  /** A client may lie, so its request is checked at the door; servers believe each other. */
  private onRequest(request: Request): void {
    const s = this.state;
    if (!s.pool.isNews(request)) return;
    if (!this.isValid(request)) {
      s.emit({
        _tag: 'Refuse',
        request,
        reason: 'its client is not enrolled, its signature is not the client’s, or it is too large',
      });
      return;
    }
    const outcome = s.pool.add(request, s.nowMs);
    if (outcome === 'full') s.emit({ _tag: 'Refuse', request, reason: 'too many requests wait; send it again later' });
    if (outcome === 'added' && !s.isLeader) s.send(s.leaderOf(s.view), { _tag: 'Forward', requests: [request] });
  }

  private isValid(request: Request): boolean {
    const { clients, allianceId } = this.state.config;
    const keyId = clients.keyId(request.client);
    if (keyId === undefined || !isWellFormed(request)) return false;
    return clients.verify(request.client, requestStatement(allianceId, keyId, request), request.signature);
  }

  private setTimer(): void {
    const s = this.state;
    const atMs = Math.max(s.nowMs + 1, s.statusDueMs);
    if (s.timerAtMs !== undefined && s.timerAtMs <= atMs) return;
    s.timerAtMs = atMs;
    s.emit({ _tag: 'SetTimer', atMs });
  }
}
