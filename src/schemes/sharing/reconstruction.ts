/** What a qualified set does with its shares: the integer combination of their rows that gives D times the secret. */
import { invariant } from '../../prelude/invariant.js';
import type { ProcessId } from '../../prelude/process.js';
import type { LinearSharing, SharingGate, SharingNode } from './compile.js';
import { combinedRow } from './dealing.js';
import { exactQuotient, product } from './integers.js';

/** Whether a process takes part. */
export type Membership = (process: ProcessId) => boolean;

/** Whether the processes for which `has` holds satisfy the policy. */
export function isQualified(sharing: LinearSharing, has: Membership): boolean {
  return isSatisfied(sharing.root, has);
}

/** Whether the subtree of `node` is satisfied. */
export function isSatisfied(node: SharingNode, has: Membership): boolean {
  return node._tag === 'leaf' ? has(node.owner) : satisfiedChildren(node, has).length >= node.k;
}

/** The positions, from 1, of the satisfied children of a gate, ascending. */
export function satisfiedChildren(gate: SharingGate, has: Membership): readonly number[] {
  return gate.children.flatMap((child, index) => (isSatisfied(child, has) ? [index + 1] : []));
}

/**
 * λ by row, such that the sum of λ_r times row r of the matrix is (D, 0, …, 0) over the integers, using only rows of
 * processes for which `has` holds: of each gate its first k satisfied children. `undefined` if they are not qualified.
 */
export function reconstruction(sharing: LinearSharing, has: Membership): ReadonlyMap<number, bigint> | undefined {
  if (!isQualified(sharing, has)) return undefined;
  const lambda = new Map<number, bigint>();
  const visit = (node: SharingNode, factor: bigint): void => {
    if (node._tag === 'leaf') {
      lambda.set(node.row, factor);
      return;
    }
    const chosen = satisfiedChildren(node, has).slice(0, node.k);
    for (const [index, child] of node.children.entries()) {
      const position = index + 1;
      if (!chosen.includes(position)) continue;
      const lift = exactQuotient(node.childScale, child.scale);
      visit(child, factor * childFactor(node, chosen, position) * lift);
    }
  };
  visit(sharing.root, 1n);
  const isExact = combinedRow(sharing, lambda).every((sum, column) => sum === (column === 0 ? sharing.scale : 0n));
  invariant(isExact, 'a reconstruction gives D times the secret and nothing else');
  return lambda;
}

/** The coefficient of one child: of a threshold gate, n! times the Lagrange coefficient at 0, an integer. */
function childFactor(gate: SharingGate, chosen: readonly number[], position: number): bigint {
  switch (gate._tag) {
    case 'any':
      return 1n;
    case 'all':
      return position === gate.children.length ? -1n : 1n;
    case 'threshold': {
      const others = chosen.filter((other) => other !== position);
      const numerator = product(others.map(BigInt));
      const denominator = product(others.map((other) => BigInt(other - position)));
      return exactQuotient(gate.interpolationScale * numerator, denominator);
    }
  }
}
