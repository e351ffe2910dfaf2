/** Which of several policies are worth showing: those that no other is at least as good as in every respect (a Pareto front). */
import type { Uptime } from '../analysis/availability/failure-model.js';
import { Fraction } from '../analysis/load/fraction.js';
import type { Figure } from '../verdict.js';
import type { ShapedPolicy } from './policy-shapes.js';

/** A policy that does what was meant, with its figures. */
export interface FoundPolicy extends ShapedPolicy {
  readonly load: Figure<Fraction>;
  readonly uptime: Figure<Uptime>;
  /** Of the smallest quorum. */
  readonly size: number;
}

export type Merit = 'load' | 'availability' | 'size';

/** Adds a policy unless another is at least as good in everything, and drops those that it is as good as. */
export function withCandidate(found: readonly FoundPolicy[], candidate: FoundPolicy): readonly FoundPolicy[] {
  if (found.some((other) => isAsGood(other, candidate))) return found;
  return [...found.filter((other) => !isAsGood(candidate, other)), candidate];
}

function isAsGood(a: FoundPolicy, b: FoundPolicy): boolean {
  return loadOf(a).compare(loadOf(b)) <= 0 && downOf(a) <= downOf(b) && a.size <= b.size;
}

/** The worst that it may be. */
function loadOf({ load }: FoundPolicy): Fraction {
  return load._tag === 'exact' ? load.value : (load.atMost ?? Fraction.one);
}

function downOf({ uptime }: FoundPolicy): number {
  return uptime._tag === 'exact' ? uptime.value.down : (uptime.atLeast?.down ?? 1);
}

/** In one respect, then in the others. */
export function bestFirst(optimize: Merit): (a: FoundPolicy, b: FoundPolicy) => number {
  const byLoad = (a: FoundPolicy, b: FoundPolicy): number => loadOf(a).compare(loadOf(b));
  const byDown = (a: FoundPolicy, b: FoundPolicy): number => downOf(a) - downOf(b);
  const bySize = (a: FoundPolicy, b: FoundPolicy): number => a.size - b.size;
  const orders = {
    load: [byLoad, byDown, bySize],
    availability: [byDown, byLoad, bySize],
    size: [bySize, byLoad, byDown],
  }[optimize];
  return (a, b) => orders.reduce((order, compare) => (order === 0 ? compare(a, b) : order), 0);
}
