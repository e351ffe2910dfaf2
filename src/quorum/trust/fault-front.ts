/**
 * How much the members of a trust tree could tolerate, whatever limits it has now: the pairs (whole children of the root, weight inside
 * each of the others) of which neither can be raised alone.
 *
 * More faults never help a condition, so the pairs that hold form a staircase. It is walked by bisection: two for each step, and there
 * is at most one step for each child of the root (it comes to count as fallen at one inner limit), and one more.
 */
import { totalWeight } from '../tree/tree-check.js';
import { isTreeAcceptable, type TrustAssumption } from './conditions.js';
import { coveringOfEveryone, type FaultCounts } from './judged-tree.js';
import { OrganizationSystem } from './organizations.js';
import type { TrustGate, TrustTree } from './trust-tree.js';

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

/** Undefined for a system without a tree. */
export function faultFronts(trust: TrustAssumption): FaultFronts | undefined {
  const { system } = trust;
  if (!(system instanceof OrganizationSystem) || system.tree._tag === 'member') return undefined;
  const { tree } = system;
  return {
    byzantine: uncoverableFront(tree, { byzantine: 3, slow: 0 }),
    fast: uncoverableFront(tree, { byzantine: 3, slow: 2 }),
    slow: [...slowStaircase(tree, trust)],
  };
}

/** The f, with t the same, for which no such sets contain every process: Q^k for k sets of 𝓩. */
export function uncoverableFront(tree: TrustGate, counts: FaultCounts): readonly LimitPair[] {
  const holds = (pair: LimitPair): boolean => coveringOfEveryone(withLimits(tree, pair), counts) !== 'covered';
  return [
    ...staircase({ root: totalWeight(tree) - 1, inner: largestInner(tree, (gate) => totalWeight(gate) - 1) }, holds),
  ];
}

/** The t with which the model is acceptable; the first is the largest at the root, and inside with that. */
export function slowStaircase(tree: TrustGate, { leaders }: TrustAssumption): Generator<LimitPair> {
  const holds = (pair: LimitPair): boolean => isTreeAcceptable(withSlow(tree, pair), leaders);
  return staircase({ root: tree.f, inner: largestInner(tree, ({ f }) => f) }, holds);
}

/** The tree with t as `pair` says, at most f each. */
export function withSlow(tree: TrustGate, pair: LimitPair): TrustGate {
  return mapLimits(tree, pair, (gate, limit) => ({ f: gate.f, t: Math.min(limit, gate.f) }));
}

function withLimits(tree: TrustGate, pair: LimitPair): TrustGate {
  return mapLimits(tree, pair, (gate, limit) => {
    const most = Math.min(limit, totalWeight(gate) - 1);
    return { f: most, t: most };
  });
}

function mapLimits(
  gate: TrustGate,
  { root, inner }: LimitPair,
  limits: (gate: TrustGate, limit: number) => Pick<TrustGate, 'f' | 't'>,
): TrustGate {
  const below = { root: inner, inner };
  const of = gate.of.map((child) => (child._tag === 'member' ? child : mapLimits(child, below, limits)));
  return { ...gate, ...limits(gate, root), of };
}

function largestInner(gate: TrustGate, limit: (gate: TrustGate) => number): number {
  const ofChild = (child: TrustTree): number =>
    child._tag === 'member' ? 0 : Math.max(limit(child), largestInner(child, limit));
  return gate.of.reduce((most, child) => Math.max(most, ofChild(child)), 0);
}

/** The maximal pairs up to `most` for which `holds`, which is false from some value on in either number. */
function* staircase(most: LimitPair, holds: (pair: LimitPair) => boolean): Generator<LimitPair> {
  let { root } = most;
  let inner = 0;
  while (root >= 0 && inner <= most.inner && holds({ root: 0, inner })) {
    root = largest({ from: 0, to: root }, (value) => holds({ root: value, inner }));
    inner = largest({ from: inner, to: most.inner }, (value) => holds({ root, inner: value }));
    yield { root, inner };
    root -= 1;
    inner += 1;
  }
}

/** The largest value for which `holds`, which is true at `from` and false from some value on. */
function largest({ from, to }: { from: number; to: number }, holds: (value: number) => boolean): number {
  let [low, high] = [from, to];
  while (low < high) {
    const middle = Math.ceil((low + high) / 2);
    if (holds(middle)) low = middle;
    else high = middle - 1;
  }
  return low;
}
