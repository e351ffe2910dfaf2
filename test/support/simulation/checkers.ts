/**
 * Judges of a run (reference names I1-I15, L1-L6), asked after every effect and event of a correct process, each about what that has
 * changed. I7 and I12: every correct certifier recomputes a selection, and a correct leader is never blamed for its own. I13,
 * accountability beyond the trust model, is the auditor's.
 */
import { present } from '../../../src/prelude/invariant.js';
import type { ProcessId } from '../../../src/prelude/process.js';
import type { Request } from '../../../src/consensus/batch.js';
import type { Effect } from '../../../src/consensus/effect.js';
import type { StateTarget } from '../../../src/consensus/manifest.js';
import type { Message } from '../../../src/consensus/message.js';
import type { PrefixCertificate } from '../../../src/consensus/range.js';
import type { DurableRecord } from '../../../src/consensus/record.js';
import { type Ballot, decidedStatement } from '../../../src/consensus/statement.js';
import { equalBytes } from '../../../src/prelude/bytes.js';
import { BallotChecker } from './ballot-checker.js';
import { epochCountOf, trustsOf } from './configuration.js';
import { DurabilityChecker } from './durability-checker.js';
import { LogChecker, type LogListener } from './log-checker.js';
import { ReportChecker } from './report-checker.js';
import type { Scenario } from './scenario.js';
import type { SimulatedServer } from './server.js';
import { fail } from './violation.js';

/** After so many steps of a process the batches that it keeps are counted. */
const countingInterval = 16;

export class Checkers {
  readonly log: LogChecker;
  /** Of each epoch. */
  private readonly ballots: BallotChecker[] = [];
  private readonly durability = new DurabilityChecker();
  private readonly reports = new ReportChecker();
  /** The highest view that a process has promised in its epoch. */
  private readonly promised = new Map<ProcessId, { readonly epoch: number; readonly view: number }>();
  private readonly byzantine: ReadonlySet<ProcessId>;
  private readonly isBeyondModel: boolean;
  private stepCount = 0;
  private readonly highestViews = new Map<number, number>();
  /** The highest view that somebody correct has complained about, by epoch. */
  private readonly complaints = new Map<number, number>();

  /** @param correct - all servers that are. */
  constructor(
    private readonly scenario: Scenario,
    private readonly correct: () => readonly SimulatedServer[],
    listener?: LogListener,
  ) {
    this.byzantine = new Set(scenario.byzantine);
    this.log = new LogChecker(scenario, listener);
    this.isBeyondModel = scenario.isBeyondModel === true;
  }

  /** A machine begins, or begins again. */
  onMachine({ me, config: { epoch }, machine, isUp }: SimulatedServer): void {
    this.durability.onCrash(me);
    if (!isUp || machine === undefined) return;
    if (this.promised.get(me)?.epoch !== epoch) {
      this.promised.set(me, { epoch, view: 0 });
      this.reports.onEpoch(me);
    }
    this.log.onRestart(me, machine.view.decidedUpTo, machine.view.certified);
  }

  onEffect(server: SimulatedServer, effect: Effect): void {
    const { me, config } = server;
    if (server.succession.handoff(config.epoch) !== undefined)
      fail('I15', `${me} goes on in epoch ${config.epoch}, whose end it knows`);
    switch (effect._tag) {
      case 'Decide':
        this.log.onDecide(me, config.epoch, effect);
        return;
      case 'Certify':
        this.onCertify(server, effect.certificate);
        return;
      case 'Halt':
        return fail('I1', `${me} halted: ${effect.reason._tag} at slot ${effect.reason.slot}`);
      case 'Blame': {
        const { process, fault } = effect;
        this.onBlame(me, process, fault._tag === 'InvalidMessage' ? fault.reason : fault._tag);
        return;
      }
      case 'View':
        this.onView(me, config.epoch, effect.view);
        return;
      case 'Persist':
        this.durability.onPersist(me, effect.record, effect.index);
        this.onPersist(server, effect.record);
        return;
      case 'Send':
        if (effect.message._tag === 'Commit') this.onCommitMeant(server, effect.message);
        if (effect.message._tag === 'Timeouts') this.onComplaints(server, effect.message);
        return;
      case 'SnapshotCertified':
        this.log.compareState(me, effect.certificate);
        return;
      case 'StatesDiffer':
        for (const process of effect.processes) this.onBlame(me, process, 'its state differs');
        return;
      case 'HandedOver':
        this.log.onHandoff(me, effect.handoff);
        return;
      case 'Refuse':
        return fail('L2', `${me} refused a request: ${effect.reason}`);
      default:
        return;
    }
  }

  /** What really left a correct process: all that it waits for is durable. */
  onSent(server: SimulatedServer, message: Message): void {
    const { me: from, persisted, config, state } = server;
    const ballots = this.ballotsOf(config.epoch);
    switch (message._tag) {
      case 'Accepted':
        this.durability.onSent(from, 'Vote', message, persisted);
        this.reports.onSaid(from, 'votes', message);
        ballots.onAccepted(from, message);
        return;
      case 'Commit':
        this.durability.onSent(from, 'CommitCertificate', message, persisted);
        this.reports.onSaid(from, 'commits', message);
        ballots.onCommit(from, message);
        return;
      case 'Propose':
        ballots.onPropose(from, message.view, message.slot, message.signature);
        return;
      case 'Report':
        this.durability.onSent(from, 'Report', { view: message.report.view, slot: 0 }, persisted);
        if (ballots.isFirstReport(from, message.report.view))
          this.reports.onReport(from, message.report, this.log.startOf(config.epoch));
        ballots.onReport(from, message.report.view, message.report.body);
        return;
      case 'Checkpoint':
        if (state.log.last < message.slot) fail('I11', `${from} says that it has slot ${message.slot} too early`);
        this.log.compareBoundary(from, config.epoch, message);
        return;
      case 'Snapshot': {
        const isHeld = state.store.view.held.some((held) => equalBytes(held.state, message.state));
        if (!isHeld || state.log.last < message.slot)
          fail('I11', `${from} says that it has the state after slot ${message.slot} too early`);
        this.log.compareName(from, message.slot, message.state);
        return;
      }
      case 'HandoffShare': {
        const { slot } = present(this.log.boundaryOf(config.epoch), 'the epoch ends');
        if (state.log.last < slot || !state.store.view.held.some((held) => held.slot === slot))
          fail('I11', `${from} signs the end of epoch ${config.epoch} before it has it`);
        return;
      }
      default:
        return;
    }
  }

  onInstalled({ me }: SimulatedServer, target: StateTarget): void {
    this.log.onInstalled(me, target);
  }

  onRestart({ me, machine, config: { epoch } }: SimulatedServer): void {
    if (machine !== undefined) this.promised.set(me, { epoch, view: machine.view.view });
  }

  /** I10: the prefixes are in order, and what a process keeps stays within bounds. I11: what is pruned is in a certified state. */
  onStep(server: SimulatedServer): void {
    const state = server.machine?.['context'].state;
    if (state === undefined) return;
    const { windowSlots } = server.config.parameters;
    const { size } = server.config.system.processes.universe;
    if (state.slots.size > 2 * windowSlots) fail('I10', `${server.me} keeps ${state.slots.size} slots`);
    if (state.storedUpTo > state.decidedUpTo) fail('I10', `${server.me} stored what is not decided`);
    if (state.wanted.size > 2 * windowSlots * size) fail('I10', `${server.me} wants ${state.wanted.size} batches`);
    if (state.signing.size > 8 * size) fail('I10', `${server.me} has ${state.signing.size} shares made`);
    this.stepCount += 1;
    if (this.stepCount % countingInterval !== 0) return;
    for (const { batches, slot } of state.slots.values())
      if (batches.size > 2 + size) fail('I10', `${server.me} keeps ${batches.size} batches of slot ${slot}`);
    const {
      log: { base },
      store,
    } = server.state;
    if (store.view.marked !== undefined) return;
    if (base.slot > 0 && !store.view.held.some(({ slot, isCertified }) => isCertified && slot >= base.slot))
      fail('I11', `${server.me} has pruned slot ${base.slot} without a certified state`);
  }

  onBlame(by: ProcessId, process: ProcessId, reason: string): void {
    if (!this.byzantine.has(process)) fail('I12', `${by} blamed the correct ${process}: ${reason}`);
  }

  isDelivered(request: Request): boolean {
    return this.log.isDelivered(request);
  }

  /** Whether everything is delivered, every epoch but the last handed over, and everybody knows. */
  isComplete(): boolean {
    if (!this.log.isAllDelivered) return false;
    for (const server of this.correct()) if (!this.isContent(server)) return false;
    this.log.compareExecutors(this.correct().map(({ me, state }) => [me, state.executor]));
    return true;
  }

  /** The highest view of each epoch, added up. */
  get viewCount(): number {
    return [...this.highestViews.values()].reduce((sum, view) => sum + view, 0);
  }

  get highestSlot(): number {
    return this.log.highestSlot;
  }

  describe(): string {
    const epochs = this.correct().map(({ me, epoch }) => `${me}:${epoch ?? 'none'}`);
    return `${this.log.describe()}; in epochs ${epochs.join(' ')}; views ${[...this.highestViews.values()].join(' ')}`;
  }

  private isContent({ me, epoch, succession, state }: SimulatedServer): boolean {
    const last = succession.memberships.at(-1);
    if (last === undefined) return true;
    if (last < epochCountOf(this.scenario)) return succession.handoff(last) !== undefined;
    return epoch === last && this.log.isUpToDate(me) && state.log.last === this.log.highestSlot;
  }

  private ballotsOf(epoch: number): BallotChecker {
    const known = this.ballots[epoch - 1];
    if (known !== undefined) return known;
    const { system } = present(trustsOf(this.scenario)[epoch - 1], 'an epoch that is simulated');
    const byzantine = this.scenario.byzantine.filter((process) => system.processes.has(process));
    const fresh = new BallotChecker(system, this.isBeyondModel ? undefined : system.processes.universe.of(byzantine));
    this.ballots[epoch - 1] = fresh;
    return fresh;
  }

  private onComplaints(
    { me, config: { epoch } }: SimulatedServer,
    { timeouts }: Extract<Message, { _tag: 'Timeouts' }>,
  ): void {
    for (const { from, view } of timeouts)
      if (from === me) this.complaints.set(epoch, Math.max(view, this.complaints.get(epoch) ?? 0));
  }

  private onView(process: ProcessId, epoch: number, view: number): void {
    this.highestViews.set(epoch, Math.max(view, this.highestViews.get(epoch) ?? 1));
    if (view <= this.promisedBy(process)) fail('I3', `${process} entered view ${view} again`);
    this.promised.set(process, { epoch, view });
    // What was said in another epoch, or by Byzantine processes alone, ends no view.
    if (view - 1 > (this.complaints.get(epoch) ?? 0) && !this.isBeyondModel)
      fail('I14', `${process} entered view ${view} of epoch ${epoch}, and nobody correct complained there`);
  }

  private onCertify(server: SimulatedServer, certificate: PrefixCertificate): void {
    const { allianceId, keys } = server.config;
    const statement = decidedStatement({ allianceId, keyId: keys.alliance.keyId }, certificate);
    if (!keys.alliance.verify(statement, certificate.signature))
      fail('I8', `${server.me} was told of a certificate that is none`);
    this.log.onCertify(server.me, certificate);
  }

  private onPersist({ me, config: { epoch } }: SimulatedServer, record: DurableRecord): void {
    switch (record._tag) {
      case 'Vote':
        this.inPromisedView(me, record.vote.view, 'accepted');
        this.log.onVote(me, epoch, record.vote.slot);
        return;
      case 'CommitCertificate':
        this.ballotsOf(epoch).onCertificate(record.certificate);
        return;
      case 'StableCheckpoint':
        this.log.onCheckpoint(me, epoch, record.certificate, () => this.correct().map((server) => server.storedSlots));
        return;
      default:
        return;
    }
  }

  /** A COMMIT may be sent again at any time, but begins in its own view. */
  private onCommitMeant({ me, config: { epoch } }: SimulatedServer, ballot: Ballot): void {
    if (this.ballotsOf(epoch).isFirstCommit(me, ballot)) this.inPromisedView(me, ballot.view, 'committed');
  }

  private inPromisedView(process: ProcessId, view: number, what: string): void {
    const promised = this.promisedBy(process);
    if (view < promised) fail('I3', `${process} ${what} in view ${view} after it promised ${promised}`);
  }

  private promisedBy(process: ProcessId): number {
    return this.promised.get(process)?.view ?? 0;
  }
}
