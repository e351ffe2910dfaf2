/** Access structures as questions about rows of flags, one for each member. */
import { present } from '../../../prelude/invariant.js';
import { type ProcessId, ProcessSet } from '../../../prelude/process.js';
import type { AccessStructure } from '../../access-structure.js';
import { type Policy, policyMembers } from '../../policy/policy.js';
import { weightAt } from '../../tree/weights.js';
import type { Property } from './minimal-set-search.js';

export interface AskedStructure {
  readonly members: readonly ProcessId[];
  readonly isQualified: Property;
  readonly isBlocking: Property;
}

/** An access structure as a question about flags, in the order of its processes. */
export function askedStructure(structure: AccessStructure): AskedStructure {
  const { universe } = structure.processes;
  const members = [...structure.processes];
  const places = members.map((id) => present(universe.indexOf(id), 'a process has its place'));
  const isQualified: Property = (set) => {
    const words = new Uint32Array(universe.none.words.length);
    for (const [index, place] of places.entries()) {
      if (set[index] === true) words[place >>> 5] = (words[place >>> 5] ?? 0) | (1 << (place & 31));
    }
    return structure.isQualified(new ProcessSet(universe, words));
  };
  return { members, isQualified, isBlocking: (set) => !isQualified(set.map((chosen) => !chosen)) };
}

/** A policy, members in order of appearance. Its weights may be larger than those of a checked one, as they are where members were merged. */
export function askedPolicy(policy: Policy): AskedStructure {
  const members = policyMembers(policy);
  const isQualified = propertyOf(policy, new Map(members.map((id, index) => [id, index])));
  return { members, isQualified, isBlocking: (set) => !isQualified(set.map((chosen) => !chosen)) };
}

function propertyOf(policy: Policy, places: ReadonlyMap<ProcessId, number>): Property {
  if (policy._tag === 'member') {
    const place = present(places.get(policy.id), 'a policy has its members');
    return (set) => set[place] === true;
  }
  const children = policy.of.map((child, index) => ({
    holds: propertyOf(child, places),
    weight: weightAt(policy, index),
  }));
  return (set) => {
    let missing = policy.k;
    for (const { holds, weight } of children) {
      if (holds(set)) missing -= weight;
      if (missing <= 0) return true;
    }
    return false;
  };
}
