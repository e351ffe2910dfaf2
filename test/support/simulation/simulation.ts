/**
 * The simulator: the machines of one alliance, over virtual time, lossy links and disks that lose their tails, with some of them
 * Byzantine, judged after every event. Same scenario, same trace.
 */
import { E } from '../../../src/prelude/fp.js';
import { present } from '../../../src/prelude/invariant.js';
import type { ProcessId } from '../../../src/prelude/process.js';
import { ConsensusCodec } from '../../../src/consensus/codec.js';
import type { Message } from '../../../src/consensus/message.js';
import { adversaries } from '../../simulation/adversaries/adversaries.js';
import type { Adversary, Powers, Proposal } from '../../simulation/adversaries/adversary.js';
import { Checkers } from './checkers.js';
import { submitLoad } from './clients.js';
import { simulatedConfiguration, trustOf } from './configuration.js';
import { Coverage } from './coverage.js';
import { type Frame, Network } from './network.js';
import { Prng } from './random.js';
import type { Scenario } from './scenario.js';
import { Schedule } from './schedule.js';
import { type CheckedReports, SimulatedServer, type Surroundings } from './server.js';
import { storyLine } from './story.js';
import { Trace } from './trace.js';
import { fail, Violation } from './violation.js';

export interface Outcome {
  readonly violation?: string;
  readonly trace: string;
  readonly steps: number;
  readonly messages: number;
  readonly endMs: number;
  readonly slots: number;
  readonly highestView: number;
  /** The kinds of messages and faults that happened. */
  readonly coverage: readonly string[];
  /** What happened, for people; only where it was asked for. */
  readonly story: readonly string[];
}

export interface SimulationOptions {
  /** Keeps the story. */
  readonly isTelling?: boolean;
  /** Every process decodes and checks for itself what all receive, as servers do; the trace is the same, and it takes longer. */
  readonly isEachForItself?: boolean;
}

/** After the network has healed, everything must be done within this much virtual time... */
const patienceMs = 60_000;
const tickMs = 20;
/** ...and this many views for each process. */
const viewsPerProcess = 6;

export class Simulation {
  readonly schedule = new Schedule();
  readonly checkers: Checkers;
  readonly servers = new Map<ProcessId, SimulatedServer>();
  private readonly trace = new Trace();
  private readonly coverage = new Coverage();
  private readonly random: Prng;
  private readonly network: Network;
  private readonly adversaries = new Map<ProcessId, Adversary>();
  private readonly numbers: ReadonlyMap<ProcessId, number>;
  private readonly story: string[] = [];
  private readonly codec: ConsensusCodec;
  /** A broadcast is encoded once, and decoded once for all that receive it. */
  private readonly frames = new WeakMap<Message, Frame>();
  private readonly checkedReports: CheckedReports | undefined;
  private readonly correct: readonly ProcessId[];
  /** From then on everything is timely. */
  private readonly healedMs: number;
  private downCount = 0;
  private healedView: number | undefined;

  constructor(
    readonly scenario: Scenario,
    private readonly options: SimulationOptions = {},
  ) {
    const { faults, byzantine } = scenario;
    const trust = trustOf(scenario);
    const { universe } = trust.system.processes;
    this.random = new Prng(scenario.seed);
    this.healedMs = lastTroubleMs(scenario);
    this.numbers = new Map(universe.ids.map((id, index) => [id, index]));
    this.codec = new ConsensusCodec(universe, 1);
    this.checkedReports = options.isEachForItself === true ? undefined : new WeakMap();
    this.correct = universe.ids.filter((process) => !byzantine.includes(process));
    this.checkers = new Checkers(scenario, trust.system, () => this.storedSlots());
    this.network = new Network(faults, {
      schedule: this.schedule,
      random: this.random.fork(),
      coverage: this.coverage,
      deliver: (from, to, frame) => {
        this.arrive(from, to, frame);
      },
    });
    for (const process of universe.ids) {
      const config = simulatedConfiguration(scenario, trust, process);
      this.servers.set(process, new SimulatedServer(config, this.surroundings(), this.random.fork()));
    }
    this.corrupt();
    this.scheduleFaults();
    submitLoad(scenario, {
      schedule: this.schedule,
      system: trust.system,
      random: this.random.fork(),
      submit: (to, request) => {
        if (this.adversaries.get(to)?.takes?.(request) !== false) this.server(to).feed({ _tag: 'Request', request });
      },
      isDelivered: (request) => this.checkers.isDelivered(request),
    });
  }

  /** Runs until everything is done, or something is wrong. */
  run(): Outcome {
    let violation: string | undefined;
    try {
      for (const server of this.servers.values()) server.start();
      while (!this.isDone()) this.schedule.step();
    } catch (error) {
      if (!(error instanceof Error)) throw error;
      violation = error instanceof Violation ? error.message : `threw ${error.stack ?? error.message}`;
    }
    return {
      ...(violation === undefined ? {} : { violation }),
      trace: this.trace.digest,
      steps: this.trace.length,
      messages: this.network.messageCount,
      endMs: this.schedule.nowMs,
      slots: this.checkers.highestSlot,
      highestView: this.checkers.highestView,
      coverage: [...this.coverage],
      story: this.story,
    };
  }

  /** L6: how many messages are sent in so long a time in which nothing is asked for. */
  idle(durationMs: number): number {
    const [untilMs, before] = [this.schedule.nowMs + durationMs, this.network.messageCount];
    while ((this.schedule.nextMs ?? untilMs) < untilMs) this.schedule.step();
    return this.network.messageCount - before;
  }

  private isDone(): boolean {
    const { nowMs } = this.schedule;
    if (this.downCount === 0 && this.checkers.isComplete(this.correct)) return true;
    if (nowMs < this.healedMs) return this.schedule.nextMs === undefined;
    const isExpected = this.scenario.isBeyondModel !== true;
    // L3: once everyone is up and can be heard, views may change only so often before all is done.
    this.healedView ??= this.checkers.highestView;
    const views = this.checkers.highestView - this.healedView;
    if (isExpected && views > viewsPerProcess * this.servers.size)
      fail('L3', `${views} views since the network healed: ${this.checkers.describe()}`);
    if (nowMs <= this.healedMs + patienceMs) return this.schedule.nextMs === undefined;
    return isExpected ? fail('L2', `no progress: ${this.checkers.describe()}`) : true;
  }

  private server(process: ProcessId): SimulatedServer {
    return present(this.servers.get(process), 'every process is simulated');
  }

  private storedSlots(): readonly number[] {
    return this.correct.map((process) => this.server(process).storedSlots);
  }

  private surroundings(): Surroundings {
    return {
      schedule: this.schedule,
      faults: this.scenario.faults,
      coverage: this.coverage,
      codec: this.codec,
      checkedReports: this.checkedReports,
      send: (from, to, message) => {
        this.send(from, to, message);
      },
      onEffect: (server, effect) => {
        this.note(server.me, effect._tag);
        if (this.options.isTelling === true) this.story.push(storyLine(this.schedule.nowMs, server.me, effect));
        if (!this.isByzantine(server.me)) this.checkers.onEffect(server, effect);
      },
      onStep: (server) => {
        if (!this.isByzantine(server.me)) this.checkers.onStep(server);
      },
      onCrash: (server) => {
        this.note(server.me, 'crash');
        this.downCount += 1;
        this.checkers.onCrash(server);
      },
      onRestart: (server) => {
        this.downCount -= 1;
        this.checkers.onRestart(server);
      },
    };
  }

  private isByzantine(process: ProcessId): boolean {
    return this.adversaries.has(process);
  }

  private send(from: ProcessId, to: ProcessId, message: Message): void {
    const adversary = this.adversaries.get(from);
    if (adversary === undefined) this.checkers.onSent(this.server(from), message);
    if (adversary?.outgoing === undefined) this.transmit(from, to, message);
    else for (const one of adversary.outgoing(to, message)) this.transmit(from, to, one);
  }

  private transmit(from: ProcessId, to: ProcessId, message: Message): void {
    const frame = this.frames.get(message) ?? this.encode(from, message);
    if (frame !== undefined) this.network.send(from, to, frame);
  }

  /** An adversary's message may be one that has no encoding. */
  private encode(from: ProcessId, message: Message): Frame | undefined {
    try {
      const bytes = this.codec.encodeMessage(message);
      this.trace.bytes(bytes);
      const frame: Frame = { bytes };
      this.frames.set(message, frame);
      return frame;
    } catch (error) {
      if (this.isByzantine(from)) return undefined;
      throw error;
    }
  }

  private arrive(from: ProcessId, to: ProcessId, frame: Frame): void {
    if (frame.decoded === undefined || this.options.isEachForItself === true)
      frame.decoded = this.codec.decodeMessage(frame.bytes);
    if (E.isLeft(frame.decoded)) return;
    const message = frame.decoded.right;
    this.coverage.add(message._tag);
    const adversary = this.adversaries.get(to);
    const server = this.server(to);
    if (adversary?.incoming === undefined) server.feed({ _tag: 'Message', from, message });
    else for (const seen of adversary.incoming(from, message)) server.feed({ _tag: 'Message', from, message: seen });
  }

  private corrupt(): void {
    const { adversary, byzantine } = this.scenario;
    if (adversary === 'none') return;
    const conspiracy = new Map<string, Proposal>();
    for (const process of byzantine) {
      const server = this.server(process);
      const powers: Powers = {
        config: server.config,
        random: this.random.fork(),
        everyone: [...this.servers.keys()],
        seed: this.scenario.seed,
        conspiracy,
        nowMs: () => this.schedule.nowMs,
        view: () => server.machine?.view.view ?? 1,
        send: (to, message) => {
          this.transmit(process, to, message);
        },
      };
      this.adversaries.set(process, adversaries[adversary](powers));
      this.keepTicking(process);
    }
  }

  private keepTicking(process: ProcessId): void {
    const adversary = this.adversaries.get(process);
    if (adversary?.tick === undefined) return;
    adversary.tick();
    this.schedule.after(tickMs, () => {
      this.keepTicking(process);
    });
  }

  private scheduleFaults(): void {
    const { crashes, clocks } = this.scenario.faults;
    for (const crash of crashes) {
      if (crash.afterEffects !== undefined) {
        this.server(crash.process).crashAfter(crash.afterEffects, crash);
        continue;
      }
      this.schedule.at(crash.atMs, () => {
        this.server(crash.process).crashSoon(crash);
      });
    }
    for (const { skewMs, rate, leaps } of Object.values(clocks)) {
      if (skewMs !== 0) this.coverage.add('skewed clock');
      if (rate !== 1) this.coverage.add('fast or slow clock');
      for (const { atMs } of leaps)
        this.schedule.at(atMs, () => {
          this.coverage.add('leaping clock');
        });
    }
  }

  private note(process: ProcessId, kind: string): void {
    this.trace.note(this.schedule.nowMs, this.numbers.get(process) ?? 0, kind);
  }
}

/** When the last of what a scenario has in store for its processes is over. */
function lastTroubleMs({ faults, load }: Scenario): number {
  const { healedAtMs, crashes, fullDisks, clocks } = faults;
  const leaps = Object.values(clocks).flatMap((clock) => clock.leaps);
  return Math.max(
    healedAtMs,
    load.requestsPerSession * load.gapMs,
    ...crashes.map(({ atMs, downMs }) => atMs + downMs),
    ...fullDisks.map(({ toMs }) => toMs),
    ...leaps.map(({ atMs }) => atMs),
  );
}

export function simulate(scenario: Scenario, options: SimulationOptions = {}): Outcome {
  return new Simulation(scenario, options).run();
}
