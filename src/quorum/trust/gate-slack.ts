/** Gate by gate: how far each is from falling when fault sets try to cover everyone (spec/quorum.md, "The recursion"). */
import type { CoveringFaults, QuorumSystem } from '../quorum-system.js';
import { organizationOfAll } from '../tree/membership.js';
import { totalWeight } from '../tree/weights.js';
import { capacityOf, type NodeCovering, type FaultCounts, judgeEveryone, type JudgedNode } from './judged-tree.js';
import { OrganizationSystem } from './organizations.js';
import type { TrustGate } from './trust-tree.js';

/** Numbers are weights, which are counts where no weights are given. */
export interface GateSlack {
  readonly gate: TrustGate;
  /** `/` is the root, `/of/1` its second child. */
  readonly path: string;
  /** The organization to which all below belong, if it is one. */
  readonly organization: string | undefined;
  readonly childCount: number;
  /** Of all children. */
  readonly total: number;
  /** Of the children that the accused make wholly Byzantine. */
  readonly forced: number;
  /** Of the children that withstand by themselves. */
  readonly good: number;
  /** The least of `good` with which the gate withstands. */
  readonly needed: number;
  /** What the fault sets would have to own besides: the gate withstands where it is positive. Undefined where the accused alone exceed f. */
  readonly slack: number | undefined;
  readonly covering: NodeCovering;
}

/**
 * Every gate, parents first; none for a system without a tree. The condition that no such faults cover everyone holds exactly where
 * the first, the root, is not covered. Q^k is `{ byzantine: k }`.
 */
export function gateSlack(system: QuorumSystem, faults: CoveringFaults): readonly GateSlack[] {
  if (!(system instanceof OrganizationSystem)) return [];
  const { byzantine, slow = 0 } = faults;
  return slackBelow(judged(system, faults), { byzantine, slow }, '');
}

function slackBelow({ tree, ...judged }: JudgedNode, counts: FaultCounts, path: string): readonly GateSlack[] {
  if (tree._tag === 'member') return [];
  const { covering, forced, uncovered: good, children } = judged;
  const capacity = capacityOf(tree, forced, counts);
  const own: GateSlack = {
    gate: tree,
    path: path === '' ? '/' : path,
    organization: organizationOfAll(tree),
    childCount: tree.of.length,
    total: totalWeight(tree),
    forced,
    good,
    needed: capacity + 1,
    slack: covering === 'forced' ? undefined : good - capacity,
    covering,
  };
  return [own, ...children.flatMap((child, index) => slackBelow(child, counts, `${path}/of/${index}`))];
}

/** How the children of the root stand; none for a system without a tree. */
export function coveringOfChildren(system: QuorumSystem, faults: CoveringFaults): readonly JudgedNode[] {
  return system instanceof OrganizationSystem ? judged(system, faults).children : [];
}

function judged({ tree }: OrganizationSystem, { byzantine, slow = 0, accused }: CoveringFaults): JudgedNode {
  return judgeEveryone(tree, { byzantine, slow }, byzantine === 0 ? undefined : accused);
}
