/** A policy whose weighted gates are all small enough to be shared along: exactly the same where possible, nearly where not. */
import { E, type Either } from '../../../prelude/fp.js';
import { weightAt } from '../../tree/weights.js';
import type { Policy, ThresholdGate } from '../policy.js';
import {
  type ApproximationError,
  type ApproximationOptions,
  approximateWeights,
  type WeighedSet,
  type WeightApproximation,
} from './approximation.js';
import type { MinimizationLimits } from './minimization.js';
import { gateOf, type GateReduction, reduceWeights, usualLimits } from './reduction.js';

/** A gate that was approximated, because nothing equivalent to it was small enough. */
export interface GateApproximation extends WeightApproximation {
  /** Where it is in the policy as it was given: `/of/1` is the second child of the root, `/` the root. */
  readonly path: string;
  /** As it was given. */
  readonly before: ThresholdGate;
}

export interface ApproximatedPolicy {
  /** Not the policy that was given: other sets are qualified, unless `gates` is empty or all in it are equivalent. */
  readonly policy: Policy;
  readonly gates: readonly GateApproximation[];
  /** What became of the other weighted gates: the same sets satisfy them as before. */
  readonly reductions: readonly GateReduction[];
}

/** What there is no approximation of, and why. */
export type PolicyApproximationError = ApproximationError & { readonly path: string };

/** Reduces every weighted gate, and approximates those that stay too heavy. Deterministic. */
export function approximatePolicy(
  policy: Policy,
  options: ApproximationOptions,
  limits: MinimizationLimits = usualLimits,
): Either<PolicyApproximationError, ApproximatedPolicy> {
  const weighted = reduceWeights(policy, limits).gates;
  const isHeavy = ({ outcome }: GateReduction): boolean => outcome === 'heavy' || outcome === 'unknown';
  const reductions = weighted.filter((gate) => !isHeavy(gate));
  const paths = new Set(weighted.filter(isHeavy).map(({ path }) => path));
  const gates: GateApproximation[] = [];
  const visit = (node: Policy, path: string): Either<PolicyApproximationError, Policy> => {
    if (node._tag === 'member') return E.right(node);
    const place = path === '' ? '/' : path;
    const found = paths.has(place) ? approximateWeights(node, options, limits) : undefined;
    if (found !== undefined && E.isLeft(found)) return E.left({ ...found.left, path: place });
    if (found !== undefined) gates.push({ ...found.right, path: place, before: node });
    const visitAll = E.traverseReadonlyArrayWithIndex((index, child: Policy) => visit(child, `${path}/of/${index}`));
    return E.map((of: readonly Policy[]): Policy => {
      return found === undefined ? { ...node, of } : gateOf(of, found.right.tickets);
    })(visitAll(node.of));
  };
  return E.map((nearly: Policy) => ({ policy: reduceWeights(nearly, limits).policy, gates, reductions }))(
    visit(policy, ''),
  );
}

/** What was done to a gate, for people: in one line each its tickets, and the sets at which it changes its mind. */
export function describeApproximation({ path, before, tickets, ...found }: GateApproximation): readonly string[] {
  const from = `${before.k} of ${before.of.map((_, index) => weightAt(before, index)).join(', ')}`;
  const names = ({ children }: WeighedSet) => children.map((child) => nameOf(before.of[child], child)).join(', ');
  const size = ({ weight, share }: WeighedSet) => `${weight} (${(100 * share).toFixed(2)} % of all weight)`;
  const { largestRefused, smallestAccepted } = found;
  return [
    `at ${path}: ${from} becomes ${tickets.k} of ${tickets.weights.join(', ')}`,
    found.isEquivalent
      ? 'it accepts the same sets as before'
      : `it is another rule: whoever weighed ${before.k} was accepted before`,
    `the lightest set that it accepts weighs ${size(smallestAccepted)}: ${names(smallestAccepted)}`,
    `the heaviest set that it refuses weighs ${size(largestRefused)}: ${names(largestRefused) || 'nobody'}`,
  ];
}

function nameOf(child: Policy | undefined, index: number): string {
  return child?._tag === 'member' ? child.id : `the gate in place ${index + 1}`;
}
