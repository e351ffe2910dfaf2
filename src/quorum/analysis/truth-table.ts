/**
 * Which of all sets of at most 20 members are qualified: the one form in which any access structure, a predicate or a policy with
 * recurring members included, can be analysed exactly.
 */
import { E, type Either } from '../../prelude/fp.js';
import { present } from '../../prelude/invariant.js';
import type { ProcessId } from '../../prelude/process.js';
import type { AccessStructure } from '../access-structure.js';
import { type Policy, policyMembers } from '../policy/policy.js';
import {
  findBrokenRise,
  maxTableMembers,
  membersOfMask,
  type SubsetTable,
  tabulate,
} from '../tree/subset-transform.js';
import { weightAt } from '../tree/tree-check.js';
import { type Budget, outOfTime } from '../verdict.js';

export interface TruthTable {
  /** The bits of a mask, the lowest first. */
  readonly members: readonly ProcessId[];
  /** Upward closed, without the empty set, with the set of all. */
  readonly qualified: SubsetTable;
}

export type TableError =
  | { readonly _tag: 'TooManyMembers'; readonly count: number; readonly most: number }
  | { readonly _tag: 'OutOfTime'; readonly reason: string }
  /** The predicate accepts `qualified` but not `unqualified`, which has one member more. */
  | {
      readonly _tag: 'NotMonotone';
      readonly qualified: readonly ProcessId[];
      readonly unqualified: readonly ProcessId[];
    }
  /** The predicate gives the empty set and the set of all the same answer. */
  | { readonly _tag: 'AlwaysQualified' }
  | { readonly _tag: 'NeverQualified' };

/** The table of a checked policy, its members in order of appearance. Sets are judged 32 at a time. */
export function policyTable(policy: Policy, budget: Budget): Either<TableError, TruthTable> {
  const members = policyMembers(policy);
  if (members.length > maxTableMembers) return tooMany(members.length);
  const qualified = judgeAll(sliced(policy, new Map(members.map((id, index) => [id, index]))), members.length, budget);
  return qualified === undefined ? lateAfter(budget) : E.right({ members, qualified });
}

/** The table of an access structure, asked about every set of its processes. What a user wrote is found out if it is not monotone. */
export function structureTable(structure: AccessStructure, budget: Budget): Either<TableError, TruthTable> {
  const { processes } = structure;
  const members = [...processes];
  if (members.length > maxTableMembers) return tooMany(members.length);
  const qualified = tabulate(processes, (set) => structure.isQualified(set), budget);
  if (qualified === undefined) return lateAfter(budget);
  const broken = findBrokenRise(qualified);
  if (broken !== undefined) {
    const sets = {
      qualified: membersOfMask(broken.smaller, members),
      unqualified: membersOfMask(broken.larger, members),
    };
    return E.left({ _tag: 'NotMonotone', ...sets });
  }
  if (qualified[0] === 1) return E.left({ _tag: 'AlwaysQualified' });
  return qualified.at(-1) === 1 ? E.right({ members, qualified }) : E.left({ _tag: 'NeverQualified' });
}

function tooMany(count: number): Either<TableError, never> {
  return E.left({ _tag: 'TooManyMembers', count, most: maxTableMembers });
}

function lateAfter(budget: Budget): Either<TableError, never> {
  return E.left({ _tag: 'OutOfTime', reason: outOfTime(budget, 'the table of all sets').reason });
}

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

function sliced(policy: Policy, places: ReadonlyMap<ProcessId, number>): SlicedNode {
  if (policy._tag === 'member') return present(places.get(policy.id), 'a policy has its members');
  const { k } = policy;
  const length = k.toString(2).length;
  return {
    children: policy.of.map((child) => sliced(child, places)),
    weights: policy.of.map((_, index) => bitsOf(Math.min(weightAt(policy, index), k), length)),
    start: bitsOf(2 ** length - k, length),
    counter: new Int32Array(length),
  };
}

function bitsOf(number: number, length: number): readonly boolean[] {
  return Array.from({ length }, (_, bit) => Math.floor(number / 2 ** bit) % 2 === 1);
}

const wordsBetweenClocks = 64;

function judgeAll(root: SlicedNode, memberCount: number, budget: Budget): SubsetTable | undefined {
  const table = new Uint8Array(2 ** memberCount);
  for (let word = 0; 32 * word < table.length; word++) {
    if (word % wordsBetweenClocks === 0 && budget.isSpent()) return undefined;
    const answers = judge(root, word);
    for (let bit = 0; bit < 32 && bit < table.length; bit++) table[32 * word + bit] = (answers >>> bit) & 1;
  }
  return table;
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
