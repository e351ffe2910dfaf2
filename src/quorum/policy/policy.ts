/**
 * Access policies: monotone rules for which sets may act (sign, decrypt, amend), as trees of gates over members.
 * A member may stand at several gates, never twice in one list.
 */
import { E, type Either } from '../../prelude/fp.js';
import type { ProcessId, ProcessSet } from '../../prelude/process.js';
import { type PolicyError, policyError } from '../errors.js';
import { checkRange, checkTree, type Member, membersOf } from '../tree/tree-check.js';
import { checkWeights, totalWeight, weightAt } from '../tree/weights.js';

/** The satisfied children must weigh at least `k`: from 1 to the weight of all. */
export interface ThresholdGate {
  readonly _tag: 'threshold';
  readonly k: number;
  readonly of: readonly Policy[];
  /** Of the children, in their order; 1 each if absent. */
  readonly weights?: readonly number[];
}

export type Policy = Member | ThresholdGate;

/** Whether all of `set` together satisfy `policy`, which has been checked. For many questions see `PolicyStructure`. */
export function isQualified(policy: Policy, set: ProcessSet): boolean {
  if (policy._tag === 'member') return set.has(policy.id);
  let weight = 0;
  for (const [index, child] of policy.of.entries()) if (isQualified(child, set)) weight += weightAt(policy, index);
  return weight >= policy.k;
}

/** The distinct members of a checked policy, in order of first appearance. */
export function policyMembers(policy: Policy): readonly ProcessId[] {
  return [...new Set(membersOf(policy))];
}

/** Returns `policy` if it is one: bounded, every number in range, no member twice in one list; so neither always nor never satisfied. */
export function checkPolicy(policy: Policy): Either<PolicyError, Policy> {
  const complaint = checkTree(policy, childrenOf, (node, path) =>
    node._tag === 'member' ? undefined : checkThreshold(node, path),
  );
  return complaint === undefined ? E.right(policy) : E.left(complaint);
}

function childrenOf(policy: Policy): readonly Policy[] {
  return policy._tag === 'member' ? [] : policy.of;
}

/** A gate of which the children may be anything: an access policy's, or a rule's that is not one yet. */
interface Threshold {
  readonly k: number;
  readonly of: readonly (Member | { readonly _tag: 'threshold' | 'orgs' | 'servers' })[];
  readonly weights?: readonly number[];
}

/** A complaint unless the gate asks for something, for no more than all, and for no member twice. */
export function checkThreshold(gate: Threshold, path: string): PolicyError | undefined {
  const { k, of } = gate;
  if (of.length === 0) return policyError('OutOfRange', `${path}/of`, 'at least one member');
  const seen = new Set<ProcessId>();
  for (const [index, child] of of.entries()) {
    if (child._tag !== 'member') continue;
    const twice = `each member once in a list (${child.id} stands here a second time)`;
    if (seen.has(child.id)) return policyError('DuplicateMember', `${path}/of/${index}`, twice);
    seen.add(child.id);
  }
  return checkWeights(gate, path) ?? checkRange(k, { min: 1, max: totalWeight(gate), path: `${path}/k`, what: 'k' });
}
