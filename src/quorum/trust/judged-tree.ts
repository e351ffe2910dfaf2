/**
 * The recursion of the trust tree, kept node by node, for the one set that validators ask about: everyone (spec/quorum.md, "The
 * recursion"). `OrganizationSystem` answers the same at run time without keeping anything.
 */
import type { ProcessId, ProcessSet } from '../../prelude/process.js';
import { weightAt } from '../tree/weights.js';
import type { TrustGate, TrustTree } from './trust-tree.js';

/**
 * Of the processes below a node: the fault sets cover them within the node's own limits; or they do not, so that one set must own the
 * whole node; or the accused among them exceed those limits, so that every Byzantine set must.
 */
export type NodeCovering = 'covered' | 'uncovered' | 'forced';

/** What a gate tolerates. */
export type GateLimits = Pick<TrustGate, 'f' | 't'>;

/** How many sets of 𝓩 and of 𝓣 join. */
export interface FaultCounts {
  readonly byzantine: number;
  readonly slow: number;
}

export interface JudgedNode {
  readonly tree: TrustTree;
  readonly covering: NodeCovering;
  readonly children: readonly JudgedNode[];
  /** The weight of the children that are forced. */
  readonly forced: number;
  /** The weight of the children that are uncovered: that withstand by themselves. */
  readonly uncovered: number;
}

const nobody: ReadonlySet<ProcessId> | ProcessSet = new Set<ProcessId>();

/** Can the fault sets cover everyone in `tree`? `accused` are in each of the Byzantine ones, which are at least one where any is accused. */
export function judgeEveryone(
  tree: TrustTree,
  counts: FaultCounts,
  accused: { has(id: ProcessId): boolean } = nobody,
): JudgedNode {
  if (tree._tag === 'member') {
    const covering = accused.has(tree.id) ? 'forced' : 'uncovered';
    return { tree, covering, children: [], forced: 0, uncovered: 0 };
  }
  const children = tree.of.map((child) => judgeEveryone(child, counts, accused));
  let [forced, uncovered] = [0, 0];
  for (const [index, { covering }] of children.entries()) {
    if (covering === 'forced') forced += weightAt(tree, index);
    else if (covering === 'uncovered') uncovered += weightAt(tree, index);
  }
  return { tree, covering: coveringOf(tree, { forced, uncovered }, counts), children, forced, uncovered };
}

/** The processes of which one alone is more than `tree` tolerates. */
export function processesBeyond(tree: TrustTree): readonly ProcessId[] {
  if (tree._tag === 'member') return [tree.id];
  return tree.of.flatMap((child, index) => (weightAt(tree, index) > tree.f ? processesBeyond(child) : []));
}

/** The weight of further children that the fault sets can own together. */
export function capacityOf({ f, t }: GateLimits, forced: number, { byzantine, slow }: FaultCounts): number {
  return byzantine * (f - forced) + slow * t;
}

function coveringOf(
  gate: TrustGate,
  { forced, uncovered }: { readonly forced: number; readonly uncovered: number },
  counts: FaultCounts,
): NodeCovering {
  if (forced > gate.f) return 'forced';
  return uncovered <= capacityOf(gate, forced, counts) ? 'covered' : 'uncovered';
}

/**
 * The processes of which each, accused alone, still leaves everyone covered. One pass for all of them, each at the cost of its depth at
 * most: an accusation changes what the gates above it count, and nothing else; neighbours of one weight change the same.
 *
 * @param root - judged by `counts`, with nobody accused.
 */
export function coveredUnderAccusation(root: JudgedNode, counts: FaultCounts): ReadonlySet<ProcessId> {
  const found = new Set<ProcessId>();
  const visit = (parent: JudgedNode, above: Place | undefined): void => {
    const answers = new Map<number, boolean>();
    for (const [index, child] of parent.children.entries()) {
      const place = { parent, index, above };
      if (child.tree._tag === 'gate') {
        visit(child, place);
        continue;
      }
      const weight = parent.tree._tag === 'gate' ? weightAt(parent.tree, index) : 1;
      const isCovered = answers.get(weight) ?? rootCovering('forced', child, place, counts) === 'covered';
      answers.set(weight, isCovered);
      if (isCovered) found.add(child.tree.id);
    }
  };
  visit(root, undefined);
  return found;
}

/** Where a node stands below its parent. */
interface Place {
  readonly parent: JudgedNode;
  readonly index: number;
  readonly above: Place | undefined;
}

/** What the root would be if `node` were `covering`. */
function rootCovering(
  covering: NodeCovering,
  node: JudgedNode,
  place: Place | undefined,
  counts: FaultCounts,
): NodeCovering {
  if (place === undefined) return covering;
  const { parent, index, above } = place;
  const gate = parent.tree;
  if (gate._tag === 'member') return covering;
  const weight = weightAt(gate, index);
  const without = (kind: NodeCovering, whole: number): number => whole - (node.covering === kind ? weight : 0);
  const changed = {
    forced: without('forced', parent.forced) + (covering === 'forced' ? weight : 0),
    uncovered: without('uncovered', parent.uncovered) + (covering === 'uncovered' ? weight : 0),
  };
  return rootCovering(coveringOf(gate, changed, counts), parent, above, counts);
}
