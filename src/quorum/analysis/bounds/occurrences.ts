/**
 * A policy with its recurring members told apart: every place where a member stands becomes a member of its own, and the policy
 * read-once. A set is qualified under the policy exactly if all places of its members are under the other one.
 */
import { present } from '../../../prelude/invariant.js';
import type { ProcessId } from '../../../prelude/process.js';
import { type Policy, policyMembers } from '../../policy/policy.js';

export interface SeparatedPolicy {
  /** Read-once. Its members are places, the names of which mean nothing elsewhere. */
  readonly policy: Policy;
  readonly members: readonly ProcessId[];
  readonly memberAt: (place: ProcessId) => ProcessId;
  readonly placesOf: (member: ProcessId) => readonly ProcessId[];
}

export function separateOccurrences(policy: Policy): SeparatedPolicy {
  const places = new Map<ProcessId, ProcessId[]>();
  const members = new Map<ProcessId, ProcessId>();
  const separate = (node: Policy): Policy => {
    if (node._tag === 'threshold') return { ...node, of: node.of.map(separate) };
    const place = `place/${members.size}` as ProcessId;
    members.set(place, node.id);
    places.set(node.id, [...(places.get(node.id) ?? []), place]);
    return { _tag: 'member', id: place };
  };
  return {
    policy: separate(policy),
    members: policyMembers(policy),
    memberAt: (place) => present(members.get(place), 'a place has its member'),
    placesOf: (member) => places.get(member) ?? [],
  };
}
