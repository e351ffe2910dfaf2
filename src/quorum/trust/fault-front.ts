/**
 * How much the members of a trust tree could tolerate, whatever limits it has now: the pairs (whole children of the root, weight inside
 * each of the others) of which neither can be raised alone. They form a staircase, because more faults never help a condition.
 */
import { totalWeight } from '../tree/weights.js';
import { c1Faults, c2Faults, type TrustAssumption } from './conditions.js';
import { type FaultCounts, type GateLimits, judgeEveryone } from './judged-tree.js';
import { OrganizationSystem } from './organizations.js';
import type { TrustGate, TrustTree } from './trust-tree.js';
import { type Variation, VariedRoot } from './varied-limits.js';

/** Limits: of the root gate, and of every gate inside it (or all of it but one child, where that is less). */
export interface LimitPair {
  readonly root: number;
  readonly inner: number;
}

/** Each with the most at the root first. */
export interface FaultFronts {
  /** As f, under C1. */
  readonly byzantine: readonly LimitPair[];
  /** As f and t alike, under C2. */
  readonly fast: readonly LimitPair[];
  /** As t, with the f and the leaders that the model has: all conditions hold. */
  readonly slow: readonly LimitPair[];
}

/** Undefined for a system without a tree. Linear in the tree, and quadratic in the children of the root at worst. */
export function faultFronts(trust: TrustAssumption): FaultFronts | undefined {
  const { system } = trust;
  if (!(system instanceof OrganizationSystem) || system.tree._tag === 'member') return undefined;
  const { tree } = system;
  return {
    byzantine: uncoverableFront(tree, c1Faults),
    fast: uncoverableFront(tree, c2Faults),
    slow: slowFront(tree, trust),
  };
}

/** The f, with t the same, for which no such sets contain every process: Q^k for k sets of 𝓩. */
export function uncoverableFront(tree: TrustGate, counts: FaultCounts): readonly LimitPair[] {
  const most = (gate: TrustGate): number => totalWeight(gate) - 1;
  return frontOf(tree, most, {
    counts,
    limitsOf: (gate, limit) => {
      const f = Math.min(limit, most(gate));
      return { f, t: f };
    },
  });
}

/** The t with which the model is acceptable; the first is the largest at the root, and inside with that. */
export function slowFront(tree: TrustGate, { leaders }: TrustAssumption): readonly LimitPair[] {
  if (judgeEveryone(tree, c1Faults).covering === 'covered') return [];
  // C2 implies every C2ℓ, so it need not be asked for.
  return frontOf(tree, ({ f }) => f, { counts: c2Faults, leaders, limitsOf: slowLimits });
}

/** The tree with t as `pair` says, at most f each. */
export function withSlow(gate: TrustGate, { root, inner }: LimitPair): TrustGate {
  const below = { root: inner, inner };
  const of = gate.of.map((child) => (child._tag === 'member' ? child : withSlow(child, below)));
  return { ...gate, ...slowLimits(gate, root), of };
}

function slowLimits({ f }: TrustGate, limit: number): GateLimits {
  return { f, t: Math.min(limit, f) };
}

/** The maximal pairs, up to the limits that are the `most` of the root and inside it. */
function frontOf(
  tree: TrustGate,
  most: (gate: TrustGate) => number,
  variation: Omit<Variation, 'mostInner'>,
): readonly LimitPair[] {
  const mostInner = largestInner(tree, most);
  const varied = new VariedRoot(tree, { ...variation, mostInner });
  const turns = varied.turns();
  const pairs: LimitPair[] = [];
  for (const [index, turn] of turns.entries()) {
    const root = varied.mostAtRoot(turn, most(tree));
    if (root < 0) break;
    if (pairs.at(-1)?.root === root) pairs.pop();
    pairs.push({ root, inner: (turns[index + 1] ?? mostInner + 1) - 1 });
  }
  return pairs;
}

function largestInner(gate: TrustGate, most: (gate: TrustGate) => number): number {
  const ofChild = (child: TrustTree): number =>
    child._tag === 'member' ? 0 : Math.max(most(child), largestInner(child, most));
  return gate.of.reduce((largest, child) => Math.max(largest, ofChild(child)), 0);
}
