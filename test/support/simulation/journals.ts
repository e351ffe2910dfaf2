/** The journals of a simulated server, one an epoch, and all that may become of them when the power is lost. */
import type { DurableRecord } from '../../../src/consensus/record.js';
import type { Coverage } from './coverage.js';
import { recordsLeft } from './damaged-journal.js';
import { AppendOnly } from './disk.js';
import type { FrameCodec } from './frame.js';
import type { Prng } from './random.js';
import type { Crash, Scenario } from './scenario.js';
import type { Schedule } from './schedule.js';

interface JournalOwner {
  readonly scenario: Scenario;
  readonly schedule: Schedule;
  readonly coverage: Coverage;
  readonly random: Prng;
}

export class Journals {
  private readonly journals = new Map<number, AppendOnly<DurableRecord>>();
  /** The storage refuses one of them: the server does not start any more. */
  isRefused = false;

  constructor(
    private readonly owner: JournalOwner,
    private readonly codec: FrameCodec,
  ) {}

  of(epoch: number): AppendOnly<DurableRecord> {
    const known = this.journals.get(epoch);
    if (known !== undefined) return known;
    const { schedule, random, scenario } = this.owner;
    const fresh = new AppendOnly<DurableRecord>(schedule, random.fork(), scenario.faults.diskMs);
    this.journals.set(epoch, fresh);
    return fresh;
  }

  /** What is durable, as it is read back. */
  records(epoch: number): readonly Uint8Array[] {
    const codec = this.codec.of(epoch);
    return this.of(epoch).durable.map((record) => codec.encodeRecord(record));
  }

  /** Power is lost. Whether anything else was. */
  crash(): boolean {
    return [...this.journals.values()].map((journal) => journal.crash()).includes(true);
  }

  forget(disk: Exclude<NonNullable<Crash['disk']>, 'is corrupt'>): void {
    for (const journal of this.journals.values()) journal.forget(disk);
  }

  /** A bit of an epoch's journal changes: the storage refuses it, or cuts off its end. */
  damage(epoch: number): void {
    const left = recordsLeft(this.records(epoch), this.owner.random);
    if (left === undefined) this.isRefused = true;
    else this.of(epoch).durable.length = left;
  }
}
