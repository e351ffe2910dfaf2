/** Members, or groups of them, that decide alone: who blocks (a veto, a single point of failure), who qualifies, and who does both. */
import type { ProcessId } from '../../prelude/process.js';
import type { Policy, ThresholdGate } from '../policy/policy.js';
import { totalWeight, weightAt } from '../tree/weights.js';

/** Two processes are of one group if this gives the same for both: an organization, a region; the process itself. */
export type GroupOf<G> = (id: ProcessId) => G;

/** Groups without which no set is qualified; of members: those in every qualified set. Exact for every policy, and linear in it. */
export function soleBlockers<G>(policy: Policy, groupOf: GroupOf<G>): ReadonlySet<G> {
  return decidingAlone(policy, groupOf, (gate) => totalWeight(gate) - gate.k + 1);
}

/** Groups that are qualified without anybody else. Exact for every policy, and linear in it. */
export function soleQualifiers<G>(policy: Policy, groupOf: GroupOf<G>): ReadonlySet<G> {
  return decidingAlone(policy, groupOf, ({ k }) => k);
}

/** The group whose will is that of the whole, if there is one. */
export function dictator<G>(policy: Policy, groupOf: GroupOf<G>): G | undefined {
  const blockers = soleBlockers(policy, groupOf);
  return [...soleQualifiers(policy, groupOf)].find((group) => blockers.has(group));
}

/** A group decides a gate alone if the children that it decides alone weigh enough. */
function decidingAlone<G>(
  policy: Policy,
  groupOf: GroupOf<G>,
  enough: (gate: ThresholdGate) => number,
): ReadonlySet<G> {
  if (policy._tag === 'member') return new Set([groupOf(policy.id)]);
  const weights = new Map<G, number>();
  for (const [index, child] of policy.of.entries()) {
    for (const group of decidingAlone(child, groupOf, enough)) {
      weights.set(group, (weights.get(group) ?? 0) + weightAt(policy, index));
    }
  }
  const needed = enough(policy);
  return new Set([...weights.keys()].filter((group) => (weights.get(group) ?? 0) >= needed));
}
