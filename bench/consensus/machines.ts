/**
 * The machines of an alliance in virtual time: each message takes one delay, disks and signers answer at once. The same every
 * time. Counts what is sent and signed; its processor time is that of the servers, encoding and decoding included.
 */
import { encodeRequest, readRequest, type Request, writeBatch } from '../../src/consensus/batch.js';
import { ConsensusCodec } from '../../src/consensus/codec.js';
import type { Parameters } from '../../src/consensus/configuration.js';
import { DeliveryTable } from '../../src/consensus/delivery.js';
import type { Effect } from '../../src/consensus/effect.js';
import type { Event } from '../../src/consensus/event.js';
import type { Message } from '../../src/consensus/message.js';
import { chainStart } from '../../src/consensus/statement.js';
import { FabMachine } from '../../src/consensus/step.js';
import { readAll, Writer } from '../../src/prelude/canonical.js';
import { E } from '../../src/prelude/fp.js';
import { present } from '../../src/prelude/invariant.js';
import type { ProcessId } from '../../src/prelude/process.js';
import { right } from '../table.js';
import { type Alliance, makeMember, type Member } from './alliance.js';
import { cpuMs } from './processor.js';
import { Tally } from './tally.js';

interface Letter {
  readonly from: ProcessId;
  readonly to: ProcessId;
  readonly frame: Uint8Array;
}

const delayMs = 1;

interface Machine {
  readonly me: ProcessId;
  readonly member: Member;
  readonly fab: FabMachine;
  readonly inbox: Event[];
  timerMs: number | undefined;
  decidedUpTo: number;
}

export class Machines {
  nowMs = 0;
  /** Hears and says nothing. */
  silent: ProcessId | undefined;
  /** Messages that are lost. */
  isLost: (message: Message) => boolean = () => false;
  readonly messages = new Tally();
  readonly bytes = new Tally();
  readonly signatures = new Tally();
  /** Milliseconds that each server was at work, interruptions included. */
  private readonly busy = new Tally();
  private startCpuMs = cpuMs();
  private isDone: () => boolean = () => false;
  private letters: Letter[] = [];
  private readonly codec: ConsensusCodec;
  private readonly machines: ReadonlyMap<ProcessId, Machine>;

  constructor(alliance: Alliance, parameters: Partial<Parameters>) {
    this.codec = new ConsensusCodec(alliance.universe, 1);
    const make = (me: ProcessId): Machine => {
      const member = makeMember(alliance, me, this.signatures, parameters);
      const chains = new Map([[0, chainStart(member.config.allianceId)]]);
      const fab = new FabMachine(member.config, [], { decidedUpTo: 0, chains, delivery: DeliveryTable.empty() });
      return { me, member, fab, inbox: [], timerMs: undefined, decidedUpTo: 0 };
    };
    this.machines = new Map(alliance.universe.ids.map((me) => [me, make(me)]));
    for (const machine of this.machines.values()) this.feed(machine, () => ({ _tag: 'Start' }));
  }

  /** The slot up to which all have decided. */
  get decidedUpTo(): number {
    return Math.min(...[...this.machines.values()].map(({ decidedUpTo }) => decidedUpTo));
  }

  /** Milliseconds of processor time since the counts were cleared. */
  get cpuMs(): number {
    return cpuMs() - this.startCpuMs;
  }

  /** How much of it was a server's: asking for processor time at every event would take more than many events do. */
  shareOf(process: ProcessId): number {
    return this.busy.of(process) / this.busy.total();
  }

  clearCounts(): void {
    for (const tally of [this.messages, this.bytes, this.signatures, this.busy]) tally.clear();
    this.startCpuMs = cpuMs();
  }

  /** A client sends a request to each of `servers`. */
  submit(request: Request, servers: readonly ProcessId[]): void {
    const frame = encodeRequest(request);
    for (const server of servers) {
      this.feed(this.machine(server), () => ({ _tag: 'Request', request: right(readAll(frame, readRequest)) }));
    }
  }

  /** Delivers what waits, and what that leads to, until `isDone`: between any two events, and the rest waits on. */
  deliver(isDone: () => boolean): void {
    this.isDone = isDone;
    while (this.letters.length > 0 && !isDone()) {
      this.nowMs += delayMs;
      const round = this.letters.splice(0);
      for (let letter = round.shift(); letter !== undefined; letter = isDone() ? undefined : round.shift()) {
        this.put(letter);
      }
      this.letters.unshift(...round);
      if (!isDone()) this.tick();
    }
    this.isDone = () => false;
  }

  /** Lets time pass; messages wait. */
  advance(ms: number): void {
    for (const endMs = this.nowMs + ms; this.nowMs < endMs; this.nowMs += delayMs) this.tick();
  }

  /** Lets time pass with everything delivered. */
  play(ms: number): void {
    for (const endMs = this.nowMs + ms; this.nowMs < endMs; ) {
      this.nowMs += delayMs;
      for (const letter of this.letters.splice(0)) this.put(letter);
      this.tick();
    }
  }

  private machine(process: ProcessId): Machine {
    return present(this.machines.get(process), 'a server of the alliance');
  }

  private put({ from, to, frame }: Letter): void {
    if (from === this.silent || to === this.silent) return;
    this.feed(this.machine(to), () => ({ _tag: 'Message', from, message: right(this.codec.decodeMessage(frame)) }));
  }

  private tick(): void {
    for (const machine of this.machines.values()) {
      if (machine.timerMs === undefined || machine.timerMs > this.nowMs || machine.me === this.silent) continue;
      machine.timerMs = undefined;
      this.feed(machine, () => ({ _tag: 'Timer' }));
    }
  }

  /** One event, with all that the server tells itself in consequence. */
  private feed(machine: Machine, receive: () => Event): void {
    const startMs = performance.now();
    machine.inbox.push(receive());
    for (let event = machine.inbox.shift(); event !== undefined; ) {
      for (const effect of machine.fab.step(event, this.nowMs)) this.carryOut(machine, effect);
      event = this.isDone() ? undefined : machine.inbox.shift();
    }
    this.busy.add(machine.me, performance.now() - startMs);
  }

  private carryOut(machine: Machine, effect: Effect): void {
    switch (effect._tag) {
      case 'Persist':
        this.codec.encodeRecord(effect.record);
        return;
      case 'Send':
        this.send(machine, effect);
        return;
      case 'SetTimer':
        machine.timerMs = effect.atMs;
        return;
      case 'Sign':
      case 'Combine':
      case 'Verify':
        machine.inbox.push(this.useAllianceKey(machine, effect));
        return;
      case 'Decide':
        writeBatch(new Writer(), effect.batch);
        machine.decidedUpTo = effect.slot;
        machine.inbox.push({ _tag: 'Stored', slot: effect.slot });
        return;
      case 'Refuse':
      case 'Blame':
      case 'Halt':
        throw new Error(`${machine.me}: ${JSON.stringify(effect)}`);
      default:
        return;
    }
  }

  private send({ me, inbox }: Machine, { to, message }: Extract<Effect, { _tag: 'Send' }>): void {
    let frame: Uint8Array | undefined;
    for (const process of to) {
      if (process === me) {
        inbox.push({ _tag: 'Message', from: me, message });
        continue;
      }
      frame ??= this.codec.encodeMessage(message);
      this.messages.add(message._tag);
      this.bytes.add(message._tag, frame.length);
      if (!this.isLost(message)) this.letters.push({ from: me, to: process, frame });
    }
  }

  private useAllianceKey(
    { member: { allianceSigner } }: Machine,
    effect: Extract<Effect, { _tag: 'Sign' | 'Combine' | 'Verify' }>,
  ): Event {
    const { statement } = effect;
    switch (effect._tag) {
      case 'Sign': {
        this.signatures.add('alliance key, shares made');
        const { isProven } = effect;
        const signed = isProven ? allianceSigner.proveShare(statement) : allianceSigner.signShare(statement);
        return { _tag: 'Signed', statement, isProven, share: E.isRight(signed) ? signed.right : undefined };
      }
      case 'Combine':
        this.signatures.add('alliance key, combined');
        return { _tag: 'Combined', statement, result: allianceSigner.combine(statement, effect.shares) };
      case 'Verify':
        this.signatures.add('alliance key, verified');
        return { _tag: 'Verified', statement, isValid: allianceSigner.verify(statement, effect.signature) };
    }
  }
}
