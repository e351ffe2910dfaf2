/** A simulated server: the machine itself, with a disk that can lose its tail and links that carry encoded messages. */
import { present } from '../../../src/prelude/invariant.js';
import { E } from '../../../src/prelude/fp.js';
import type { ProcessId } from '../../../src/prelude/process.js';
import type { Batch } from '../../../src/consensus/batch.js';
import { ConsensusCodec } from '../../../src/consensus/codec.js';
import { DeliveryTable } from '../../../src/consensus/delivery.js';
import type { Effect } from '../../../src/consensus/effect.js';
import type { Event } from '../../../src/consensus/event.js';
import type { Message } from '../../../src/consensus/message.js';
import type { PrefixCertificate } from '../../../src/consensus/range.js';
import type { Recovered } from '../../../src/consensus/state.js';
import { batchDigest } from '../../../src/consensus/batch.js';
import { chainNext, chainStart } from '../../../src/consensus/statement.js';
import { FabMachine } from '../../../src/consensus/step.js';
import { right } from '../right.js';
import type { SimulatedConfiguration } from './configuration.js';
import { AppendOnly } from './disk.js';
import type { Prng } from './random.js';
import type { Schedule } from './schedule.js';

/** What the servers of a run stand on, and who watches them. */
export interface Surroundings {
  readonly schedule: Schedule;
  readonly diskMs: number;
  send(from: ProcessId, to: ProcessId, message: Message): void;
  onEffect(server: SimulatedServer, effect: Effect): void;
  onStep(server: SimulatedServer, event: Event): void;
}

type Send = Extract<Effect, { _tag: 'Send' }>;

/** Slots in one answer to a fetch. */
const rangeSlots = 5;
/** How long the alliance signer takes, at most. */
const signingMs = 3;

export class SimulatedServer {
  machine: FabMachine | undefined;
  readonly codec: ConsensusCodec;
  private readonly journal: AppendOnly<Uint8Array>;
  private readonly log: AppendOnly<Batch>;
  private readonly certificates = new Map<number, PrefixCertificate>();
  private incarnation = 0;
  private persisted = 0;
  private held: Send[] = [];
  private timer = 0;
  /** How many more effects are carried out before the power is lost. */
  private effectsLeft = Number.POSITIVE_INFINITY;
  private onCrashed: () => void = () => undefined;

  constructor(
    readonly config: SimulatedConfiguration,
    private readonly around: Surroundings,
    private readonly random: Prng,
  ) {
    this.codec = new ConsensusCodec(config.system.processes.universe);
    this.journal = new AppendOnly(around.schedule, random.fork(), around.diskMs);
    this.log = new AppendOnly(around.schedule, random.fork(), around.diskMs);
  }

  get me(): ProcessId {
    return this.config.me;
  }

  get isUp(): boolean {
    return this.machine !== undefined;
  }

  start(): void {
    if (this.isUp) return;
    const records = this.journal.durable.map((bytes) => right(this.codec.decodeRecord(bytes)));
    this.machine = new FabMachine(this.config, records, this.recovered());
    this.feed({ _tag: 'Start' });
    for (const peer of this.config.system.processes) {
      if (peer !== this.me) this.later(this.random.next() * 5, () => ({ _tag: 'Connected', peer }));
    }
  }

  /** Loses power at the next boundary between two effects, now or a few effects later. */
  crashSoon(onCrashed: () => void): void {
    this.onCrashed = onCrashed;
    this.effectsLeft = this.random.between(0, 5);
    if (this.effectsLeft === 0 || !this.isUp) this.crash();
  }

  /** Takes an event unless the server is down. */
  feed(event: Event): void {
    const { machine } = this;
    if (machine === undefined) return;
    for (const effect of machine.step(event, this.around.schedule.nowMs)) {
      if (this.effectsLeft <= 0) this.crash();
      if (!this.isUp) return;
      this.effectsLeft -= 1;
      this.around.onEffect(this, effect);
      this.carryOut(effect);
    }
    this.around.onStep(this, event);
    if (this.journal.isIdle && this.random.chance(0.002)) this.compact(machine);
  }

  private crash(): void {
    this.machine = undefined;
    this.incarnation += 1;
    this.journal.crash();
    this.log.crash();
    this.held = [];
    this.persisted = 0;
    this.effectsLeft = Number.POSITIVE_INFINITY;
    this.onCrashed();
  }

  private compact(machine: FabMachine): void {
    this.journal.replace(machine.durableRecords().map((record) => this.codec.encodeRecord(record)));
  }

  private carryOut(effect: Effect): void {
    switch (effect._tag) {
      case 'Persist':
        this.journal.append(this.codec.encodeRecord(effect.record), () => {
          this.persisted = effect.index;
          this.release();
        });
        return;
      case 'Send':
        if (effect.after <= this.persisted) this.transmit(effect);
        else this.held.push(effect);
        return;
      case 'SetTimer':
        this.setTimer(effect.atMs);
        return;
      case 'Sign': {
        const signed = this.config.allianceSigner.signShare(effect.statement);
        const share = E.isRight(signed) ? signed.right : undefined;
        this.later(this.random.next() * signingMs, () => ({ _tag: 'Signed', statement: effect.statement, share }));
        return;
      }
      case 'Combine': {
        const result = this.config.allianceSigner.combine(effect.statement, effect.shares);
        this.later(this.random.next() * signingMs, () => ({ _tag: 'Combined', statement: effect.statement, result }));
        return;
      }
      case 'Decide':
        this.log.append(effect.batch, () => {
          this.feed({ _tag: 'Stored', slot: effect.slot });
        });
        return;
      case 'Certify':
        this.certificates.set(effect.certificate.slot, effect.certificate);
        return;
      case 'SendRange':
        this.sendRange(effect.to, effect.from);
        return;
      case 'Refuse':
      case 'View':
      case 'Blame':
      case 'Halt':
        return;
    }
  }

  private release(): void {
    const ready = this.held.filter(({ after }) => after <= this.persisted);
    this.held = this.held.filter(({ after }) => after > this.persisted);
    for (const send of ready) this.transmit(send);
  }

  private transmit({ to, message }: Send): void {
    for (const process of to) this.around.send(this.me, process, message);
  }

  private setTimer(atMs: number): void {
    this.timer += 1;
    const { timer, incarnation } = this;
    this.around.schedule.at(atMs, () => {
      if (timer === this.timer && incarnation === this.incarnation) this.feed({ _tag: 'Timer' });
    });
  }

  private later(delayMs: number, event: () => Event): void {
    const { incarnation } = this;
    this.around.schedule.after(delayMs, () => {
      if (incarnation === this.incarnation) this.feed(event());
    });
  }

  private sendRange(to: ProcessId, from: number): void {
    const batches = this.log.durable;
    const slots = [...this.certificates.keys()].filter((slot) => slot >= from && slot <= batches.length);
    if (slots.length === 0) return;
    const certificate = present(this.certificates.get(Math.min(...slots)), 'a stored certificate');
    const last = Math.min(certificate.slot, from + rangeSlots - 1);
    const range = {
      from,
      batches: batches.slice(from - 1, last),
      tail: batches.slice(last, certificate.slot).map(batchDigest),
      certificate,
    };
    this.around.send(this.me, to, { _tag: 'Range', ...range });
  }

  private recovered(): Recovered {
    const delivery = DeliveryTable.empty();
    let chain = chainStart(this.config.allianceId);
    const chains = new Map([[0, chain]]);
    for (const [index, batch] of this.log.durable.entries()) {
      chain = chainNext(chain, index + 1, batchDigest(batch));
      chains.set(index + 1, chain);
      delivery.deliver(index + 1, batch);
    }
    const known = [...this.certificates.values()].filter(({ slot }) => slot <= this.log.durable.length);
    const certificate = known.sort((a, b) => b.slot - a.slot)[0];
    return {
      decidedUpTo: this.log.durable.length,
      chains,
      delivery,
      ...(certificate === undefined ? {} : { certificate }),
    };
  }
}
