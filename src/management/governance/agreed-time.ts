/**
 * Time as the log has it (spec/management.md, "Agreed time"): the greatest t such that the servers whose clocks have read t or later
 * contain a correct process. Never ahead of every correct clock.
 */
import type { ProcessId } from '../../prelude/process.js';
import type { QuorumSystem } from '../../quorum/quorum-system.js';

export interface AgreedTime {
  /** Milliseconds since 1970; 0 before it is known. */
  readonly nowMs: number;
  /** Whether the servers of this epoch have said so; if not, their first word counts, whatever was said before. */
  readonly isOfThisEpoch: boolean;
  /** How often it has been agreed anew. */
  readonly rounds: number;
  /** The latest that each server of the epoch has read. */
  readonly readings: ReadonlyMap<ProcessId, number>;
}

export const noTime: AgreedTime = { nowMs: 0, isOfThisEpoch: false, rounds: 0, readings: new Map() };

/** How far a reading may be ahead of the time that was agreed: clocks that are wrong together are noticed before they have done much. */
export const longestStepMs = 24 * 60 * 60 * 1000;

/** The servers of an epoch, as far as time depends on them. */
type Clocked = Pick<QuorumSystem, 'processes' | 'containsCorrect'>;

/** Takes a reading of a server of `system`; one that is not later than its last changes nothing. */
export function withReading(time: AgreedTime, server: ProcessId, readMs: number, system: Clocked): AgreedTime {
  const counted = time.isOfThisEpoch ? Math.min(readMs, time.nowMs + longestStepMs) : readMs;
  if (counted <= (time.readings.get(server) ?? 0)) return time;
  const readings = new Map(time.readings).set(server, counted);
  const vouchedMs = latestVouched(readings, system);
  if (vouchedMs === 0) return { ...time, readings };
  const nowMs = time.isOfThisEpoch ? Math.max(time.nowMs, vouchedMs) : vouchedMs;
  const rounds = nowMs === time.nowMs && time.isOfThisEpoch ? time.rounds : time.rounds + 1;
  return { nowMs, isOfThisEpoch: true, rounds, readings };
}

/** What others read is forgotten; until they have, the time stands. */
export function inNextEpoch({ nowMs, rounds }: AgreedTime): AgreedTime {
  return { nowMs, rounds, isOfThisEpoch: false, readings: new Map() };
}

function latestVouched(readings: AgreedTime['readings'], system: Clocked): number {
  const latestFirst = [...readings].sort(([, a], [, b]) => b - a);
  let read = system.processes.universe.none;
  for (const [id, readMs] of latestFirst) {
    read = read.with(id);
    if (system.containsCorrect(read)) return readMs;
  }
  return 0;
}
