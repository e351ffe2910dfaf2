/**
 * Policies as keys are shared along them: with small weights, which are told, and other ones only where that is asked for; with
 * names that files can have; and with a warning where somebody needs nobody else.
 */
import { InvalidArgumentError, Option } from 'commander';
import { E, type Either } from '../../../prelude/fp.js';
import { groupedBy } from '../../../prelude/grouping.js';
import type { ProcessId } from '../../../prelude/process.js';
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
import { soleHolderWarnings } from './sole-holders.js';

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
  readonly weights: readonly string[];
  /** Who could use the key alone. */
  readonly warnings: readonly string[];
}

/** What is told of it beside the policy itself. */
export function policyNotes({ weights, warnings }: ShareablePolicy): readonly string[] {
  return [...weights.map((line) => `  weights  ${line}`), ...warnings.map((line) => `  WARNING  ${line}`)];
}

/** Multisignatures take any weights as they are. */
export function shareablePolicy(
  policy: Policy,
  scheme: SchemeId,
  { approximateWeights: gap }: WeightOptions,
): Either<Failure, ShareablePolicy> {
  const alike = namesakes(policyMembers(policy));
  if (alike !== undefined) {
    return badInput(
      `--policy: ${alike.join(' and ')} differ in case only, and some file systems would take their files for one: rename one of them`,
    );
  }
  if (scheme === 'multisig') {
    if (gap !== undefined) return badInput('--approximate-weights: not with multisignatures, which take any weights');
    return E.right(withWarnings(policy, []));
  }
  if (gap === undefined) {
    const reduced = reduceWeights(policy);
    return E.right(told(policy, reduced.policy, reductionLines(reduced.gates)));
  }
  const approximated = approximatePolicy(policy, { gap });
  if (E.isLeft(approximated)) return badInput(describeApproximationError(approximated.left));
  const { gates, reductions } = approximated.right;
  const lines = [...reductionLines(reductions), ...gates.flatMap(describeApproximation)];
  return E.right(told(policy, approximated.right.policy, lines));
}

/** Who never decides anything gets no share, which is told too. */
function told(before: Policy, after: Policy, lines: readonly string[]): ShareablePolicy {
  const kept = new Set(policyMembers(after));
  const dropped = policyMembers(before).filter((member) => !kept.has(member));
  const farewell = `${listNames(dropped)}: decides nothing beside the others, and gets no share`;
  return withWarnings(after, [...lines, ...(dropped.length === 0 ? [] : [farewell])]);
}

function withWarnings(policy: Policy, weights: readonly string[]): ShareablePolicy {
  return { policy, weights, warnings: soleHolderWarnings(policy) };
}

/** Two members whose key shares would be one file where a file system knows no case, as those of macOS and Windows. */
function namesakes(members: readonly ProcessId[]): readonly ProcessId[] | undefined {
  const groups = groupedBy(members, (member) => member.toLowerCase());
  return [...groups.values()].find(({ length }) => length > 1);
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
