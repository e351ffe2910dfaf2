/** How one policy differs from another: what only one of them allows, and whose power changes. */
import type { ProcessId } from '../../prelude/process.js';
import { type Policy, policyMembers } from '../policy/policy.js';
import { type Budget, type Figure, unlimited, type Verdict } from '../verdict.js';
import { align } from './aligned-tree.js';
import { cheapestRemainder } from './cheapest-remainder.js';
import { judgeInclusion } from './cross-check.js';
import { type Family, quorumComplements, unqualifiedSets } from './set-family.js';
import { soleBlockers } from './sole-members.js';

export interface PolicyComparison {
  /** Whoever may act under the first may under the second. The witness may act under the first alone. */
  readonly firstWithinSecond: Verdict<readonly ProcessId[]>;
  readonly secondWithinFirst: Verdict<readonly ProcessId[]>;
  readonly vetoes: Difference;
  readonly members: Difference;
  readonly minQuorumSize: Change;
  readonly minBlockingSize: Change;
}

/** From the first policy to the second. */
export interface Difference {
  readonly gained: readonly ProcessId[];
  readonly lost: readonly ProcessId[];
}

export interface Change {
  readonly before: Figure<number>;
  readonly after: Figure<number>;
}

/** Exact for policies of one shape, at any size; for others as far as covers are (`findCovering`). */
export function comparePolicies(before: Policy, after: Policy, budget: Budget = unlimited): PolicyComparison {
  const change = (familyOf: (policy: Policy) => Family): Change => ({
    before: leastSize(familyOf(before), budget),
    after: leastSize(familyOf(after), budget),
  });
  return {
    firstWithinSecond: judgeInclusion(before, after, budget),
    secondWithinFirst: judgeInclusion(after, before, budget),
    vetoes: difference(vetoesOf(before), vetoesOf(after)),
    members: difference(policyMembers(before), policyMembers(after)),
    minQuorumSize: change(quorumComplements),
    minBlockingSize: change(unqualifiedSets),
  };
}

function difference(before: readonly ProcessId[], after: readonly ProcessId[]): Difference {
  const first = new Set(before);
  const second = new Set(after);
  return { gained: after.filter((id) => !first.has(id)), lost: before.filter((id) => !second.has(id)) };
}

function vetoesOf(policy: Policy): readonly ProcessId[] {
  return [...soleBlockers(policy, (id) => id)];
}

function leastSize(family: Family, budget: Budget): Figure<number> {
  const { cost, atLeast } = cheapestRemainder(align([family]), () => 1, budget);
  if (cost === atLeast) return { _tag: 'exact', value: cost };
  return { _tag: 'unknown', reason: 'not found within the limits of the search', atLeast, atMost: cost };
}
