/**
 * An application's client: proposes to a set of servers that contains a correct one, and listens to any one server, believing
 * nothing but the alliance's key.
 */
import { E } from '../prelude/fp.js';
import { assertNever, present } from '../prelude/invariant.js';
import type { ProcessId, ProcessSet } from '../prelude/process.js';
import type { QuorumSystem } from '../quorum/quorum-system.js';
import { type Request, requestSize, type UnsignedRequest } from '../consensus/batch.js';
import type { DecidedRange } from '../consensus/range.js';
import { type Outcome, type Position, Proposals } from './proposals.js';
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
  /**
   * The first slot to listen from, from 1; 0: from the newest on, or from the start where the server that was listened to first
   * told lies or fell silent and something had already been proposed, whose outcome would otherwise be missed.
   */
  readonly from: number;
  /** Listen to this server alone; otherwise to any, moving on where one falls silent, is behind, or lies. */
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

/** A server that does not answer, or brings nothing while commands wait, is left for the next after this time. */
const silenceMs = 2000;
/** So is one that brings nothing while none wait: the log may rest, or be withheld. */
const restMs = 10_000;
/** So is one that brings something, but none of the commands that wait. */
const fruitlessMs = 10_000;
const tickMs = 100;

/** Ranges that wait to be verified; what comes beyond is dropped and asked for again. */
const backlogLimitBytes = 64 * 1024 * 1024;

/** One wish to listen, and what has come of it. */
interface Listening {
  readonly server: ProcessId;
  /** The slot that was asked for; 0: the newest. */
  readonly asked: number;
  hasBegun: boolean;
  /** The server does not have the slot yet that comes next here. */
  isBehind: boolean;
  hasDropped: boolean;
  /** When it last brought a slot, and when it last brought a command that waited. */
  heardMs: number;
  settledMs: number;
}

export class AllianceClient {
  private readonly links: ReadonlyMap<ProcessId, ServerLink>;
  private readonly proposals: Proposals;
  private verifier: LogVerifier | undefined;
  /** Whether the verifier begins where a verified certificate, or nobody's word, says. */
  private isProven = false;
  private listening: Listening | undefined;
  private lastTried: ProcessId | undefined;
  private lastIdleMs: number;
  private receiving: Promise<void> = Promise.resolve();
  private backlogBytes = 0;
  private readonly ticker: NodeJS.Timeout;
  private flushing: NodeJS.Immediate | undefined;
  private readonly statusWaiters = new Map<ProcessId, Set<(status: ServerStatus | undefined) => void>>();
  private turn = 0;
  private isClosed = false;

  constructor(private readonly options: AllianceClientOptions) {
    const { client, session, system, connect, sign, now, from } = options;
    this.lastIdleMs = now();
    this.proposals = new Proposals(client, session, sign);
    if (from === 1) this.beginAtStart();
    const handler = {
      onMessage: (server: ProcessId, message: ServerMessage, bytes: number) => {
        if (!this.isClosed) this.onMessage(server, message, bytes);
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

  /**
   * Resolves when the command is covered by a verified certificate, or when the client closes.
   * @param onPlaced - called once the command is known to be decided and durable, on the word of servers of which one must be
   * correct: usually before the certificate comes, at the latest with it.
   */
  propose(command: Uint8Array, onPlaced?: (position: Position) => void): Promise<Outcome> {
    if (this.isClosed) return Promise.resolve({ _tag: 'rejected', reason: 'the client is closed' });
    const outcome = this.proposals.add(command, onPlaced);
    this.flushing ??= setImmediate(() => {
      this.flush();
    });
    return outcome;
  }

  /** The server that is being listened to. */
  get listeningTo(): ProcessId | undefined {
    return this.listening?.server;
  }

  /** What a server says of itself; `undefined` where it does not answer in time, or the client closes. */
  askStatus(server: ProcessId, timeoutMs: number): Promise<ServerStatus | undefined> {
    if (this.isClosed) return Promise.resolve(undefined);
    return new Promise((resolve) => {
      const waiters = this.statusWaiters.get(server) ?? new Set();
      this.statusWaiters.set(server, waiters);
      const settle = (status: ServerStatus | undefined): void => {
        clearTimeout(timer);
        waiters.delete(settle);
        resolve(status);
      };
      const timer = setTimeout(settle, timeoutMs, undefined);
      waiters.add(settle);
      this.links.get(server)?.send({ _tag: 'AskStatus' });
    });
  }

  /** Ends the session; commands without a certificate are `unknown`. Nothing is reported afterwards. */
  close(): void {
    this.isClosed = true;
    clearInterval(this.ticker);
    clearImmediate(this.flushing);
    for (const link of this.links.values()) link.close();
    this.proposals.abandon({ _tag: 'unknown', reason: 'the client was closed before a certificate came' });
    for (const waiters of this.statusWaiters.values()) for (const settle of waiters) settle(undefined);
  }

  private onUp(server: ProcessId): void {
    if ((this.statusWaiters.get(server)?.size ?? 0) > 0) this.links.get(server)?.send({ _tag: 'AskStatus' });
    if (this.listening === undefined && this.mayListenTo(server)) this.listenTo(server);
    this.proposals.hasten(this.options.now());
    this.flush();
  }

  private onDown(server: ProcessId, reason: string): void {
    this.trouble(server, reason);
    if (this.listening?.server === server) this.listenElsewhere();
  }

  /** A server's own words are shown to people: what would steer their terminals is not. */
  private trouble(server: ProcessId, reason: string): void {
    this.options.onTrouble?.(server, reason.replace(/\p{Cc}/gu, '?'));
  }

  private mayListenTo(server: ProcessId): boolean {
    return this.options.server === undefined || this.options.server === server;
  }

  private listenElsewhere(): void {
    const servers = [...this.links.keys()];
    const start = this.lastTried === undefined ? 0 : servers.indexOf(this.lastTried) + 1;
    const rotated = [...servers.slice(start), ...servers.slice(0, start)];
    this.listening = undefined;
    const next = rotated.find((server) => this.links.get(server)?.isUp === true && this.mayListenTo(server));
    if (next !== undefined) this.listenTo(next);
  }

  private listenTo(server: ProcessId): void {
    if (!this.isProven) this.forgetUnproven();
    const nowMs = this.options.now();
    const asked = this.verifier?.nextSlot ?? this.options.from;
    const fresh = { hasBegun: false, isBehind: false, hasDropped: false, heardMs: nowMs, settledMs: nowMs };
    this.listening = { server, asked, ...fresh };
    this.lastTried = server;
    this.links.get(server)?.send({ _tag: 'Listen', from: asked });
  }

  /** A beginning that rests on one server's word is given up with that server; what was proposed since must not be missed. */
  private forgetUnproven(): void {
    this.verifier = undefined;
    if (this.proposals.hasSent) this.beginAtStart();
  }

  private beginAtStart(): void {
    this.verifier = LogVerifier.fromStart(this.options.anchor);
    this.isProven = true;
  }

  private onMessage(from: ProcessId, message: ServerMessage, bytes: number): void {
    switch (message._tag) {
      case 'Begin':
        if (this.listening?.server === from) this.begin(this.listening, message);
        return;
      case 'Range':
        if (this.listening?.server === from) this.receive(this.listening, message.range, bytes);
        return;
      case 'Refused':
        this.trouble(from, `refused a request: ${message.reason}`);
        return;
      case 'Placed':
        for (const placement of message.placements)
          this.proposals.place(from, placement, (servers) => this.containsCorrect(servers));
        return;
      case 'Status':
        for (const settle of this.statusWaiters.get(from) ?? []) settle(message.status);
        return;
      default:
        assertNever(message);
    }
  }

  private containsCorrect(servers: readonly ProcessId[]): boolean {
    const { system } = this.options;
    return system.containsCorrect(system.processes.universe.of(servers));
  }

  private begin(listening: Listening, { from, previous }: Extract<ServerMessage, { _tag: 'Begin' }>): void {
    const { server, asked } = listening;
    if (from < 1 || (asked !== 0 && from > asked)) {
      this.doubt(listening, `it begins with slot ${from} where slot ${asked} was asked for`);
      return;
    }
    listening.hasBegun = true;
    this.verifier ??= LogVerifier.fromMiddle(this.options.anchor, from, previous);
    listening.isBehind = from < this.verifier.nextSlot && server !== this.options.server;
    this.flush();
  }

  /** Ranges are verified one after another, in the order in which they came; those of an earlier wish are over. */
  private receive(listening: Listening, range: DecidedRange, bytes: number): void {
    listening.hasDropped ||= this.backlogBytes > backlogLimitBytes;
    if (!listening.hasBegun || listening.hasDropped) return;
    this.backlogBytes += bytes;
    this.receiving = this.receiving.then(async () => {
      await this.take(listening, range);
      this.backlogBytes -= bytes;
      if (listening.hasDropped && this.backlogBytes === 0 && this.isCurrent(listening)) this.listenTo(listening.server);
    });
  }

  private isCurrent(listening: Listening): boolean {
    return !this.isClosed && listening === this.listening;
  }

  private async take(listening: Listening, received: DecidedRange): Promise<void> {
    const { verifier } = this;
    if (!this.isCurrent(listening) || verifier === undefined) return;
    const range = withoutSlotsBefore(received, verifier.nextSlot);
    if (range === undefined) return;
    const verified = await verifier.take(range);
    // The verifier was given up meanwhile, and so is what it says.
    if (this.isClosed || verifier !== this.verifier) return;
    if (E.isLeft(verified)) this.doubt(listening, describeVerifyError(verified.left));
    else this.accept(listening, verified.right, range);
  }

  private accept(listening: Listening, verified: VerifiedRange, range: DecidedRange): void {
    this.isProven = true;
    listening.heardMs = this.options.now();
    listening.isBehind = false;
    if (this.proposals.settle(verified.delivered) > 0) listening.settledMs = listening.heardMs;
    const delivered = verified.delivered.filter(({ slot }) => slot >= this.options.from);
    // What a listener of the client throws is for the process to hear, and ends no listening.
    try {
      this.options.onRange?.({ ...verified, delivered }, range, listening.server);
    } catch (error) {
      queueMicrotask(() => {
        throw error;
      });
    }
    this.flush();
  }

  private doubt(listening: Listening, reason: string): void {
    this.options.onDoubt?.(listening.server, reason);
    // The next tick listens elsewhere, so that nobody can keep this going faster.
    if (this.isCurrent(listening)) this.listening = undefined;
  }

  /** Nothing is sent before listening has a beginning: a command decided before it would never be heard of. */
  private flush(): void {
    this.flushing = undefined;
    if (this.isClosed || this.verifier === undefined) return;
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
    if (this.proposals.isIdle) this.lastIdleMs = nowMs;
    if (this.listening === undefined || this.hasFailed(this.listening, nowMs)) this.listenElsewhere();
  }

  private hasFailed({ hasBegun, isBehind, heardMs, settledMs }: Listening, nowMs: number): boolean {
    const quietMs = nowMs - heardMs;
    if (!hasBegun) return quietMs > silenceMs;
    if (isBehind) return true;
    if (this.options.server !== undefined) return false;
    const waitedMs = nowMs - this.lastIdleMs;
    return (
      quietMs > restMs || Math.min(quietMs, waitedMs) > silenceMs || Math.min(nowMs - settledMs, waitedMs) > fruitlessMs
    );
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

/** What a range adds after what is known; `undefined` if nothing. It leads to the same certificate. */
function withoutSlotsBefore(range: DecidedRange, slot: number): DecidedRange | undefined {
  const known = Math.max(0, slot - range.from);
  if (known >= range.batches.length) return undefined;
  return known === 0 ? range : { ...range, from: slot, batches: range.batches.slice(known) };
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
