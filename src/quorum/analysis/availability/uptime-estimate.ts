/**
 * An estimate of availability where too many groups cut across a policy: their states are drawn, the rest is exact in each of them.
 * Interval: Wilson, "Probable inference, the law of succession, and statistical inference", JASA 1927. What is averaged lies between 0
 * and 1 and varies no more than the yes or no that the interval is made for.
 */
import type { RandomBytes } from '../../../prelude/random.js';
import { upWith, type Uptime } from './failure-model.js';
import type { TreeUptime } from './tree-uptime.js';

export interface UptimeInterval {
  readonly atLeast: Uptime;
  readonly atMost: Uptime;
}

export interface UptimeEstimate extends UptimeInterval {
  readonly method: string;
}

/** Of the normal distribution: 99.9 % lie within. */
const deviations = 3.2905;

/** Undefined when the time is up before the last sample. */
export function estimateUptime(
  tree: TreeUptime,
  { random, sampleCount }: { readonly random: RandomBytes; readonly sampleCount: number },
): UptimeEstimate | undefined {
  let up = 0;
  for (let count = 0; count < sampleCount; count++) {
    const draws = random(drawLength * tree.cutters.length);
    const sample = tree.inState(({ index, uptime }) => drawAt(draws, index) < uptime.down);
    if (sample === undefined) return undefined;
    up += sample.up;
  }
  const { low, high } = wilsonInterval(up / sampleCount, sampleCount);
  const method = `estimated from ${sampleCount} samples with 99.9 % confidence`;
  return { method, atLeast: upWith(low), atMost: upWith(high) };
}

/** Bytes. */
export const drawLength = 6;

/** The draw at `index` as a number from 0 up to, and without, 1. */
export function drawAt(draws: Uint8Array, index: number): number {
  const bytes = draws.subarray(drawLength * index, drawLength * (index + 1));
  return bytes.reduceRight((sum, byte) => (sum + byte) / 256, 0);
}

/** Where the mean of so many samples lies with 99.9 % confidence. */
export function wilsonInterval(mean: number, count: number): { readonly low: number; readonly high: number } {
  const square = deviations ** 2;
  const middle = (mean + square / (2 * count)) / (1 + square / count);
  const spread = Math.sqrt((mean * (1 - mean)) / count + square / (4 * count * count));
  const half = (deviations / (1 + square / count)) * spread;
  return { low: Math.max(0, middle - half), high: Math.min(1, middle + half) };
}
