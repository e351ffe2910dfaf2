/**
 * What correct processes decide and deliver: I1, agreement; I2, nothing but what clients sent; I8, one chain, at checkpoints too; I9,
 * each command once and in order; I11, somebody correct keeps what a checkpoint covers. And L2: whether all has been delivered.
 */
import { equalBytes, fromUtf8 } from '../../../src/prelude/bytes.js';
import type { Digest } from '../../../src/prelude/digest.js';
import type { ProcessId } from '../../../src/prelude/process.js';
import type { Request } from '../../../src/consensus/batch.js';
import type { Effect } from '../../../src/consensus/effect.js';
import type { PrefixCertificate } from '../../../src/consensus/range.js';
import { commandText } from './clients.js';
import type { Load } from './scenario.js';
import { fail } from './violation.js';

type Decide = Extract<Effect, { _tag: 'Decide' }>;

export class LogChecker {
  /** Chain digest of each decided slot, by whoever decided it first. */
  private readonly chains: Digest[] = [];
  private readonly delivered = new Map<number, number>();
  private deliveredCount = 0;
  private readonly decidedBy = new Map<ProcessId, number>();
  private readonly certifiedBy = new Map<ProcessId, number>();
  highestSlot = 0;

  constructor(private readonly load: Load) {}

  onDecide(process: ProcessId, effect: Decide): void {
    const { slot, chain } = effect;
    const known = this.chains[slot];
    if (known !== undefined && !equalBytes(known, chain)) fail('I1', `${process} decided slot ${slot} otherwise`);
    this.decidedBy.set(process, slot);
    if (known !== undefined) return;
    if (slot !== this.highestSlot + 1) fail('I8', `${process} decided slot ${slot} after ${this.highestSlot}`);
    this.chains[slot] = chain;
    this.highestSlot = slot;
    for (const { session, sequence, command } of effect.delivered) {
      if (sequence !== (this.delivered.get(session) ?? 0) + 1)
        fail('I9', `delivered ${session}.${sequence} out of turn`);
      if (fromUtf8(command) !== commandText(session, sequence))
        fail('I2', `delivered what was not sent as ${session}.${sequence}`);
      this.delivered.set(session, sequence);
      this.deliveredCount += 1;
    }
  }

  onCertify(process: ProcessId, certificate: PrefixCertificate): void {
    this.compare(process, certificate);
    this.certifiedBy.set(process, certificate.slot);
  }

  /** @param storedSlots - how much of the log the correct processes have on their disks. */
  onCheckpoint(process: ProcessId, certificate: PrefixCertificate, storedSlots: () => readonly number[]): void {
    this.compare(process, certificate);
    if (!storedSlots().some((slots) => slots >= certificate.slot))
      fail('I11', `nobody correct keeps the log up to the checkpoint ${certificate.slot}`);
  }

  /** What it did not store, it has to learn again. */
  onRestart(process: ProcessId, decidedUpTo: number, certified: number): void {
    this.decidedBy.set(process, decidedUpTo);
    this.certifiedBy.set(process, certified);
  }

  /** Whether everything in `request` has been delivered by some correct process. */
  isDelivered({ session, firstSequence, commands }: Request): boolean {
    return (this.delivered.get(session) ?? 0) >= firstSequence + commands.length - 1;
  }

  /** Whether every command of the load is decided, and known and certified at each of `processes`. */
  isComplete(processes: readonly ProcessId[]): boolean {
    const { sessions, requestsPerSession, commandsPerRequest } = this.load;
    if (this.deliveredCount < sessions * requestsPerSession * commandsPerRequest) return false;
    for (const process of processes) {
      if (this.decidedBy.get(process) !== this.highestSlot) return false;
      if (this.certifiedBy.get(process) !== this.highestSlot) return false;
    }
    return true;
  }

  describe(): string {
    const list = (map: ReadonlyMap<unknown, number>) =>
      [...map].map(([key, value]) => `${String(key)}:${value}`).join(' ');
    return `decided ${list(this.decidedBy)}; certified ${list(this.certifiedBy)}; sessions ${list(this.delivered)}`;
  }

  private compare(process: ProcessId, { slot, chain }: PrefixCertificate): void {
    const known = this.chains[slot];
    if (known === undefined || !equalBytes(known, chain))
      fail('I8', `${process} holds a certificate of slot ${slot} otherwise than it was decided`);
  }
}
