/** The applications connected to a server: what they submit goes to the replica, and what is certified goes to those that listen. */
import { E } from '../../prelude/fp.js';
import { assertNever } from '../../prelude/invariant.js';
import type { Digest } from '../../prelude/digest.js';
import type { ProcessId } from '../../prelude/process.js';
import type { Chunk, SnapshotCertificate } from '../../consensus/manifest.js';
import type { Request } from '../../consensus/batch.js';
import type { DeliveredRun } from '../../consensus/delivery.js';
import {
  type ClientMessage,
  decodeClientMessage,
  encodeServerMessage,
  type ExecutedSlot,
  type Placement,
  type ServerMessage,
  type ServerStatus,
} from '../../client/protocol.js';
import type { Succession } from '../../client/succession.js';
import type { Link, LinkHandler } from '../../transport/transport.js';
import { AnswerBudget } from '../answer-budget.js';
import type { DecidedLog } from '../log/decided-log.js';
import type { Execution } from '../state/executor.js';
import { placementsByClient } from './placements.js';
import { inMessages, resultsByClient } from './results.js';

export interface ApplicationService {
  readonly log: DecidedLog;
  /** The last slot of the epoch of `slot`, where it has ended; infinite where it has not. */
  endOf(slot: number): number;
  submit(request: Request, leader: string | undefined): void;
  /** Who leads here now; empty where no epoch runs. */
  leader(): string;
  status(): ServerStatus;
  /** How an epoch ended, where that is known here with the document that follows. */
  succession(epoch: number): Succession | undefined;
  /** Takes an act that a client brings; says why not where it does not. */
  bring(act: Uint8Array): string | undefined;
  /** The newest state that is certified. */
  certifiedState(): SnapshotCertificate | undefined;
  /** A chunk for `client`, where it is held and intact. */
  chunk(client: ProcessId, state: Digest, index: number): Promise<Chunk | undefined>;
  /** Milliseconds that never go back. */
  clock(): number;
}

/** How many questions about states of one client are answered in an interval. */
const answersPerInterval = 64;
const answersIntervalMs = 100;

/** How many acts a client may bring in an interval, over all of its links. */
const actsPerInterval = 16;
const actsIntervalMs = 1000;

/** Of each client, over all of its links. */
interface Budgets {
  readonly acts: AnswerBudget;
  readonly answers: AnswerBudget;
}

/** While so many bytes wait to be read by an application, it is sent nothing more. */
const pendingBytes = 4 * 1024 * 1024;

/** How often an application that was slow to read is looked after again. */
const pendingCheckMs = 20;

/**
 * One application's link. What it asks for is answered once a turn of the event loop and one range at a time, so that neither
 * a flood of wishes nor a listener that is far behind holds up the replica.
 */
class Session implements LinkHandler {
  /** What `Listen` asked for and has not been answered. */
  private wanted: number | undefined;
  /** The next slot to send; `undefined` while the application does not listen. */
  private nextSlot: number | undefined;
  private asksStatus = false;
  /** The epoch whose end is asked for. */
  private asksEndOf: number | undefined;
  /** The newest session whose requests came on this link: an application has one at a time. */
  private submitting: number | undefined;
  /** The session whose results are awaited on this link. */
  private awaited: number | undefined;
  private turn: NodeJS.Immediate | undefined;
  private check: NodeJS.Timeout | undefined;
  private isClosed = false;

  constructor(
    readonly link: Link,
    private readonly service: ApplicationService,
    private readonly budgets: Budgets,
    private readonly onEnd: () => void,
  ) {}

  get isListening(): boolean {
    return this.wanted !== undefined || this.nextSlot !== undefined;
  }

  onFrame(frame: Uint8Array): void {
    if (this.isClosed) return;
    const decoded = decodeClientMessage(frame);
    if (E.isLeft(decoded))
      this.link.close(`a malformed message: expected ${decoded.left.expected} at byte ${decoded.left.offset}`);
    else this.onMessage(decoded.right);
  }

  onClosed(): void {
    this.close();
    this.onEnd();
  }

  /** Hears and says nothing more. */
  close(): void {
    this.isClosed = true;
    clearTimeout(this.check);
    clearImmediate(this.turn);
  }

  refuse(session: number, firstSequence: number, reason: string): void {
    if (this.link.pending <= pendingBytes) this.send({ _tag: 'Refused', session, firstSequence, reason });
  }

  /** Tells where commands stand that were submitted here. */
  place(placements: readonly Placement[]): void {
    const own = placements.filter(({ session }) => session === this.submitting);
    if (own.length > 0 && this.link.pending <= pendingBytes)
      this.send({ _tag: 'Placed', leader: this.service.leader(), placements: own });
  }

  /** Tells what came of commands of the session that is awaited; nobody tells it again. */
  tellResults({ results, ...of }: ExecutedSlot): void {
    const own = results.filter(({ session }) => session === this.awaited);
    for (const message of inMessages({ ...of, results: own }))
      if (this.link.pending <= pendingBytes) this.send({ _tag: 'Executed', ...message });
  }

  /** Looks, in a later turn, whether there is anything to send. */
  advance(): void {
    if (this.isClosed) return;
    this.turn ??= setImmediate(() => {
      this.turn = undefined;
      this.serve();
    });
  }

  private serve(): void {
    clearTimeout(this.check);
    if (this.link.pending > pendingBytes) {
      this.check = setTimeout(() => {
        this.serve();
      }, pendingCheckMs);
      return;
    }
    if (this.asksStatus) this.send({ _tag: 'Status', status: this.service.status() });
    this.asksStatus = false;
    const ended = this.asksEndOf === undefined ? undefined : this.service.succession(this.asksEndOf);
    if (ended !== undefined) this.send({ _tag: 'Succession', ...ended });
    this.asksEndOf = undefined;
    if (this.wanted !== undefined) this.begin(this.wanted);
    if (this.nextSlot === undefined) return;
    if (this.nextSlot < this.service.log.first) {
      this.endListening();
      return;
    }
    const range = this.service.log.range(this.nextSlot, this.service.endOf(this.nextSlot));
    if (range === undefined) return;
    this.nextSlot += range.batches.length;
    this.send({ _tag: 'Range', range });
    this.advance();
  }

  private begin(wanted: number): void {
    const { log } = this.service;
    const from = wanted === 0 ? (log.newestCertificate?.slot ?? 0) + 1 : wanted;
    const first = Math.min(from, log.last + 1);
    this.wanted = undefined;
    this.nextSlot = undefined;
    if (first < log.first) {
      this.endListening();
      return;
    }
    const previous = log.chainAt(first - 1);
    if (previous === undefined) return;
    this.nextSlot = first;
    this.send({ _tag: 'Begin', from: first, previous });
  }

  /** What comes next for this listener is not held any more. */
  private endListening(): void {
    this.nextSlot = undefined;
    this.send({ _tag: 'Pruned', first: this.service.log.first });
  }

  private onMessage(message: ClientMessage): void {
    switch (message._tag) {
      case 'Submit':
        for (const request of message.requests) this.submit(request, message.leader);
        return;
      case 'Listen':
        this.wanted = message.from;
        this.advance();
        return;
      case 'AskStatus':
        this.asksStatus = true;
        this.advance();
        return;
      case 'AskSuccession':
        this.asksEndOf = message.epoch;
        this.advance();
        return;
      case 'AwaitResults':
        this.awaited = message.session;
        return;
      case 'Bring':
        this.bring(message.act);
        return;
      case 'AskState':
        this.sendState();
        return;
      case 'AskChunk':
        void this.sendChunk(message.state, message.index);
        return;
      default:
        assertNever(message);
    }
  }

  private sendState(): void {
    const certificate = this.service.certifiedState();
    if (certificate !== undefined && this.mayAnswer()) this.send({ _tag: 'State', certificate });
  }

  /** Whoever gets no answer asks again, or another server. */
  private async sendChunk(state: Digest, index: number): Promise<void> {
    if (!this.mayAnswer()) return;
    const chunk = await this.service.chunk(this.link.id, state, index).catch(() => undefined);
    if (chunk !== undefined && !this.isClosed) this.send({ _tag: 'Chunk', chunk });
  }

  private mayAnswer(): boolean {
    return this.link.pending <= pendingBytes && this.budgets.answers.take(this.link.id);
  }

  private bring(act: Uint8Array): void {
    const reason = this.budgets.acts.take(this.link.id)
      ? this.service.bring(act)
      : `at most ${actsPerInterval} acts are taken from a client in a second`;
    if (reason !== undefined) this.refuse(0, 0, reason);
  }

  private submit(request: Request, leader: string | undefined): void {
    if (request.client === this.link.id) {
      this.submitting = request.session;
      this.service.submit(request, leader);
      return;
    }
    const reason = `a request of ${request.client} came on the link of ${this.link.id}`;
    this.refuse(request.session, request.firstSequence, reason);
  }

  private send(message: ServerMessage): void {
    this.link.send(encodeServerMessage(message));
  }
}

export class ApplicationSessions {
  private readonly sessions = new Set<Session>();

  private readonly budgets: Budgets;

  constructor(private readonly service: ApplicationService) {
    const clock = (): number => service.clock();
    this.budgets = {
      acts: new AnswerBudget(actsPerInterval, actsIntervalMs, clock),
      answers: new AnswerBudget(answersPerInterval, answersIntervalMs, clock),
    };
  }

  open(link: Link): LinkHandler {
    const session: Session = new Session(link, this.service, this.budgets, () => {
      this.sessions.delete(session);
    });
    this.sessions.add(session);
    return session;
  }

  get hasListeners(): boolean {
    return [...this.sessions].some(({ isListening }) => isListening);
  }

  /** More of the log is certified, or more of what is certified is held. */
  onCertified(): void {
    for (const session of this.sessions) session.advance();
  }

  /** A slot is decided and durable. */
  onPlaced(delivered: readonly DeliveredRun[]): void {
    if (this.sessions.size === 0) return;
    const byClient = placementsByClient(delivered);
    for (const session of this.sessions) session.place(byClient.get(session.link.id) ?? []);
  }

  /** A slot is executed. */
  onExecuted(slot: number, execution: Execution): void {
    if (this.sessions.size === 0) return;
    const { epoch } = execution;
    const byClient = resultsByClient(execution);
    for (const session of this.sessions)
      session.tellResults({ epoch, slot, results: byClient.get(session.link.id) ?? [] });
  }

  /** Tells the client of a request that it was not taken. */
  onRefused({ client, session, firstSequence }: Request, reason: string): void {
    for (const open of this.sessions) if (open.link.id === client) open.refuse(session, firstSequence, reason);
  }

  /** Ends every session, whether or not its link still says so: nothing is read from the log afterwards. */
  close(): void {
    for (const session of this.sessions) session.close();
    this.sessions.clear();
  }
}
