/** How one policy differs from another: what only one of them allows, and whose power changes. */
import type { ProcessId } from '../../prelude/process.js';
import { type Policy, policyMembers } from '../policy/policy.js';
import { type Budget, unlimited, type Verdict } from '../verdict.js';
import { judgeInclusion } from './cross-check.js';
import { soleBlockers } from './sole-members.js';

export interface PolicyComparison {
  /** Whoever may act under the first may under the second. The witness may act under the first alone. */
  readonly firstWithinSecond: Verdict<readonly ProcessId[]>;
  readonly secondWithinFirst: Verdict<readonly ProcessId[]>;
  readonly vetoes: Difference;
  readonly members: Difference;
}

/** From the first policy to the second. */
export interface Difference {
  readonly gained: readonly ProcessId[];
  readonly lost: readonly ProcessId[];
}

/** Exact for policies of one shape, at any size; for others as far as covers are (`findCovering`). */
export function comparePolicies(before: Policy, after: Policy, budget: Budget = unlimited): PolicyComparison {
  return {
    firstWithinSecond: judgeInclusion(before, after, budget),
    secondWithinFirst: judgeInclusion(after, before, budget),
    vetoes: difference([...soleBlockers(before)], [...soleBlockers(after)]),
    members: difference(policyMembers(before), policyMembers(after)),
  };
}

function difference(before: readonly ProcessId[], after: readonly ProcessId[]): Difference {
  const first = new Set(before);
  const second = new Set(after);
  return { gained: after.filter((id) => !first.has(id)), lost: before.filter((id) => !second.has(id)) };
}
