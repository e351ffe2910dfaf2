/**
 * Judges of a run (reference names I1-I15, L1-L6), asked after every effect and event of a correct process, each about what that has
 * changed. I7 and I12: every correct certifier recomputes a selection, and a correct leader is never blamed for its own. What I13 to
 * I15 speak of, accountability beyond the trust model and epochs, is not there yet.
 */
import type { ProcessId } from '../../../src/prelude/process.js';
import type { QuorumSystem } from '../../../src/quorum/quorum-system.js';
import type { Request } from '../../../src/consensus/batch.js';
import type { Effect } from '../../../src/consensus/effect.js';
import type { Message } from '../../../src/consensus/message.js';
import type { PrefixCertificate } from '../../../src/consensus/range.js';
import type { DurableRecord } from '../../../src/consensus/record.js';
import { type Ballot, decidedStatement } from '../../../src/consensus/statement.js';
import { BallotChecker } from './ballot-checker.js';
import { DurabilityChecker } from './durability-checker.js';
import { LogChecker } from './log-checker.js';
import type { Scenario } from './scenario.js';
import type { SimulatedServer } from './server.js';
import { fail } from './violation.js';

/** After so many steps of a process the batches that it keeps are counted. */
const countingInterval = 16;

export class Checkers {
  private readonly log: LogChecker;
  private readonly ballots: BallotChecker;
  private readonly durability = new DurabilityChecker();
  /** The highest view that a process has promised. */
  private readonly promised = new Map<ProcessId, number>();
  private readonly byzantine: ReadonlySet<ProcessId>;
  private stepCount = 0;
  highestView = 1;

  constructor(
    scenario: Scenario,
    private readonly system: QuorumSystem,
    private readonly storedSlots: () => readonly number[],
  ) {
    this.byzantine = new Set(scenario.byzantine);
    this.log = new LogChecker(scenario.load);
    const byzantine = system.processes.universe.of(scenario.byzantine);
    this.ballots = new BallotChecker(system, scenario.isBeyondModel === true ? undefined : byzantine);
  }

  onEffect(server: SimulatedServer, effect: Effect): void {
    switch (effect._tag) {
      case 'Decide':
        this.log.onDecide(server.me, effect);
        return;
      case 'Certify':
        this.onCertify(server, effect.certificate);
        return;
      case 'Halt':
        return fail('I1', `${server.me} halted: ${effect.reason._tag} at slot ${effect.reason.slot}`);
      case 'Blame':
        this.onBlame(server.me, effect);
        return;
      case 'View':
        this.highestView = Math.max(this.highestView, effect.view);
        if (effect.view <= (this.promised.get(server.me) ?? 0))
          fail('I3', `${server.me} entered view ${effect.view} again`);
        this.promised.set(server.me, effect.view);
        return;
      case 'Persist':
        this.durability.onPersist(server.me, effect.record, effect.index);
        this.onPersist(server.me, effect.record);
        return;
      case 'Send':
        if (effect.message._tag === 'Commit') this.onCommitMeant(server.me, effect.message);
        return;
      case 'Refuse':
        return fail('L2', `${server.me} refused a request: ${effect.reason}`);
      default:
        return;
    }
  }

  /** What really left a correct process: all that it waits for is durable. */
  onSent({ me: from, persisted }: SimulatedServer, message: Message): void {
    switch (message._tag) {
      case 'Accepted':
        this.durability.onSent(from, 'Vote', message, persisted);
        this.ballots.onAccepted(from, message);
        return;
      case 'Commit':
        this.durability.onSent(from, 'CommitCertificate', message, persisted);
        this.ballots.onCommit(from, message);
        return;
      case 'Propose':
        this.ballots.onPropose(from, message.view, message.slot, message.signature);
        return;
      case 'Report':
        this.durability.onSent(from, 'Report', { view: message.report.view, slot: 0 }, persisted);
        this.ballots.onReport(from, message.report.view, message.report.body);
        return;
      default:
        return;
    }
  }

  onCrash({ me }: SimulatedServer): void {
    this.durability.onCrash(me);
  }

  onRestart(server: SimulatedServer): void {
    const { decidedUpTo, certified, view } = server.machine?.view ?? { decidedUpTo: 0, certified: 0, view: 0 };
    this.promised.set(server.me, view);
    this.log.onRestart(server.me, decidedUpTo, certified);
  }

  /** I10: the prefixes are in order, and what a process keeps stays within bounds. */
  onStep(server: SimulatedServer): void {
    const state = server.machine?.['context'].state;
    if (state === undefined) return;
    const { windowSlots } = server.config.parameters;
    const { size } = this.system.processes.universe;
    if (state.slots.size > 2 * windowSlots) fail('I10', `${server.me} keeps ${state.slots.size} slots`);
    if (state.storedUpTo > state.decidedUpTo) fail('I10', `${server.me} stored what is not decided`);
    if (state.wanted.size > 2 * windowSlots * size) fail('I10', `${server.me} wants ${state.wanted.size} batches`);
    if (state.signing.size > 8 * size) fail('I10', `${server.me} has ${state.signing.size} shares made`);
    this.stepCount += 1;
    if (this.stepCount % countingInterval !== 0) return;
    for (const { batches, slot } of state.slots.values())
      if (batches.size > 2 + size) fail('I10', `${server.me} keeps ${batches.size} batches of slot ${slot}`);
  }

  isDelivered(request: Request): boolean {
    return this.log.isDelivered(request);
  }

  isComplete(processes: readonly ProcessId[]): boolean {
    return this.log.isComplete(processes);
  }

  get highestSlot(): number {
    return this.log.highestSlot;
  }

  describe(): string {
    return `${this.log.describe()}; view ${this.highestView}`;
  }

  private onBlame(by: ProcessId, { process, fault }: Extract<Effect, { _tag: 'Blame' }>): void {
    if (this.byzantine.has(process)) return;
    fail('I12', `${by} blamed the correct ${process}: ${fault._tag === 'InvalidMessage' ? fault.reason : fault._tag}`);
  }

  private onCertify(server: SimulatedServer, certificate: PrefixCertificate): void {
    const { allianceId, keys } = server.config;
    const statement = decidedStatement({ allianceId, keyId: keys.alliance.keyId }, certificate);
    if (!keys.alliance.verify(statement, certificate.signature))
      fail('I8', `${server.me} was told of a certificate that is none`);
    this.log.onCertify(server.me, certificate);
  }

  private onPersist(process: ProcessId, record: DurableRecord): void {
    if (record._tag === 'Vote') this.inPromisedView(process, record.vote.view, 'accepted');
    if (record._tag === 'CommitCertificate') this.ballots.onCertificate(record.certificate);
    if (record._tag === 'StableCheckpoint') this.log.onCheckpoint(process, record.certificate, this.storedSlots);
  }

  /** A COMMIT may be sent again at any time, but begins in its own view. */
  private onCommitMeant(process: ProcessId, ballot: Ballot): void {
    if (this.ballots.isFirstCommit(process, ballot)) this.inPromisedView(process, ballot.view, 'committed');
  }

  private inPromisedView(process: ProcessId, view: number, what: string): void {
    const promised = this.promised.get(process) ?? 0;
    if (view < promised) fail('I3', `${process} ${what} in view ${view} after it promised ${promised}`);
  }
}
