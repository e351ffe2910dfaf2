/** The clock of a simulated server: it may be wrong, and run fast or slow, and leap ahead; it never goes back. */
import type { Clock } from './scenario.js';

export const rightClock: Clock = { skewMs: 0, rate: 1, leaps: [] };

/** What the clock reads at a time of the simulation. */
export function readClock({ skewMs, rate, leaps }: Clock, nowMs: number): number {
  let reads = skewMs + rate * nowMs;
  for (const { atMs, byMs } of leaps) if (atMs <= nowMs) reads += byMs;
  return reads;
}

/** How long from now a timer rings that is set to `atMs` of the clock: timers do not notice leaps. */
export function timerDelayMs(clock: Clock, nowMs: number, atMs: number): number {
  return Math.max(0, (atMs - readClock(clock, nowMs)) / clock.rate);
}
