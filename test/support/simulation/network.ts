/** Simulated links: they delay, lose, duplicate and reorder until the network heals. Everything passes through the codec. */
import type { ProcessId } from '../../../src/prelude/process.js';
import type { Message } from '../../../src/consensus/message.js';
import type { MalformedBytes } from '../../../src/prelude/canonical.js';
import type { Either } from '../../../src/prelude/fp.js';
import type { Prng } from './random.js';
import type { Faults } from './scenario.js';
import type { Schedule } from './schedule.js';

/** What travels: bytes, and what they say, once somebody has read them. */
export interface Frame {
  readonly bytes: Uint8Array;
  decoded?: Either<MalformedBytes, Message>;
}

export class Network {
  messageCount = 0;

  constructor(
    private readonly faults: Faults,
    private readonly schedule: Schedule,
    private readonly random: Prng,
    private readonly deliver: (from: ProcessId, to: ProcessId, frame: Frame) => void,
  ) {}

  send(from: ProcessId, to: ProcessId, frame: Frame): void {
    this.messageCount += 1;
    if (from === to) {
      this.schedule.after(0, () => {
        this.deliver(from, to, frame);
      });
      return;
    }
    const isHealed = this.schedule.nowMs >= this.faults.healedAtMs;
    if (!isHealed && (this.isCut(from, to) || this.random.chance(this.faults.loss))) return;
    const copies = !isHealed && this.random.chance(this.faults.duplication) ? 2 : 1;
    for (let copy = 0; copy < copies; copy++) {
      this.schedule.after(this.delayMs(isHealed), () => {
        this.deliver(from, to, frame);
      });
    }
  }

  private delayMs(isHealed: boolean): number {
    const [least, most] = this.faults.delayMs;
    const delay = least + this.random.next() * (most - least);
    return !isHealed && this.random.chance(this.faults.straggling) ? delay * 10 : delay;
  }

  private isCut(from: ProcessId, to: ProcessId): boolean {
    const { nowMs } = this.schedule;
    return this.faults.partitions.some(
      ({ fromMs, toMs, group }) => nowMs >= fromMs && nowMs < toMs && group.includes(from) !== group.includes(to),
    );
  }
}
