/** I3, across crashes: votes, commit certificates and reports are durable before a correct process says what rests on them. */
import type { ProcessId } from '../../../src/prelude/process.js';
import type { DurableRecord } from '../../../src/consensus/record.js';
import { fail } from './violation.js';

type Rests = 'Vote' | 'CommitCertificate' | 'Report';

interface Place {
  readonly view: number;
  readonly slot: number;
}

export class DurabilityChecker {
  /** By process: the number of the persist of this life that each record waits for. */
  private readonly asked = new Map<ProcessId, Readonly<Record<Rests, Map<number, number>>>>();

  onPersist(process: ProcessId, record: DurableRecord, index: number): void {
    switch (record._tag) {
      case 'Vote':
        this.ask(process, 'Vote', record.vote, index);
        return;
      case 'CommitCertificate':
        this.ask(process, 'CommitCertificate', record.certificate, index);
        return;
      case 'Report':
        this.ask(process, 'Report', { view: record.report.view, slot: 0 }, index);
        return;
      default:
        return;
    }
  }

  /** @param persisted - up to which number the persists of this life are durable. */
  onSent(process: ProcessId, rests: Rests, place: Place, persisted: number): void {
    const index = this.asked.get(process)?.[rests].get(numberOf(place)) ?? 0;
    if (index > persisted)
      fail('I3', `${process} says what rests on a ${rests} of ${place.view}.${place.slot} too early`);
  }

  /** What a process finds again is durable. */
  onCrash(process: ProcessId): void {
    this.asked.delete(process);
  }

  private ask(process: ProcessId, rests: Rests, place: Place, index: number): void {
    const known = this.asked.get(process) ?? { Vote: new Map(), CommitCertificate: new Map(), Report: new Map() };
    this.asked.set(process, known);
    known[rests].set(numberOf(place), index);
  }
}

function numberOf({ view, slot }: Place): number {
  return view * 2 ** 20 + slot;
}
