/** The lines that the tour has decided, and how long each took from being proposed to its verified certificate. */
import type { AllianceClient } from '../../client/alliance-client.js';
import { utf8 } from '../../prelude/bytes.js';

export interface WorkloadEvents {
  /** So many lines are certified; the last of them was proposed at `sentMs`. */
  onCertified(count: number, sentMs: number): void;
}

export interface WorkloadResult {
  readonly seconds: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  /** Lines that were not committed, with what became of the first of them. */
  readonly failed: number;
  readonly firstFailure?: string;
}

/** Proposes `lines` in order, `outstanding` of them waiting at once. */
export async function runWorkload(
  client: AllianceClient,
  lines: readonly string[],
  outstanding: number,
  events: WorkloadEvents,
): Promise<WorkloadResult> {
  const latencies: number[] = [];
  let failed = 0;
  let firstFailure: string | undefined;
  let next = 0;
  const startMs = performance.now();
  const worker = async (): Promise<void> => {
    for (let line = lines[next]; line !== undefined; line = lines[next]) {
      next += 1;
      const sentMs = performance.now();
      const outcome = await client.propose(utf8(line));
      if (outcome._tag === 'committed') {
        latencies.push(performance.now() - sentMs);
        events.onCertified(latencies.length, sentMs);
      } else {
        failed += 1;
        firstFailure ??= outcome.reason;
      }
    }
  };
  await Promise.all(Array.from({ length: outstanding }, worker));
  const seconds = (performance.now() - startMs) / 1000;
  latencies.sort((a, b) => a - b);
  const percentile = (share: number): number =>
    latencies[Math.min(latencies.length - 1, Math.floor(share * latencies.length))] ?? 0;
  const figures = { seconds, p50Ms: percentile(0.5), p99Ms: percentile(0.99), failed };
  return firstFailure === undefined ? figures : { ...figures, firstFailure };
}
