/**
 * A replica: the consensus machine with its surroundings. It turns effects into writes, frames and signatures, and their
 * outcomes into events; it decides nothing itself.
 */
import { setTimeout as delay } from 'node:timers/promises';
import { E } from '../prelude/fp.js';
import { assertNever } from '../prelude/invariant.js';
import type { ProcessId } from '../prelude/process.js';
import type { Request } from '../consensus/batch.js';
import type { ConsensusCodec } from '../consensus/codec.js';
import type { Delivered } from '../consensus/delivery.js';
import type { Effect, Fault, HaltReason } from '../consensus/effect.js';
import type { Event } from '../consensus/event.js';
import type { Message } from '../consensus/message.js';
import type { PrefixCertificate } from '../consensus/range.js';
import type { FabMachine } from '../consensus/step.js';
import type { AsyncDistributedSigner } from '../schemes/contract/async-signer.js';
import type { SignatureShare } from '../schemes/contract/distributed-signer.js';
import type { Journal } from '../storage/storage.js';
import type { DecidedLog } from './log/decided-log.js';

/** The alliance key, whose operations are slow and answer later. */
export type AllianceKey = Pick<AsyncDistributedSigner, 'signShare' | 'proveShare' | 'combine' | 'verify'>;

/** What a replica tells whoever runs it. */
export interface ReplicaObserver {
  onCertified(certificate: PrefixCertificate): void;
  /** The commands of a slot are decided, and durable here. */
  onPlaced(delivered: readonly Delivered[]): void;
  onRefused(request: Request, reason: string): void;
  onView(view: number, leader: ProcessId): void;
  onBlame(process: ProcessId, fault: Fault): void;
  /** The replica has stopped for good: its trust model was violated, or what it stands on failed. Called at most once. */
  onStopped(reason: StopReason): void;
}

export type StopReason = HaltReason | { readonly _tag: 'StorageFailed' | 'AllianceKeyFailed'; readonly error: unknown };

export interface ReplicaParts {
  readonly me: ProcessId;
  readonly machine: Pick<FabMachine, 'step' | 'durableRecords' | 'view'>;
  readonly codec: ConsensusCodec;
  readonly journal: Journal;
  readonly log: DecidedLog;
  readonly allianceKey: AllianceKey;
  readonly send: (to: ProcessId, frame: Uint8Array) => void;
  readonly observer: ReplicaObserver;
  /** Whether anybody waits for certificates here. */
  readonly hasListeners: () => boolean;
  /** Milliseconds that never go back. */
  readonly clock: () => number;
}

/** Decisions by how they were learned, and certificates seen. */
export interface ReplicaCounts {
  fast: number;
  slow: number;
  transferred: number;
  certificates: number;
}

/** What a replica tells itself in one go; beyond it, timers and sockets have their turn first. */
const ownEventsPerTurn = 1024;

/** How long a certificate waits to be checked where nobody listens. */
const unheardCheckMs = 250;

/** The longest that Node's timers can wait. */
const longestTimerMs = 2 ** 31 - 1;

/** The journal is rewritten from the machine's state once it has grown by this much. */
const journalRewriteBytes = 64 * 1024 * 1024;

/** What waits for a `Persist`. */
interface Held {
  readonly after: number;
  readonly act: () => void;
}

export class Replica {
  readonly counts: ReplicaCounts = { fast: 0, slow: 0, transferred: 0, certificates: 0 };
  private readonly inbox: Event[] = [];
  private isDraining = false;
  private isStopped = false;
  private durableIndex = 0;
  private held: Held[] = [];
  private timer: NodeJS.Timeout | undefined;
  private isRewriting = false;

  constructor(private readonly parts: ReplicaParts) {}

  start(): void {
    this.feed({ _tag: 'Start' });
  }

  /** Stops taking events. What is being written goes on; closing journal and log waits for it. */
  stop(): void {
    this.isStopped = true;
    this.inbox.length = 0;
    this.held = [];
    clearTimeout(this.timer);
  }

  get status(): FabMachine['view'] {
    return this.parts.machine.view;
  }

  submit(request: Request): void {
    this.feed({ _tag: 'Request', request });
  }

  onConnected(peer: ProcessId): void {
    this.feed({ _tag: 'Connected', peer });
  }

  /** A frame from an authenticated peer. One that is no message is its sender's fault, and changes nothing. */
  onFrame(from: ProcessId, frame: Uint8Array): void {
    const decoded = this.parts.codec.decodeMessage(frame);
    if (E.isRight(decoded)) this.feed({ _tag: 'Message', from, message: decoded.right });
    else if (decoded.left._tag === 'MalformedBytes')
      this.parts.observer.onBlame(from, {
        _tag: 'InvalidMessage',
        reason: `its frame is malformed at byte ${decoded.left.offset}`,
      });
  }

  /** What cannot be made durable, or read again, must not be built on: the replica stops. */
  failStorage(error: unknown): void {
    this.fail({ _tag: 'StorageFailed', error });
  }

  /** Events are taken one after another, never inside one another. */
  private feed(event: Event): void {
    if (this.isStopped) return;
    this.inbox.push(event);
    if (this.isDraining) return;
    this.isDraining = true;
    queueMicrotask(() => {
      this.drain();
    });
  }

  /**
   * Takes everything that has arrived, so that it cannot pile up, and what the replica tells itself meanwhile as far as the
   * bound goes.
   */
  private drain(): void {
    for (let left = this.inbox.length + ownEventsPerTurn; left > 0 && !this.isStopped; left--) {
      const event = this.inbox.shift();
      if (event === undefined) {
        this.isDraining = false;
        return;
      }
      for (const effect of this.parts.machine.step(event, this.parts.clock())) {
        this.carryOut(effect);
      }
    }
    if (!this.isStopped)
      setImmediate(() => {
        this.drain();
      });
  }

  private carryOut(effect: Effect): void {
    const { observer, log } = this.parts;
    if (this.isStopped) return;
    switch (effect._tag) {
      case 'Persist':
        this.persist(effect);
        return;
      case 'Send':
        this.whenDurable(effect.after, () => {
          this.send(effect);
        });
        return;
      case 'SetTimer':
        this.setTimer(effect.atMs);
        return;
      case 'Sign':
        this.sign(effect);
        return;
      case 'Combine':
        this.combine(effect.statement, effect.shares);
        return;
      case 'Verify':
        this.verify(effect);
        return;
      case 'Decide':
        this.decide(effect);
        return;
      case 'Certify':
        this.counts.certificates += 1;
        log.putCertificate(effect.certificate).catch((error: unknown) => {
          this.failStorage(error);
        });
        observer.onCertified(effect.certificate);
        return;
      case 'SendRange':
        this.sendRange(effect.to, effect.from);
        return;
      case 'SnapshotCertified':
      case 'StatesDiffer':
      case 'Transfer':
      case 'Abandon':
      case 'Install':
      case 'HandedOver':
        // Without snapshots and controls, none of them is ever asked for.
        return;
      case 'Refuse':
        observer.onRefused(effect.request, effect.reason);
        return;
      case 'View':
        observer.onView(effect.view, effect.leader);
        return;
      case 'Blame':
        observer.onBlame(effect.process, effect.fault);
        return;
      case 'Halt':
        this.fail(effect.reason);
        return;
      default:
        assertNever(effect);
    }
  }

  private persist({ record, index }: Extract<Effect, { _tag: 'Persist' }>): void {
    const { journal, codec, machine } = this.parts;
    journal.append(codec.encodeRecord(record)).then(
      () => {
        this.onDurable(index);
      },
      (error: unknown) => {
        this.failStorage(error);
      },
    );
    if (journal.size > journalRewriteBytes && !this.isRewriting) {
      this.isRewriting = true;
      journal.rewrite(machine.durableRecords().map((kept) => codec.encodeRecord(kept))).then(
        () => {
          this.isRewriting = false;
        },
        (error: unknown) => {
          this.failStorage(error);
        },
      );
    }
  }

  private whenDurable(after: number, act: () => void): void {
    if (after <= this.durableIndex) act();
    else this.held.push({ after, act });
  }

  private onDurable(index: number): void {
    this.durableIndex = Math.max(this.durableIndex, index);
    const ready = this.held.filter(({ after }) => after <= this.durableIndex);
    if (ready.length === 0 || this.isStopped) return;
    this.held = this.held.filter(({ after }) => after > this.durableIndex);
    for (const { act } of ready) act();
  }

  private send({ to, message }: { readonly to: readonly ProcessId[]; readonly message: Message }): void {
    let frame: Uint8Array | undefined;
    for (const process of to) {
      if (process === this.parts.me) {
        this.feed({ _tag: 'Message', from: process, message });
      } else {
        frame ??= this.parts.codec.encodeMessage(message);
        this.parts.send(process, frame);
      }
    }
  }

  private setTimer(atMs: number): void {
    clearTimeout(this.timer);
    this.timer = setTimeout(
      () => {
        this.feed({ _tag: 'Timer' });
      },
      Math.min(longestTimerMs, Math.max(0, atMs - this.parts.clock())),
    );
  }

  private sign({ statement, isProven }: Extract<Effect, { _tag: 'Sign' }>): void {
    const { allianceKey } = this.parts;
    this.answerWith(isProven ? allianceKey.proveShare(statement) : allianceKey.signShare(statement), (signed) => {
      return { _tag: 'Signed', statement, isProven, share: E.isRight(signed) ? signed.right : undefined };
    });
  }

  /** Newer certificates supersede those that nobody has asked for yet. */
  private verify({ statement, signature }: Extract<Effect, { _tag: 'Verify' }>): void {
    const { allianceKey, hasListeners } = this.parts;
    const rested = hasListeners() ? Promise.resolve() : delay(unheardCheckMs, undefined, { ref: false });
    this.answerWith(
      rested.then(() => allianceKey.verify(statement, signature)),
      (isValid) => ({ _tag: 'Verified', statement, isValid }),
    );
  }

  private combine(statement: Uint8Array, shares: ReadonlyMap<ProcessId, SignatureShare>): void {
    const combined = this.parts.allianceKey.combine(statement, shares);
    this.answerWith(combined, (result) => ({ _tag: 'Combined', statement, result }));
  }

  private answerWith<A>(work: Promise<A>, event: (result: A) => Event): void {
    work.then(
      (result) => {
        this.feed(event(result));
      },
      (error: unknown) => {
        this.fail({ _tag: 'AllianceKeyFailed', error });
      },
    );
  }

  private decide({ slot, batch, chain, delivered, path, journaled }: Extract<Effect, { _tag: 'Decide' }>): void {
    this.counts[path === 'transfer' ? 'transferred' : path] += 1;
    if (journaled !== undefined)
      this.whenDurable(journaled, () => {
        this.place(delivered);
      });
    this.parts.log.append(slot, chain, batch).then(
      () => {
        this.feed({ _tag: 'Stored', slot });
        if (journaled === undefined) this.place(delivered);
      },
      (error: unknown) => {
        this.failStorage(error);
      },
    );
  }

  /** It is in the journal or in the log, where this server finds it again. */
  private place(delivered: readonly Delivered[]): void {
    if (!this.isStopped) this.parts.observer.onPlaced(delivered);
  }

  private sendRange(to: ProcessId, from: number): void {
    const range = this.parts.log.range(from);
    if (range !== undefined) this.send({ to: [to], message: { _tag: 'Range', ...range } });
  }

  private fail(reason: StopReason): void {
    if (this.isStopped) return;
    this.stop();
    this.parts.observer.onStopped(reason);
  }
}
