/** What a person is told about a trust model before it is used: verdicts with witnesses, and how slow it may be. */
import { present } from '../../prelude/invariant.js';
import type { ProcessId, ProcessSet } from '../../prelude/process.js';
import { membersOf } from '../tree/tree-check.js';
import { totalWeight, weightAt } from '../tree/weights.js';
import { type Budget, unlimited, type Verdict } from '../verdict.js';
import { judgeConditions, type TrustAssumption, type TrustVerdicts } from './conditions.js';
import { slowStaircase, withSlow } from './fault-front.js';
import { processesBeyond } from './judged-tree.js';
import { OrganizationSystem } from './organizations.js';
import type { TrustGate, TrustTree } from './trust-tree.js';

export interface TrustReport extends TrustVerdicts {
  /** Whether consensus may run under it: 𝓣 ⊆ 𝓩, C1, and C2 or C2ℓ for every leader. */
  readonly accepted: boolean;
  /** The most silence that the two-step path could survive with these members and these f; undefined for a system without a tree, or where no t holds. */
  readonly largestSlow: LargestSlow | undefined;
}

/** Weights, which are counts where no weights are given. */
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

/** Trees and lists are judged exactly; `budget` bounds the search for counterexamples, and what a user's own system is asked. */
export function validateTrust(trust: TrustAssumption, budget: Budget = unlimited): TrustReport {
  const verdicts = judgeConditions(trust, budget);
  const { slowWithinByzantine, c1, c2, c2OfLeaders } = verdicts;
  const fast = c2._tag === 'holds' || [...c2OfLeaders.values()].every((verdict) => verdict._tag === 'holds');
  const accepted = slowWithinByzantine._tag !== 'violated' && c1._tag === 'holds' && fast;
  return { ...verdicts, accepted, largestSlow: findLargestSlow(trust) };
}

/** C2ℓ over all leaders: violated if it is for any, unknown if it is for any and violated for none. */
export interface LeadersVerdict {
  readonly verdict: Verdict;
  /** The first leader with this verdict, and how many there are. */
  readonly leader: ProcessId;
  readonly count: number;
}

export function judgeAllLeaders({ c2OfLeaders }: TrustVerdicts): LeadersVerdict {
  const verdicts = [...c2OfLeaders];
  const tags = ['violated', 'unknown', 'holds'] as const;
  const worst =
    tags.map((tag) => verdicts.filter(([, { _tag }]) => _tag === tag)).find((some) => some.length > 0) ?? [];
  const [leader, verdict] = present(worst[0], 'a trust model has a leader');
  return { verdict, leader, count: worst.length };
}

/** The root first, then all inner gates alike. */
function findLargestSlow(trust: TrustAssumption): LargestSlow | undefined {
  const { system } = trust;
  if (!(system instanceof OrganizationSystem) || system.tree._tag === 'member') return undefined;
  const { tree } = system;
  const [most] = slowStaircase(tree, trust);
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
