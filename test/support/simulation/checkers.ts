/** Judges of a run, asked after every effect and event of a correct process. A violation is a sentence. */
import { toHex } from '../../../src/prelude/bytes.js';
import type { ProcessId } from '../../../src/prelude/process.js';
import type { Request } from '../../../src/consensus/batch.js';
import type { Effect } from '../../../src/consensus/effect.js';
import type { Message } from '../../../src/consensus/message.js';
import type { PrefixCertificate } from '../../../src/consensus/range.js';
import { decidedStatement } from '../../../src/consensus/statement.js';
import { commandText } from './clients.js';
import type { Scenario } from './scenario.js';
import type { SimulatedServer } from './server.js';

export class Violation extends Error {}

type Ballot = Extract<Message, { _tag: 'Accepted' | 'Commit' }>;
type Decide = Extract<Effect, { _tag: 'Decide' }>;

export class Checkers {
  /** Chain digest of each decided slot, by whoever decided it first. */
  private readonly chains = new Map<number, string>();
  private readonly delivered = new Map<number, number>();
  private readonly said = new Map<string, string>();
  /** The highest view that a process has promised. */
  private readonly promised = new Map<ProcessId, number>();
  /** What a process has emitted, whether it left or not. */
  private readonly meant = new Set<string>();
  private readonly decidedBy = new Map<ProcessId, number>();
  private readonly certifiedBy = new Map<ProcessId, number>();
  highestSlot = 0;
  highestView = 1;

  constructor(private readonly scenario: Scenario) {}

  onEffect(server: SimulatedServer, effect: Effect): void {
    switch (effect._tag) {
      case 'Decide':
        this.onDecide(server, effect);
        return;
      case 'Certify':
        this.onCertify(server, effect.certificate);
        return;
      case 'Halt':
        this.fail(server, `halted: ${effect.reason._tag} at slot ${effect.reason.slot}`);
        return;
      case 'Blame':
        if (!this.scenario.byzantine.includes(effect.process)) {
          const what = effect.fault._tag === 'InvalidMessage' ? effect.fault.reason : effect.fault._tag;
          this.fail(server, `blamed the correct ${effect.process}: ${what}`);
        }
        return;
      case 'View':
        this.highestView = Math.max(this.highestView, effect.view);
        if (effect.view <= (this.promised.get(server.me) ?? 0)) this.fail(server, `entered view ${effect.view} again`);
        this.promised.set(server.me, effect.view);
        return;
      case 'Persist':
        if (effect.record._tag === 'Vote') this.inPromisedView(server, effect.record.vote.view, 'accepted');
        return;
      case 'Send':
        if (effect.message._tag === 'Commit') this.onCommit(server, effect.message);
        return;
      case 'Refuse':
        this.fail(server, `refused a request: ${effect.reason}`);
        return;
      default:
        return;
    }
  }

  /** What really left a correct process: all that it waits for is durable. */
  onSent(from: ProcessId, message: Message): void {
    switch (message._tag) {
      case 'Accepted':
      case 'Commit':
        this.onBallot(from, message);
        return;
      case 'Propose':
        this.sayOnce(`${from} proposes ${message.view}.${message.slot}`, toHex(message.signature));
        return;
      case 'Report':
        if (message.report.from !== from) return;
        this.sayOnce(`${from} reports ${message.report.view}`, toHex(message.report.body));
        return;
      default:
        return;
    }
  }

  /** What it did not store, it has to learn again. */
  onRestart(server: SimulatedServer): void {
    const { decidedUpTo, certified, view } = server.machine?.view ?? { decidedUpTo: 0, certified: 0, view: 0 };
    this.promised.set(server.me, view);
    this.decidedBy.set(server.me, decidedUpTo);
    this.certifiedBy.set(server.me, certified);
  }

  /** After every event: what a process keeps stays within bounds. */
  onStep(server: SimulatedServer): void {
    const state = server.machine?.['context'].state;
    if (state === undefined) return;
    const { windowSlots } = server.config.parameters;
    const { size } = server.config.system.processes;
    if (state.slots.size > 2 * windowSlots) this.fail(server, `keeps ${state.slots.size} slots`);
    if (state.wanted.size > 2 * windowSlots * size) this.fail(server, `wants ${state.wanted.size} batches`);
    if (state.signing.size > 8 * size) this.fail(server, `has ${state.signing.size} shares made`);
    for (const slot of state.slots.values()) {
      if (slot.batches.size > 2 + size) this.fail(server, `keeps ${slot.batches.size} batches of slot ${slot.slot}`);
    }
  }

  /** Whether everything in `request` has been delivered by some correct process. */
  isDelivered({ session, firstSequence, commands }: Request): boolean {
    return (this.delivered.get(session) ?? 0) >= firstSequence + commands.length - 1;
  }

  /** Whether every command of the load is decided, and known and certified at each of `processes`. */
  isComplete(processes: readonly ProcessId[]): boolean {
    const { sessions, requestsPerSession, commandsPerRequest } = this.scenario.load;
    for (let session = 1; session <= sessions; session++) {
      if ((this.delivered.get(session) ?? 0) < requestsPerSession * commandsPerRequest) return false;
    }
    return processes.every(
      (process) =>
        (this.decidedBy.get(process) ?? 0) >= this.highestSlot &&
        (this.certifiedBy.get(process) ?? 0) >= this.highestSlot,
    );
  }

  describe(): string {
    const list = (map: ReadonlyMap<unknown, number>) =>
      [...map].map(([key, value]) => `${String(key)}:${value}`).join(' ');
    return `decided ${list(this.decidedBy)}; certified ${list(this.certifiedBy)}; sessions ${list(this.delivered)}; view ${this.highestView}`;
  }

  fail(server: SimulatedServer | undefined, what: string): never {
    throw new Violation(server === undefined ? what : `${server.me}: ${what}`);
  }

  private onDecide(server: SimulatedServer, effect: Decide): void {
    const { slot } = effect;
    const chain = toHex(effect.chain);
    const known = this.chains.get(slot);
    if (known !== undefined && known !== chain) this.fail(server, `decided slot ${slot} otherwise`);
    this.decidedBy.set(server.me, slot);
    if (known !== undefined) return;
    if (slot !== this.highestSlot + 1) this.fail(server, `decided slot ${slot} after ${this.highestSlot}`);
    this.chains.set(slot, chain);
    this.highestSlot = slot;
    for (const { session, sequence, command } of effect.delivered) {
      if (sequence !== (this.delivered.get(session) ?? 0) + 1)
        this.fail(server, `delivered ${session}.${sequence} out of turn`);
      if (new TextDecoder().decode(command) !== commandText(session, sequence))
        this.fail(server, `delivered what was not sent as ${session}.${sequence}`);
      this.delivered.set(session, sequence);
    }
  }

  private onCertify(server: SimulatedServer, certificate: PrefixCertificate): void {
    const { allianceId, epoch, keys } = server.config;
    const statement = decidedStatement({ allianceId, epoch, keyId: keys.alliance.keyId }, certificate);
    if (!keys.alliance.verify(statement, certificate.signature))
      this.fail(server, 'told of a certificate that is none');
    if (this.chains.get(certificate.slot) !== toHex(certificate.chain))
      this.fail(server, `certified slot ${certificate.slot} otherwise than it was decided`);
    this.certifiedBy.set(server.me, certificate.slot);
  }

  private onBallot(from: ProcessId, { _tag, view, slot, digest }: Ballot): void {
    this.sayOnce(`${from} ${_tag} ${view}.${slot}`, toHex(digest));
  }

  /** A COMMIT may be sent again at any time, but begins in its own view. */
  private onCommit(server: SimulatedServer, { view, slot }: Ballot): void {
    const key = `${server.me} ${view}.${slot}`;
    if (!this.meant.has(key)) this.inPromisedView(server, view, 'committed');
    this.meant.add(key);
  }

  private inPromisedView(server: SimulatedServer, view: number, what: string): void {
    const promised = this.promised.get(server.me) ?? 0;
    if (view < promised) this.fail(server, `${what} in view ${view} after it promised ${promised}`);
  }

  private sayOnce(key: string, value: string): void {
    const known = this.said.get(key);
    if (known !== undefined && known !== value) throw new Violation(`${key} twice, differently`);
    this.said.set(key, value);
  }
}
