/**
 * Downward closed families of sets that follow a tree: at every gate children of at most a certain weight may be exceeded, and a set
 * exceeds a child when what it has of it is not in the child's own family; a member is exceeded by having it. The unqualified sets of
 * a policy are such a family, the complements of its qualified sets, and the fault sets of a trust tree (spec/quorum.md, "Covers").
 */
import type { Policy } from '../../policy/policy.js';
import { type Member, membersOf } from '../../tree/tree-check.js';
import { totalWeight } from '../../tree/weights.js';
import type { TrustTree } from '../../trust/trust-tree.js';

export interface FamilyGate {
  readonly _tag: 'gate';
  /** The most that the exceeded children may weigh together; less than all of them. */
  readonly limit: number;
  readonly of: readonly Family[];
  /** Of the children, in their order; 1 each if absent. */
  readonly weights?: readonly number[];
}

export type Family = Member | FamilyGate;

/** The sets that do not satisfy `policy`, which has been checked. */
export function unqualifiedSets(policy: Policy): Family {
  if (policy._tag === 'member') return policy;
  return gate(policy, policy.k - 1, policy.of.map(unqualifiedSets));
}

/** The sets without which `policy` is satisfied still: P∖Q for the qualified sets Q. */
export function quorumComplements(policy: Policy): Family {
  if (policy._tag === 'member') return policy;
  return gate(policy, totalWeight(policy) - policy.k, policy.of.map(quorumComplements));
}

/** 𝓩 of a trust tree, or 𝓣. */
export function faultSets(tree: TrustTree, kind: 'byzantine' | 'slow'): Family {
  if (tree._tag === 'member') return tree;
  return gate(
    tree,
    kind === 'byzantine' ? tree.f : tree.t,
    tree.of.map((child) => faultSets(child, kind)),
  );
}

function gate({ weights }: { readonly weights?: readonly number[] }, limit: number, of: readonly Family[]): FamilyGate {
  return { _tag: 'gate', limit, of, ...(weights === undefined ? {} : { weights }) };
}

/** Whether every member stands once in the tree, so that what happens below one gate does not bind another. */
export function isReadOnce(tree: Policy | Family): boolean {
  const members = membersOf(tree);
  return new Set(members).size === members.length;
}
