/**
 * An application's client: proposes to a set of servers that contains a correct one, and listens to any one server, believing
 * nothing but the alliance's key.
 */
import { E, type Either } from '../prelude/fp.js';
import { assertNever, invariant, present } from '../prelude/invariant.js';
import { isServiceCommand } from '../services/service-command.js';
import type { ProcessId, ProcessSet } from '../prelude/process.js';
import type { QuorumSystem } from '../quorum/quorum-system.js';
import { type Request, requestSize, type UnsignedRequest } from '../consensus/batch.js';
import type { DecidedRange } from '../consensus/range.js';
import { type ExecutionOutcome, type Outcome, type Position, Proposals } from './proposals.js';
import { type ExecutedSlot, protocolLimits, type ServerMessage, type ServerStatus, submitBytes } from './protocol.js';
import { LogFollower, type LogFollowerOptions } from './log-follower.js';
import { type Connect, ServerLink, type ServerLinkHandler } from './server-link.js';
import type { Succession } from './succession.js';
import type { TrustAnchor, VerifiedRange } from './verify.js';

/** What a client knows of the epoch that its alliance is in. */
export interface ClientTerms {
  readonly anchor: TrustAnchor;
  /** Who may fail together; its processes are the servers. */
  readonly system: QuorumSystem;
  /** Of which `system` is: results of other epochs are nobody's word here. */
  readonly epoch: number;
}

export interface AllianceClientOptions extends LogFollowerOptions, ClientTerms {
  /** What a server tells of the end of the epoch: the terms of the next, once that is believed; the client stays in its own if absent. */
  readonly onSuccession?: (told: Succession) => Promise<Either<string, ClientTerms>>;
  /** `organization/application`. */
  readonly client: string;
  /** Higher than that of any earlier client of this application: its commands are numbered within it. */
  readonly session: number;
  readonly sign: (request: UnsignedRequest) => Request;
  readonly connect: Connect;
  /** Hear commands for koinon's own services as well, management's for instance. */
  readonly hearsServices?: boolean;
  /** What was verified, of it what is an application's, and the range that it was verified from. */
  readonly onRange?: (verified: VerifiedRange, range: DecidedRange, from: ProcessId) => void;
  /** Links that went down, requests that were refused. For people. */
  readonly onTrouble?: (server: ProcessId, reason: string) => void;
}

const tickMs = 100;

export class AllianceClient {
  private readonly links = new Map<ProcessId, ServerLink>();
  private terms: ClientTerms;
  private readonly linkHandler: ServerLinkHandler;
  private readonly proposals: Proposals;
  private readonly follower: LogFollower;
  private lastIdleMs: number;
  private readonly ticker: NodeJS.Timeout;
  private flushing: NodeJS.Immediate | undefined;
  private readonly statusWaiters = new Map<ProcessId, Set<(status: ServerStatus | undefined) => void>>();
  private turn = 0;
  /** Who leads, on a server's word: a wrong one costs a message. */
  private leader: ProcessId | undefined;
  private awaitsResults = false;
  /** What a server told of the next epoch is being checked: nothing else is, meanwhile. */
  private isFollowing = false;
  private isClosed = false;

  constructor(private readonly options: AllianceClientOptions) {
    const { client, session, sign, now } = options;
    this.terms = options;
    this.lastIdleMs = now();
    this.proposals = new Proposals(client, session, sign);
    this.follower = new LogFollower({
      ...options,
      links: () => this.links,
      containsCorrect: (servers) => this.containsCorrect([...servers]),
      hasProposed: () => this.proposals.hasSent,
      waitingSinceMs: () => this.lastIdleMs,
      onBegun: () => {
        this.flush();
      },
      onVerified: (verified, range, server) => this.accept(verified, range, server),
    });
    this.linkHandler = {
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
    this.linkServers();
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
    this.flushSoon();
    return outcome;
  }

  /**
   * Proposes a command for its result: resolves as soon as servers of which one must be correct say alike what came of it, decided and
   * durable, usually before any certificate. A command that is certified without that is `committed`, its result unknown; so is every
   * command that is for no application.
   */
  execute(command: Uint8Array): Promise<ExecutionOutcome> {
    if (this.isClosed) return Promise.resolve({ _tag: 'rejected', reason: 'the client is closed' });
    const outcome = this.proposals.addForResult(command);
    if (!this.awaitsResults) for (const link of this.links.values()) this.awaitResults(link);
    this.awaitsResults = true;
    this.flushSoon();
    return outcome;
  }

  /** The server that is being listened to. */
  get listeningTo(): ProcessId | undefined {
    return this.follower.listeningTo;
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

  /**
   * Hands an act of management to every server that is linked, to be put into the log by one of them: nothing is kept for those that
   * are not, nor said of what comes of it. At most `protocolLimits.actBytes`.
   */
  bring(act: Uint8Array): void {
    invariant(act.length <= protocolLimits.actBytes, 'an act is within its bounds');
    for (const link of this.links.values()) link.send({ _tag: 'Bring', act });
  }

  /** Ends the session; commands without a certificate are `unknown`. Nothing is reported afterwards. */
  close(): void {
    this.isClosed = true;
    this.follower.close();
    clearInterval(this.ticker);
    clearImmediate(this.flushing);
    for (const link of this.links.values()) link.close();
    this.proposals.abandon({ _tag: 'unknown', reason: 'the client was closed before a certificate came' });
    for (const waiters of this.statusWaiters.values()) for (const settle of waiters) settle(undefined);
  }

  private linkServers(): void {
    const { processes } = this.terms.system;
    for (const server of processes)
      if (!this.links.has(server))
        this.links.set(server, new ServerLink(server, this.options.connect, this.linkHandler));
    for (const [server, link] of this.links) {
      if (processes.has(server)) continue;
      link.close();
      this.links.delete(server);
      this.follower.onDown(server);
    }
  }

  /** Goes on in the next epoch, where what a server tells of it is believed. */
  private async follow(from: ProcessId, told: Succession): Promise<void> {
    const { onSuccession } = this.options;
    if (onSuccession === undefined || told.epoch !== this.terms.epoch || this.isFollowing) return;
    this.isFollowing = true;
    const next = await onSuccession(told);
    this.isFollowing = false;
    if (this.isClosed || told.epoch !== this.terms.epoch) return;
    if (E.isLeft(next)) {
      this.trouble(from, `its word on the next epoch is not believed: ${next.left}`);
      return;
    }
    this.terms = next.right;
    this.leader = undefined;
    this.follower.follow(told.slot, next.right.anchor);
    this.linkServers();
    this.proposals.hasten(this.options.now());
    for (const link of this.links.values()) this.askSuccession(link);
  }

  /** An epoch ends with all of its links, so whoever comes up again may know. */
  private askSuccession(link: ServerLink | undefined): void {
    if (this.options.onSuccession !== undefined) link?.send({ _tag: 'AskSuccession', epoch: this.terms.epoch });
  }

  private onUp(server: ProcessId): void {
    this.askSuccession(this.links.get(server));
    if ((this.statusWaiters.get(server)?.size ?? 0) > 0) this.links.get(server)?.send({ _tag: 'AskStatus' });
    if (this.awaitsResults) this.awaitResults(this.links.get(server));
    this.follower.onUp(server);
    this.proposals.hasten(this.options.now());
    this.flush();
  }

  private onDown(server: ProcessId, reason: string): void {
    this.trouble(server, reason);
    this.follower.onDown(server);
  }

  /** A server's own words are shown to people: what would steer their terminals is not. */
  private trouble(server: ProcessId, reason: string): void {
    this.options.onTrouble?.(server, reason.replace(/\p{Cc}/gu, '?'));
  }

  private onMessage(from: ProcessId, message: ServerMessage, bytes: number): void {
    switch (message._tag) {
      case 'Begin':
        this.follower.onBegin(from, message);
        return;
      case 'Range':
        this.follower.onRange(from, message.range, bytes);
        return;
      case 'Pruned':
        this.follower.onPruned(from, message.first);
        return;
      case 'Refused':
        this.trouble(from, `refused ${message.session === 0 ? 'an act' : 'a request'}: ${message.reason}`);
        return;
      case 'Placed':
        this.leader = message.leader as ProcessId;
        for (const placement of message.placements)
          this.proposals.place(from, placement, (servers) => this.containsCorrect(servers));
        return;
      case 'Executed':
        this.hearResults(from, message);
        return;
      case 'Succession':
        void this.follow(from, message);
        return;
      case 'Status':
        for (const settle of this.statusWaiters.get(from) ?? []) settle(message.status);
        return;
      case 'State':
      case 'Chunk':
        // Applications do not ask for states.
        return;
      default:
        assertNever(message);
    }
  }

  /** Who may be believed together is known of the client's own epoch alone. */
  private hearResults(from: ProcessId, { epoch, slot, results }: ExecutedSlot): void {
    if (epoch !== this.terms.epoch) return;
    for (const result of results) this.proposals.reply(from, slot, result, (servers) => this.containsCorrect(servers));
  }

  private containsCorrect(servers: readonly ProcessId[]): boolean {
    const { system } = this.terms;
    const { universe } = system.processes;
    return system.containsCorrect(universe.of(servers.filter((server) => universe.has(server))));
  }

  private accept(verified: VerifiedRange, range: DecidedRange, server: ProcessId): number {
    const settled = this.proposals.settle(verified.delivered, this.options.now());
    const { from, hearsServices = false } = this.options;
    const isHeard = (command: Uint8Array): boolean => hearsServices || !isServiceCommand(command);
    const delivered = verified.delivered.filter(({ slot, command }) => slot >= from && isHeard(command));
    // What a listener of the client throws is for the process to hear, and ends no listening.
    try {
      this.options.onRange?.({ ...verified, delivered }, range, server);
    } catch (error) {
      queueMicrotask(() => {
        throw error;
      });
    }
    this.flush();
    return settled;
  }

  /** Every server is asked: of those to which a command is submitted too few may be correct. */
  private awaitResults(link: ServerLink | undefined): void {
    link?.send({ _tag: 'AwaitResults', session: this.options.session });
  }

  private flushSoon(): void {
    this.flushing ??= setImmediate(() => {
      this.flush();
    });
  }

  /** Nothing is sent before listening has a beginning: a command decided before it would never be heard of. */
  private flush(): void {
    this.flushing = undefined;
    if (this.isClosed || !this.follower.hasBegun) return;
    const servers = this.vouchingServers();
    // Too few links are up: what is queued waits for the next.
    if (!this.terms.system.containsCorrect(servers)) return;
    const requests = this.proposals.flush(this.options.now());
    if (requests.length > 0) this.submit(requests, servers, this.leader);
  }

  private tick(): void {
    const nowMs = this.options.now();
    this.proposals.endWaits(nowMs);
    const overdue = this.proposals.takeOverdue(nowMs);
    if (overdue.length > 0) this.submit(overdue, this.links.keys());
    if (this.proposals.isIdle) this.lastIdleMs = nowMs;
    this.follower.tick();
  }

  /** Connected servers, enough of them that one is correct where there are enough: the leader, and others in turn. */
  private vouchingServers(): ProcessSet {
    const { system } = this.terms;
    const up = [...this.links.values()].filter(({ isUp }) => isUp).map(({ server }) => server);
    this.turn += 1;
    const start = up.length === 0 ? 0 : this.turn % up.length;
    const rotated = [...up.slice(start), ...up.slice(0, start)];
    let chosen = system.processes.universe.none;
    for (const server of [...rotated.filter((up) => up === this.leader), ...rotated]) {
      if (system.containsCorrect(chosen)) break;
      chosen = chosen.with(server);
    }
    return chosen;
  }

  private submit(requests: readonly Request[], servers: Iterable<ProcessId>, leader?: ProcessId): void {
    const sent = [...servers];
    const told = leader !== undefined && sent.includes(leader) ? { leader } : {};
    const messages = grouped(requests).map((group) => ({ _tag: 'Submit', requests: group, ...told }) as const);
    for (const server of sent) {
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
