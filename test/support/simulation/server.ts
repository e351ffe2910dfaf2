/** A simulated server: the machine itself, with a disk that can lose its tail and links that carry encoded messages. */
import { present } from '../../../src/prelude/invariant.js';
import { E } from '../../../src/prelude/fp.js';
import type { ProcessId } from '../../../src/prelude/process.js';
import type { Batch } from '../../../src/consensus/batch.js';
import type { ConsensusCodec } from '../../../src/consensus/codec.js';
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
import type { DurableRecord } from '../../../src/consensus/record.js';
import { readClock, rightClock, timerDelayMs } from './clock.js';
import type { SimulatedConfiguration } from './configuration.js';
import type { Coverage } from './coverage.js';
import { AppendOnly } from './disk.js';
import type { Prng } from './random.js';
import type { Clock, Crash, Faults } from './scenario.js';
import type { Schedule } from './schedule.js';

/** What the servers of a run stand on, and who watches them. */
export interface Surroundings {
  readonly schedule: Schedule;
  readonly faults: Faults;
  readonly coverage: Coverage;
  readonly codec: ConsensusCodec;
  /** What all machines of the run have found of reports; each for itself if absent. */
  readonly checkedReports: CheckedReports | undefined;
  send(from: ProcessId, to: ProcessId, message: Message): void;
  onEffect(server: SimulatedServer, effect: Effect): void;
  onStep(server: SimulatedServer): void;
  onCrash(server: SimulatedServer): void;
  onRestart(server: SimulatedServer): void;
}

export type CheckedReports = FabMachine['context']['checkedReports'];

type Send = Extract<Effect, { _tag: 'Send' }>;

/** Slots in one answer to a fetch. */
const rangeSlots = 5;
export class SimulatedServer {
  machine: FabMachine | undefined;
  private readonly journal: AppendOnly<DurableRecord>;
  private readonly log: AppendOnly<Batch>;
  private readonly certificates = new Map<number, PrefixCertificate>();
  private incarnation = 0;
  /** Up to which number the persists of this life are durable. */
  persisted = 0;
  private held: Send[] = [];
  private timer = 0;
  /** How many more effects are carried out before the power is lost. */
  private effectsLeft = Number.POSITIVE_INFINITY;
  private coming: Pick<Crash, 'downMs' | 'disk'> = { downMs: 0 };
  private readonly clock: Clock;

  constructor(
    readonly config: SimulatedConfiguration,
    private readonly around: Surroundings,
    private readonly random: Prng,
  ) {
    const { schedule, faults } = around;
    this.journal = new AppendOnly(schedule, random.fork(), faults.diskMs);
    this.log = new AppendOnly(schedule, random.fork(), faults.diskMs);
    this.clock = faults.clocks[config.me] ?? rightClock;
  }

  get me(): ProcessId {
    return this.config.me;
  }

  get isUp(): boolean {
    return this.machine !== undefined;
  }

  start(): void {
    if (this.isUp) return;
    const { codec } = this.around;
    const records = this.journal.durable.map((record) => right(codec.decodeRecord(codec.encodeRecord(record))));
    this.machine = new FabMachine(this.config, records, this.recovered());
    if (this.around.checkedReports !== undefined) this.machine['context'].checkedReports = this.around.checkedReports;
    this.feed({ _tag: 'Start' });
    for (const peer of this.config.system.processes) {
      if (peer !== this.me) this.later(this.random.next() * 5, () => ({ _tag: 'Connected', peer }));
    }
  }

  /** Loses power at a boundary between two effects, now or a few effects later. */
  crashSoon(crash: Crash): void {
    if (!this.isUp) return;
    this.crashAfter(this.random.between(0, 5), crash);
    if (this.effectsLeft === 0) this.crash();
  }

  /** Loses power once so many more effects have been carried out. */
  crashAfter(effects: number, crash: Crash): void {
    this.coming = crash;
    this.effectsLeft = effects;
  }

  /** How many slots of the decided log are durable. */
  get storedSlots(): number {
    return this.log.durable.length;
  }

  /** Takes an event unless the server is down. */
  feed(event: Event): void {
    const { machine } = this;
    if (machine === undefined) return;
    for (const effect of machine.step(event, readClock(this.clock, this.around.schedule.nowMs))) {
      if (this.effectsLeft <= 0) this.crash();
      if (!this.isUp) return;
      this.effectsLeft -= 1;
      this.around.onEffect(this, effect);
      this.carryOut(effect);
    }
    if (this.machine === undefined) return;
    this.around.onStep(this);
    if (this.journal.isIdle && this.random.chance(0.002)) this.compact(machine);
  }

  private crash(): void {
    const { schedule, coverage } = this.around;
    const { downMs, disk } = this.coming;
    this.machine = undefined;
    this.incarnation += 1;
    coverage.add('crash');
    const isLossy = [this.journal.crash(), this.log.crash()].includes(true);
    if (isLossy) coverage.add('lost writes');
    if (disk !== undefined) this.forget(disk);
    this.held = [];
    this.persisted = 0;
    this.effectsLeft = Number.POSITIVE_INFINITY;
    this.around.onCrash(this);
    schedule.after(downMs, () => {
      this.start();
      this.around.onRestart(this);
    });
  }

  private forget(disk: NonNullable<Crash['disk']>): void {
    this.around.coverage.add(disk === 'is lost' ? 'lost disk' : 'rolled-back disk');
    this.journal.forget(disk);
    this.log.forget(disk);
  }

  /** Where there is no room on the disk, the server stops until there is. */
  private hasRoom(): boolean {
    const { nowMs } = this.around.schedule;
    const full = this.around.faults.fullDisks.find(
      ({ process, fromMs, toMs }) => process === this.me && fromMs <= nowMs && nowMs < toMs,
    );
    if (full === undefined) return true;
    this.around.coverage.add('full disk');
    this.coming = { downMs: full.toMs - nowMs };
    this.crash();
    return false;
  }

  private compact(machine: FabMachine): void {
    this.journal.replace(machine.durableRecords());
  }

  private carryOut(effect: Effect): void {
    switch (effect._tag) {
      case 'Persist':
        if (!this.hasRoom()) return;
        this.journal.append(effect.record, () => {
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
        const { statement, isProven } = effect;
        const { allianceSigner } = this.config;
        const signed = isProven ? allianceSigner.proveShare(statement) : allianceSigner.signShare(statement);
        const share = E.isRight(signed) ? signed.right : undefined;
        this.later(this.random.next() * this.around.faults.signingMs, () => ({
          _tag: 'Signed',
          statement,
          isProven,
          share,
        }));
        return;
      }
      case 'Combine': {
        const result = this.config.allianceSigner.combine(effect.statement, effect.shares);
        this.later(this.random.next() * this.around.faults.signingMs, () => ({
          _tag: 'Combined',
          statement: effect.statement,
          result,
        }));
        return;
      }
      case 'Verify': {
        const isValid = this.config.allianceSigner.verify(effect.statement, effect.signature);
        this.later(this.random.next() * this.around.faults.signingMs, () => ({
          _tag: 'Verified',
          statement: effect.statement,
          isValid,
        }));
        return;
      }
      case 'Decide':
        if (!this.hasRoom()) return;
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
      case 'SnapshotCertified':
      case 'StatesDiffer':
      case 'Transfer':
      case 'Abandon':
      case 'Install':
      case 'HandedOver':
      case 'Refuse':
      case 'View':
      case 'Blame':
      case 'Halt':
        return;
    }
  }

  private release(): void {
    if (this.held.length === 0) return;
    const ready = this.held.filter(({ after }) => after <= this.persisted);
    if (ready.length === 0) return;
    this.held = this.held.filter(({ after }) => after > this.persisted);
    for (const send of ready) this.transmit(send);
  }

  private transmit({ to, message }: Send): void {
    for (const process of to) this.around.send(this.me, process, message);
  }

  private setTimer(atMs: number): void {
    this.timer += 1;
    const { timer, incarnation } = this;
    const delayMs = timerDelayMs(this.clock, this.around.schedule.nowMs, atMs);
    this.around.schedule.after(delayMs, () => {
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
