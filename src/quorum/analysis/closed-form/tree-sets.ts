/** The minimal quorums of a policy in which every member stands once; its minimal blocking sets are those of the dual. */
import type { ProcessId } from '../../../prelude/process.js';
import { type Policy, policyMembers } from '../../policy/policy.js';
import { type Budget, exact, type Figure } from '../../verdict.js';
import { align } from '../covers/aligned-tree.js';
import { cheapestRemainder } from '../covers/cheapest-remainder.js';
import { countMinimalQuorums, listMinimalQuorums } from './minimal-sets.js';
import { quorumComplements } from '../covers/set-family.js';
import { type Cost, costsTooLarge, type MinimalSets, type PricedSet } from '../structure-analysis.js';

export class TreeSets implements MinimalSets {
  /** @param policy - read-once. */
  constructor(
    private readonly policy: Policy,
    private readonly budget: Budget,
  ) {}

  count(): Figure<bigint> {
    return countMinimalQuorums(this.policy, this.budget);
  }

  list(): Iterable<readonly ProcessId[]> {
    return listMinimalQuorums(this.policy);
  }

  cheapest(cost: Cost = () => 1): Figure<PricedSet> {
    const total = policyMembers(this.policy).reduce((sum, id) => sum + cost(id), 0);
    if (!Number.isSafeInteger(total)) return costsTooLarge;
    const least = cheapestRemainder(align([quorumComplements(this.policy)]), cost, this.budget);
    const found = { members: least.members, cost: least.cost };
    if (least.atLeast === least.cost) return exact(found);
    return { _tag: 'unknown', reason: notFound, atLeast: { members: [], cost: least.atLeast }, atMost: found };
  }
}

/** Why a cheapest set is unknown. */
export const notFound = 'not decided within the limits of the search';
