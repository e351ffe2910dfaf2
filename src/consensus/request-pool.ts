/** Requests that wait to be decided, and which of them a leader proposes next. */
import { equalBytes } from '../prelude/bytes.js';
import {
  type Batch,
  batchBytesOf,
  batchLimits,
  type ClientId,
  detachedRequest,
  type Request,
  requestDigest,
  requestFootprint,
} from './batch.js';
import type { Parameters } from './configuration.js';
import { type DeliveryTable, sessionsPerClient } from './delivery.js';

interface Waiting {
  readonly request: Request;
  readonly size: number;
}

interface Session {
  readonly client: ClientId;
  readonly session: number;
  /** By first sequence number. */
  readonly requests: Map<number, Waiting>;
  /** The session's last delivered sequence number when the pool last looked. */
  lastDelivered: number;
  /** When the request that is next to be delivered became so: nothing but its delivery makes this later. */
  headSinceMs: number;
  /** When the head was last forwarded to everyone. */
  forwardedMs: number;
  /** What the leader of the current view proposes next, if it has proposed any. */
  nextToPropose?: number | undefined;
}

interface ClientShare {
  bytes: number;
  readonly sessions: Map<number, Session>;
}

export interface PoolLimits {
  readonly totalBytes: number;
  readonly clientBytes: number;
  /** Of one batch; there is room for any one request. */
  readonly batchBytes: number;
}

/** @param parameters - of the epoch: what waits of one client is a quarter of all at most. */
export function poolLimits({
  maxPendingBytes,
  windowSlots,
}: Pick<Parameters, 'maxPendingBytes' | 'windowSlots'>): PoolLimits {
  return {
    totalBytes: maxPendingBytes,
    clientBytes: maxPendingBytes / 4,
    batchBytes: batchBytesOf(windowSlots),
  };
}

export class RequestPool {
  private readonly sessions = new Map<string, Session>();
  private readonly clients = new Map<ClientId, ClientShare>();
  private totalBytes = 0;
  /** Whether some request could be proposed; `undefined` where the pool has changed since anybody looked. */
  private proposable: boolean | undefined;

  constructor(
    private readonly delivered: DeliveryTable,
    private readonly limits: PoolLimits,
  ) {}

  /** Whether a request could still deliver something that no request held here does. Looks at no signature. */
  isNews({ client, session, firstSequence }: Request): boolean {
    if (firstSequence <= this.delivered.lastSequence(client, session)) return false;
    if (this.delivered.isForgotten(client, session)) return false;
    return this.sessions.get(keyOf({ client, session }))?.requests.has(firstSequence) !== true;
  }

  /** Whether this very request is held, so that it is known to be valid. */
  holds(request: Request): boolean {
    const held = this.sessions.get(keyOf(request))?.requests.get(request.firstSequence)?.request;
    return held !== undefined && equalBytes(requestDigest(held), requestDigest(request));
  }

  /** Whether a request is within the bounds on all that waits, and on what waits of its client. Looks at no signature. */
  hasRoomFor(request: Request): boolean {
    const size = requestFootprint(request);
    const ofClient = this.clients.get(request.client)?.bytes ?? 0;
    return this.totalBytes + size <= this.limits.totalBytes && ofClient + size <= this.limits.clientBytes;
  }

  /** Takes a valid request. `full`: there is no room; `old`: it is held already, or can deliver nothing any more. */
  add(request: Request, nowMs: number): 'added' | 'old' | 'full' {
    const { client, firstSequence } = request;
    if (!this.isNews(request)) return 'old';
    this.proposable = undefined;
    const known = this.sessions.get(keyOf(request));
    const size = requestFootprint(request);
    if (!this.hasRoomFor(request)) return 'full';
    const share = this.clients.get(client) ?? { bytes: 0, sessions: new Map<number, Session>() };
    const entry = known ?? this.open(request, share, nowMs);
    if (entry === undefined) return 'full';
    const hadHead = this.headOf(entry) !== undefined;
    entry.requests.set(firstSequence, { request: detachedRequest(request), size });
    if (!hadHead) entry.headSinceMs = nowMs;
    share.bytes += size;
    this.totalBytes += size;
    return 'added';
  }

  /** Makes room for a new session: as many are kept for a client as deliver anything; the oldest gives way to a newer. */
  private open({ client, session }: Request, share: ClientShare, nowMs: number): Session | undefined {
    if (share.sessions.size >= sessionsPerClient) {
      const oldest = Math.min(...share.sessions.keys());
      const entry = share.sessions.get(oldest);
      if (entry === undefined || oldest > session) return undefined;
      this.drop(entry);
    }
    const entry: Session = {
      client,
      session,
      requests: new Map(),
      lastDelivered: this.delivered.lastSequence(client, session),
      headSinceMs: nowMs,
      forwardedMs: Number.NEGATIVE_INFINITY,
    };
    this.clients.set(client, share);
    share.sessions.set(session, entry);
    this.sessions.set(keyOf(entry), entry);
    return entry;
  }

  /** Drops what a decided batch has delivered; what it could not deliver for a gap is to be proposed again. */
  settle(batch: Batch, nowMs: number): void {
    this.proposable = undefined;
    for (const [entry, decided] of this.bySession(batch)) {
      const last = this.delivered.lastSequence(entry.client, entry.session);
      for (const [first, waiting] of entry.requests) {
        if (first <= last) this.remove(entry, first, waiting);
      }
      if (decided.some(({ firstSequence }) => firstSequence > last)) entry.nextToPropose = undefined;
      if (last > entry.lastDelivered) entry.headSinceMs = nowMs;
      entry.lastDelivered = last;
      if (entry.requests.size === 0) this.drop(entry);
    }
    for (const client of new Set(batch.requests.map((request) => request.client))) this.dropForgotten(client);
  }

  /** A batch's requests by those sessions that something is held of. */
  private bySession(batch: Batch): ReadonlyMap<Session, readonly Request[]> {
    const requests = new Map<Session, Request[]>();
    for (const request of batch.requests) {
      const entry = this.sessions.get(keyOf(request));
      if (entry === undefined) continue;
      const known = requests.get(entry);
      if (known === undefined) requests.set(entry, [request]);
      else known.push(request);
    }
    return requests;
  }

  /** Drops all that the table has delivered, after it was replaced. */
  dropDelivered(nowMs: number): void {
    this.proposable = undefined;
    for (const entry of [...this.sessions.values()]) {
      const last = this.delivered.lastSequence(entry.client, entry.session);
      for (const [first, waiting] of entry.requests) if (first <= last) this.remove(entry, first, waiting);
      if (last !== entry.lastDelivered) entry.headSinceMs = nowMs;
      entry.lastDelivered = last;
      if (entry.requests.size === 0) this.drop(entry);
    }
    for (const client of [...this.clients.keys()]) this.dropForgotten(client);
  }

  /** What belongs to a session that delivers nothing any more would wait for ever. */
  private dropForgotten(client: ClientId): void {
    for (const entry of this.clients.get(client)?.sessions.values() ?? []) {
      if (this.delivered.isForgotten(client, entry.session)) this.drop(entry);
    }
  }

  private drop(entry: Session): void {
    for (const [first, waiting] of entry.requests) this.remove(entry, first, waiting);
    this.sessions.delete(keyOf(entry));
    const share = this.clients.get(entry.client);
    share?.sessions.delete(entry.session);
    if (share?.sessions.size === 0) this.clients.delete(entry.client);
  }

  /** Forgets what earlier views proposed. */
  resetProposals(): void {
    this.proposable = undefined;
    for (const entry of this.sessions.values()) entry.nextToPropose = undefined;
  }

  /** Notes that `batch` is being proposed in this view, so that {@link takeBatch} goes on behind what follows the delivered without a gap. */
  noteProposed(batch: Batch): void {
    this.proposable = undefined;
    for (const request of batch.requests) {
      const entry = this.sessions.get(keyOf(request));
      if (entry !== undefined && request.firstSequence === this.cursor(entry)) {
        entry.nextToPropose = request.firstSequence + request.commands.length;
      }
    }
  }

  /** Whether some request could be proposed now. */
  get hasProposable(): boolean {
    this.proposable ??= [...this.sessions.values()].some((entry) => this.nextOf(entry) !== undefined);
    return this.proposable;
  }

  /** The next batch to propose, in the order of each session, sessions in turn; `undefined` if nothing is proposable. */
  takeBatch(): Batch | undefined {
    this.proposable = undefined;
    const requests: Request[] = [];
    let bytes = 0;
    let progress = true;
    while (progress) {
      progress = false;
      for (const entry of this.sessions.values()) {
        const next = this.nextOf(entry);
        if (
          next === undefined ||
          requests.length >= batchLimits.requestsPerBatch ||
          bytes + next.size > this.limits.batchBytes
        )
          continue;
        requests.push(next.request);
        bytes += next.size;
        entry.nextToPropose = next.request.firstSequence + next.request.commands.length;
        progress = true;
      }
    }
    return requests.length === 0 ? undefined : { requests };
  }

  /** Since when the longest-waiting head waits; `undefined` if none does. Requests behind a gap do not count. */
  get oldestHeadMs(): number | undefined {
    let oldest: number | undefined;
    for (const entry of this.sessions.values()) {
      if (this.headOf(entry) !== undefined) oldest = Math.min(oldest ?? entry.headSinceMs, entry.headSinceMs);
    }
    return oldest;
  }

  /** R12: at most `most` heads that have waited for `patienceMs`, each again after as long; marks them forwarded. */
  takeToForward(nowMs: number, patienceMs: number, most: number): readonly Request[] {
    const requests: Request[] = [];
    for (const entry of this.sessions.values()) {
      const head = this.headOf(entry);
      const sinceMs = Math.max(entry.headSinceMs, entry.forwardedMs);
      if (head === undefined || sinceMs > nowMs - patienceMs) continue;
      if (requests.length >= most) break;
      entry.forwardedMs = nowMs;
      requests.push(head.request);
    }
    return requests;
  }

  /** About `bytes` of what waits, each session's requests in order, sessions in turn: for a new leader. */
  first(bytes: number): readonly Request[] {
    const queues = [...this.sessions.values()].map((entry) => {
      const waiting = [...entry.requests.values()];
      return waiting.sort((a, b) => a.request.firstSequence - b.request.firstSequence);
    });
    const chosen: Request[] = [];
    let rest = bytes;
    for (let turn = 0; queues.some((queue) => turn < queue.length); turn++) {
      for (const waiting of queues.flatMap((queue) => queue.slice(turn, turn + 1))) {
        rest -= waiting.size;
        if (rest < 0) return chosen;
        chosen.push(waiting.request);
      }
    }
    return chosen;
  }

  private remove(entry: Session, first: number, waiting: Waiting): void {
    entry.requests.delete(first);
    this.totalBytes -= waiting.size;
    const share = this.clients.get(entry.client);
    if (share !== undefined) share.bytes -= waiting.size;
  }

  /** The request that would be delivered next. */
  private headOf(entry: Session): Waiting | undefined {
    return entry.requests.get(this.delivered.lastSequence(entry.client, entry.session) + 1);
  }

  private nextOf(entry: Session): Waiting | undefined {
    return entry.requests.get(this.cursor(entry));
  }

  /** The first sequence number that is neither delivered nor being proposed. */
  private cursor(entry: Session): number {
    return Math.max(entry.nextToPropose ?? 0, this.delivered.lastSequence(entry.client, entry.session) + 1);
  }
}

function keyOf({ client, session }: Pick<Request, 'client' | 'session'>): string {
  return `${client}#${session}`;
}
