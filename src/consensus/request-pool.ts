/** Requests that wait to be decided, and which of them a leader proposes next. */
import type { Batch, ClientId, Request } from './batch.js';
import { batchLimits, requestSize } from './batch.js';
import type { DeliveryTable } from './delivery.js';

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
  /** The view in which the head was last forwarded to everyone. */
  forwardedView: number;
  /** What the leader of the current view proposes next, if it has proposed any. */
  nextToPropose?: number | undefined;
}

export interface PoolLimits {
  readonly totalBytes: number;
  readonly clientBytes: number;
}

export class RequestPool {
  private readonly sessions = new Map<string, Session>();
  private readonly clientBytes = new Map<ClientId, number>();
  private totalBytes = 0;

  constructor(
    private readonly delivered: DeliveryTable,
    private readonly limits: PoolLimits,
  ) {}

  /** Takes a valid request. `full`: there is no room; `old`: it is held already, or can deliver nothing any more. */
  add(request: Request, nowMs: number): 'added' | 'old' | 'full' {
    const { client, session, firstSequence } = request;
    const last = this.delivered.lastSequence(client, session);
    if (firstSequence <= last || this.delivered.isForgotten(client, session)) return 'old';
    const known = this.sessions.get(keyOf(request));
    if (known?.requests.has(firstSequence) === true) return 'old';
    const size = requestSize(request);
    const ofClient = (this.clientBytes.get(client) ?? 0) + size;
    if (this.totalBytes + size > this.limits.totalBytes || ofClient > this.limits.clientBytes) return 'full';
    const entry = known ?? {
      client,
      session,
      requests: new Map<number, Waiting>(),
      lastDelivered: last,
      headSinceMs: nowMs,
      forwardedView: 0,
    };
    const hadHead = this.headOf(entry) !== undefined;
    entry.requests.set(firstSequence, { request, size });
    if (!hadHead) entry.headSinceMs = nowMs;
    this.sessions.set(keyOf(request), entry);
    this.clientBytes.set(client, ofClient);
    this.totalBytes += size;
    return 'added';
  }

  /** Drops what a decided batch has delivered; what it could not deliver for a gap is to be proposed again. */
  settle(batch: Batch, nowMs: number): void {
    for (const key of new Set(batch.requests.map(keyOf))) {
      const entry = this.sessions.get(key);
      if (entry === undefined) continue;
      const last = this.delivered.lastSequence(entry.client, entry.session);
      for (const [first, waiting] of entry.requests) {
        if (first <= last) this.remove(entry, first, waiting);
      }
      const gap = batch.requests.some((request) => keyOf(request) === key && request.firstSequence > last);
      if (gap) entry.nextToPropose = undefined;
      if (last > entry.lastDelivered) entry.headSinceMs = nowMs;
      entry.lastDelivered = last;
      if (entry.requests.size === 0) this.sessions.delete(key);
    }
  }

  /** Forgets what earlier views proposed. */
  resetProposals(): void {
    for (const entry of this.sessions.values()) entry.nextToPropose = undefined;
  }

  /** Notes that `batch` is being proposed in this view, so that {@link takeBatch} goes on behind it. */
  noteProposed(batch: Batch): void {
    for (const request of batch.requests) {
      const entry = this.sessions.get(keyOf(request));
      if (entry !== undefined) {
        entry.nextToPropose = Math.max(entry.nextToPropose ?? 0, request.firstSequence + request.commands.length);
      }
    }
  }

  /** Whether some request could be proposed now. */
  get hasProposable(): boolean {
    for (const entry of this.sessions.values()) if (this.nextOf(entry) !== undefined) return true;
    return false;
  }

  /** The next batch to propose, in the order of each session, sessions in turn; `undefined` if nothing is proposable. */
  takeBatch(): Batch | undefined {
    const requests: Request[] = [];
    let bytes = 8;
    let progress = true;
    while (progress) {
      progress = false;
      for (const entry of this.sessions.values()) {
        const next = this.nextOf(entry);
        if (
          next === undefined ||
          requests.length >= batchLimits.requestsPerBatch ||
          bytes + next.size > batchLimits.batchBytes
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

  /** R12: heads that wait since before `sinceMs` and were not yet forwarded in `view`; marks them forwarded. */
  takeToForward(view: number, sinceMs: number): readonly Request[] {
    const requests: Request[] = [];
    for (const entry of this.sessions.values()) {
      const head = this.headOf(entry);
      if (head === undefined || entry.headSinceMs > sinceMs || entry.forwardedView >= view) continue;
      entry.forwardedView = view;
      requests.push(head.request);
    }
    return requests;
  }

  /** All requests, for a new leader. */
  get all(): readonly Request[] {
    return [...this.sessions.values()].flatMap((entry) => [...entry.requests.values()].map(({ request }) => request));
  }

  private remove(entry: Session, first: number, waiting: Waiting): void {
    entry.requests.delete(first);
    this.totalBytes -= waiting.size;
    const rest = (this.clientBytes.get(entry.client) ?? 0) - waiting.size;
    if (rest > 0) this.clientBytes.set(entry.client, rest);
    else this.clientBytes.delete(entry.client);
  }

  /** The request that would be delivered next. */
  private headOf(entry: Session): Waiting | undefined {
    return entry.requests.get(this.delivered.lastSequence(entry.client, entry.session) + 1);
  }

  private nextOf(entry: Session): Waiting | undefined {
    return entry.requests.get(entry.nextToPropose ?? this.delivered.lastSequence(entry.client, entry.session) + 1);
  }
}

function keyOf({ client, session }: Request): string {
  return `${client}#${session}`;
}
