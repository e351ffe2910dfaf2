/**
 * When a key may move to new shares (spec/ceremonies.md, "Rounds"): only when those who acknowledged theirs are qualified
 * whoever of them is Byzantine. Any set of them may vanish, or may have lied, once the old shares are erased.
 */
import type { ProcessId, ProcessSet } from '../../prelude/process.js';
import type { AccessStructure } from '../access-structure.js';
import { type Policy, policyMembers } from '../policy/policy.js';
import type { QuorumSystem } from '../quorum-system.js';
import type { TrustRule } from '../trust/trust-model.js';
import { type Budget, stepBudget, unlimited, type Verdict } from '../verdict.js';
import { judgeLiveness } from './cross-check.js';
import { duringMaintenance } from './what-if.js';

/** Steps of a search that decides whether a key moves; the same on every machine, unlike time. */
const maxCommitSteps = 1_000_000;

/** {@link judgeCommit} as ceremonies ask it: bounded by steps, never by a clock, and what is unknown is a no. */
export function commitRule(policy: Policy, rule: TrustRule): (acknowledged: ProcessSet) => boolean {
  return (acknowledged) =>
    judgeCommit(policy, rule, new Set(acknowledged), stepBudget(maxCommitSteps))._tag === 'holds';
}

/**
 * Whether `acknowledged` without any fault set is qualified; exact. The witness is a fault set without which it is not, nobody
 * where it is not qualified itself. Same arguments, same answer on every machine as long as the budget reads no clock.
 *
 * @param rule - of the trust model that holds for the new members. One that it does not know makes the answer unknown: no.
 */
export function judgeCommit(
  policy: Policy,
  rule: TrustRule,
  acknowledged: ReadonlySet<ProcessId>,
  budget: Budget = unlimited,
): Verdict<readonly ProcessId[]> {
  const away = new Set(policyMembers(policy).filter((id) => !acknowledged.has(id)));
  const remaining = duringMaintenance(policy, away);
  if (remaining._tag === 'blocked') return { _tag: 'violated', witness: [] };
  return judgeLiveness(remaining.policy, rule, budget);
}

/**
 * The same for any access structure and any quorum system, predicates of a user's own among them: fault sets that block are sought
 * by adding to them, one by one, a member of each quorum that is left.
 *
 * @param acknowledged - of the universe of both.
 * @param maxSteps - of the search; without an answer after so many the verdict is unknown.
 */
export function searchCommit(
  structure: AccessStructure,
  system: QuorumSystem,
  acknowledged: ProcessSet,
  maxSteps: number,
): Verdict<ProcessSet> {
  let steps = 0;
  const seen = new Set<string>();
  const search = (faulty: ProcessSet): ProcessSet | 'too far' | undefined => {
    const quorum = smallestQuorum(structure, acknowledged.minus(faulty));
    if (quorum === undefined) return faulty;
    for (const member of quorum) {
      const more = faulty.with(member);
      if (seen.has(more.toString()) || !system.canBeFaulty(more)) continue;
      if (++steps > maxSteps) return 'too far';
      seen.add(more.toString());
      const found = search(more);
      if (found !== undefined) return found;
    }
    return undefined;
  };
  const found = search(acknowledged.universe.none);
  if (found === undefined) return { _tag: 'holds' };
  if (found === 'too far')
    return { _tag: 'unknown', reason: `fault sets among those who acknowledged: ${maxSteps} tried` };
  return { _tag: 'violated', witness: found };
}

/** A qualified subset of which every member is needed; `undefined` if the set is not qualified. */
function smallestQuorum(structure: AccessStructure, set: ProcessSet): ProcessSet | undefined {
  if (!structure.isQualified(set)) return undefined;
  let quorum = set;
  for (const member of set) if (structure.isQualified(quorum.without(member))) quorum = quorum.without(member);
  return quorum;
}
