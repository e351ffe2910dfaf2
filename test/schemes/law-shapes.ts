/** Shapes of policies that every scheme runs the laws along: gates of every kind at the root, over others, leaves repeated. */
import type { Policy } from '../../src/quorum/policy/policy.js';
import { gate, member } from './sharing/policies.js';

/** Among members a to e. */
export interface Shape {
  readonly name: string;
  readonly policy: Policy;
  /** A letter a member, the minimal sets among them. */
  readonly qualified: readonly string[];
  readonly unqualified: readonly string[];
}

export const rootShapes = {
  all: {
    name: 'all of some gates',
    policy: gate(3, 'a', gate(1, 'b', 'c'), gate(2, 'b', 'd', 'e')),
    qualified: ['abd', 'abe', 'acde'],
    unqualified: ['ab', 'acd', 'bcde', 'ade'],
  },
  any: {
    name: 'any of some gates',
    policy: gate(1, gate(2, 'a', 'b'), gate(2, 'c', 'd', 'e'), gate(2, 'a', 'e')),
    qualified: ['ab', 'ae', 'cd', 'ce', 'de'],
    unqualified: ['ac', 'ad', 'bc', 'bd', 'be'],
  },
  weighted: {
    name: 'gates by weight',
    policy: {
      _tag: 'threshold',
      k: 4,
      of: [member('a'), gate(1, 'b', gate(2, 'c', 'e')), gate(2, 'a', 'c'), member('d')],
      weights: [3, 2, 1, 1],
    },
    qualified: ['ab', 'ac', 'ad'],
    unqualified: ['a', 'ae', 'bcde'],
  },
} as const satisfies Record<string, Shape>;
