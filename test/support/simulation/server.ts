/**
 * A simulated server: the machines of its epochs, one after another, over disks that can lose their tails and links that carry
 * encoded frames. Power may be lost between any two steps.
 */
import { present } from '../../../src/prelude/invariant.js';
import type { Digest } from '../../../src/prelude/digest.js';
import type { ProcessId } from '../../../src/prelude/process.js';
import type { Request } from '../../../src/consensus/batch.js';
import type { Findings } from '../../../src/consensus/context.js';
import type { Effect } from '../../../src/consensus/effect.js';
import type { Event } from '../../../src/consensus/event.js';
import type { StateTarget } from '../../../src/consensus/manifest.js';
import type { Message } from '../../../src/consensus/message.js';
import type { DurableRecord } from '../../../src/consensus/record.js';
import type { Chunk } from '../../../src/consensus/state-transfer.js';
import { FabMachine } from '../../../src/consensus/step.js';
import { right } from '../right.js';
import { readClock, rightClock, timerDelayMs } from './clock.js';
import { configurationOf, type SimulatedConfiguration } from './configuration.js';
import type { Coverage } from './coverage.js';
import type { AppendOnly } from './disk.js';
import type { FrameCodec, Said } from './frame.js';
import { Journals } from './journals.js';
import type { Prng } from './random.js';
import { ReplicatedState } from './replicated-state.js';
import type { Clock, Crash, Scenario } from './scenario.js';
import type { Schedule } from './schedule.js';
import type { Membership } from '../../../src/services/membership/membership.js';
import type { Execution } from '../../../src/server/state/executor.js';
import { Learning } from './governance/learning.js';
import { Steward } from './governance/steward.js';
import { outcomeOf } from './signing.js';
import { type FetchingOwner, StateFetching } from './state-fetching.js';
import { Succession } from './succession.js';

/** What the servers of a run stand on, and who watches them. */
export interface Surroundings {
  readonly scenario: Scenario;
  readonly schedule: Schedule;
  readonly coverage: Coverage;
  readonly codec: FrameCodec;
  /** What all machines of an epoch have found; each for itself if absent. */
  findings(epoch: number): Findings | undefined;
  send(from: ProcessId, to: ProcessId, said: Said): void;
  /** What a machine sees of a message: all of it, unless an adversary reads it first. */
  incoming(server: SimulatedServer, from: ProcessId, message: Message): readonly Message[];
  onMachine(server: SimulatedServer): void;
  onEffect(server: SimulatedServer, effect: Effect): void;
  onInstalled(server: SimulatedServer, target: StateTarget): void;
  onBadChunk(server: SimulatedServer, process: ProcessId, reason: string): void;
  onStep(server: SimulatedServer): void;
  onCrash(server: SimulatedServer): void;
  onRestart(server: SimulatedServer): void;
  /** A slot is executed. */
  onExecuted(server: SimulatedServer): void;
  /** The files of an epoch are in their place. */
  onEntered(server: SimulatedServer): void;
  /** A server's own. */
  onOwnRequest(request: Request): void;
  /** Correct ones. */
  others(me: ProcessId): readonly SimulatedServer[];
  /** What is said in place of an act. */
  saying(server: SimulatedServer, act: Uint8Array): readonly Uint8Array[];
  /** Whether an alliance that governs itself has nothing left to decide on. */
  isOver(): boolean;
  /** Something may happen in a later turn. */
  onTurn(): void;
}

/** How often files are looked for that are not there. */
const filesMs = 40;

type Send = Extract<Effect, { _tag: 'Send' }>;

export class SimulatedServer implements FetchingOwner {
  machine: FabMachine | undefined;
  /** Of the machine that runs, or ran last, or will run first. */
  config: SimulatedConfiguration;
  readonly state: ReplicatedState;
  readonly succession: Succession;
  /** Of an alliance that governs itself. */
  readonly steward: Steward | undefined;
  private readonly learning: Learning | undefined;
  /** A machine that has stopped for good is not started again. */
  isHalted = false;
  private isPowered = false;
  private readonly journals: Journals;
  private fetching: StateFetching | undefined;
  /** Counts the machines and power cuts. */
  private life = 0;
  /** Up to which number the persists of this machine are durable. */
  persisted = 0;
  private held: Send[] = [];
  private timer = 0;
  /** How many more effects are carried out before the power is lost. */
  private effectsLeft = Number.POSITIVE_INFINITY;
  private coming: Pick<Crash, 'downMs' | 'disk'> = { downMs: 0 };
  private readonly clock: Clock;

  constructor(
    readonly me: ProcessId,
    readonly around: Surroundings,
    readonly random: Prng,
  ) {
    this.clock = this.scenario.faults.clocks[me] ?? rightClock;
    this.journals = new Journals(this, around.codec);
    this.state = new ReplicatedState(this);
    this.succession = new Succession(this);
    this.config = configurationOf(this.scenario, this.succession.memberships[0] ?? 1, me);
    if (this.scenario.governance !== undefined) {
      this.steward = new Steward(this);
      this.learning = new Learning(this);
    }
  }

  get scenario(): Scenario {
    return this.around.scenario;
  }

  get schedule(): Schedule {
    return this.around.schedule;
  }

  get coverage(): Coverage {
    return this.around.coverage;
  }

  get isUp(): boolean {
    return this.isPowered;
  }

  get epoch(): number | undefined {
    return this.machine === undefined ? undefined : this.config.epoch;
  }

  start(): void {
    if (this.isPowered || this.journals.isRefused) return;
    this.isPowered = true;
    this.life += 1;
    this.state.recover();
    this.steward?.start();
    this.succession.start();
    this.learning?.start();
  }

  /** Starts the machine of an epoch once its files are in their place. */
  enterEpoch(epoch: number, waiting: readonly Request[] = []): void {
    const document = this.scenario.documents?.[epoch - 1];
    if (document === undefined || this.steward?.enter(document) !== false) {
      if (document !== undefined) this.around.onEntered(this);
      this.startMachine(epoch, waiting);
      return;
    }
    const { life } = this;
    this.schedule.after(filesMs, () => {
      if (life === this.life && this.isPowered) this.enterEpoch(epoch, waiting);
    });
  }

  get membership(): Membership {
    return present(this.state.membership, 'management is executed');
  }

  get slot(): number {
    return this.state.executor.position.slot;
  }

  takeOwn(request: Request): void {
    this.around.onOwnRequest(request);
    this.feed({ _tag: 'Request', request });
  }

  haveBrought(act: Uint8Array): boolean {
    const members = this.around.others(this.me).filter(({ isUp, epoch }) => isUp && epoch !== undefined);
    if (members.length === 0) return false;
    const to = this.random.pick(members);
    this.schedule.after(this.random.between(1, 20), () => {
      if (to.isUp) to.steward?.bring(act);
    });
    return true;
  }

  saying(act: Uint8Array): readonly Uint8Array[] {
    return this.around.saying(this, act);
  }

  get isOver(): boolean {
    return this.around.isOver();
  }

  onTurn(): void {
    this.around.onTurn();
  }

  onExecuted(execution: Execution): void {
    this.steward?.onExecuted(execution);
    this.around.onExecuted(this);
  }

  /** Starts the machine of an epoch; its start is what the HANDOFF of the epoch before says. */
  startMachine(epoch: number, waiting: readonly Request[] = []): void {
    if (this.isHalted) return;
    const { around } = this;
    this.life += 1;
    this.config = configurationOf(
      this.scenario,
      epoch,
      this.me,
      this.succession.startOf(epoch),
      this.steward?.signer(),
    );
    const codec = around.codec.of(epoch);
    const records = this.journals.records(epoch).map((record) => right(codec.decodeRecord(record)));
    this.machine = new FabMachine(this.config, records, this.state.recovered(this.config));
    const findings = around.findings(epoch);
    if (findings !== undefined) this.machine['context'].findings = findings;
    around.onMachine(this);
    this.beginFetching();
    this.feed({ _tag: 'Start' });
    for (const event of this.state.announcements()) this.feed(event);
    for (const peer of this.config.system.processes)
      if (peer !== this.me) this.later(this.random.next() * 5, () => ({ _tag: 'Connected', peer }));
    for (const request of waiting) this.later(0, () => ({ _tag: 'Request', request }));
  }

  /** The machine stops, with everything that is under way for it. */
  stopMachine(): void {
    this.machine = undefined;
    this.life += 1;
    this.held = [];
    this.persisted = 0;
    this.fetching?.stop();
    this.fetching = undefined;
  }

  private beginFetching(): void {
    this.fetching?.stop();
    this.fetching = new StateFetching(this, this.state);
    for (const peer of this.succession.servers(this.config.epoch)) this.fetching.feed({ _tag: 'Connected', peer });
  }

  /** Loses power at a boundary between two effects, now or a few effects later. */
  crashSoon(crash: Crash): void {
    if (!this.isPowered) return;
    this.crashAfter(this.random.between(0, 5), crash);
    if (this.effectsLeft === 0) this.crash();
  }

  /** Loses power once so many more effects have been carried out. */
  crashAfter(effects: number, crash: Pick<Crash, 'downMs' | 'disk'>): void {
    this.coming = crash;
    this.effectsLeft = effects;
  }

  /** Up to which slot the decided log is durable. */
  get storedSlots(): number {
    return this.state.log.last;
  }

  step(): boolean {
    if (!this.isPowered) return false;
    if (this.effectsLeft <= 0) {
      this.crash();
      return false;
    }
    this.effectsLeft -= 1;
    return true;
  }

  /** Takes an event if a machine runs. */
  feed(event: Event): void {
    const { machine } = this;
    if (machine === undefined) return;
    for (const effect of machine.step(event, readClock(this.clock, this.schedule.nowMs))) {
      if (!this.step()) return;
      this.around.onEffect(this, effect);
      this.carryOut(effect);
      // A full disk takes the power.
      if (this.machine === undefined) return;
    }
    this.around.onStep(this);
    if (this.journal.isIdle && this.random.chance(0.002)) this.journal.replace(machine.durableRecords());
  }

  /** What arrives on a link that proves its sender. */
  receive(from: ProcessId, said: Said): void {
    if (!this.isPowered) return;
    if (said._tag === 'Transfer') {
      this.succession.onFrame(from, said.frame);
      return;
    }
    if (!this.succession.isMember(from, said.epoch)) return;
    if (said.epoch !== this.epoch) this.succession.onOtherEpoch(from, said.epoch);
    else
      for (const message of this.around.incoming(this, from, said.message))
        this.feed({ _tag: 'Message', from, message });
  }

  ask(to: ProcessId, state: Digest, index: number): void {
    this.around.send(this.me, to, { _tag: 'Transfer', frame: { _tag: 'AskChunk', state, index } });
  }

  onChunk(from: ProcessId, chunk: Chunk): void {
    this.fetching?.feed({ _tag: 'Chunk', from, chunk });
  }

  onTransferred(slot: number): void {
    this.later(0, () => ({ _tag: 'Transferred', slot }));
  }

  onBadChunk(process: ProcessId, reason: string): void {
    this.around.onBadChunk(this, process, reason);
  }

  onDamaged({ slot }: StateTarget, state: Digest): void {
    this.fetching?.feed({ _tag: 'Damaged', state });
    this.feed({ _tag: 'Damaged', slot });
  }

  onInstalled(target: StateTarget): void {
    this.around.onInstalled(this, target);
    this.fetching?.feed({ _tag: 'Settled' });
  }

  private crash(): void {
    const { downMs, disk } = this.coming;
    this.steward?.stop();
    this.stopMachine();
    this.isPowered = false;
    this.coverage.add('crash');
    const isLossy = [this.journals.crash(), this.state.crash()].includes(true);
    if (isLossy) this.coverage.add('lost writes');
    if (disk !== undefined) this.forget(disk);
    this.effectsLeft = Number.POSITIVE_INFINITY;
    this.around.onCrash(this);
    this.schedule.after(downMs, () => {
      this.start();
      this.around.onRestart(this);
    });
  }

  private forget(disk: NonNullable<Crash['disk']>): void {
    if (disk === 'is corrupt') {
      this.coverage.add('corrupt disk');
      this.journals.damage(this.config.epoch);
      return;
    }
    this.coverage.add(disk === 'is lost' ? 'lost disk' : 'rolled-back disk');
    this.journals.forget(disk);
    this.state.forget(disk);
  }

  /** Where there is no room on the disk, the server stops until there is. */
  private hasRoom(): boolean {
    const { nowMs } = this.schedule;
    const full = this.scenario.faults.fullDisks.find(
      ({ process, fromMs, toMs }) => process === this.me && fromMs <= nowMs && nowMs < toMs,
    );
    if (full === undefined) return true;
    this.coverage.add('full disk');
    this.coming = { downMs: full.toMs - nowMs };
    this.crash();
    return false;
  }

  /** Of this epoch. */
  private get journal(): AppendOnly<DurableRecord> {
    return this.journals.of(this.config.epoch);
  }

  private carryOut(effect: Effect): void {
    switch (effect._tag) {
      case 'Persist':
        if (!this.hasRoom()) return;
        this.persist(effect);
        return;
      case 'Send':
        if (effect.after <= this.persisted) this.transmit(effect);
        else this.held.push(effect);
        return;
      case 'SetTimer':
        this.setTimer(effect.atMs);
        return;
      case 'Sign':
      case 'Combine':
      case 'Verify':
        this.work(effect);
        return;
      case 'Decide':
        if (this.hasRoom()) this.state.append(effect);
        return;
      case 'Certify':
        this.state.log.putCertificate(effect.certificate, this.config.keys.alliance.keyId);
        return;
      case 'SendRange': {
        const range = this.state.log.range(effect.from, this.config.keys.alliance.keyId);
        if (range !== undefined) this.sendMessage(effect.to, { _tag: 'Range', ...range });
        return;
      }
      case 'SnapshotCertified':
        this.state.putCertificate(effect.certificate);
        return;
      case 'Transfer': {
        const { slot, chain, manifest } = effect;
        this.fetching?.feed({ _tag: 'Wanted', target: { slot, chain, manifest } });
        return;
      }
      case 'Abandon':
        this.coverage.add('abandoned transfer');
        this.state.store.change({ _tag: 'Target', target: undefined });
        this.fetching?.feed({ _tag: 'Settled' });
        return;
      case 'Install':
        if (this.random.chance(this.scenario.snapshots?.cuts ?? 0))
          this.crashAfter(this.random.between(0, 4), { downMs: this.random.between(1, 100) });
        this.state.install();
        return;
      case 'HandedOver':
        this.succession.handOver(effect.handoff);
        return;
      case 'Halt':
        this.isHalted = true;
        return;
      case 'StatesDiffer':
      case 'Refuse':
      case 'View':
      case 'Blame':
        return;
    }
  }

  /** The alliance key's, in its own time. */
  private work(effect: Extract<Effect, { _tag: 'Sign' | 'Combine' | 'Verify' }>): void {
    const outcome = outcomeOf(effect, this.config.allianceSigner);
    this.later(this.signingMs(), () => outcome);
  }

  private persist({ record, index }: Extract<Effect, { _tag: 'Persist' }>): void {
    const { life } = this;
    this.journal.append(record, () => {
      if (life !== this.life) return;
      this.persisted = index;
      this.release();
    });
  }

  private signingMs(): number {
    return this.random.next() * this.scenario.faults.signingMs;
  }

  private release(): void {
    if (this.held.length === 0) return;
    const ready = this.held.filter(({ after }) => after <= this.persisted);
    if (ready.length === 0) return;
    this.held = this.held.filter(({ after }) => after > this.persisted);
    for (const send of ready) this.transmit(send);
  }

  private transmit({ to, message }: Send): void {
    for (const process of to) this.sendMessage(process, message);
  }

  private sendMessage(to: ProcessId, message: Message): void {
    this.around.send(this.me, to, { _tag: 'Message', epoch: this.config.epoch, message });
  }

  private setTimer(atMs: number): void {
    this.timer += 1;
    const { timer, life } = this;
    const delayMs = timerDelayMs(this.clock, this.schedule.nowMs, atMs);
    this.schedule.after(delayMs, () => {
      if (timer === this.timer && life === this.life) this.feed({ _tag: 'Timer' });
    });
  }

  private later(delayMs: number, event: () => Event): void {
    const { life } = this;
    this.schedule.after(delayMs, () => {
      if (life === this.life) this.feed(event());
    });
  }
}
