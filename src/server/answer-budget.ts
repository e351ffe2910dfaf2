/** How much one peer is answered: a count for each, begun anew every interval, so that nobody makes this server work for them alone. */
import type { ProcessId } from '../prelude/process.js';

interface Count {
  readonly sinceMs: number;
  readonly count: number;
}

export class AnswerBudget {
  private readonly counts = new Map<ProcessId, Count>();

  constructor(
    private readonly most: number,
    private readonly intervalMs: number,
    private readonly clock: () => number,
  ) {}

  /** Takes one answer to `peer` from what is left, if there is any. */
  take(peer: ProcessId): boolean {
    const nowMs = this.clock();
    const known = this.counts.get(peer);
    const current =
      known === undefined || nowMs >= known.sinceMs + this.intervalMs ? { sinceMs: nowMs, count: 0 } : known;
    if (current.count >= this.most) return false;
    this.counts.set(peer, { ...current, count: current.count + 1 });
    return true;
  }
}
