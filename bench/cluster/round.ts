/** One round: so many writes outstanding for so long, and what that cost whom. */
import { machineSeconds, processSeconds } from './processor.js';
import type { Subject } from './subject.js';

export interface Round {
  readonly writesPerSecond: number;
  /** Milliseconds. */
  readonly median: number;
  readonly p99: number;
  /** Of the servers together, in microseconds. */
  readonly cpuPerWrite: number;
  readonly cpuPerSlot: number | undefined;
  /** Milliseconds from the answer to the certificate; `undefined` without certificates. */
  readonly certificateP99: number | undefined;
  /** Cores that others used meanwhile. */
  readonly others: number;
}

export async function runRound(
  subject: Subject,
  { outstanding, durationMs, value }: { outstanding: number; durationMs: number; value: Uint8Array },
): Promise<Round> {
  subject.takeCertificateLags();
  await subject.takeSlots();
  const own = (): number => processSeconds([...subject.pids, process.pid]);
  const [machine, mine, servers] = [machineSeconds(), own(), processSeconds(subject.pids)];
  const startMs = performance.now();
  const latencies: number[] = [];
  const writer = async (): Promise<void> => {
    for (let nowMs = performance.now(); nowMs < startMs + durationMs; ) {
      await subject.put(value);
      latencies.push(performance.now() - nowMs);
      nowMs = performance.now();
    }
  };
  await Promise.all(Array.from({ length: outstanding }, writer));
  const seconds = (performance.now() - startMs) / 1000;
  const cpu = processSeconds(subject.pids) - servers;
  const others = (machineSeconds() - machine - (own() - mine)) / seconds;
  const slots = await subject.takeSlots();
  const lags = subject.takeCertificateLags();
  return {
    writesPerSecond: latencies.length / seconds,
    median: quantile(latencies, 0.5),
    p99: quantile(latencies, 0.99),
    cpuPerWrite: (cpu / latencies.length) * 1e6,
    cpuPerSlot: slots === undefined ? undefined : (cpu / slots) * 1e6,
    certificateP99: lags.length === 0 ? undefined : quantile(lags, 0.99),
    others,
  };
}

export function quantile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? Number.NaN;
}
