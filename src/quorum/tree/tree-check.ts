/** What access policies and trust models have in common as trees: bounds, paths, and members that may not recur. */
import type { ProcessId } from '../../prelude/process.js';
import { type PolicyError, policyError } from '../errors.js';

/** No tree is deeper; a single member has depth 1. */
export const maxDepth = 32;
/** No tree has more gates and members together. */
export const maxNodes = 10_000;

/** A leaf of every tree: a process, or in an offline policy whatever was named. */
export interface Member {
  readonly _tag: 'member';
  readonly id: ProcessId;
}

export function member(id: ProcessId): Member {
  return { _tag: 'member', id };
}

/** A tree of which only members and lists matter. */
export type AnyTree =
  | Member
  | { readonly _tag: 'threshold' | 'gate'; readonly of: readonly AnyTree[]; readonly weights?: readonly number[] };

/** A node of which only the tag matters. */
export interface AnyNode {
  readonly _tag: string;
}

/** A node with the path that leads to it from the root. */
interface PlacedNode<N> {
  readonly node: N;
  readonly path: string;
  readonly depth: number;
}

/**
 * Checks the bounds of a tree, and every node with `checkNode`, parents first; returns the first complaint.
 * Walks without recursion, so that no tree, however deep or cyclic, exhausts the stack.
 */
export function checkTree<N extends AnyNode>(
  root: N,
  childrenOf: (node: N) => readonly N[],
  checkNode: (node: N, path: string) => PolicyError | undefined,
  childPath: (node: N, index: number) => string = (_, index) => `/of/${index}`,
): PolicyError | undefined {
  const pending: PlacedNode<N>[] = [{ node: root, path: '', depth: 1 }];
  let nodeCount = 0;
  for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
    const { node, path, depth } = next;
    const children = childrenOf(node);
    nodeCount += 1;
    if (depth > maxDepth) return policyError('TooDeep', path, `at most ${maxDepth} levels`);
    if (nodeCount + pending.length + children.length > maxNodes) {
      return policyError('TooLarge', path, `at most ${maxNodes} gates and members`);
    }
    const complaint = checkNode(node, path);
    if (complaint !== undefined) return complaint;
    for (let index = children.length - 1; index >= 0; index--) {
      const child = children[index];
      if (child !== undefined)
        pending.push({ node: child, path: `${path}${childPath(node, index)}`, depth: depth + 1 });
    }
  }
  return undefined;
}

/** A complaint unless `value` is an integer in `[min, max]`; `what` says which number it is. */
export function checkRange(
  value: number,
  { min, max, path, what }: { min: number; max: number; path: string; what: string },
): PolicyError | undefined {
  if (Number.isSafeInteger(value) && value >= min && value <= max) return undefined;
  return policyError('OutOfRange', path, max < min ? what : `${what} from ${min} to ${max}, not ${value}`);
}

/** The members of a tree in order of appearance, as often as they stand in it. */
export function membersOf(tree: AnyTree): readonly ProcessId[] {
  const found: ProcessId[] = [];
  const visit = (node: AnyTree): void => {
    if (node._tag === 'member') found.push(node.id);
    else node.of.forEach(visit);
  };
  visit(tree);
  return found;
}
