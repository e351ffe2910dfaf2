/**
 * An application's client: proposes to a set of servers that contains a correct one, and listens to any one server, believing
 * nothing but the alliance's key.
 */
import { E } from '../prelude/fp.js';
import { present } from '../prelude/invariant.js';
import type { ProcessId, ProcessSet } from '../prelude/process.js';
import type { QuorumSystem } from '../quorum/quorum-system.js';
import { type Request, requestSize, type UnsignedRequest } from '../consensus/batch.js';
import type { DecidedRange } from '../consensus/range.js';
import { type Outcome, Proposals } from './proposals.js';
import { protocolLimits, type ServerMessage, type ServerStatus, submitBytes } from './protocol.js';
import { type Connect, ServerLink } from './server-link.js';
import { describeVerifyError, LogVerifier, type TrustAnchor, type VerifiedRange } from './verify.js';

export interface AllianceClientOptions {
  readonly anchor: TrustAnchor;
  /** Who may fail together; its processes are the servers. */
  readonly system: QuorumSystem;
  /** `organization/application`. */
  readonly client: string;
  /** Higher than that of any earlier client of this application: its commands are numbered within it. */
  readonly session: number;
  readonly sign: (request: UnsignedRequest) => Request;
  readonly connect: Connect;
  /** The first slot to listen from, from 1; 0: from the newest on. */
  readonly from: number;
  /** Listen to this server alone; otherwise to any, moving on where one falls silent. */
  readonly server?: ProcessId;
  /** Milliseconds that never go back. */
  readonly now: () => number;
  /** What was verified, and the range that it was verified from. */
  readonly onRange?: (verified: VerifiedRange, range: DecidedRange, from: ProcessId) => void;
  /** A server sent what is not believed. */
  readonly onDoubt?: (server: ProcessId, reason: string) => void;
  /** Links that went down, requests that were refused. For people. */
  readonly onTrouble?: (server: ProcessId, reason: string) => void;
}

/** A server that brings nothing for this time, while commands wait, is left for the next. */
const silenceMs = 2000;
const tickMs = 100;

export class AllianceClient {
  private readonly links: ReadonlyMap<ProcessId, ServerLink>;
  private readonly proposals: Proposals;
  private verifier: LogVerifier | undefined;
  private source: ProcessId | undefined;
  private lastHeardMs: number;
  private receiving: Promise<void> = Promise.resolve();
  private readonly ticker: NodeJS.Timeout;
  private flushing: NodeJS.Immediate | undefined;
  private readonly statusWaiters = new Map<ProcessId, ((status: ServerStatus) => void)[]>();
  private turn = 0;

  constructor(private readonly options: AllianceClientOptions) {
    const { anchor, client, session, system, connect, sign, now, from } = options;
    this.lastHeardMs = now();
    this.proposals = new Proposals(client, session, sign);
    if (from === 1) this.verifier = LogVerifier.fromStart(anchor);
    const handler = {
      onMessage: (server: ProcessId, message: ServerMessage) => {
        this.onMessage(server, message);
      },
      onUp: (server: ProcessId) => {
        this.onUp(server);
      },
      onDown: (server: ProcessId, reason: string) => {
        this.onDown(server, reason);
      },
    };
    this.links = new Map([...system.processes].map((server) => [server, new ServerLink(server, connect, handler)]));
    this.ticker = setInterval(() => {
      this.tick();
    }, tickMs);
  }

  /** Resolves when the command is covered by a verified certificate, or when the client closes. */
  propose(command: Uint8Array): Promise<Outcome> {
    const outcome = this.proposals.add(command);
    this.flushing ??= setImmediate(() => {
      this.flush();
    });
    return outcome;
  }

  /** The server that is being listened to. */
  get listeningTo(): ProcessId | undefined {
    return this.source;
  }

  /** What a server says of itself; `undefined` where it does not answer in time. */
  askStatus(server: ProcessId, timeoutMs: number): Promise<ServerStatus | undefined> {
    return new Promise((resolve) => {
      const waiters = this.statusWaiters.get(server) ?? [];
      this.statusWaiters.set(server, [...waiters, resolve]);
      this.links.get(server)?.send({ _tag: 'AskStatus' });
      setTimeout(() => {
        resolve(undefined);
      }, timeoutMs).unref();
    });
  }

  /** Ends the session; commands without a certificate are `unknown`. */
  close(): void {
    clearInterval(this.ticker);
    clearImmediate(this.flushing);
    for (const link of this.links.values()) link.close();
    this.proposals.abandon({ _tag: 'unknown', reason: 'the client was closed before a certificate came' });
  }

  private onUp(server: ProcessId): void {
    if (this.statusWaiters.has(server)) this.links.get(server)?.send({ _tag: 'AskStatus' });
    if (this.source === undefined && this.mayListenTo(server)) this.listenTo(server);
    this.flush();
  }

  private onDown(server: ProcessId, reason: string): void {
    this.options.onTrouble?.(server, reason);
    if (this.source === server) this.listenElsewhere();
  }

  private mayListenTo(server: ProcessId): boolean {
    return this.options.server === undefined || this.options.server === server;
  }

  private listenElsewhere(): void {
    const servers = [...this.links.keys()];
    const start = this.source === undefined ? 0 : servers.indexOf(this.source) + 1;
    const rotated = [...servers.slice(start), ...servers.slice(0, start)];
    this.source = undefined;
    const next = rotated.find((server) => this.links.get(server)?.isUp === true && this.mayListenTo(server));
    if (next !== undefined) this.listenTo(next);
  }

  private listenTo(server: ProcessId): void {
    this.source = server;
    this.lastHeardMs = this.options.now();
    this.links.get(server)?.send({ _tag: 'Listen', from: this.verifier?.nextSlot ?? this.options.from });
  }

  private onMessage(from: ProcessId, message: ServerMessage): void {
    switch (message._tag) {
      case 'Begin':
        if (from === this.source) this.begin(message.from, message.previous);
        return;
      case 'Range':
        // Ranges are verified one after another, in the order in which they came.
        this.receiving = this.receiving.then(() => this.take(from, message));
        return;
      case 'Refused':
        this.options.onTrouble?.(from, `refused a request: ${message.reason}`);
        return;
      case 'Status':
        for (const resolve of this.statusWaiters.get(from) ?? []) resolve(message.status);
        this.statusWaiters.delete(from);
        return;
    }
  }

  private begin(from: number, previous: Parameters<typeof LogVerifier.fromMiddle>[2]): void {
    this.verifier ??= LogVerifier.fromMiddle(this.options.anchor, from, previous);
    // A server that is behind cannot bring what comes next; the next tick looks for another, or for it again.
    if (this.verifier.nextSlot !== from) this.source = undefined;
  }

  private async take(from: ProcessId, { range }: Extract<ServerMessage, { _tag: 'Range' }>): Promise<void> {
    if (from !== this.source || this.verifier === undefined || range.from < this.verifier.nextSlot) return;
    const verified = await this.verifier.take(range);
    if (E.isLeft(verified)) {
      this.options.onDoubt?.(from, describeVerifyError(verified.left));
      if (from === this.source) this.listenElsewhere();
      return;
    }
    this.lastHeardMs = this.options.now();
    this.proposals.settle(verified.right.delivered);
    this.options.onRange?.(verified.right, range, from);
    this.flush();
  }

  private flush(): void {
    this.flushing = undefined;
    const servers = this.vouchingServers();
    // Too few links are up: what is queued waits for the next.
    if (!this.options.system.containsCorrect(servers)) return;
    const requests = this.proposals.flush(this.options.now());
    if (requests.length > 0) this.submit(requests, servers);
  }

  private tick(): void {
    const nowMs = this.options.now();
    const overdue = this.proposals.takeOverdue(nowMs);
    if (overdue.length > 0) this.submit(overdue, this.links.keys());
    const waits = !this.proposals.isIdle;
    if (
      this.source === undefined ||
      (waits && nowMs - this.lastHeardMs > silenceMs && this.options.server === undefined)
    )
      this.listenElsewhere();
  }

  /** Connected servers, enough of them that one is correct where there are enough; another one first each time. */
  private vouchingServers(): ProcessSet {
    const { system } = this.options;
    const up = [...this.links.values()].filter(({ isUp }) => isUp).map(({ server }) => server);
    this.turn += 1;
    const start = up.length === 0 ? 0 : this.turn % up.length;
    let chosen = system.processes.universe.none;
    for (const server of [...up.slice(start), ...up.slice(0, start)]) {
      if (system.containsCorrect(chosen)) break;
      chosen = chosen.with(server);
    }
    return chosen;
  }

  private submit(requests: readonly Request[], servers: Iterable<ProcessId>): void {
    const messages = grouped(requests).map((group) => ({ _tag: 'Submit', requests: group }) as const);
    for (const server of servers) {
      for (const message of messages) present(this.links.get(server), 'servers have links').send(message);
    }
  }
}

function grouped(requests: readonly Request[]): readonly (readonly Request[])[] {
  const groups: Request[][] = [];
  let bytes = Number.POSITIVE_INFINITY;
  for (const request of requests) {
    const size = requestSize(request);
    const group = groups.at(-1);
    if (group === undefined || bytes + size > submitBytes || group.length >= protocolLimits.requestsPerSubmit) {
      groups.push([request]);
      bytes = size;
    } else {
      group.push(request);
      bytes += size;
    }
  }
  return groups;
}
