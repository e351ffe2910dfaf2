/** Availability of read-once policies: the probability that those up are qualified, under independent and common failures. */
import type { ProcessId } from '../../../prelude/process.js';
import type { RandomBytes } from '../../../prelude/random.js';
import type { Policy } from '../../policy/policy.js';
import { type Budget, exact, type Figure, outOfTime, unlimited } from '../../verdict.js';
import { alwaysDown, type FailureModel, independentServers, neverDown, type Uptime } from './failure-model.js';
import { type FailureTree, placeFailures } from './failure-tree.js';
import { TreeUptime } from './tree-uptime.js';
import { estimateUptime, type UptimeInterval } from './uptime-estimate.js';

/** Each member up independently. @param policy - read-once. @param up - from 0 to 1. */
export function treeAvailability(policy: Policy, up: (id: ProcessId) => number): Figure<number> {
  const figure = treeUptime(policy, independentServers(up));
  if (figure._tag === 'exact') return exact(figure.value.up);
  const { reason, atLeast, atMost } = figure;
  return {
    _tag: 'unknown',
    reason,
    ...(atLeast && { atLeast: atLeast.up }),
    ...(atMost && { atMost: atMost.up }),
  };
}

export interface UptimeMeans {
  /** Unlimited if absent. */
  readonly budget?: Budget;
  /** For estimates, where exact answers are out of reach; without it none are made. */
  readonly random?: RandomBytes;
  /** Of an estimate, at most; 10,000 if absent. */
  readonly sampleCount?: number;
}

/**
 * Exact where the groups of `model` fit the tree, or few of them cut across it; else within bounds, which `reason` calls an estimate
 * where they hold with a stated confidence only. The least and the most of a figure are those of being up.
 * @param policy - read-once.
 */
export function treeUptime(policy: Policy, model: FailureModel, means: UptimeMeans = {}): Figure<Uptime> {
  const { budget = unlimited } = means;
  const tree = placeFailures(policy, model, { rounding: 'down', budget });
  const pessimistic = uptimeInterval(tree, means);
  if (pessimistic._tag === 'unknown') return pessimistic;
  const optimistic = tree.isRounded
    ? uptimeInterval(placeFailures(policy, model, { rounding: 'up', budget }), means)
    : pessimistic;
  if (optimistic._tag === 'unknown') return optimistic;
  const reasons = [...(tree.isRounded ? [roundedWeights] : []), ...new Set([pessimistic.reason, optimistic.reason])];
  const reason = reasons.filter((one) => one !== undefined).join('; ');
  if (reason === '') return exact(pessimistic.atLeast);
  return { _tag: 'unknown', reason, atLeast: pessimistic.atLeast, atMost: optimistic.atMost };
}

const roundedWeights = 'weights with too many different sums were rounded';

/** Steps that trying all states of the cutting groups may take, and then those that all samples of an estimate may take. */
const maxSteps = 200_000_000;

type Interval = ({ readonly _tag: 'interval'; readonly reason?: string } & UptimeInterval) | Unreached;
interface Unreached {
  readonly _tag: 'unknown';
  readonly reason: string;
}

function uptimeInterval(
  tree: FailureTree,
  { budget = unlimited, random, sampleCount = 10_000 }: UptimeMeans,
): Interval {
  const evaluation = new TreeUptime(tree, budget);
  if (tree.cutters.length === 0 || tree.steps.inAllStates <= maxSteps) {
    const value = evaluation.overAllStates();
    return value === undefined
      ? outOfTime(budget, 'availability')
      : { _tag: 'interval', atLeast: value, atMost: value };
  }
  const reason = `${tree.cutters.length} groups of common failures cut across the policy`;
  if (random === undefined) return { _tag: 'interval', reason, atLeast: alwaysDown, atMost: neverDown };
  const affordable = Math.max(100, Math.floor(maxSteps / tree.steps.inOneState));
  const estimate = estimateUptime(evaluation, { random, sampleCount: Math.min(sampleCount, affordable) });
  if (estimate === undefined) return outOfTime(budget, 'an estimate of availability');
  return { _tag: 'interval', reason: `${reason}; ${estimate.method}`, ...estimate };
}
