/**
 * The simulator: the machines of one alliance, over virtual time, lossy links and disks that lose their tails, with some of them
 * Byzantine, judged after every event. Same scenario, same trace.
 */
import { present } from '../../../src/prelude/invariant.js';
import type { ProcessId } from '../../../src/prelude/process.js';
import type { Alliance } from '../../../src/management/alliance.js';
import { loadBackends } from '../../../src/schemes/bls/load-backends.js';
import { Findings } from '../../../src/consensus/context.js';
import type { Message } from '../../../src/consensus/message.js';
import { Auditor } from './auditor.js';
import { Checkers } from './checkers.js';
import { type Submission, submitLoad, submitUntilDelivered } from './clients.js';
import { configurationOf, everyoneOf, trustsOf } from './configuration.js';
import { Conspirators } from './conspirators.js';
import { Coverage } from './coverage.js';
import { FrameCodec, type Said } from './frame.js';
import { foundingOf } from './governance/founding.js';
import { GovernedRun } from './governance/governed-run.js';
import { type Frame, Network } from './network.js';
import { Operators } from './operators.js';
import { Prng } from './random.js';
import { mayPass, type Round, unitOf } from './rounds.js';
import type { Governed, Scenario, Succession } from './scenario.js';
import { Schedule } from './schedule.js';
import { SimulatedServer, type Surroundings } from './server.js';
import { storyLine } from './story.js';
import { Trace } from './trace.js';
import { lastTroubleMs, scheduleTroubles } from './troubles.js';
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
/** ...and this many views for each process. */
const viewsPerProcess = 6;

export class Simulation {
  readonly schedule = new Schedule();
  readonly scenario: Scenario;
  /** Of an alliance that governs itself. */
  readonly governed: GovernedRun | undefined;
  private isTurnDue = false;
  private submitted: Submission | undefined;
  readonly checkers: Checkers;
  readonly servers = new Map<ProcessId, SimulatedServer>();
  private readonly trace = new Trace();
  private readonly coverage = new Coverage();
  private readonly random: Prng;
  private readonly network: Network;
  private readonly conspirators: Conspirators;
  /** Where more are Byzantine than may be. */
  private readonly auditor: Auditor | undefined;
  private readonly numbers: ReadonlyMap<ProcessId, number>;
  private readonly story: string[] = [];
  private readonly codec: FrameCodec;
  /** A broadcast is encoded once, and decoded once for all that receive it. */
  private readonly frames = new Map<Message, Frame>();
  /** By epoch. */
  private readonly findings: (Findings | undefined)[] = [];
  private readonly correct: readonly SimulatedServer[];
  private readonly byzantine: ReadonlySet<ProcessId>;
  /** From then on everything is timely. */
  private readonly healedMs: number;
  private downCount = 0;
  /** To many at once, it is judged once. */
  private lastSent: Message | undefined;
  private healedViews: number | undefined;
  /** The newest epoch of which a correct machine runs, or ran. */
  private newestEpoch = 1;
  /** What waits for the last epoch. */
  private late: (() => void)[] = [];

  constructor(
    given: Scenario,
    private readonly options: SimulationOptions = {},
  ) {
    const documents = given.governance === undefined ? [] : [foundingOf(given).document];
    const scenario = given.governance === undefined ? given : { ...given, documents };
    this.scenario = scenario;
    const { faults, byzantine } = scenario;
    const everyone = everyoneOf(scenario);
    this.random = new Prng(scenario.seed);
    this.byzantine = new Set(byzantine);
    this.healedMs = lastTroubleMs(scenario);
    this.numbers = new Map(everyone.map((id, index) => [id, index]));
    this.codec = new FrameCodec((epoch) => trustsOf(scenario)[epoch - 1]?.system.processes.universe);
    if (given.governance !== undefined) this.governed = this.govern(given.governance, documents);
    this.checkers = new Checkers(scenario, () => this.correct, this.governed);
    this.network = new Network(faults, {
      schedule: this.schedule,
      random: this.random.fork(),
      coverage: this.coverage,
      deliver: (from, to, frame) => {
        this.arrive(from, to, frame);
      },
    });
    this.conspirators = new Conspirators({
      scenario,
      schedule: this.schedule,
      random: this.random,
      rounds: () => this.rounds,
      isByzantine: (process) => this.isByzantine(process),
      transmit: (from, to, said) => {
        this.transmit(from, to, said);
      },
    });
    const surroundings = this.surroundings();
    for (const process of everyone)
      this.servers.set(process, new SimulatedServer(process, surroundings, this.random.fork()));
    this.correct = [...this.servers.values()].filter(({ me }) => !byzantine.includes(me));
    const [someone] = everyone;
    if (scenario.isBeyondModel === true && someone !== undefined)
      this.auditor = new Auditor(configurationOf(scenario, 1, someone));
    this.coverage.add(scenario.certificates === undefined ? 'multisignatures' : 'threshold certificates');
    scheduleTroubles(scenario, {
      schedule: this.schedule,
      coverage: this.coverage,
      server: (process) => this.server(process),
    });
    const submission = this.submission();
    this.submitted = submission;
    submitLoad(scenario, submission);
    this.governed?.begin();
    if (scenario.succession !== undefined) this.operate(scenario.succession, submission);
  }

  /** Runs until everything is done, or something is wrong. */
  run(): Outcome {
    let violation: string | undefined;
    try {
      for (const server of this.servers.values()) server.start();
      while (!this.isDone()) this.schedule.step();
    } catch (error) {
      violation = this.violationOf(error);
    }
    return this.outcome(violation);
  }

  /** The same of an alliance that governs itself, whose agents wait for promises: all that are kept are heard before anything else happens. */
  async runGoverned(): Promise<Outcome> {
    let violation: string | undefined;
    try {
      for (const server of this.servers.values()) server.start();
      while (!this.isDone()) {
        this.schedule.step();
        if (this.isTurnDue) await turn();
        this.isTurnDue = false;
      }
      this.governed?.finish(this.correct);
    } catch (error) {
      violation = this.violationOf(error);
    }
    return this.outcome(violation);
  }

  private violationOf(error: unknown): string {
    {
      if (!(error instanceof Error)) throw error;
      const violation = error instanceof Violation ? error.message : `threw ${error.stack ?? error.message}`;
      return this.audit(violation) ?? violation;
    }
  }

  private outcome(violation: string | undefined): Outcome {
    return {
      ...(violation === undefined ? {} : { violation }),
      trace: this.trace.digest,
      steps: this.trace.length,
      messages: this.network.messageCount,
      endMs: this.schedule.nowMs,
      slots: this.checkers.highestSlot,
      highestView: this.checkers.viewCount,
      coverage: [...this.coverage],
      story: this.story,
    };
  }

  /** I13, I12: once agreement is broken, more than may be are proven Byzantine, and nobody else. */
  private audit(violation: string): string | undefined {
    const { auditor, scenario } = this;
    if (auditor === undefined) return undefined;
    const proven = [...auditor.proven];
    const [trust] = trustsOf(scenario);
    if (!proven.every((process) => this.isByzantine(process))) return `I12: ${proven.join(', ')} are accused`;
    if (!violation.startsWith('I1:')) return undefined;
    const isExcused = trust?.system.canBeFaulty(trust.system.processes.universe.of(proven)) === true;
    return isExcused ? `I13: ${proven.join(', ')} alone are proven Byzantine, though ${violation}` : undefined;
  }

  /** L6: how many messages are sent in so long a time in which nothing is asked for. */
  idle(durationMs: number): number {
    const [untilMs, before] = [this.schedule.nowMs + durationMs, this.network.messageCount];
    while ((this.schedule.nextMs ?? untilMs) < untilMs) this.schedule.step();
    return this.network.messageCount - before;
  }

  private isDone(): boolean {
    const { nowMs } = this.schedule;
    const isGoverned = this.governed === undefined || this.governed.isDone;
    if (isGoverned && this.downCount === 0 && this.checkers.isComplete()) return true;
    if (nowMs < this.healedMs) return this.schedule.nextMs === undefined;
    const isExpected = this.scenario.isBeyondModel !== true;
    // L3: once everyone is up and can be heard, views may change only so often before all is done.
    this.healedViews ??= this.checkers.viewCount;
    const views = this.checkers.viewCount - this.healedViews;
    // Governed epochs follow one another for as long as somebody is without a share.
    const epochs = this.governed === undefined ? 1 : this.newestEpoch;
    if (isExpected && views > viewsPerProcess * this.servers.size * epochs)
      fail('L3', `${views} views since the network healed: ${this.checkers.describe()}`);
    if (nowMs <= this.healedMs + patienceMs) return this.schedule.nextMs === undefined;
    if (isExpected && this.governed?.isDone === false)
      fail('L7', `no progress: ${this.governed.describe()}; ${this.checkers.describe()}`);
    return isExpected ? fail('L2', `no progress: ${this.checkers.describe()}`) : true;
  }

  private server(process: ProcessId): SimulatedServer {
    return present(this.servers.get(process), 'every process is simulated');
  }

  private submission(): Submission {
    const { scenario } = this;
    return {
      schedule: this.schedule,
      system: () => present(trustsOf(scenario)[this.newestEpoch - 1], 'an epoch').system,
      random: this.random.fork(),
      whenLastBegins: (run) => {
        if (this.governed === undefined && this.newestEpoch === trustsOf(scenario).length) run();
        else this.late.push(run);
      },
      submit: (to, request, leader) => {
        if (this.conspirators.of(to)?.takes?.(request) !== false)
          this.server(to).feed({ _tag: 'Request', request, leader });
      },
      isDelivered: (request) => this.checkers.isDelivered(request),
    };
  }

  private govern(governed: Governed, documents: Alliance[]): GovernedRun {
    const { scenario, schedule, coverage } = this;
    return new GovernedRun({
      ...{ scenario, governed, documents, schedule, coverage },
      random: this.random.fork(),
      submit: (request) => {
        this.checkers.log.onSent(request);
        if (this.submitted !== undefined) submitUntilDelivered(request, this.submitted, true);
      },
      log: () => this.checkers.log,
      onDone: () => {
        this.runLate();
      },
    });
  }

  private runLate(): void {
    for (const run of this.late) run();
    this.late = [];
  }

  private operate(succession: Succession, submission: Submission): Operators {
    const { scenario, schedule, coverage } = this;
    return new Operators({
      scenario,
      succession,
      schedule,
      coverage,
      random: this.random.fork(),
      log: this.checkers.log,
      submit: (request) => {
        submitUntilDelivered(request, submission, true);
      },
      hasBegun: (epoch) => this.newestEpoch >= epoch,
    });
  }

  private surroundings(): Surroundings {
    return {
      scenario: this.scenario,
      schedule: this.schedule,
      coverage: this.coverage,
      codec: this.codec,
      findings: (epoch) =>
        this.options.isEachForItself === true ? undefined : (this.findings[epoch - 1] ??= new Findings()),
      send: (from, to, said) => {
        this.send(from, to, said);
      },
      incoming: ({ me }, from, message) => this.conspirators.of(me)?.incoming?.(from, message) ?? [message],
      onMachine: (server) => {
        this.onMachine(server);
      },
      onEffect: (server, effect) => {
        this.note(server.me, effect._tag);
        if (this.options.isTelling === true) this.story.push(storyLine(this.schedule.nowMs, server.me, effect));
        if (!this.isByzantine(server.me)) this.checkers.onEffect(server, effect);
      },
      onInstalled: (server, target) => {
        this.note(server.me, 'Installed');
        if (this.isByzantine(server.me)) return;
        this.checkers.onInstalled(server, target);
        this.governed?.onExecuted(server);
      },
      onBadChunk: (server, process, reason) => {
        if (!this.isByzantine(server.me)) this.checkers.onBlame(server.me, process, reason);
      },
      onStep: (server) => {
        if (!this.isByzantine(server.me)) this.checkers.onStep(server);
      },
      onCrash: (server) => {
        this.note(server.me, 'crash');
        this.downCount += 1;
      },
      onRestart: (server) => {
        this.downCount -= 1;
        this.checkers.onRestart(server);
      },
      onExecuted: (server) => {
        if (!this.isByzantine(server.me)) this.governed?.onExecuted(server);
      },
      onEntered: (server) => {
        if (!this.isByzantine(server.me)) this.governed?.onEntered(server);
      },
      onOwnRequest: (request) => {
        this.checkers.log.onSent(request);
      },
      others: (me) => this.correct.filter((server) => server.me !== me),
      saying: (server, act) => this.governed?.saying(server, act) ?? [act],
      isOver: () => this.governed?.isDone === true,
      onTurn: () => {
        this.isTurnDue = true;
      },
    };
  }

  private isByzantine(process: ProcessId): boolean {
    return this.byzantine.has(process);
  }

  /** A machine begins, or begins again. */
  private onMachine(server: SimulatedServer): void {
    const { epoch } = server.config;
    this.note(server.me, `epoch ${epoch}`);
    if (this.options.isTelling === true)
      this.story.push(`${this.schedule.nowMs.toFixed(1)} ${server.me} epoch ${epoch}`);
    if (this.isByzantine(server.me)) {
      this.conspirators.corrupt(server);
      return;
    }
    this.checkers.onMachine(server);
    if (epoch <= this.newestEpoch) return;
    this.newestEpoch = epoch;
    if (this.governed === undefined && epoch === trustsOf(this.scenario).length) this.runLate();
  }

  private send(from: ProcessId, to: ProcessId, said: Said): void {
    const adversary = this.conspirators.of(from);
    if (said._tag === 'Transfer') {
      const frames = adversary?.outgoingFrame?.(to, said.frame) ?? [said.frame];
      for (const frame of frames) this.transmit(from, to, { _tag: 'Transfer', frame });
      return;
    }
    const { epoch, message } = said;
    if (message !== this.lastSent && !this.isByzantine(from)) this.checkers.onSent(this.server(from), message);
    this.lastSent = message;
    for (const one of adversary?.outgoing?.(to, message) ?? [message])
      if (!this.isApart(from, to, one)) this.transmit(from, to, { _tag: 'Message', epoch, message: one });
  }

  /** Whether the rounds of the scenario part two correct processes. */
  private isApart(from: ProcessId, to: ProcessId, message: Message): boolean {
    const { rounds } = this;
    if (rounds.length === 0 || from === to || this.isByzantine(from) || this.isByzantine(to)) return false;
    const view = this.server(from).machine?.view.view ?? 1;
    if (mayPass(rounds, message, view, [unitOf(from), unitOf(to)])) return false;
    this.coverage.add('partition of a view');
    return true;
  }

  /** While they last. */
  private get rounds(): readonly Round[] {
    const { rounds, faults } = this.scenario;
    return rounds !== undefined && this.schedule.nowMs < faults.healedAtMs ? rounds : [];
  }

  private transmit(from: ProcessId, to: ProcessId, said: Said): void {
    const frame = (said._tag === 'Message' ? this.frames.get(said.message) : undefined) ?? this.encode(from, said);
    if (frame !== undefined) this.network.send(from, to, frame);
  }

  /** An adversary's message may be one that has no encoding. */
  private encode(from: ProcessId, said: Said): Frame | undefined {
    try {
      const bytes = this.codec.encode(said);
      this.trace.bytes(bytes);
      const frame: Frame = { bytes, isRead: false };
      // An adversary may send a message again in another epoch.
      if (said._tag === 'Message' && !this.isByzantine(from)) this.frames.set(said.message, frame);
      return frame;
    } catch (error) {
      if (this.isByzantine(from)) return undefined;
      throw error;
    }
  }

  private arrive(from: ProcessId, to: ProcessId, frame: Frame): void {
    if (!frame.isRead || this.options.isEachForItself === true) {
      frame.said = this.codec.decode(frame.bytes);
      frame.isRead = true;
    }
    const { said } = frame;
    if (said === undefined) return;
    this.coverage.add(said._tag === 'Message' ? said.message._tag : said.frame._tag);
    if (said._tag === 'Message' && !this.isByzantine(to)) this.auditor?.onReceived(from, said.message);
    this.server(to).receive(from, said);
  }

  private note(process: ProcessId, kind: string): void {
    this.trace.note(this.schedule.nowMs, this.numbers.get(process) ?? 0, kind);
  }
}

/** All that is ready happens, and what comes of it. */
function turn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

/** Of any scenario; BLS is loaded where it is wanted. */
export async function simulateAny(scenario: Scenario, options: SimulationOptions = {}): Promise<Outcome> {
  if (scenario.governance === undefined) return simulate(scenario, options);
  await loadBackends();
  return new Simulation(scenario, options).runGoverned();
}

export function simulate(scenario: Scenario, options: SimulationOptions = {}): Outcome {
  return new Simulation(scenario, options).run();
}
