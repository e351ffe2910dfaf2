/** R4, R5: a correct process reports every vote and commit certificate that it has above the checkpoint of its report, whatever happened since. */
import { decodeReport } from '../../../src/consensus/codec.js';
import type { SignedReport } from '../../../src/consensus/message.js';
import type { ProcessId } from '../../../src/prelude/process.js';
import { right } from '../right.js';
import { fail } from './violation.js';

interface Said {
  readonly votes: Map<number, number>;
  readonly commits: Map<number, number>;
}

export class ReportChecker {
  /** By process, of its epoch: the highest views in which it voted, and certified, in each slot, durably and told to others. */
  private readonly said = new Map<ProcessId, Said>();

  /** Another epoch begins for a process. */
  onEpoch(process: ProcessId): void {
    this.said.delete(process);
  }

  /** A process has told others of a vote, or of a commit certificate. */
  onSaid(process: ProcessId, what: 'votes' | 'commits', { view, slot }: { view: number; slot: number }): void {
    const known: Said = this.said.get(process) ?? { votes: new Map(), commits: new Map() };
    this.said.set(process, known);
    known[what].set(slot, Math.max(view, known[what].get(slot) ?? 0));
  }

  /** @param start - of the epoch. */
  onReport(process: ProcessId, { body, view }: SignedReport, start: number): void {
    const report = right(decodeReport(body));
    const low = report.checkpoint?.slot ?? start;
    const known = this.said.get(process);
    for (const what of ['votes', 'commits'] as const) {
      const reported = new Map<number, number>(report[what].map((one) => [one.slot, one.view]));
      // What it says in the view of the report or later, it may say after it.
      for (const [slot, voted] of known?.[what] ?? [])
        if (slot > low && voted < view && (reported.get(slot) ?? 0) < voted)
          fail('I3', `${process} hides from its report of view ${view} what it said in ${voted}.${slot}`);
    }
  }
}
