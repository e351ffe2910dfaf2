/**
 * What correct processes decide and deliver: I1, agreement; I2, nothing but what clients and operators sent; I8, one chain and one
 * state, at checkpoints and snapshots too; I9, each command once and in order; I11, somebody correct keeps what a checkpoint covers;
 * I14, nothing outside of its own epoch. And L2: whether all has been delivered. The log is executed once more here, to compare.
 */
import { equalBytes, fromUtf8 } from '../../../src/prelude/bytes.js';
import type { Digest } from '../../../src/prelude/digest.js';
import type { ProcessId } from '../../../src/prelude/process.js';
import type { Request } from '../../../src/consensus/batch.js';
import { commandsOf, type Delivered } from '../../../src/consensus/delivery.js';
import type { Effect } from '../../../src/consensus/effect.js';
import { type Boundary, type EpochChange, noEpochChange } from '../../../src/consensus/epoch-change.js';
import type { Handoff } from '../../../src/consensus/handoff.js';
import type { StateTarget } from '../../../src/consensus/manifest.js';
import type { CheckpointCertificate } from '../../../src/consensus/message.js';
import type { PrefixCertificate } from '../../../src/consensus/range.js';
import type { Checkpoint, Prefix } from '../../../src/consensus/statement.js';
import type { GovernanceEvent } from '../../../src/management/governance/event.js';
import type { Governance } from '../../../src/management/governance/governance.js';
import type { Executor } from '../../../src/server/state/executor.js';
import { type SimulatedServices, simulatedServices } from './application.js';
import { testClient } from '../cluster.js';
import { commandText } from './clients.js';
import { operatorClient } from './configuration.js';
import type { Scenario } from './scenario.js';
import { stateOf, storedState } from './state-store.js';
import { fail } from './violation.js';

/** Who judges what an alliance that governs itself comes to. */
export interface LogListener {
  /** Before it is executed. */
  onDelivered(delivered: Delivered): void;
  onEvents(governance: Governance, events: readonly GovernanceEvent[]): void;
}

type Decide = Extract<Effect, { _tag: 'Decide' }>;

export class LogChecker {
  /** Chain digest of each decided slot, by whoever decided it first. */
  private readonly chains: Digest[] = [];
  /** What each of them delivers. */
  private readonly deliveries: string[] = [];
  private readonly services: SimulatedServices;
  /** The states after the slots at which snapshots are due. */
  private readonly states = new Map<number, Digest>();
  private readonly boundaries = new Map<number, Boundary>();
  /** The highest slot that anybody correct has voted on, by epoch. */
  private readonly highestVotes = new Map<number, number>();
  /** What operators and servers sent, by client, session and number. */
  private readonly sent = new Map<string, Uint8Array>();
  private readonly delivered = new Map<string, number>();
  private deliveredCount = 0;
  private readonly decidedBy = new Map<ProcessId, number>();
  private readonly certifiedBy = new Map<ProcessId, number>();
  highestSlot = 0;

  constructor(
    private readonly scenario: Scenario,
    private readonly listener?: LogListener,
  ) {
    this.services = simulatedServices(scenario, (governance, events) => listener?.onEvents(governance, events));
  }

  private get reference(): Executor {
    return this.services.executor;
  }

  /** What the log has come to, where it governs itself. */
  get governance(): Governance | undefined {
    return this.services.membership?.governance;
  }

  onDecide(process: ProcessId, epoch: number, effect: Decide): void {
    const { slot, chain, path, batch } = effect;
    const known = this.chains[slot];
    if (known !== undefined && !equalBytes(known, chain)) fail('I1', `${process} decided slot ${slot} otherwise`);
    if (path !== 'transfer' || slot > this.startOf(epoch)) this.isWithin(process, epoch, slot, 'decided');
    this.decidedBy.set(process, slot);
    const deliveries = effect.delivered
      .map(({ client, session, firstSequence, commands }) => `${client} ${session}.${firstSequence} ${commands.length}`)
      .join();
    if (known !== undefined && this.deliveries[slot] !== deliveries)
      fail('I9', `${process} delivers other commands of slot ${slot}: ${deliveries}`);
    this.deliveries[slot] = deliveries;
    if (known !== undefined) return;
    if (slot !== this.highestSlot + 1) fail('I8', `${process} decided slot ${slot} after ${this.highestSlot}`);
    this.chains[slot] = chain;
    this.highestSlot = slot;
    for (const one of effect.delivered.flatMap(commandsOf)) this.onDelivered(one);
    const { snapshot, boundary, epoch: executed } = this.reference.execute(slot, chain, batch);
    if (snapshot !== undefined) this.states.set(slot, storedState(snapshot).state);
    if (boundary !== undefined) this.boundaries.set(executed, boundary);
    const highestVote = this.highestVotes.get(executed) ?? 0;
    if (boundary !== undefined && highestVote > boundary.slot)
      fail('I14', `slot ${highestVote} was voted on in epoch ${executed}, which ends with ${boundary.slot}`);
  }

  onVote(process: ProcessId, epoch: number, slot: number): void {
    this.isWithin(process, epoch, slot, 'accepted');
    this.highestVotes.set(epoch, Math.max(slot, this.highestVotes.get(epoch) ?? 0));
  }

  onSent({ client, session, firstSequence, commands }: Request): void {
    for (const [index, command] of commands.entries())
      this.sent.set(`${client} ${session}.${firstSequence + index}`, command);
  }

  onCertify(process: ProcessId, certificate: PrefixCertificate): void {
    this.compare(process, certificate);
    this.certifiedBy.set(process, certificate.slot);
  }

  /** @param storedSlots - up to where the correct processes have the log, or a state, on their disks. */
  onCheckpoint(
    process: ProcessId,
    epoch: number,
    certificate: CheckpointCertificate,
    storedSlots: () => readonly number[],
  ): void {
    this.compare(process, certificate);
    this.isWithin(process, epoch, certificate.slot, 'closed');
    this.compareBoundary(process, epoch, certificate);
    if (!storedSlots().some((slots) => slots >= certificate.slot))
      fail('I11', `nobody correct keeps the log up to the checkpoint ${certificate.slot}`);
  }

  /** What CHECKPOINT of a correct process, or of a slow quorum, says of the end of the epoch. */
  compareBoundary(process: ProcessId, epoch: number, { slot, boundary }: Checkpoint): void {
    const own = this.boundaries.get(epoch);
    const truth = own !== undefined && slot >= own.since ? own.slot : 0;
    if (boundary !== truth) fail('I8', `${process} says that epoch ${epoch} ends with ${boundary}, at slot ${slot}`);
  }

  /** A state that is certified, or a correct process's own. */
  compareState(process: ProcessId, target: StateTarget): void {
    this.compare(process, target);
    this.compareName(process, target.slot, stateOf(target));
  }

  compareName(process: ProcessId, slot: number, state: Digest): void {
    const known = this.states.get(slot);
    if (known === undefined || !equalBytes(known, state)) fail('I8', `${process} has another state after slot ${slot}`);
  }

  onInstalled(process: ProcessId, target: StateTarget): void {
    this.compareState(process, target);
    this.decidedBy.set(process, target.slot);
  }

  onHandoff(process: ProcessId, handoff: Handoff): void {
    this.compareState(process, handoff);
    const boundary = this.boundaries.get(handoff.epoch);
    if (boundary?.slot !== handoff.slot || !equalBytes(boundary.configuration, handoff.configuration))
      fail('I14', `${process} ends epoch ${handoff.epoch} otherwise than its log says`);
  }

  /** What it did not store, it has to learn again. */
  onRestart(process: ProcessId, decidedUpTo: number, certified: number): void {
    this.decidedBy.set(process, decidedUpTo);
    this.certifiedBy.set(process, certified);
  }

  /** The last slot before an epoch; infinity where that is not known. */
  startOf(epoch: number): number {
    return epoch === 1 ? 0 : (this.boundaries.get(epoch - 1)?.slot ?? Number.POSITIVE_INFINITY);
  }

  /** How far the end of the newest epoch has come. */
  get change(): { readonly epoch: number; readonly change: EpochChange } {
    const { epoch, epochChange } = this.reference;
    if (this.boundaries.get(epoch)?.slot === this.highestSlot) return { epoch: epoch + 1, change: noEpochChange };
    return { epoch, change: epochChange };
  }

  boundaryOf(epoch: number): Boundary | undefined {
    return this.boundaries.get(epoch);
  }

  /** Whether everything in `request` has been delivered by some correct process. */
  isDelivered({ client, session, firstSequence, commands }: Request): boolean {
    return (this.delivered.get(`${client} ${session}`) ?? 0) >= firstSequence + commands.length - 1;
  }

  /** Whether every command of the load is decided. */
  get isAllDelivered(): boolean {
    const { sessions, requestsPerSession, commandsPerRequest } = this.scenario.load;
    return this.deliveredCount >= sessions * requestsPerSession * commandsPerRequest;
  }

  /** Whether a process knows all that is decided, and a certificate of it. */
  isUpToDate(process: ProcessId): boolean {
    return this.decidedBy.get(process) === this.highestSlot && this.certifiedBy.get(process) === this.highestSlot;
  }

  /** In the end every executor has come to the same. */
  compareExecutors(servers: Iterable<readonly [ProcessId, Executor]>): void {
    if (this.highestSlot === 0) return;
    const known = storedState(this.reference['snapshot']()).state;
    for (const [process, executor] of servers) {
      if (executor.position.slot !== this.highestSlot) continue;
      const own = storedState(executor['snapshot']()).state;
      if (!equalBytes(own, known)) fail('I8', `${process} ends in another state`);
    }
  }

  describe(): string {
    const list = (map: ReadonlyMap<unknown, number>) =>
      [...map].map(([key, value]) => `${String(key)}:${value}`).join(' ');
    const { epoch, change } = this.change;
    const changing = change._tag === 'Activated' ? `ends with ${change.boundary.slot}` : change._tag;
    return `decided ${list(this.decidedBy)}; certified ${list(this.certifiedBy)}; sessions ${list(new Map([...this.delivered].filter(([key]) => !key.startsWith(operatorClient))))}; epoch ${epoch} ${changing}`;
  }

  private onDelivered(delivered: Delivered): void {
    const { client, session, sequence, command } = delivered;
    const key = `${client} ${session}`;
    if (sequence !== (this.delivered.get(key) ?? 0) + 1) fail('I9', `delivered ${key}.${sequence} out of turn`);
    const sent = this.sent.get(`${key}.${sequence}`);
    const isSent =
      client === testClient
        ? fromUtf8(command) === commandText(session, sequence)
        : sent !== undefined && equalBytes(command, sent);
    if (!isSent) fail('I2', `delivered what was not sent as ${key}.${sequence}`);
    this.delivered.set(key, sequence);
    if (client === testClient) this.deliveredCount += 1;
    this.listener?.onDelivered(delivered);
  }

  private isWithin(process: ProcessId, epoch: number, slot: number, what: string): void {
    const end = this.boundaries.get(epoch)?.slot ?? Number.POSITIVE_INFINITY;
    if (slot <= this.startOf(epoch) || slot > end) fail('I14', `${process} ${what} slot ${slot} in epoch ${epoch}`);
  }

  private compare(process: ProcessId, { slot, chain }: Prefix): void {
    const known = this.chains[slot];
    if (known === undefined || !equalBytes(known, chain))
      fail('I8', `${process} holds a certificate of slot ${slot} otherwise than it was decided`);
  }
}
