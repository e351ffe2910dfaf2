/**
 * Who may fail together, as a tree: at most `f` children of a gate are wholly Byzantine and, inside every other child, whatever that
 * child tolerates; likewise `t` for silence that the two-step path survives (design: "Quorum systems").
 */
import { E, type Either } from '../../prelude/fp.js';
import type { ProcessId } from '../../prelude/process.js';
import { type PolicyError, policyError } from '../errors.js';
import { checkRange, checkTree, type Member } from '../tree/tree-check.js';
import { checkWeights, totalWeight } from '../tree/weights.js';

export interface TrustGate {
  readonly _tag: 'gate';
  /** The weight of the children that may be wholly Byzantine: from 0 to one less than that of all. */
  readonly f: number;
  /** The weight of the children that may be wholly slow without costing the two-step path: from 0 to f. */
  readonly t: number;
  readonly of: readonly TrustTree[];
  /** Of the children, in their order; 1 each if absent. */
  readonly weights?: readonly number[];
}

/** A process stands in it at most once. */
export type TrustTree = Member | TrustGate;

/** Returns `tree` if it is one: bounded, its numbers in range, no process twice. */
export function checkTrustTree(tree: TrustTree): Either<PolicyError, TrustTree> {
  const seen = new Set<ProcessId>();
  const complaint = checkTree(tree, childrenOf, (node, path) =>
    node._tag === 'member' ? checkUnseen(node.id, path, seen) : checkGate(node, path),
  );
  return complaint === undefined ? E.right(tree) : E.left(complaint);
}

function childrenOf(tree: TrustTree): readonly TrustTree[] {
  return tree._tag === 'member' ? [] : tree.of;
}

function checkGate(gate: TrustGate, path: string): PolicyError | undefined {
  const { f, t, of } = gate;
  if (of.length === 0) return policyError('OutOfRange', `${path}/of`, 'at least one member');
  return (
    checkWeights(gate, path) ??
    checkRange(f, { min: 0, max: totalWeight(gate) - 1, path: `${path}/f`, what: 'f' }) ??
    checkRange(t, { min: 0, max: f, path: `${path}/t`, what: 't' })
  );
}

function checkUnseen(id: ProcessId, path: string, seen: Set<ProcessId>): PolicyError | undefined {
  if (seen.has(id)) return policyError('DuplicateMember', path, `every server once (${id} stands here a second time)`);
  seen.add(id);
  return undefined;
}
