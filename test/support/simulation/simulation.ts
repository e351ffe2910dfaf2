/**
 * The simulator: the machines of one alliance, over virtual time, lossy links and disks that lose their tails, with some of them
 * Byzantine, judged after every event. Same scenario, same trace.
 */
import { present } from '../../../src/prelude/invariant.js';
import { InvariantViolation } from '../../../src/prelude/invariant.js';
import type { ProcessId } from '../../../src/prelude/process.js';
import type { Effect } from '../../../src/consensus/effect.js';
import { ConsensusCodec } from '../../../src/consensus/codec.js';
import type { Message } from '../../../src/consensus/message.js';
import { E } from '../../../src/prelude/fp.js';
import { adversaries } from '../../simulation/adversaries/adversaries.js';
import type { Adversary, Powers, Proposal } from '../../simulation/adversaries/adversary.js';
import { Checkers, Violation } from './checkers.js';
import { submitLoad } from './clients.js';
import { simulatedConfiguration, trustOf } from './configuration.js';
import { type Frame, Network } from './network.js';
import { Prng } from './random.js';
import type { Scenario } from './scenario.js';
import { Schedule } from './schedule.js';
import { SimulatedServer } from './server.js';
import { Trace } from './trace.js';

export interface Outcome {
  readonly violation?: string;
  readonly trace: string;
  readonly steps: number;
  readonly messages: number;
  readonly endMs: number;
  readonly slots: number;
  readonly highestView: number;
  /** What happened last, for people; only where it was asked for. */
  readonly story: readonly string[];
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
  private readonly random: Prng;
  private readonly network: Network;
  private readonly adversaries = new Map<ProcessId, Adversary>();
  private readonly story: string[] = [];
  private readonly codec: ConsensusCodec;
  /** A broadcast is encoded once, and decoded once for all that receive it. */
  private readonly frames = new WeakMap<Message, Frame>();
  private readonly correct: readonly ProcessId[];
  /** From then on the network is timely. */
  private readonly healedMs: number;
  /** When the last process starts again, at the latest. */
  private readonly lastRestartMs: number;
  private healedView: number | undefined;

  constructor(
    readonly scenario: Scenario,
    private readonly isTelling = false,
  ) {
    this.random = new Prng(scenario.seed);
    this.checkers = new Checkers(scenario);
    const { crashes, healedAtMs } = scenario.faults;
    this.healedMs = healedAtMs;
    this.lastRestartMs = Math.max(0, ...crashes.map(({ atMs, downMs }) => atMs + downMs));
    this.network = new Network(scenario.faults, this.schedule, this.random.fork(), (from, to, frame) => {
      this.arrive(from, to, frame);
    });
    const trust = trustOf(scenario);
    this.codec = new ConsensusCodec(trust.system.processes.universe);
    this.correct = trust.system.processes.universe.ids.filter((process) => !scenario.byzantine.includes(process));
    for (const process of trust.system.processes) {
      const config = simulatedConfiguration(scenario, trust, process);
      const server = new SimulatedServer(config, this.surroundings(), this.random.fork());
      this.servers.set(process, server);
    }
    this.corrupt();
    this.scheduleCrashes();
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
      while (!this.isDone()) {
        this.watchViews();
        this.schedule.step();
      }
    } catch (error) {
      if (!(error instanceof Violation) && !(error instanceof InvariantViolation) && !(error instanceof Error))
        throw error;
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
      story: this.story,
    };
  }

  private isDone(): boolean {
    const { nowMs } = this.schedule;
    const isQuiet = nowMs >= this.healedMs && nowMs > this.lastRestartMs;
    if (isQuiet && this.checkers.isComplete(this.correct)) return true;
    if (nowMs > Math.max(this.healedMs, this.lastRestartMs) + patienceMs) {
      if (this.scenario.isBeyondModel === true) return true;
      throw new Violation(`no progress: ${this.checkers.describe()}`);
    }
    return this.schedule.nextMs === undefined;
  }

  /** Once the network has healed and everyone is up, views may change only so often before all is done. */
  private watchViews(): void {
    const { nowMs } = this.schedule;
    if (nowMs < this.healedMs || nowMs <= this.lastRestartMs) return;
    this.healedView ??= this.checkers.highestView;
    const views = this.checkers.highestView - this.healedView;
    if (views > viewsPerProcess * this.servers.size && this.scenario.isBeyondModel !== true)
      throw new Violation(`${views} views since the network healed: ${this.checkers.describe()}`);
  }

  private server(process: ProcessId): SimulatedServer {
    return present(this.servers.get(process), 'every process is simulated');
  }

  private surroundings() {
    return {
      schedule: this.schedule,
      diskMs: this.scenario.faults.diskMs,
      send: (from: ProcessId, to: ProcessId, message: Message) => {
        this.send(from, to, message);
      },
      onEffect: (server: SimulatedServer, effect: Effect) => {
        this.note(`${server.me} ${effect._tag}`);
        this.tell(server.me, effect);
        if (!this.isByzantine(server.me)) this.checkers.onEffect(server, effect);
      },
      onStep: (server: SimulatedServer) => {
        if (!this.isByzantine(server.me)) this.checkers.onStep(server);
      },
    };
  }

  private isByzantine(process: ProcessId): boolean {
    return this.adversaries.has(process);
  }

  private send(from: ProcessId, to: ProcessId, message: Message): void {
    const adversary = this.adversaries.get(from);
    if (adversary === undefined) this.checkers.onSent(from, message);
    const sent = adversary?.outgoing?.(to, message) ?? [message];
    for (const one of sent) this.transmit(from, to, one);
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
    frame.decoded ??= this.codec.decodeMessage(frame.bytes);
    if (E.isLeft(frame.decoded)) return;
    const message = frame.decoded.right;
    const seen = this.adversaries.get(to)?.incoming?.(from, message) ?? [message];
    for (const one of seen) this.server(to).feed({ _tag: 'Message', from, message: one });
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

  private scheduleCrashes(): void {
    for (const { process, atMs, downMs } of this.scenario.faults.crashes) {
      this.schedule.at(atMs, () => {
        this.server(process).crashSoon(() => {
          this.note(`${process} crashes`);
          this.schedule.after(downMs, () => {
            this.server(process).start();
            this.checkers.onRestart(this.server(process));
          });
        });
      });
    }
  }

  private note(text: string): void {
    this.trace.note(`${this.schedule.nowMs} ${text}`);
  }

  private tell(process: ProcessId, effect: Effect): void {
    if (!this.isTelling) return;
    const what =
      effect._tag === 'Send'
        ? `Send ${effect.message._tag}${aboutMessage(effect.message)} to ${effect.to.length}`
        : effect._tag + aboutEffect(effect);
    this.story.push(`${this.schedule.nowMs.toFixed(1)} ${process} ${what}`);
  }
}

function aboutMessage(message: Message): string {
  const { view, slot } = message as { view?: number; slot?: number };
  return `${view === undefined ? '' : ` v${view}`}${slot === undefined ? '' : ` s${slot}`}`;
}

function aboutEffect(effect: Effect): string {
  if (effect._tag === 'Decide') return ` s${effect.slot} ${effect.path}`;
  if (effect._tag === 'View') return ` v${effect.view}`;
  if (effect._tag === 'Persist') return ` ${effect.record._tag}`;
  if (effect._tag === 'Blame')
    return ` ${effect.process} ${effect.fault._tag === 'InvalidMessage' ? effect.fault.reason : ''}`;
  return '';
}

export function simulate(scenario: Scenario): Outcome {
  return new Simulation(scenario).run();
}
