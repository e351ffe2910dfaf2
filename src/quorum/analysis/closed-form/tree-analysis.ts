/** What can be told of a policy in which every member stands once: closed forms along the tree, at any size. */
import { invariant } from '../../../prelude/invariant.js';
import type { ProcessId } from '../../../prelude/process.js';
import { dual } from '../../policy/composition.js';
import { type Policy, policyMembers } from '../../policy/policy.js';
import { type Budget, exact, type Figure, unlimited, type Verdict } from '../../verdict.js';
import { align } from '../covers/aligned-tree.js';
import { cheapestRemainder } from '../covers/cheapest-remainder.js';
import { findCovering } from '../covers/covering.js';
import type { FailureModel, Uptime } from '../availability/failure-model.js';
import { Fraction } from '../load/fraction.js';
import { quorumWithin } from './minimal-sets.js';
import { isReadOnce, quorumComplements, unqualifiedSets } from '../covers/set-family.js';
import type { MinimalSets, SplittingSet, StructureAnalysis } from '../structure-analysis.js';
import { treeUptime, type UptimeMeans } from '../availability/tree-availability.js';
import { treeLoad } from '../load/tree-load.js';
import { treeBanzhaf, treeDummies } from './tree-power.js';
import { notFound, TreeSets } from './tree-sets.js';

export class TreeAnalysis implements StructureAnalysis {
  readonly members: readonly ProcessId[];
  readonly quorums: MinimalSets;
  readonly blockingSets: MinimalSets;
  private readonly budget: Budget;

  /** @param policy - checked and read-once (`isReadOnce`). */
  constructor(
    readonly policy: Policy,
    private readonly means: UptimeMeans = {},
  ) {
    this.budget = means.budget ?? unlimited;
    invariant(isReadOnce(policy), 'closed forms are for policies in which every member stands once');
    this.members = policyMembers(policy);
    this.quorums = new TreeSets(policy, this.budget);
    this.blockingSets = new TreeSets(dual(policy), this.budget);
  }

  smallestSplittingSet(): Figure<SplittingSet> {
    const complements = quorumComplements(this.policy);
    const least = cheapestRemainder(align([complements, complements]), () => 1, this.budget);
    const [first, second] = least.sets.map((set) => this.quorumWithout(set));
    const split = { members: least.members, quorums: [first ?? [], second ?? []] } as const;
    if (least.atLeast === least.cost) return exact(split);
    return { _tag: 'unknown', reason: `at least ${least.atLeast} members; ${notFound}`, atMost: split };
  }

  isUncoverable(k: number): Verdict<readonly (readonly ProcessId[])[]> {
    const count = Math.min(k, this.members.length);
    const unqualified = unqualifiedSets(this.policy);
    const families = Array.from({ length: count }, () => unqualified);
    if (count === 0) return { _tag: 'holds' };
    const covering = findCovering({ families, budget: this.budget });
    switch (covering._tag) {
      case 'covered':
        return { _tag: 'violated', witness: [...covering.sets, ...Array.from({ length: k - count }, () => [])] };
      case 'uncovered':
        return { _tag: 'holds' };
      case 'unknown':
        return covering;
    }
  }

  banzhaf(): Figure<ReadonlyMap<ProcessId, number>> {
    return treeBanzhaf(this.policy, this.budget);
  }

  dummies(): Figure<readonly ProcessId[]> {
    return treeDummies(this.policy, this.budget);
  }

  load(): Figure<Fraction> {
    return treeLoad(this.policy, () => Fraction.one, this.budget).load;
  }

  uptime(model: FailureModel): Figure<Uptime> {
    return treeUptime(this.policy, model, this.means);
  }

  private quorumWithout(set: readonly ProcessId[]): readonly ProcessId[] {
    const absent = new Set(set);
    return quorumWithin(this.policy, new Set(this.members.filter((id) => !absent.has(id)))) ?? [];
  }
}
