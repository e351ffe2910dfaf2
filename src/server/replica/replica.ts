/**
 * A replica: the consensus machine of one epoch with its surroundings. It turns effects into writes, frames and signatures, and
 * their outcomes into events; it decides nothing itself.
 */
import { setTimeout as delay } from 'node:timers/promises';
import { E } from '../../prelude/fp.js';
import { assertNever } from '../../prelude/invariant.js';
import type { ProcessId } from '../../prelude/process.js';
import type { Request } from '../../consensus/batch.js';
import type { DeliveredRun } from '../../consensus/delivery.js';
import type { Effect } from '../../consensus/effect.js';
import type { Event } from '../../consensus/event.js';
import type { Message } from '../../consensus/message.js';
import type { FabMachine } from '../../consensus/step.js';
import type { SignatureShare } from '../../schemes/contract/distributed-signer.js';
import { Alarm } from '../alarm.js';
import { ExecutionFailure } from '../state/replicated-state.js';
import { DurableOrder } from './durable-order.js';
import { Inbox } from './inbox.js';
import { JournalWriter } from './journal-writer.js';
import type { ReplicaParts } from './replica-parts.js';
import { type StopReason, stopReasonOf } from './stop-reason.js';

/** Decisions by how they were learned, and certificates seen. */
export interface ReplicaCounts {
  fast: number;
  slow: number;
  transferred: number;
  certificates: number;
}

/** How long a certificate waits to be checked where nobody listens. */
const unheardCheckMs = 250;

export class Replica {
  readonly counts: ReplicaCounts = { fast: 0, slow: 0, transferred: 0, certificates: 0 };
  private readonly inbox = new Inbox((event) => {
    for (const effect of this.parts.machine.step(event, this.parts.clock())) this.carryOut(effect);
  });
  private readonly order = new DurableOrder();
  private readonly journal: JournalWriter;
  private isStopped = false;
  private readonly alarm: Alarm;

  constructor(private readonly parts: ReplicaParts) {
    const { journal, codec, machine } = parts;
    this.alarm = new Alarm(parts.clock, () => {
      this.hear({ _tag: 'Timer' });
    });
    this.journal = new JournalWriter(
      journal,
      codec,
      () => machine.durableRecords(),
      (error) => {
        this.failStorage(error);
      },
    );
  }

  start(): void {
    this.hear({ _tag: 'Start' });
  }

  /** Stops taking events. What is being written goes on; closing journal and log waits for it. */
  stop(): void {
    this.isStopped = true;
    this.inbox.close();
    this.order.forget();
    this.alarm.clear();
  }

  get status(): FabMachine['view'] {
    return this.parts.machine.view;
  }

  get waitingRequests(): readonly Request[] {
    return this.parts.machine.waitingRequests;
  }

  /** @param leader - whom the client says that it has sent it to as the leader. */
  submit(request: Request, leader?: string): void {
    this.hear({ _tag: 'Request', request, leader });
  }

  onConnected(peer: ProcessId): void {
    this.hear({ _tag: 'Connected', peer });
  }

  /** A frame from an authenticated peer. One that is no message is its sender's fault. */
  onFrame(from: ProcessId, frame: Uint8Array): void {
    const { machine, codec, clock } = this.parts;
    // Decoding is what a flood of long frames would cost.
    if (machine.isUnheard(from, clock())) return;
    const decoded = codec.decodeMessage(frame);
    if (E.isRight(decoded)) this.hear({ _tag: 'Message', from, message: decoded.right });
    else if (decoded.left._tag === 'MalformedBytes')
      this.hear({ _tag: 'Malformed', from, reason: `its frame is malformed at byte ${decoded.left.offset}` });
  }

  /** What cannot be made durable, or read again, must not be built on: the replica stops. */
  failStorage(error: unknown): void {
    this.fail({ _tag: 'StorageFailed', error });
  }

  /** What was decided could not be stored, or not be executed. */
  private failState(error: unknown): void {
    this.fail({ _tag: error instanceof ExecutionFailure ? 'ExecutionFailed' : 'StorageFailed', error });
  }

  /** What the surroundings have to tell the machine. */
  hear(event: Event): void {
    if (!this.isStopped) this.inbox.put(event);
  }

  private carryOut(effect: Effect): void {
    const { observer, log, state } = this.parts;
    if (this.isStopped) return;
    switch (effect._tag) {
      case 'Persist':
        this.journal.write(effect.record, () => {
          if (!this.isStopped) this.order.onDurable(effect.index);
        });
        return;
      case 'Send':
        this.order.when(effect.after, () => {
          this.send(effect);
        });
        return;
      case 'SetTimer':
        this.alarm.set(effect.atMs);
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
        state.certified(effect.certificate);
        return;
      case 'StatesDiffer':
        observer.onStatesDiffer(effect.slot, effect.processes);
        return;
      case 'Transfer':
        state.transfer(effect);
        return;
      case 'Abandon':
        state.abandon();
        return;
      case 'Install':
        this.install();
        return;
      case 'HandedOver':
        observer.onHandedOver(effect.handoff);
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

  private send({ to, message }: { readonly to: readonly ProcessId[]; readonly message: Message }): void {
    const { me, codec } = this.parts;
    let frame: Uint8Array | undefined;
    for (const process of to) {
      if (process === me) {
        // What others wait for leaves first.
        setImmediate(() => {
          this.hear({ _tag: 'Message', from: me, message });
        });
      } else {
        frame ??= codec.encodeMessage(message);
        this.parts.send(process, frame);
      }
    }
  }

  private sign({ statement, isProven }: Extract<Effect, { _tag: 'Sign' }>): void {
    const { allianceKey } = this.parts;
    this.answerWith(isProven ? allianceKey.proveShare(statement) : allianceKey.signShare(statement), (signed) => {
      return { _tag: 'Signed', statement, isProven, share: E.isRight(signed) ? signed.right : undefined };
    });
  }

  /** Newer certificates supersede those that nobody has asked for yet. */
  private verify({ statement, signature }: Extract<Effect, { _tag: 'Verify' }>): void {
    const { allianceKey, observer } = this.parts;
    const rested = observer.hasListeners() ? Promise.resolve() : delay(unheardCheckMs, undefined, { ref: false });
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
        this.hear(event(result));
      },
      (error: unknown) => {
        this.fail({ _tag: 'AllianceKeyFailed', error });
      },
    );
  }

  private decide({ slot, batch, chain, delivered, path, journaled }: Extract<Effect, { _tag: 'Decide' }>): void {
    const { log, observer } = this.parts;
    this.counts[path === 'transfer' ? 'transferred' : path] += 1;
    const durable =
      journaled === undefined
        ? undefined
        : new Promise<void>((resolve) => {
            this.order.when(journaled, () => {
              this.place(delivered);
              resolve();
            });
          });
    this.parts.state.decide({ slot, chain, batch }, durable).then(
      (events) => {
        for (const event of events) this.hear(event);
        if (journaled === undefined) this.place(delivered);
        // A server that catches up has the certificate before the slots.
        if (!this.isStopped && slot <= (log.newestCertificate?.slot ?? 0)) observer.onCovered();
      },
      (error: unknown) => {
        this.failState(error);
      },
    );
  }

  private install(): void {
    this.parts.state.install().then(
      (outcome) => {
        if (E.isLeft(outcome)) this.fail(stopReasonOf(outcome.left));
        else for (const event of outcome.right) this.hear(event);
      },
      (error: unknown) => {
        this.failState(error);
      },
    );
  }

  /** It is in the journal or in the log, where this server finds it again. */
  private place(delivered: readonly DeliveredRun[]): void {
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
