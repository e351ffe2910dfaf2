/** What the children of a gate weigh: 1 each where no weights are given. */
import { type PolicyError, policyError } from '../errors.js';
import { checkRange } from './tree-check.js';

/** No weight is larger; so no sum of weights, nor a few times it, leaves the safe integers. */
export const maxWeight = 1_000_000_000;

/** The children of a gate, and what each weighs. */
export interface WeightedList {
  readonly of: readonly unknown[];
  readonly weights?: readonly number[];
}

export function weightAt({ weights }: WeightedList, index: number): number {
  return weights?.[index] ?? 1;
}

/** Of all children. */
export function totalWeight({ of, weights }: WeightedList): number {
  return weights === undefined ? of.length : sum(weights);
}

export function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, one) => total + one, 0);
}

/**
 * The weights divided by what divides them all, so that equal ones become 1. Some of them reach k, or keep to a limit, exactly if what
 * is left of them reaches ⌈k / factor⌉, or keeps to ⌊limit / factor⌋.
 */
export function withoutCommonFactor(weights: readonly number[]): {
  readonly weights: readonly number[];
  readonly factor: number;
} {
  const factor = weights.reduce(greatestCommonDivisor, 0) || 1;
  return { factor, weights: factor === 1 ? weights : weights.map((weight) => weight / factor) };
}

function greatestCommonDivisor(a: number, b: number): number {
  return b === 0 ? a : greatestCommonDivisor(b, a % b);
}

/** A complaint unless there is one weight for each child, from 1 to {@link maxWeight}. */
export function checkWeights({ of, weights }: WeightedList, path: string): PolicyError | undefined {
  if (weights === undefined) return undefined;
  if (weights.length !== of.length) return policyError('OutOfRange', `${path}/weights`, 'one weight for each child');
  for (const [index, weight] of weights.entries()) {
    const at = `${path}/of/${index}/weight`;
    const complaint = checkRange(weight, { min: 1, max: maxWeight, path: at, what: 'a weight' });
    if (complaint !== undefined) return complaint;
  }
  return undefined;
}
