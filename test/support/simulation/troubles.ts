/** What a scenario has in store for its processes besides the network's faults, in time. */
import type { ProcessId } from '../../../src/prelude/process.js';
import type { Coverage } from './coverage.js';
import type { Crash, Scenario } from './scenario.js';
import type { Schedule } from './schedule.js';

interface Victim {
  crashAfter(effects: number, crash: Crash): void;
  crashSoon(crash: Crash): void;
}

interface TroubleParts {
  readonly schedule: Schedule;
  readonly coverage: Coverage;
  readonly server: (process: ProcessId) => Victim;
}

export function scheduleTroubles({ faults }: Scenario, { schedule, coverage, server }: TroubleParts): void {
  for (const crash of faults.crashes) {
    if (crash.afterEffects !== undefined) {
      server(crash.process).crashAfter(crash.afterEffects, crash);
      continue;
    }
    schedule.at(crash.atMs, () => {
      server(crash.process).crashSoon(crash);
    });
  }
  for (const { skewMs, rate, leaps } of Object.values(faults.clocks)) {
    if (skewMs !== 0) coverage.add('skewed clock');
    if (rate !== 1) coverage.add('fast or slow clock');
    for (const { atMs } of leaps)
      schedule.at(atMs, () => {
        coverage.add('leaping clock');
      });
  }
}

/** When the last of it is over. */
export function lastTroubleMs({ faults, load }: Scenario): number {
  const { healedAtMs, crashes, fullDisks, clocks } = faults;
  const leaps = Object.values(clocks).flatMap((clock) => clock.leaps);
  return Math.max(
    healedAtMs,
    load.requestsPerSession * load.gapMs,
    ...crashes.map(({ atMs, downMs }) => atMs + downMs),
    ...fullDisks.map(({ toMs }) => toMs),
    ...leaps.map(({ atMs }) => atMs),
  );
}
