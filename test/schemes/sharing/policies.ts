/** Policies for tests: short constructors, and random trees with repeated leaves and every kind of gate. */
import type { ProcessId } from '../../../src/prelude/process.js';
import type { Policy } from '../../../src/quorum/policy/policy.js';

export function member(name: string): Policy {
  return { _tag: 'member', id: name as ProcessId };
}

/** `k` of the children; a string is a member. */
export function gate(k: number, ...of: readonly (Policy | string)[]): Policy {
  return { _tag: 'threshold', k, of: of.map((child) => (typeof child === 'string' ? member(child) : child)) };
}

/** A source of numbers in [0, 1) that a seed determines (mulberry32). */
export function seededNumbers(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

export interface RandomTreeOptions {
  readonly members: readonly string[];
  readonly maxDepth: number;
  readonly maxFanIn: number;
}

/** A random tree: any gate, one-child gates included, and members that stand at several gates. */
export function randomTree(number: () => number, options: RandomTreeOptions): Policy {
  const { members, maxDepth, maxFanIn } = options;
  const grow = (depth: number): Policy => {
    if (depth === maxDepth || number() < 0.35) return member(members[Math.floor(number() * members.length)] ?? 'a');
    const fanIn = 1 + Math.floor(number() * maxFanIn);
    return gate(1 + Math.floor(number() * fanIn), ...Array.from({ length: fanIn }, () => grow(depth + 1)));
  };
  return grow(0);
}
