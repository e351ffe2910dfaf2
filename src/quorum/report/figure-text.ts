/** Figures of reports in words. */
import type { ProcessId } from '../../prelude/process.js';
import type { Figure } from '../verdict.js';

/** The value, or between which bounds it lies and why no more is known. */
export function describeFigure<A>(figure: Figure<A>, show: (value: A) => string): string {
  if (figure._tag === 'exact') return show(figure.value);
  const { reason, atLeast, atMost } = figure;
  const bounds = [
    ...(atLeast === undefined ? [] : [`at least ${show(atLeast)}`]),
    ...(atMost === undefined ? [] : [`at most ${show(atMost)}`]),
  ];
  return `${bounds.length === 0 ? 'unknown' : bounds.join(', ')} (${reason})`;
}

/** Long numbers with their magnitude: `125734336584533676475560 (1.3e23)`. */
export function describeCount(count: bigint): string {
  const digits = count.toString();
  if (digits.length <= 9) return digits;
  return `${digits} (${digits[0] ?? ''}.${digits[1] ?? '0'}e${digits.length - 1})`;
}

/** Sets of members in words. */
export type NameSet = (ids: readonly ProcessId[]) => string;
