/**
 * Members that decide alone: who blocks (a veto, a single point of failure), and who qualifies. Exact for every policy and linear in
 * it; for groups of members (organizations, regions) ask about what `mergeMembers` makes of it.
 */
import type { ProcessId } from '../../prelude/process.js';
import type { Policy, ThresholdGate } from '../policy/policy.js';
import { totalWeight, weightAt } from '../tree/weights.js';

/** Those in every qualified set. */
export function soleBlockers(policy: Policy): ReadonlySet<ProcessId> {
  return decidingAlone(policy, (gate) => totalWeight(gate) - gate.k + 1);
}

/** Those that are qualified without anybody else. */
export function soleQualifiers(policy: Policy): ReadonlySet<ProcessId> {
  return decidingAlone(policy, ({ k }) => k);
}

/** A member decides a gate alone if the children that it decides alone weigh enough. */
function decidingAlone(policy: Policy, enough: (gate: ThresholdGate) => number): ReadonlySet<ProcessId> {
  if (policy._tag === 'member') return new Set([policy.id]);
  const weights = new Map<ProcessId, number>();
  for (const [index, child] of policy.of.entries()) {
    for (const id of decidingAlone(child, enough)) weights.set(id, (weights.get(id) ?? 0) + weightAt(policy, index));
  }
  const needed = enough(policy);
  return new Set([...weights].filter(([, weight]) => weight >= needed).map(([id]) => id));
}
