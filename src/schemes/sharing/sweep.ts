/**
 * Why an unqualified set learns nothing: a change of the secret by 1 that its shares do not show. The privacy of a dealing
 * rests on these vectors being as short as `hiding` says; whoever doubts it of a policy has them computed.
 */
import { E, type Either } from '../../prelude/fp.js';
import { invariant } from '../../prelude/invariant.js';
import type { LinearSharing, SharingGate, SharingNode } from './compile.js';
import { rowProduct } from './dealing.js';
import { exactQuotient, product } from './integers.js';
import { isSatisfied, type Membership, satisfiedChildren } from './reconstruction.js';
import { integers } from './ring.js';

/** The set is qualified: nothing hides the secret from it. */
export interface Qualified {
  readonly _tag: 'Qualified';
}

/**
 * κ by column, whole numbers such that every row of a process for which `has` holds has product 0 with it. κ_0 is 1 over the
 * integers and D over residues, where D has an inverse.
 */
export function sweepingVector(sharing: LinearSharing, has: Membership): Either<Qualified, readonly bigint[]> {
  if (isSatisfied(sharing.root, has)) return E.left({ _tag: 'Qualified' });
  const kappa = new Array<bigint>(sharing.columnCount).fill(0n);
  kappa[0] = sharing.ring === integers ? 1n : sharing.scale;
  const visit = (node: SharingNode, shift: bigint): void => {
    if (node._tag === 'leaf' || shift === 0n) return;
    const { columns, children } = sweepGate(node, has, shift);
    for (const [offset, value] of columns.entries()) kappa[node.firstColumn + offset] = value;
    for (const [index, child] of node.children.entries()) visit(child, children[index] ?? 0n);
  };
  visit(sharing.root, kappa[0]);
  const isHidden = sharing.rows.every((row) => !has(row.owner) || rowProduct(row, kappa) === 0n);
  invariant(isHidden, 'a sweeping vector shows in no share of the set');
  return E.right(kappa);
}

/** How a gate's columns, and with them its children's values, move when its value moves by `shift`. */
interface GateShift {
  readonly columns: readonly bigint[];
  readonly children: readonly bigint[];
}

function sweepGate(gate: SharingGate, has: Membership, shift: bigint): GateShift {
  switch (gate._tag) {
    case 'any':
      return { columns: [], children: gate.children.map(() => shift) };
    case 'all':
      return sweepAll(
        gate,
        gate.children.findIndex((child) => !isSatisfied(child, has)),
        shift,
      );
    case 'threshold':
      return sweepThreshold(gate, satisfiedChildren(gate, has), shift);
  }
}

/** The first unsatisfied child, at `index`, takes the whole shift. */
function sweepAll(gate: SharingGate, index: number, shift: bigint): GateShift {
  const isLast = index === gate.children.length - 1;
  return {
    columns: gate.children.slice(0, -1).map((_, column) => (column === index ? shift : 0n)),
    children: gate.children.map((_, child) => (child !== index ? 0n : isLast ? -shift : shift)),
  };
}

/**
 * The polynomial `shift · Δ · Π (1 - X/i)` over the satisfied positions i, fewer than k: 0 there, `shift · Δ` at 0. It is
 * whole because n! divides Δ or, over residues, the shift, which D of the gate divides.
 */
function sweepThreshold(gate: SharingGate, satisfied: readonly number[], shift: bigint): GateShift {
  const positions = gate.children.map((_, index) => index + 1);
  const roots = satisfied.map(BigInt);
  const factor = exactQuotient(shift * gate.valueScale, product(roots));
  const polynomial = roots.reduce<readonly bigint[]>(
    (coefficients, root) =>
      [...coefficients, 0n].map((coefficient, degree) => root * coefficient - (coefficients[degree - 1] ?? 0n)),
    [factor],
  );
  const at = (x: bigint) => polynomial.reduceRight((value, coefficient) => value * x + coefficient, 0n);
  return { columns: polynomial.slice(1), children: positions.map((position) => at(BigInt(position))) };
}
