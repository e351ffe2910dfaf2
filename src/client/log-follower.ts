/**
 * Listening to the decided log through one server at a time, believing none of them: what it sends counts where it leads to a
 * certificate of the alliance's key. A server that falls silent, is behind, or lies is left for the next.
 */
import { E } from '../prelude/fp.js';
import { invariant } from '../prelude/invariant.js';
import type { Digest } from '../prelude/digest.js';
import type { ProcessId } from '../prelude/process.js';
import type { DecidedRange } from '../consensus/range.js';
import type { ServerMessage } from './protocol.js';
import { KeyLine } from './key-line.js';
import type { ServerLink } from './server-link.js';
import { describeVerifyError, LogVerifier, type TrustAnchor, type VerifiedRange, type VerifyError } from './verify.js';

export interface LogFollowerOptions {
  readonly anchor: TrustAnchor;
  /**
   * The first slot to listen from, from 1; 0: from the newest on, or from the start where the server that was listened to first
   * told lies or fell silent and something had already been proposed, whose outcome would otherwise be missed.
   */
  readonly from: number;
  /** The chain digest before `from`, where it is known: the beginning then rests on nobody's word. */
  readonly previous?: Digest;
  /** Listen to this server alone; otherwise to any, moving on where one falls silent, is behind, or lies. */
  readonly server?: ProcessId;
  /** Milliseconds that never go back. */
  readonly now: () => number;
  /** A server sent what is not believed. */
  readonly onDoubt?: (server: ProcessId, reason: string) => void;
  /** What was listened for is not held any more by a server, whose log begins with slot `first` now. */
  readonly onPruned?: (server: ProcessId, first: number) => void;
}

export interface LogFollowerParts extends LogFollowerOptions {
  readonly links: () => ReadonlyMap<ProcessId, ServerLink>;
  /** Whether one of these servers must be correct. */
  readonly containsCorrect: (servers: Iterable<ProcessId>) => boolean;
  /** Whether anything was proposed whose outcome must not be missed. */
  readonly hasProposed: () => boolean;
  /** Since when commands have waited; the time itself where none do. */
  readonly waitingSinceMs: () => number;
  /** Listening has a beginning. */
  readonly onBegun: () => void;
  /** Returns how many of the commands that waited it settles; while that is waited for, nothing else is verified. */
  readonly onVerified: (verified: VerifiedRange, range: DecidedRange, from: ProcessId) => number | Promise<number>;
  /** Whether ranges that came while one was taken may be taken as one, by the certificate of the last: whoever takes long keeps up. */
  readonly joinsRanges?: boolean;
}

/** A server that does not answer, or brings nothing while commands wait, is left for the next after this time. */
const silenceMs = 2000;
/** So is one that brings nothing while none wait: the log may rest, or be withheld. */
const restMs = 10_000;
/** So is one that brings something, but none of the commands that wait. */
const fruitlessMs = 10_000;

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

/** What came, and waits to be verified. */
interface Received {
  readonly listening: Listening;
  readonly range: DecidedRange;
  readonly bytes: number;
}

/** Batches that are taken at once. */
const joinedBatches = 1024;

export class LogFollower {
  private verifier: LogVerifier | undefined;
  /** Whether the verifier begins where a verified certificate, or nobody's word, says. */
  private isProven = false;
  private listening: Listening | undefined;
  private lastTried: ProcessId | undefined;
  /** Where the logs of servers begin that do not hold what comes next here. */
  private readonly beginnings = new Map<ProcessId, number>();
  private receiving: Promise<void> = Promise.resolve();
  private readonly waiting: Received[] = [];
  private backlogBytes = 0;
  private readonly keys: KeyLine;
  private isClosed = false;

  constructor(private readonly parts: LogFollowerParts) {
    this.keys = new KeyLine(parts.anchor);
    if (parts.previous !== undefined) this.beginAfter(parts.previous);
    else if (parts.from === 1) this.beginAtStart();
  }

  /** The server that is being listened to. */
  get listeningTo(): ProcessId | undefined {
    return this.listening?.server;
  }

  /** Whether a command that is decided from now on would be heard of. */
  get hasBegun(): boolean {
    return this.verifier !== undefined;
  }

  close(): void {
    this.isClosed = true;
  }

  /** After this slot the alliance certifies its log under the key of this anchor. */
  follow(after: number, anchor: TrustAnchor): void {
    this.keys.follow(after, anchor);
  }

  onUp(server: ProcessId): void {
    if (this.listening === undefined && this.mayListenTo(server)) this.listenTo(server);
  }

  onDown(server: ProcessId): void {
    if (this.listening?.server === server) this.listenElsewhere();
  }

  /** Looks whether the server that is listened to is still of use. */
  tick(): void {
    if (this.listening === undefined || this.hasFailed(this.listening)) this.listenElsewhere();
  }

  onBegin(server: ProcessId, { from, previous }: Extract<ServerMessage, { _tag: 'Begin' }>): void {
    const listening = this.listeningOn(server);
    if (listening === undefined) return;
    const { asked } = listening;
    if (from < 1 || (asked !== 0 && from > asked)) {
      this.doubt(listening, `it begins with slot ${from} where slot ${asked} was asked for`);
      return;
    }
    listening.hasBegun = true;
    this.verifier ??= LogVerifier.fromMiddle(this.parts.anchor, from, previous, this.keys);
    listening.isBehind = from < this.verifier.nextSlot && server !== this.parts.server;
    this.parts.onBegun();
  }

  /**
   * The next tick listens elsewhere. Whoever only wants to hear of its own proposals goes on from what is held, once servers
   * have said so of which one must be correct: nobody need be believed, and what was decided below may be lost to this client.
   */
  onPruned(server: ProcessId, first: number): void {
    if (this.listeningOn(server) === undefined) return;
    this.listening = undefined;
    this.beginnings.set(server, first);
    if (this.isLost) {
      this.verifier = undefined;
      this.isProven = false;
    }
    this.parts.onPruned?.(server, first);
  }

  /** Whether what comes next need not be waited for any more. */
  private get isLost(): boolean {
    return this.parts.from === 0 && this.parts.containsCorrect(this.beginnings.keys());
  }

  /** Ranges are verified one after another, in the order in which they came; those of an earlier wish are over. */
  onRange(server: ProcessId, range: DecidedRange, bytes: number): void {
    const listening = this.listeningOn(server);
    if (listening === undefined) return;
    listening.hasDropped ||= this.backlogBytes > backlogLimitBytes;
    if (!listening.hasBegun || listening.hasDropped) return;
    this.backlogBytes += bytes;
    this.waiting.push({ listening, range, bytes });
    this.receiving = this.receiving.then(() => this.receive());
  }

  /** Takes the first range that waits, or as many as follow on one another at once. */
  private async receive(): Promise<void> {
    const [first] = this.waiting;
    if (first === undefined) return;
    const { listening } = first;
    const run = this.parts.joinsRanges === true ? joinable(this.waiting) : [first];
    const joined = await this.take(listening, joinRanges(run.map(({ range }) => range)));
    // One of them may be certified under a key that is known once those before it are executed.
    const isSplit = joined !== undefined && run.length > 1;
    const why = isSplit ? await this.take(listening, first.range) : joined;
    if (why !== undefined) this.doubt(listening, describeVerifyError(why));
    const taken = this.waiting.splice(0, isSplit ? 1 : run.length);
    this.backlogBytes -= taken.reduce((sum, { bytes }) => sum + bytes, 0);
    if (listening.hasDropped && this.backlogBytes === 0 && this.isCurrent(listening)) this.listenTo(listening.server);
  }

  private listeningOn(server: ProcessId): Listening | undefined {
    return this.listening?.server === server ? this.listening : undefined;
  }

  private mayListenTo(server: ProcessId): boolean {
    return this.parts.server === undefined || this.parts.server === server;
  }

  private listenElsewhere(): void {
    const links = this.parts.links();
    const servers = [...links.keys()];
    const start = this.lastTried === undefined ? 0 : servers.indexOf(this.lastTried) + 1;
    const rotated = [...servers.slice(start), ...servers.slice(0, start)];
    this.listening = undefined;
    const next = rotated.find((server) => links.get(server)?.isUp === true && this.mayListenTo(server));
    if (next !== undefined) this.listenTo(next);
  }

  private listenTo(server: ProcessId): void {
    if (!this.isProven) this.forgetUnproven();
    const nowMs = this.parts.now();
    // One that has not said where its log begins may still hold all of it.
    const beginning = this.isLost ? (this.beginnings.get(server) ?? 1) : undefined;
    const asked = this.verifier?.nextSlot ?? beginning ?? this.parts.from;
    const fresh = { hasBegun: false, isBehind: false, hasDropped: false, heardMs: nowMs, settledMs: nowMs };
    this.listening = { server, asked, ...fresh };
    this.lastTried = server;
    this.parts.links().get(server)?.send({ _tag: 'Listen', from: asked });
  }

  /** A beginning that rests on one server's word is given up with that server; what was proposed since must not be missed. */
  private forgetUnproven(): void {
    this.verifier = undefined;
    if (this.parts.hasProposed() && !this.isLost) this.beginAtStart();
  }

  private beginAtStart(): void {
    this.verifier = LogVerifier.fromStart(this.parts.anchor, this.keys);
    this.isProven = true;
  }

  private beginAfter(previous: Digest): void {
    this.verifier = LogVerifier.fromMiddle(this.parts.anchor, this.parts.from, previous, this.keys);
    this.isProven = true;
  }

  private isCurrent(listening: Listening): boolean {
    return !this.isClosed && listening === this.listening;
  }

  /** Why it is not believed, if it is not. */
  private async take(listening: Listening, received: DecidedRange): Promise<VerifyError | undefined> {
    const { verifier } = this;
    if (!this.isCurrent(listening) || verifier === undefined) return undefined;
    const range = withoutSlotsBefore(received, verifier.nextSlot);
    if (range === undefined) return undefined;
    const verified = await verifier.take(range);
    // The verifier was given up meanwhile, and so is what it says.
    if (this.isClosed || verifier !== this.verifier) return undefined;
    if (E.isLeft(verified)) return verified.left;
    await this.accept(listening, verified.right, range);
    return undefined;
  }

  private async accept(listening: Listening, verified: VerifiedRange, range: DecidedRange): Promise<void> {
    this.isProven = true;
    this.beginnings.clear();
    listening.heardMs = this.parts.now();
    listening.isBehind = false;
    const settled = this.parts.onVerified(verified, range, listening.server);
    if ((typeof settled === 'number' ? settled : await settled) > 0) listening.settledMs = listening.heardMs;
  }

  private doubt(listening: Listening, reason: string): void {
    this.parts.onDoubt?.(listening.server, reason);
    // The next tick listens elsewhere, so that nobody can keep this going faster.
    if (this.isCurrent(listening)) this.listening = undefined;
  }

  private hasFailed({ hasBegun, isBehind, heardMs, settledMs }: Listening): boolean {
    const nowMs = this.parts.now();
    const quietMs = nowMs - heardMs;
    if (!hasBegun) return quietMs > silenceMs;
    if (isBehind) return true;
    if (this.parts.server !== undefined) return false;
    const waitedMs = nowMs - this.parts.waitingSinceMs();
    return (
      quietMs > restMs || Math.min(quietMs, waitedMs) > silenceMs || Math.min(nowMs - settledMs, waitedMs) > fruitlessMs
    );
  }
}

/** What a range adds after what is known; `undefined` if nothing. It leads to the same certificate. */
function withoutSlotsBefore(range: DecidedRange, slot: number): DecidedRange | undefined {
  const known = Math.max(0, slot - range.from);
  if (known >= range.batches.length) return undefined;
  return known === 0 ? range : { ...range, from: slot, batches: range.batches.slice(known) };
}

/** The first, and those behind it that go on where the one before ends, of one wish to listen. */
function joinable(waiting: readonly Received[]): readonly Received[] {
  let [count, batches] = [0, 0];
  for (const { listening, range } of waiting) {
    const before = waiting[count - 1];
    const follows =
      before === undefined ||
      (before.listening === listening && before.range.from + before.range.batches.length === range.from);
    if (!follows || (count > 0 && batches + range.batches.length > joinedBatches)) break;
    batches += range.batches.length;
    count += 1;
  }
  return waiting.slice(0, count);
}

/** As one that a server might have sent. */
function joinRanges(ranges: readonly DecidedRange[]): DecidedRange {
  const [first, last] = [ranges[0], ranges.at(-1)];
  invariant(first !== undefined && last !== undefined, 'something came');
  return { ...last, from: first.from, batches: ranges.flatMap(({ batches }) => batches) };
}
