/**
 * Which sets of at most 20 members satisfy a tree of thresholds. Sets are judged 32 at a time: a word has one bit for each of them, and
 * the weights of their satisfied children are added up bit by bit, all 32 sums at once (bit slicing).
 */
import type { ProcessId } from '../../prelude/process.js';
import { present } from '../../prelude/invariant.js';
import type { Budget } from '../verdict.js';
import type { SubsetTable } from './subset-transform.js';
import type { Member } from './tree-check.js';
import { weightAt } from './weights.js';

/** Satisfied where satisfied children weigh k; 1 each if there are no weights. */
export type ThresholdTree =
  | Member
  | {
      readonly _tag: 'threshold';
      readonly k: number;
      readonly of: readonly ThresholdTree[];
      readonly weights?: readonly number[];
    };

/** @param members - those of `tree`, in the order of the bits of a mask. Undefined where time ran out. */
export function thresholdTable(
  tree: ThresholdTree,
  members: readonly ProcessId[],
  budget: Budget,
): SubsetTable | undefined {
  const root = sliced(tree, new Map(members.map((id, index) => [id, index])));
  const table = new Uint8Array(2 ** members.length);
  for (let word = 0; 32 * word < table.length; word++) {
    if (word % wordsBetweenClocks === 0 && budget.isSpent()) return undefined;
    const answers = judge(root, word);
    for (let bit = 0; bit < 32 && bit < table.length; bit++) table[32 * word + bit] = (answers >>> bit) & 1;
  }
  return table;
}

const wordsBetweenClocks = 64;

/** Where the numbers of satisfied children of 32 sets are kept apart: bit b of all of them is `counter[b]`. */
interface SlicedGate {
  readonly children: readonly SlicedNode[];
  /** The bits of what each child weighs, the lowest first, as many as `counter` has. */
  readonly weights: readonly (readonly boolean[])[];
  /** The bits of 2^b − k, which overflow as soon as k is added. */
  readonly start: readonly boolean[];
  readonly counter: Int32Array;
}

/** A member is its position. */
type SlicedNode = number | SlicedGate;

function sliced(tree: ThresholdTree, places: ReadonlyMap<ProcessId, number>): SlicedNode {
  if (tree._tag === 'member') return present(places.get(tree.id), 'a tree has its members');
  const { k } = tree;
  const length = k.toString(2).length;
  return {
    children: tree.of.map((child) => sliced(child, places)),
    weights: tree.of.map((_, index) => bitsOf(Math.min(weightAt(tree, index), k), length)),
    start: bitsOf(2 ** length - k, length),
    counter: new Int32Array(length),
  };
}

function bitsOf(number: number, length: number): readonly boolean[] {
  return Array.from({ length }, (_, bit) => Math.floor(number / 2 ** bit) % 2 === 1);
}

/** Which of 32 consecutive masks have member 0, 1, 2, 3, 4. */
const lowMembers = [0xaaaaaaaa, 0xcccccccc, 0xf0f0f0f0, 0xff00ff00, 0xffff0000];

/** Whether each of the 32 sets from mask 32·word on satisfies `node`. */
function judge(node: SlicedNode, word: number): number {
  if (typeof node === 'number') return lowMembers[node] ?? -((word >>> (node - 5)) & 1);
  const { children, weights, start, counter } = node;
  for (let bit = 0; bit < counter.length; bit++) counter[bit] = start[bit] === true ? -1 : 0;
  let satisfied = 0;
  for (let index = 0; index < children.length && satisfied !== -1; index++) {
    const child = children[index];
    const weight = weights[index];
    if (child !== undefined && weight !== undefined) satisfied |= add(counter, weight, judge(child, word));
  }
  return satisfied;
}

/** Adds `weight` to those of the 32 counts that `to` marks; returns which of them overflow. */
function add(counter: Int32Array, weight: readonly boolean[], to: number): number {
  let carry = 0;
  for (let bit = 0; bit < counter.length; bit++) {
    const count = counter[bit] ?? 0;
    const addend = weight[bit] === true ? to : 0;
    counter[bit] = count ^ addend ^ carry;
    carry = (count & addend) | (carry & (count ^ addend));
  }
  return carry;
}
