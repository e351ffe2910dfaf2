/**
 * Paxos machines driven by hand or by chance: which letter arrives, what a disk has written, who crashes. Agreement is
 * checked at every decision.
 */
import { toHex, utf8 } from '../../../src/prelude/bytes.js';
import { present } from '../../../src/prelude/invariant.js';
import type { ProcessId } from '../../../src/prelude/process.js';
import type { QuorumSystem } from '../../../src/quorum/quorum-system.js';
import { type Batch, batchDigest, type Request } from '../../../src/consensus/batch.js';
import type { Parameters } from '../../../src/consensus/configuration.js';
import { commandsOf, DeliveryTable } from '../../../src/consensus/delivery.js';
import { chainNext, chainStart } from '../../../src/consensus/statement.js';
import type { PaxosConfiguration } from '../../../src/consensus/paxos/configuration.js';
import type { PaxosEffect, PaxosEvent } from '../../../src/consensus/paxos/interface.js';
import type { PaxosMessage, PaxosRecord } from '../../../src/consensus/paxos/message.js';
import { PaxosMachine } from '../../../src/consensus/paxos/step.js';
import { simulatedConfiguration, simulatedRequest, trustOf } from '../../support/simulation/configuration.js';

interface Letter {
  readonly from: ProcessId;
  readonly to: ProcessId;
  readonly message: PaxosMessage;
}

export interface PaxosSceneOptions {
  readonly trust?: string;
  readonly parameters?: Partial<Parameters>;
  /** Another quorum system over the same processes. */
  readonly quorums?: (system: QuorumSystem) => QuorumSystem;
  /** Records that the disks say they have written, and have not. */
  readonly isForgotten?: (record: PaxosRecord) => boolean;
  /** What links do to messages. */
  readonly garble?: (message: PaxosMessage) => PaxosMessage;
}

type OfTag<T extends PaxosMessage['_tag']> = Extract<PaxosMessage, { _tag: T }>;

export class PaxosScene {
  nowMs = 0;
  readonly letters: Letter[] = [];
  readonly actors: readonly PaxosActor[];
  /** What was decided in each slot, by anyone. */
  readonly chosen = new Map<number, string>();

  constructor(readonly options: PaxosSceneOptions = {}) {
    const model = trustOf({ trust: options.trust ?? 'f=1 t=0 of (a, b, c)' });
    const system = options.quorums?.(model.system) ?? model.system;
    this.actors = [...model.system.processes].map((process) => {
      const config = simulatedConfiguration({ scheme: 'mock', parameters: options.parameters ?? {} }, model, process);
      return new PaxosActor(this, { ...config, system });
    });
    for (const actor of this.actors) actor.start();
  }

  actor(name: string): PaxosActor {
    return present(
      this.actors.find(({ me }) => me === name),
      'a process of the scene',
    );
  }

  /** Delivers what waits and fits, and what that leads to. */
  deliver(fits: { readonly tag?: string; readonly from?: string; readonly to?: string } = {}): void {
    const [tags, from, to] = [fits.tag?.split(' '), fits.from?.split(' '), fits.to?.split(' ')];
    for (let count = 0; count < 10_000; count++) {
      const index = this.letters.findIndex(
        (letter) =>
          (tags?.includes(letter.message._tag) ?? true) &&
          (from?.includes(letter.from) ?? true) &&
          (to?.includes(letter.to) ?? true),
      );
      if (index < 0) return;
      this.deliverAt(index, true);
    }
    throw new Error('the scene does not come to rest');
  }

  deliverAt(index: number, isTaken: boolean): void {
    const letter = this.letters[index];
    if (letter === undefined) return;
    if (isTaken) this.letters.splice(index, 1);
    this.actor(letter.to).feed({ _tag: 'Message', from: letter.from, message: letter.message });
  }

  /** Loses everything that has not been delivered. */
  drop(): void {
    this.letters.length = 0;
  }

  /** Time passes; messages stay where they are. */
  advance(ms: number): void {
    for (const endMs = this.nowMs + ms; this.nowMs < endMs; ) {
      this.nowMs += Math.min(5, endMs - this.nowMs);
      for (const actor of this.actors) actor.tick();
    }
  }

  /** Time passes, and what `who` say to each other arrives. */
  play(ms: number, who = this.actors.map(({ me }) => me).join(' ')): void {
    for (let left = ms; left > 0; left -= 10) {
      this.deliver({ from: who, to: who });
      this.advance(10);
    }
    this.deliver({ from: who, to: who });
  }

  inject(from: string, to: string, message: PaxosMessage): void {
    for (const name of to.split(' ')) this.actor(name).feed({ _tag: 'Message', from: this.actor(from).me, message });
  }

  waiting<T extends PaxosMessage['_tag']>(tag: T, from?: string): readonly OfTag<T>[] {
    return this.letters
      .filter((letter) => from === undefined || letter.from === from)
      .map(({ message }) => message)
      .filter((message): message is OfTag<T> => message._tag === tag);
  }

  request(text: string, firstSequence = 1, session = 1): Request {
    return simulatedRequest({ scheme: 'mock' }, { session, firstSequence, commands: [utf8(text)] });
  }

  batch(text: string): Batch {
    return { requests: [this.request(text)] };
  }

  /** A quorum complains about `view` to everyone in `to`. */
  complain(view: number, from: string, to: string): void {
    for (const name of from.split(' ')) this.inject(name, to, { _tag: 'Status', view, stored: 0, complaint: view });
  }

  onDecide(slot: number, batch: Batch): void {
    const value = decisionOf(batch);
    const known = this.chosen.get(slot) ?? value;
    if (known !== value) throw new Error(`two decisions in slot ${slot}`);
    this.chosen.set(slot, known);
  }
}

export function decisionOf(batch: Batch): string {
  return toHex(batchDigest(batch));
}

/** One machine with its disk: a journal of records and the decided log, each written in order. */
export class PaxosActor {
  machine: PaxosMachine | undefined;
  effects: PaxosEffect[] = [];
  delivered: string[] = [];
  isHeld = false;
  persists = 0;
  /** Loses power when it asks for this many persists, before they are written. */
  crashAtPersist = Number.POSITIVE_INFINITY;
  private journal: PaxosRecord[] = [];
  private log: Batch[] = [];
  private unwritten: Extract<PaxosEffect, { _tag: 'Persist' | 'Decide' }>[] = [];
  private heldSends: Extract<PaxosEffect, { _tag: 'Send' }>[] = [];
  private persisted = 0;
  private timerMs: number | undefined;

  constructor(
    private readonly scene: PaxosScene,
    private readonly config: PaxosConfiguration,
  ) {}

  get me(): ProcessId {
    return this.config.me;
  }

  get view(): number {
    return this.machine?.view.view ?? 0;
  }

  get decidedUpTo(): number {
    return this.machine?.view.decidedUpTo ?? 0;
  }

  start(): void {
    const delivery = DeliveryTable.empty();
    let chain = chainStart(this.config.allianceId);
    const chains = new Map([[0, chain]]);
    this.delivered = [];
    for (const [index, batch] of this.log.entries()) {
      chain = chainNext(chain, index + 1, batchDigest(batch));
      chains.set(index + 1, chain);
      this.note(delivery.deliver(index + 1, batch));
    }
    this.machine = new PaxosMachine(this.config, this.journal, { decidedUpTo: this.log.length, chains, delivery });
    this.feed({ _tag: 'Start' });
  }

  /** Loses what is not written; `isWritten` of that is. */
  crash(written = 0): void {
    for (let count = 0; count < written; count++) this.write();
    this.machine = undefined;
    [this.unwritten, this.heldSends, this.persisted, this.timerMs] = [[], [], 0, undefined];
    this.crashAtPersist = Number.POSITIVE_INFINITY;
  }

  restart(): void {
    this.crash();
    this.start();
  }

  request(request: Request): void {
    this.feed({ _tag: 'Request', request });
  }

  tick(): void {
    if (this.timerMs === undefined || this.timerMs > this.scene.nowMs) return;
    this.timerMs = undefined;
    this.feed({ _tag: 'Timer' });
  }

  feed(event: PaxosEvent): void {
    for (const effect of this.machine?.step(event, this.scene.nowMs) ?? []) {
      if (this.machine === undefined) return;
      this.effects.push(effect);
      this.carryOut(effect);
    }
  }

  did<T extends PaxosEffect['_tag']>(tag: T): readonly Extract<PaxosEffect, { _tag: T }>[] {
    return this.effects.filter((effect): effect is Extract<PaxosEffect, { _tag: T }> => effect._tag === tag);
  }

  get isIdle(): boolean {
    return this.unwritten.length === 0;
  }

  /** Writes the next thing that waits for the disk. */
  write(): void {
    const effect = this.unwritten.shift();
    if (effect === undefined) return;
    if (effect._tag === 'Decide') {
      this.log.push(effect.batch);
      this.feed({ _tag: 'Stored', slot: effect.slot });
      return;
    }
    if (this.scene.options.isForgotten?.(effect.record) !== true) this.journal.push(effect.record);
    this.persisted = effect.index;
    const ready = this.heldSends.filter(({ after }) => after <= this.persisted);
    this.heldSends = this.heldSends.filter(({ after }) => after > this.persisted);
    for (const send of ready) this.post(send);
  }

  /** Replaces the journal by what the machine says suffices. */
  compact(): void {
    if (this.isIdle && this.machine !== undefined) this.journal = [...this.machine.durableRecords()];
  }

  private carryOut(effect: PaxosEffect): void {
    switch (effect._tag) {
      case 'Persist':
        this.persists += 1;
        if (this.persists >= this.crashAtPersist) this.crash();
        else this.enqueue(effect);
        return;
      case 'Decide':
        this.scene.onDecide(effect.slot, effect.batch);
        this.note(effect.delivered.flatMap(commandsOf));
        this.enqueue(effect);
        return;
      case 'Send':
        if (effect.after > this.persisted) this.heldSends.push(effect);
        else this.post(effect);
        return;
      case 'SetTimer':
        this.timerMs = effect.atMs;
        return;
      case 'SendLog': {
        const { from, to } = effect;
        const message: PaxosMessage = { _tag: 'Log', from, batches: this.log.slice(from - 1, from + 4) };
        this.scene.letters.push({ from: this.me, to, message });
        return;
      }
      case 'Refuse':
      case 'View':
        return;
    }
  }

  private enqueue(effect: Extract<PaxosEffect, { _tag: 'Persist' | 'Decide' }>): void {
    this.unwritten.push(effect);
    if (!this.isHeld) while (!this.isIdle) this.write();
  }

  private post({ to, message }: Extract<PaxosEffect, { _tag: 'Send' }>): void {
    const sent = this.scene.options.garble?.(message) ?? message;
    for (const process of to) {
      if (process === this.me) this.feed({ _tag: 'Message', from: this.me, message: sent });
      else this.scene.letters.push({ from: this.me, to: process, message: sent });
    }
  }

  private note(delivered: readonly { readonly session: number; readonly sequence: number }[]): void {
    for (const { session, sequence } of delivered) this.delivered.push(`${session}.${sequence}`);
  }
}
