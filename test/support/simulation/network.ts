/** Simulated links: they delay, lose, duplicate, reorder and part until the network heals. What travels is bytes, read once. */
import type { ProcessId } from '../../../src/prelude/process.js';
import type { Coverage } from './coverage.js';
import type { Said } from './frame.js';
import type { Prng } from './random.js';
import type { Faults, Partition } from './scenario.js';
import type { Schedule } from './schedule.js';

export interface Frame {
  readonly bytes: Uint8Array;
  /** What the bytes say, once somebody has received them. */
  said?: Said | undefined;
  isRead: boolean;
}

export interface Wires {
  readonly schedule: Schedule;
  readonly random: Prng;
  readonly coverage: Coverage;
  deliver(from: ProcessId, to: ProcessId, frame: Frame): void;
}

export class Network {
  messageCount = 0;

  constructor(
    private readonly faults: Faults,
    private readonly wires: Wires,
  ) {}

  send(from: ProcessId, to: ProcessId, frame: Frame): void {
    this.messageCount += 1;
    const { schedule, coverage } = this.wires;
    const arrive = () => {
      this.wires.deliver(from, to, frame);
    };
    if (from === to) {
      schedule.after(0, arrive);
      return;
    }
    if (schedule.nowMs >= this.faults.healedAtMs) {
      schedule.after(this.delayMs(from, to), arrive);
      return;
    }
    if (this.isCut(from, to) || this.happens('loss')) return;
    schedule.after(this.hastyDelayMs(from, to), arrive);
    if (!this.happens('duplication')) return;
    coverage.add('duplication');
    schedule.after(this.hastyDelayMs(from, to), arrive);
  }

  private happens(fault: 'loss' | 'duplication' | 'straggling'): boolean {
    const probability = this.faults[fault];
    if (probability === 0 || !this.wires.random.chance(probability)) return false;
    this.wires.coverage.add(fault);
    return true;
  }

  private delayMs(from: ProcessId, to: ProcessId): number {
    const fixed = this.faults.links?.[from]?.[to];
    if (fixed !== undefined) return fixed;
    const [least, most] = this.faults.delayMs;
    return least + this.wires.random.next() * (most - least);
  }

  private hastyDelayMs(from: ProcessId, to: ProcessId): number {
    const delay = this.delayMs(from, to);
    return this.happens('straggling') ? delay * 10 : delay;
  }

  private isCut(from: ProcessId, to: ProcessId): boolean {
    const cut = this.faults.partitions.find((partition) => isCutBy(partition, from, to, this.wires.schedule.nowMs));
    if (cut === undefined) return false;
    this.wires.coverage.add(cut.only === undefined ? 'partition' : 'one-way partition');
    if (cut.isOfOrganizations === true) this.wires.coverage.add('partition of organizations');
    return true;
  }
}

function isCutBy({ fromMs, toMs, group, only }: Partition, from: ProcessId, to: ProcessId, nowMs: number): boolean {
  if (nowMs < fromMs || nowMs >= toMs) return false;
  const [leaves, enters] = [group.includes(from), group.includes(to)];
  return leaves !== enters && (only === undefined || (only === 'into') === enters);
}
