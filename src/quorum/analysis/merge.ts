/** Policies seen from further away: organizations, regions or vendors that act or fail as one. */
import type { ProcessId } from '../../prelude/process.js';
import type { Policy } from '../policy/policy.js';
import { weightAt, withoutCommonFactor } from '../tree/weights.js';

/**
 * The policy over groups: a set of groups satisfies it exactly if all their members together satisfy `policy`. Groups that stand in one
 * list several times stand there once, with their weights added; a gate of one group is that group.
 *
 * @param groupOf - the name of a member's group, which becomes the name of a member.
 */
export function mergeMembers(policy: Policy, groupOf: (id: ProcessId) => string): Policy {
  if (policy._tag === 'member') return { _tag: 'member', id: groupOf(policy.id) as ProcessId };
  const weightOfGroup = new Map<ProcessId, number>();
  const gates: { readonly child: Policy; readonly weight: number }[] = [];
  for (const [index, child] of policy.of.entries()) {
    const merged = mergeMembers(child, groupOf);
    const weight = weightAt(policy, index);
    if (merged._tag === 'member') weightOfGroup.set(merged.id, (weightOfGroup.get(merged.id) ?? 0) + weight);
    else gates.push({ child: merged, weight });
  }
  const groups = [...weightOfGroup].map(([id, weight]) => ({ child: { _tag: 'member', id } as const, weight }));
  return withPlainWeights(policy.k, [...groups, ...gates]);
}

/** No weight need exceed k; common factors say nothing; equal weights are none. */
function withPlainWeights(k: number, children: readonly { readonly child: Policy; readonly weight: number }[]): Policy {
  const [only] = children;
  if (only !== undefined && children.length === 1) return only.child;
  const { weights, factor } = withoutCommonFactor(children.map(({ weight }) => Math.min(weight, k)));
  const of = children.map(({ child }) => child);
  const gate = { _tag: 'threshold', k: Math.ceil(k / factor), of } as const;
  return weights.every((weight) => weight === 1) ? gate : { ...gate, weights };
}
