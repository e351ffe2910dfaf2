/**
 * A gate that accepts nearly the same sets with few tickets instead of large weights (Tonkikh & Freitas, "Swiper", PODC 2024,
 * whose rounded multiples it starts from). It changes who is qualified, within a gap, and so is done only when asked for by
 * this name; what it changes is computed exactly and returned with it.
 */
import { E, type Either } from '../../../prelude/fp.js';
import { totalWeight, weightAt } from '../../tree/weights.js';
import type { ThresholdGate } from '../policy.js';
import { type MinimizationLimits, minimizeFor } from './minimization.js';
import { gateOf, usualLimits } from './reduction.js';
import { type Demand, ticketSums, type WeightedThreshold } from './sums.js';

export interface ApproximationOptions {
  /** How much of all weight a set may lack, or exceed, to be judged otherwise than before: above 0 and below 1. */
  readonly gap: number;
  /**
   * `stricter`, if absent: sets that were refused stay refused, and sets that weigh `gap` of all weight more than was asked
   * for stay accepted. `looser`: sets that were accepted stay accepted, and sets that lack more than `gap` stay refused.
   */
  readonly side?: 'stricter' | 'looser';
}

/** A set of a gate's children by their positions, from 0, and its weight before. */
export interface WeighedSet {
  readonly children: readonly number[];
  readonly weight: number;
  /** Of all weight. */
  readonly share: number;
}

export interface WeightApproximation {
  readonly gate: ThresholdGate;
  /** In the order of the children as they were given; who has 0 was left out of the gate. */
  readonly tickets: WeightedThreshold;
  /** Whether it accepts the same sets after all. */
  readonly isEquivalent: boolean;
  /** The heaviest set that the new gate refuses: every heavier one it accepts. */
  readonly largestRefused: WeighedSet;
  /** The lightest set that the new gate accepts: every lighter one it refuses. */
  readonly smallestAccepted: WeighedSet;
}

export type ApproximationError =
  /** Not above 0, or so wide that even the set of all, or the empty one, might be judged otherwise: it has to be below this. */
  | { readonly _tag: 'BadGap'; readonly gap: number; readonly below: number }
  /** Nothing within the limits was found: a wider gap needs fewer tickets. */
  | { readonly _tag: 'GapTooNarrow'; readonly gap: number; readonly maxTotal: number };

/** @param gate - of a checked policy. Deterministic. */
export function approximateWeights(
  gate: ThresholdGate,
  { gap, side = 'stricter' }: ApproximationOptions,
  limits: MinimizationLimits = usualLimits,
): Either<ApproximationError, WeightApproximation> {
  const total = totalWeight(gate);
  const below = side === 'stricter' ? (total - gate.k) / total : gate.k / total;
  if (!(gap > 0 && gap < below)) return E.left({ _tag: 'BadGap', gap, below });
  const weights = gate.of.map((_, index) => weightAt(gate, index));
  const found = minimizeFor(weights, demandOf(gate.k, gap * total, side), limits);
  if (typeof found === 'string') return E.left({ _tag: 'GapTooNarrow', gap, maxTotal: limits.maxTotal });
  return E.right(described(gate, found.weights, side));
}

/** In whole weights, rounded so that it demands no less. */
function demandOf(k: number, room: number, side: 'stricter' | 'looser'): Demand {
  return side === 'stricter'
    ? { refusedBelow: k, acceptedFrom: Math.floor(k + room) }
    : { refusedBelow: Math.ceil(k - room), acceptedFrom: k };
}

/** With the threshold at that end of the possible ones which changes fewest sets. */
function described(gate: ThresholdGate, tickets: readonly number[], side: 'stricter' | 'looser'): WeightApproximation {
  const weights = gate.of.map((_, index) => weightAt(gate, index));
  const sums = ticketSums(weights, tickets);
  const k =
    side === 'stricter'
      ? sums.lightest.findLastIndex((weight) => weight < gate.k) + 1
      : sums.heaviest.findIndex((weight) => weight >= gate.k);
  const total = totalWeight(gate);
  const weighed = (children: readonly number[]): WeighedSet => {
    const weight = children.reduce((sum, child) => sum + (weights[child] ?? 0), 0);
    return { children, weight, share: weight / total };
  };
  const refused = sums.heaviest.slice(0, k);
  const accepted = sums.lightest.slice(k);
  const largestRefused = weighed(sums.heaviestSet(refused.indexOf(Math.max(...refused))));
  const smallestAccepted = weighed(sums.lightestSet(k + accepted.indexOf(Math.min(...accepted))));
  return {
    gate: gateOf(gate.of, { k, weights: tickets }),
    tickets: { k, weights: tickets },
    isEquivalent: largestRefused.weight < gate.k && smallestAccepted.weight >= gate.k,
    largestRefused,
    smallestAccepted,
  };
}
