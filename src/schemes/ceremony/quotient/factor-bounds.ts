/** How large the factors of a reconstruction are at most, over all qualified sets (Lemma 5 of spec/ceremonies.md). */
import type { LinearSharing, SharingGate, SharingNode } from '../../sharing/compile.js';
import { exactQuotient, magnitude, product } from '../../sharing/integers.js';

/** By row, the largest magnitude of its factor in any reconstruction. */
export function factorBounds(sharing: LinearSharing): readonly bigint[] {
  const bounds = new Array<bigint>(sharing.rows.length).fill(0n);
  const visit = (node: SharingNode, factor: bigint): void => {
    if (node._tag === 'leaf') {
      bounds[node.row] = factor;
      return;
    }
    for (const [index, child] of node.children.entries()) {
      visit(child, factor * exactQuotient(node.childScale, child.scale) * largestFactor(node, index + 1));
    }
  };
  visit(sharing.root, 1n);
  return bounds;
}

/** The largest magnitude of the factor of the child at `position`, from 1, in a reconstruction through the gate. */
export function largestFactor(gate: SharingGate, position: number): bigint {
  if (gate._tag !== 'threshold') return 1n;
  const distance = (other: bigint): bigint => magnitude(other - BigInt(position));
  const others = gate.children
    .map((_, index) => BigInt(index + 1))
    .filter((other) => other !== BigInt(position))
    .toSorted((a, b) => (a * distance(b) > b * distance(a) ? -1 : 1))
    .slice(0, gate.k - 1);
  return exactQuotient(gate.interpolationScale * product(others), product(others.map(distance)));
}
