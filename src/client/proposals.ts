/** What one client session has proposed and not yet seen certified. Groups commands, numbers them, and resolves their outcomes. */
import { toHex } from '../prelude/bytes.js';
import { digest } from '../prelude/digest.js';
import { batchLimits, type Request, type UnsignedRequest } from '../consensus/batch.js';
import type { Delivered } from '../consensus/delivery.js';
import type { ProcessId } from '../prelude/process.js';
import type { CommandResult, Placement } from './protocol.js';

/** Where a command stands in the log. */
export interface Position {
  readonly slot: number;
  /** Among the commands delivered in its slot, from 0. */
  readonly index: number;
}

/** What became of a command. Never guessed: `unknown` may have been decided or may still be. */
export type Outcome =
  | ({ readonly _tag: 'committed' } & Position)
  | { readonly _tag: 'rejected'; readonly reason: string }
  | { readonly _tag: 'unknown'; readonly reason: string };

/** What came of a command whose result is wanted. `committed`: its result is unknown. */
export type ExecutionOutcome =
  | { readonly _tag: 'executed'; readonly slot: number; readonly result: Uint8Array }
  | Outcome;

interface Waiting {
  readonly resolve: (outcome: Outcome) => void;
  /** Called at most once, before `resolve`. */
  onPlaced?: ((position: Position) => void) | undefined;
  /** `undefined` where its result is not wanted, or known. */
  replies?: Replies | undefined;
}

interface Replies {
  /** What each server said last of the result. */
  readonly said: Map<ProcessId, string>;
  readonly onResult: (slot: number, result: Uint8Array) => void;
}

/** A command that is certified, whose result is still awaited. */
interface Unanswered extends Waiting {
  readonly outcome: Outcome;
  readonly untilMs: number;
}

interface Queued extends Waiting {
  readonly command: Uint8Array;
}

interface Outstanding {
  readonly request: Request;
  dueMs: number;
  waitMs: number;
  /** What each server said last of where its commands stand. */
  readonly placements: Map<ProcessId, Placement>;
}

/** A request that is not certified after this time is sent again, and again after ever longer times. */
const firstResendMs = 1000;
const lastResendMs = 16_000;
/** Servers take requests in order, so only the first ones are worth sending again. */
const resentAtOnce = 32;

/** So long after its certificate a command waits for its result, which servers that install a state beyond it never tell. */
const resultWaitMs = 1000;

/** Commands in requests that wait for their certificate; more wait unsent. */
const outstandingCommands = 4096;
const requestOverheadBytes = 512;

export class Proposals {
  private readonly queue: Queued[] = [];
  private readonly outstanding = new Map<number, Outstanding>();
  private readonly waiting = new Map<number, Waiting>();
  private readonly unanswered = new Map<number, Unanswered>();
  private nextSequence = 1;

  constructor(
    private readonly client: string,
    /** Higher than that of any earlier session of the client. */
    readonly session: number,
    private readonly sign: (request: UnsignedRequest) => Request,
  ) {}

  /** Queues a command; a bad one is rejected at once. */
  add(command: Uint8Array, onPlaced?: (position: Position) => void): Promise<Outcome> {
    return new Promise((resolve) => {
      this.enqueue({ command, resolve, onPlaced });
    });
  }

  /** The same, for its result. */
  addForResult(command: Uint8Array): Promise<ExecutionOutcome> {
    return new Promise((resolve) => {
      const onResult: Replies['onResult'] = (slot, result) => {
        resolve({ _tag: 'executed', slot, result });
      };
      this.enqueue({ command, resolve, replies: { said: new Map(), onResult } });
    });
  }

  private enqueue(queued: Queued): void {
    if (queued.command.length <= batchLimits.commandBytes) this.queue.push(queued);
    else queued.resolve({ _tag: 'rejected', reason: `a command has at most ${batchLimits.commandBytes} bytes` });
  }

  get isIdle(): boolean {
    return this.queue.length === 0 && this.waiting.size === 0;
  }

  /** Whether anything may have been decided. */
  get hasSent(): boolean {
    return this.nextSequence > 1;
  }

  /** Signs what is queued, as far as the window lets it out. */
  flush(nowMs: number): readonly Request[] {
    const requests: Request[] = [];
    while (this.queue.length > 0 && this.waiting.size + this.unanswered.size < outstandingCommands) {
      const taken = this.takeGroup();
      const firstSequence = this.nextSequence;
      const request = this.sign({
        client: this.client,
        session: this.session,
        firstSequence,
        commands: taken.map(({ command }) => command),
      });
      for (const [index, { resolve, onPlaced, replies }] of taken.entries())
        this.waiting.set(firstSequence + index, { resolve, onPlaced, replies });
      const placements = new Map<ProcessId, Placement>();
      this.outstanding.set(firstSequence, { request, dueMs: nowMs + firstResendMs, waitMs: firstResendMs, placements });
      this.nextSequence += taken.length;
      requests.push(request);
    }
    return requests;
  }

  /** The first unanswered requests, as far as they are due to be sent again. */
  takeOverdue(nowMs: number): readonly Request[] {
    const overdue = [...this.outstanding.values()].slice(0, resentAtOnce).filter(({ dueMs }) => dueMs <= nowMs);
    for (const entry of overdue) {
      entry.waitMs = Math.min(lastResendMs, 2 * entry.waitMs);
      entry.dueMs = nowMs + entry.waitMs;
    }
    return overdue.map(({ request }) => request);
  }

  /** A link is up: what waits to be sent again may have been lost, and waits no longer than at first. */
  hasten(nowMs: number): void {
    for (const entry of this.outstanding.values()) {
      entry.waitMs = firstResendMs;
      entry.dueMs = Math.min(entry.dueMs, nowMs + firstResendMs);
    }
  }

  /** Takes what a server says of where a request stands; what servers say alike of which one must be correct is so. */
  place(server: ProcessId, placement: Placement, isEnough: (servers: readonly ProcessId[]) => boolean): void {
    const { session, firstSequence, count } = placement;
    const entry = session === this.session ? this.outstanding.get(firstSequence) : undefined;
    if (entry === undefined || count > entry.request.commands.length) return;
    entry.placements.set(server, placement);
    const alike = [...entry.placements].filter(([, other]) => isSamePlacement(other, placement));
    if (!isEnough(alike.map(([process]) => process))) return;
    for (let place = 0; place < count; place++) this.tellPlace(firstSequence + place, placement, place);
  }

  private tellPlace(sequence: number, { slot, index }: Placement, place: number): void {
    const waiting = this.waiting.get(sequence);
    const tell = waiting?.onPlaced;
    if (waiting === undefined || tell === undefined) return;
    waiting.onPlaced = undefined;
    tell({ slot, index: index + place });
  }

  /**
   * Takes a result from a server: the same of servers of which one must be correct is so. Of what they said only digests are kept.
   *
   * @param slot - where the command was executed, which servers must say alike too.
   */
  reply(
    server: ProcessId,
    slot: number,
    said: CommandResult,
    isEnough: (servers: readonly ProcessId[]) => boolean,
  ): void {
    const { session, sequence, result } = said;
    if (session !== this.session) return;
    const waiting = this.waiting.get(sequence) ?? this.unanswered.get(sequence);
    const replies = waiting?.replies;
    if (waiting === undefined || replies === undefined) return;
    const name = `${slot} ${toHex(digest(result))}`;
    replies.said.set(server, name);
    if (!isEnough([...replies.said].filter(([, other]) => other === name).map(([process]) => process))) return;
    waiting.replies = undefined;
    this.unanswered.delete(sequence);
    replies.onResult(slot, result);
  }

  /** Gives up on results that do not come. */
  endWaits(nowMs: number): void {
    for (const [sequence, { untilMs, outcome, resolve }] of this.unanswered) {
      if (nowMs < untilMs) return;
      this.unanswered.delete(sequence);
      resolve(outcome);
    }
  }

  /** Takes what a verified range delivered; returns how many commands it answered. */
  settle(delivered: readonly Delivered[], nowMs: number): number {
    const waitingBefore = this.waiting.size;
    for (const { client, session, sequence, slot, index } of delivered) {
      if (client !== this.client || session !== this.session) continue;
      const waiting = this.waiting.get(sequence);
      waiting?.onPlaced?.({ slot, index });
      this.waiting.delete(sequence);
      if (waiting === undefined) continue;
      const outcome = { _tag: 'committed', slot, index } as const;
      if (waiting.replies === undefined) waiting.resolve(outcome);
      else this.unanswered.set(sequence, { ...waiting, outcome, untilMs: nowMs + resultWaitMs });
    }
    for (const [first, { request }] of this.outstanding) {
      if (!this.waiting.has(first) && !this.waiting.has(first + request.commands.length - 1))
        this.outstanding.delete(first);
    }
    return waitingBefore - this.waiting.size;
  }

  /** Gives every open command the same outcome: at the end of the session. */
  abandon(outcome: Outcome): void {
    for (const { resolve } of this.waiting.values()) resolve(outcome);
    for (const { resolve, outcome: known } of this.unanswered.values()) resolve(known);
    this.unanswered.clear();
    for (const { resolve } of this.queue) resolve({ _tag: 'rejected', reason: 'it was never sent' });
    this.waiting.clear();
    this.outstanding.clear();
    this.queue.length = 0;
  }

  private takeGroup(): readonly Queued[] {
    let bytes = requestOverheadBytes;
    let count = 0;
    for (const { command } of this.queue) {
      bytes += command.length + 4;
      if (count >= batchLimits.commandsPerRequest || (count > 0 && bytes > batchLimits.requestBytes)) break;
      count += 1;
    }
    return this.queue.splice(0, count);
  }
}

function isSamePlacement(a: Placement, b: Placement): boolean {
  return a.count === b.count && a.slot === b.slot && a.index === b.index;
}
