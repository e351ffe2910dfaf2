/** Policies as keys are shared along them: with small weights, which are told, and other ones only where that is asked for. */
import { InvalidArgumentError, Option } from 'commander';
import { E, type Either } from '../../../prelude/fp.js';
import { type Policy, policyMembers } from '../../../quorum/policy/policy.js';
import {
  approximatePolicy,
  describeApproximation,
  type PolicyApproximationError,
} from '../../../quorum/policy/weights/approximated-policy.js';
import { type GateReduction, reduceWeights } from '../../../quorum/policy/weights/reduction.js';
import { listNames } from '../../../quorum/tree/name-list.js';
import type { SchemeId } from '../../../schemes/registry.js';
import { badInput, type Failure } from '../../outcome.js';

/** Of commands that share along a policy. */
export interface WeightOptions {
  readonly approximateWeights?: number;
}

export function approximateWeightsOption(): Option {
  return new Option(
    '--approximate-weights <gap>',
    'where weights are too heavy, share along another policy that judges alike all sets but those this close (0.02)',
  ).argParser(gapOf);
}

function gapOf(text: string): number {
  const gap = /^0?\.\d{1,9}$/.test(text) ? Number(text) : 0;
  if (gap > 0) return gap;
  throw new InvalidArgumentError('Expected a share of all weight above 0 and below 1, such as 0.02.');
}

export interface ShareablePolicy {
  readonly policy: Policy;
  /** What became of weights, a line each. */
  readonly lines: readonly string[];
}

/** Multisignatures take any weights as they are. */
export function shareablePolicy(
  policy: Policy,
  scheme: SchemeId,
  { approximateWeights: gap }: WeightOptions,
): Either<Failure, ShareablePolicy> {
  if (scheme === 'multisig') return E.right({ policy, lines: [] });
  if (gap === undefined) {
    const reduced = reduceWeights(policy);
    return E.right(told(policy, reduced.policy, reductionLines(reduced.gates)));
  }
  const approximated = approximatePolicy(policy, { gap });
  if (E.isLeft(approximated)) return badInput(describeApproximationError(approximated.left));
  const { gates } = approximated.right;
  return E.right(told(policy, approximated.right.policy, gates.flatMap(describeApproximation)));
}

/** Who never decides anything gets no share, which is told too. */
function told(before: Policy, after: Policy, lines: readonly string[]): ShareablePolicy {
  const kept = new Set(policyMembers(after));
  const dropped = policyMembers(before).filter((member) => !kept.has(member));
  const farewell = `${listNames(dropped)}: decides nothing beside the others, and gets no share`;
  return { policy: after, lines: [...lines, ...(dropped.length === 0 ? [] : [farewell])] };
}

/** A line for each weighted gate that was changed; the same sets are qualified as before. */
function reductionLines(gates: readonly GateReduction[]): readonly string[] {
  return gates.flatMap((gate) => {
    const [before, after] = [describe(gate.before), describe(gate.after)];
    return before === after ? [] : [`${gate.path}: ${before} is the same as ${after}, which is shared along`];
  });
}

function describe({ k, weights }: GateReduction['before']): string {
  return `${k} of (${listNames(weights.map(String))})`;
}

function describeApproximationError(error: PolicyApproximationError): string {
  const where = `--approximate-weights ${error.gap}: at ${error.path} of the policy:`;
  return error._tag === 'BadGap'
    ? `${where} the gap has to be below ${error.below}`
    : `${where} no rule with at most ${error.maxTotal} tickets is so close: choose a wider gap`;
}
