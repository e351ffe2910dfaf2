/** The gates that most policies are made of, and what the gates of a policy tolerate. */
import type { LimitedTree } from '../tree/placed-tree.js';
import type { Policy } from './policy.js';

/** Of a policy, or of a rule that is not one yet. */
interface CountedGate<N> {
  readonly _tag: 'threshold';
  readonly k: number;
  readonly of: readonly N[];
}

export function allOf<N>(of: readonly N[]): CountedGate<N> {
  return { _tag: 'threshold', k: of.length, of };
}

export function anyOf<N>(of: readonly N[]): CountedGate<N> {
  return { _tag: 'threshold', k: 1, of };
}

/** More than half of `total`. */
export function majority(total: number): number {
  return Math.floor(total / 2) + 1;
}

/** The trust tree whose vouching sets are the qualified sets: a set is qualified unless one with f = k − 1 at every gate covers it. */
export function tolerated(policy: Policy): LimitedTree {
  if (policy._tag === 'member') return policy;
  const { k, of, weights } = policy;
  return { _tag: 'gate', f: k - 1, t: 0, of: of.map(tolerated), ...(weights === undefined ? {} : { weights }) };
}
