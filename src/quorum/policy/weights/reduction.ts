/**
 * The same policy with smaller weights: secrets are shared along a policy in as many places as its weights sum to, and what
 * numbers grow by is the factorial of that. Every weighted gate is replaced by one that accepts exactly the same sets of its
 * children; proven, not sampled (`weight-minimization`).
 */
import { sum, weightAt, withoutCommonFactor } from '../../tree/weights.js';
import type { Policy, ThresholdGate } from '../policy.js';
import { minimize, type MinimizationLimits } from './minimization.js';
import type { WeightedThreshold } from './sums.js';

/** Gates of more places cannot be shared along (`sharing/compile`). */
export const usualLimits: MinimizationLimits = { maxTotal: 255, steps: 10_000_000 };

/** What became of a weighted gate. */
export interface GateReduction {
  /** Where it is in the policy as it was given: `/of/1` is the second child of the root, `/` the root. */
  readonly path: string;
  readonly before: WeightedThreshold;
  /** In the order of the children as they were given. A child that weighs 0 here never decides anything and was left out. */
  readonly after: WeightedThreshold;
  /**
   * Of all equivalent weights that give children of one influence one weight: `least`, none sum to less; `small`, these are
   * within the limits, but some may sum to less; `heavy`, all exceed the limits; `unknown`, none within them were found in
   * the steps allowed.
   */
  readonly outcome: 'least' | 'small' | 'heavy' | 'unknown';
}

export interface WeightReduction {
  /** Qualifies the same sets. */
  readonly policy: Policy;
  /** All weighted gates, parents first. */
  readonly gates: readonly GateReduction[];
}

/** @param policy - checked (`checkPolicy`). Deterministic. */
export function reduceWeights(policy: Policy, limits: MinimizationLimits = usualLimits): WeightReduction {
  const gates: GateReduction[] = [];
  const visit = (node: Policy, path: string): Policy => {
    if (node._tag === 'member') return node;
    const reduction = node.weights === undefined ? undefined : reduceGate(node, path, limits);
    if (reduction !== undefined) gates.push(reduction);
    const of = node.of.map((child, index) => visit(child, `${path}/of/${index}`));
    return reduction === undefined ? { ...node, of } : gateOf(of, reduction.after);
  };
  return { policy: visit(policy, ''), gates };
}

function reduceGate(gate: ThresholdGate, path: string, limits: MinimizationLimits): GateReduction {
  const before = { k: gate.k, weights: gate.of.map((_, index) => weightAt(gate, index)) };
  const found = minimize(before, limits);
  const place = { path: path === '' ? '/' : path, before };
  if (found === 'none') return { ...place, after: divided(before), outcome: 'heavy' };
  if (found === 'unknown') return { ...place, after: divided(before), outcome: 'unknown' };
  const { k, weights, isLeast } = found;
  return { ...place, after: { k, weights }, outcome: isLeast ? 'least' : 'small' };
}

/** A child that suffices alone does so whatever more it weighs; then without what divides all weights. */
function divided({ k, weights }: WeightedThreshold): WeightedThreshold {
  const capped = withoutCommonFactor(weights.map((weight) => Math.min(weight, k)));
  return { k: Math.ceil(k / capped.factor), weights: capped.weights };
}

/** The gate of those children that weigh something. */
export function gateOf(children: readonly Policy[], { k, weights }: WeightedThreshold): ThresholdGate {
  const kept = children.filter((_, index) => (weights[index] ?? 0) > 0);
  const own = weights.filter((weight) => weight > 0);
  const gate = { _tag: 'threshold', k, of: kept } as const;
  return own.length === sum(own) ? gate : { ...gate, weights: own };
}
