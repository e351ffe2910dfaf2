/** The load of any policy as far as closed forms tell; `strategy/` asks a linear program for the rest. */
import type { Policy } from '../policy/policy.js';
import type { Figure } from '../verdict.js';
import { Fraction } from './fraction.js';
import { isReadOnce } from './set-family.js';
import { simplifyPolicy } from './simplification.js';
import type { StructureAnalysis } from './structure-analysis.js';
import { treeLoad } from './tree-load.js';

/** Of the busiest member, at best. @param analysis - of the policy. */
export function policyLoad(policy: Policy, analysis: StructureAnalysis): Figure<Fraction> {
  const simple = isReadOnce(policy) ? policy : simplifyPolicy(policy);
  return isReadOnce(simple) ? treeLoad(simple).load : loadBounds(analysis);
}

/** Quorums of at least c among n members use a member c/n of the time on average (Naor & Wool, "The load, capacity, and availability of quorum systems", 1998). */
function loadBounds(analysis: StructureAnalysis): Figure<Fraction> {
  const smallest = analysis.cheapestQuorum();
  const reason = 'members stand at several places: a linear program tells';
  const size = smallest._tag === 'exact' ? smallest.value.cost : smallest.atLeast?.cost;
  const memberCount = analysis.members.length;
  if (size === undefined || size === 0) return { _tag: 'unknown', reason, atMost: Fraction.one };
  return { _tag: 'unknown', reason, atLeast: Fraction.of(BigInt(size), BigInt(memberCount)), atMost: Fraction.one };
}
