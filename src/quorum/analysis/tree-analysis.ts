/** What can be told of a policy in which every member stands once: closed forms along the tree, at any size. */
import { invariant } from '../../prelude/invariant.js';
import type { ProcessId } from '../../prelude/process.js';
import { dual } from '../policy/composition.js';
import { type Policy, policyMembers } from '../policy/policy.js';
import { type Budget, exact, type Figure, unlimited, type Verdict } from '../verdict.js';
import { align } from './aligned-tree.js';
import { cheapestRemainder, type Remainder } from './cheapest-remainder.js';
import { findCovering } from './covering.js';
import type { FailureModel, Uptime } from './failure-model.js';
import { countMinimalQuorums, listMinimalQuorums, quorumWithin } from './minimal-sets.js';
import { type Family, isReadOnce, quorumComplements, unqualifiedSets } from './set-family.js';
import type { PricedSet, SplittingSet, StructureAnalysis } from './structure-analysis.js';
import { treeAvailability, treeUptime, type UptimeMeans } from './tree-availability.js';
import { treeBanzhaf, treeDummies } from './tree-power.js';

export class TreeAnalysis implements StructureAnalysis {
  readonly members: readonly ProcessId[];
  private readonly budget: Budget;
  private readonly complements: Family;
  private readonly unqualified: Family;

  /** @param policy - checked and read-once (`isReadOnce`). */
  constructor(
    readonly policy: Policy,
    private readonly means: UptimeMeans = {},
  ) {
    this.budget = means.budget ?? unlimited;
    invariant(isReadOnce(policy), 'closed forms are for policies in which every member stands once');
    this.members = policyMembers(policy);
    this.complements = quorumComplements(policy);
    this.unqualified = unqualifiedSets(policy);
  }

  minimalQuorumCount(): Figure<bigint> {
    return countMinimalQuorums(this.policy, this.budget);
  }

  minimalBlockingSetCount(): Figure<bigint> {
    return countMinimalQuorums(dual(this.policy), this.budget);
  }

  minimalQuorums(): Iterable<readonly ProcessId[]> {
    return listMinimalQuorums(this.policy);
  }

  minimalBlockingSets(): Iterable<readonly ProcessId[]> {
    return listMinimalQuorums(dual(this.policy));
  }

  cheapestQuorum(cost: (id: ProcessId) => number = one): Figure<PricedSet> {
    return this.cheapest(this.complements, cost);
  }

  cheapestBlockingSet(cost: (id: ProcessId) => number = one): Figure<PricedSet> {
    return this.cheapest(this.unqualified, cost);
  }

  smallestSplittingSet(): Figure<SplittingSet> {
    const least = this.remainder([this.complements, this.complements], one);
    const [first, second] = least.sets.map((set) => this.quorumWithout(set));
    const split = { members: least.members, quorums: [first ?? [], second ?? []] } as const;
    if (least.atLeast === least.cost) return exact(split);
    return { _tag: 'unknown', reason: `at least ${least.atLeast} members; ${notFound}`, atMost: split };
  }

  isUncoverable(k: number): Verdict<readonly (readonly ProcessId[])[]> {
    const count = Math.min(k, this.members.length);
    const families = Array.from({ length: count }, () => this.unqualified);
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
    return treeBanzhaf(this.policy);
  }

  dummies(): Figure<readonly ProcessId[]> {
    return treeDummies(this.policy);
  }

  availability(up: (id: ProcessId) => number): Figure<number> {
    return treeAvailability(this.policy, up);
  }

  uptime(model: FailureModel): Figure<Uptime> {
    return treeUptime(this.policy, model, this.means);
  }

  private cheapest(family: Family, cost: (id: ProcessId) => number): Figure<PricedSet> {
    const total = this.members.reduce((sum, id) => sum + cost(id), 0);
    if (!Number.isSafeInteger(total)) return { _tag: 'unknown', reason: 'the costs together exceed 2^53 - 1' };
    return priced(this.remainder([family], cost));
  }

  private remainder(families: readonly Family[], cost: (id: ProcessId) => number): Remainder {
    return cheapestRemainder(align(families), cost, this.budget);
  }

  private quorumWithout(set: readonly ProcessId[]): readonly ProcessId[] {
    const absent = new Set(set);
    return quorumWithin(this.policy, new Set(this.members.filter((id) => !absent.has(id)))) ?? [];
  }
}

const notFound = 'not decided within the limits of the search';

function priced({ members, cost, atLeast }: Remainder): Figure<PricedSet> {
  if (atLeast === cost) return exact({ members, cost });
  return { _tag: 'unknown', reason: notFound, atLeast: { members: [], cost: atLeast }, atMost: { members, cost } };
}

function one(): number {
  return 1;
}
