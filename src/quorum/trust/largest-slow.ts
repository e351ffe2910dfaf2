/** How slow the two-step path may be at most with the members and the f of a trust tree, and what keeps it from more. */
import type { ProcessSet } from '../../prelude/process.js';
import { membersOf } from '../tree/tree-check.js';
import { totalWeight, weightAt } from '../tree/weights.js';
import type { TrustAssumption } from './conditions.js';
import { type LimitPair, slowFront, withSlow } from './fault-front.js';
import { processesBeyond } from './judged-tree.js';
import { OrganizationSystem } from './organizations.js';
import type { TrustGate, TrustTree } from './trust-tree.js';

/** As much as possible at the root gate, then inside. */
export interface LargestSlow extends LimitPair {
  /** The tree with these limits. */
  readonly tree: TrustTree;
  /** The most at the root gate that any number of servers inside the same organizations could reach. */
  readonly rootAtAnySize: number;
}

/** Undefined for a system without a tree, or where no t holds. */
export function largestSlow(trust: TrustAssumption): LargestSlow | undefined {
  const { system } = trust;
  if (!(system instanceof OrganizationSystem) || system.tree._tag === 'member') return undefined;
  const { tree } = system;
  const [most] = slowFront(tree, trust);
  if (most === undefined) return undefined;
  return { ...most, tree: withSlow(tree, most), rootAtAnySize: rootAtAnySize(tree, trust.leaders) };
}

/**
 * With every organization as large as one likes, all of them withstand what happens inside; then C2 reads W > 3f+2t, W being the
 * weight of all, and C2ℓ of a leader whose own organization, of weight w, must be wholly Byzantine with it W−w > 3(f−w)+2t. The
 * leader that allows least decides; one that cannot be Byzantine at all, w > f, allows t = f, because W > 3f.
 */
function rootAtAnySize(root: TrustGate, leaders: ProcessSet): number {
  const slack = totalWeight(root) - 1 - 3 * root.f;
  let most = root.f;
  for (const [index, child] of root.of.entries()) {
    const alone = new Set(processesBeyond(child));
    for (const leader of membersOf(child).filter((id) => leaders.has(id))) {
      const weight = alone.has(leader) ? weightAt(root, index) : 0;
      most = Math.min(most, Math.floor((slack + 2 * weight) / 2));
    }
  }
  return Math.max(0, most);
}
