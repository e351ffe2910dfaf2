/** Policies and figures for tests: written down shortly, and taken apart. */
import type { ProcessId } from '../../src/prelude/process.js';
import type { Policy, ThresholdGate } from '../../src/quorum/policy/policy.js';
import type { Member } from '../../src/quorum/tree/tree-check.js';
import type { Figure } from '../../src/quorum/verdict.js';

export function member(id: string): Member {
  return { _tag: 'member', id: id as ProcessId };
}

export function gate(k: number, of: readonly Policy[], weights?: readonly number[]): ThresholdGate {
  return { _tag: 'threshold', k, of, ...(weights === undefined ? {} : { weights }) };
}

/** Over `s0`, `s1`, … */
export function weighted(k: number, weights: readonly number[]): ThresholdGate {
  return gate(
    k,
    weights.map((_, index) => member(`s${index}`)),
    weights,
  );
}

/** The same policy, its sums too large for arrays. */
export function scaled(rule: Policy): Policy {
  if (rule._tag === 'member') return rule;
  const weights = rule.of.map((_, index) => 100_003 * (rule.weights?.[index] ?? 1));
  return gate(100_003 * rule.k, rule.of.map(scaled), weights);
}

/** Of a figure that is known exactly. */
export function value<A>(figure: Figure<A>): A {
  if (figure._tag === 'exact') return figure.value;
  throw new Error(figure.reason);
}
