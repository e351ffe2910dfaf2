/** What a person is told about a trust model before it is used: verdicts with witnesses, and how slow it may be. */
import type { ProcessId } from '../../prelude/process.js';
import { isAcceptable, judgeConditions, type TrustAssumption, type TrustVerdicts } from './conditions.js';
import { judge, OrganizationSystem } from './organizations.js';
import type { TrustTree } from './trust-tree.js';

export interface TrustReport extends TrustVerdicts {
  /** Whether consensus may run under it: 𝓣 ⊆ 𝓩, C1, and C2 or C2ℓ for every leader. */
  readonly accepted: boolean;
  /** The most silence that the two-step path could survive with these members and these f; undefined for a system without a tree, or where no t holds. */
  readonly largestSlow: LargestSlow | undefined;
}

export interface LargestSlow {
  /** At the root gate. */
  readonly root: number;
  /** At every inner gate, or its f where that is less, given `root` at the root. */
  readonly inner: number;
  /** The tree with these limits. */
  readonly tree: TrustTree;
  /** The most at the root gate that any number of servers inside the same organizations could reach. */
  readonly rootAtAnySize: number;
}

export function validateTrust(trust: TrustAssumption): TrustReport {
  const verdicts = judgeConditions(trust);
  const { slowWithinByzantine, c1, c2, c2OfLeaders } = verdicts;
  const fast = c2._tag === 'holds' || [...c2OfLeaders.values()].every((verdict) => verdict._tag === 'holds');
  const accepted = slowWithinByzantine._tag !== 'violated' && c1._tag === 'holds' && fast;
  return { ...verdicts, accepted, largestSlow: findLargestSlow(trust) };
}

/** The root first, then all inner gates alike; both by bisection, since more silence never helps a condition. */
function findLargestSlow(trust: TrustAssumption): LargestSlow | undefined {
  const { system } = trust;
  if (!(system instanceof OrganizationSystem) || system.tree._tag === 'member') return undefined;
  const { tree } = system;
  const holds = (root: number, inner: number): boolean =>
    isAcceptable({ ...trust, system: new OrganizationSystem(withSlow(tree, root, inner), system.processes.universe) });
  if (!holds(0, 0)) return undefined;
  const root = largest(system.root.f, (t) => holds(t, 0));
  const inner = largest(largestInnerLimit(tree), (t) => holds(root, t));
  return { root, inner, tree: withSlow(tree, root, inner), rootAtAnySize: rootAtAnySize(trust, system) };
}

/** The largest value in `[0, max]` for which `holds`, which is true at 0 and false from some value on. */
function largest(max: number, holds: (value: number) => boolean): number {
  let low = 0;
  let high = max;
  while (low < high) {
    const middle = Math.ceil((low + high) / 2);
    if (holds(middle)) low = middle;
    else high = middle - 1;
  }
  return low;
}

function withSlow(tree: TrustTree, root: number, inner: number): TrustTree {
  if (tree._tag === 'member') return tree;
  const of = tree.of.map((child) => withSlow(child, inner, inner));
  return { ...tree, t: Math.min(root, tree.f), of };
}

function largestInnerLimit(tree: TrustTree): number {
  if (tree._tag === 'member') return 0;
  return tree.of.reduce(
    (most, child) => (child._tag === 'member' ? most : Math.max(most, child.f, largestInnerLimit(child))),
    0,
  );
}

/**
 * With every organization as large as one likes, all of them withstand what happens inside; then C2 reads m > 3f+2t, and C2ℓ of a
 * leader whose own organization must be wholly Byzantine with it reads m−1 > 3(f−1)+2t. The leader that allows least decides.
 */
function rootAtAnySize({ leaders }: TrustAssumption, system: OrganizationSystem): number {
  const { f, children } = system.root;
  const { universe } = system.processes;
  const isTolerated = (leader: ProcessId): boolean => {
    const accusation = system.question(universe.none, { byzantine: 1, accused: universe.of([leader]) });
    return children.some((child) => child.members.has(leader) && judge(child, accusation) !== 'forced');
  };
  const slack = children.length - 1 - 3 * f + ([...leaders].some(isTolerated) ? 0 : 2);
  return Math.max(0, Math.min(f, Math.floor(slack / 2)));
}
