/** I3, across crashes: votes, commit certificates and reports are durable before a correct process says what rests on them. */
import type { ProcessId } from '../../../src/prelude/process.js';
import type { DurableRecord } from '../../../src/consensus/record.js';
import { fail } from './violation.js';

type Rests = 'Vote' | 'CommitCertificate' | 'Report';

export class DurabilityChecker {
  /** By process: the number of the persist of this life that each record waits for. */
  private readonly asked = new Map<ProcessId, Map<string, number>>();

  onPersist(process: ProcessId, record: DurableRecord, index: number): void {
    switch (record._tag) {
      case 'Vote':
        this.ask(process, nameOf('Vote', record.vote.view, record.vote.slot), index);
        return;
      case 'CommitCertificate':
        this.ask(process, nameOf('CommitCertificate', record.certificate.view, record.certificate.slot), index);
        return;
      case 'Report':
        this.ask(process, nameOf('Report', record.report.view, 0), index);
        return;
      default:
        return;
    }
  }

  /** @param persisted - up to which number the persists of this life are durable. */
  onSent(process: ProcessId, rests: Rests, place: { view: number; slot: number }, persisted: number): void {
    const index = this.asked.get(process)?.get(nameOf(rests, place.view, place.slot)) ?? 0;
    if (index > persisted)
      fail('I3', `${process} says what rests on a ${rests} of ${place.view}.${place.slot} too early`);
  }

  /** What a process finds again is durable. */
  onCrash(process: ProcessId): void {
    this.asked.delete(process);
  }

  private ask(process: ProcessId, name: string, index: number): void {
    const known = this.asked.get(process) ?? new Map<string, number>();
    this.asked.set(process, known.set(name, index));
  }
}

function nameOf(rests: Rests, view: number, slot: number): string {
  return `${rests} ${view}.${slot}`;
}
