/**
 * Can sets, one of each of several families, cover the members? The one question behind Q^k, disjoint quorums, dissemination, masking
 * and FaB's intersections, and the checks of policies against trust models (spec/quorum.md, "Covers", for the recursion and its proof).
 */
import type { ProcessId } from '../../../prelude/process.js';
import { pack, type Packing } from '../../tree/packing.js';
import { maxTableMembers } from '../../tree/subset-transform.js';
import { sum, weightAt, withoutCommonFactor } from '../../tree/weights.js';
import { type Budget, outOfTime, unlimited } from '../../verdict.js';
import { align, type AlignedGate, type AlignedTree, type MixedTree } from './aligned-tree.js';
import { alignedMembers, cheapestRemainder } from './cheapest-remainder.js';
import { mixedCover } from './mixed-cover.js';
import type { Family } from './set-family.js';

export type Covering =
  | {
      readonly _tag: 'covered';
      /** One set of each family. */
      readonly sets: readonly (readonly ProcessId[])[];
    }
  | { readonly _tag: 'uncovered' }
  | { readonly _tag: 'unknown'; readonly reason: string };

export interface CoveringQuestion {
  /** Over the same members. */
  readonly families: readonly Family[];
  /** Which members to cover; all if absent. */
  readonly needed?: (id: ProcessId) => boolean;
  readonly budget?: Budget;
}

/** Linear where the trees have one shape and no weights. */
export function findCovering({ families, needed = () => true, budget = unlimited }: CoveringQuestion): Covering {
  return cover(align(families), { needed, budget });
}

interface Terms {
  readonly needed: (id: ProcessId) => boolean;
  readonly budget: Budget;
}

export function cover(tree: AlignedTree, terms: Terms): Covering {
  switch (tree._tag) {
    case 'member':
      return terms.needed(tree.id) ? uncovered : covered(Array.from({ length: tree.familyCount }, () => []));
    case 'gate':
      return coverGate(tree, terms);
    case 'mixed':
      return coverMixed(tree, terms);
  }
}

const uncovered: Covering = { _tag: 'uncovered' };

function covered(sets: readonly (readonly ProcessId[])[]): Covering {
  return { _tag: 'covered', sets };
}

/** Children that cannot be covered from inside are each exceeded by one family, within its limit. */
function coverGate(gate: AlignedGate, terms: Terms): Covering {
  const parts = gate.children.map((child) => cover(child, terms));
  const open = [...parts.keys()].filter((index) => parts[index]?._tag !== 'covered');
  const packing = packChildren(gate, open, terms.budget);
  if (packing._tag === 'packed') return covered(joined(gate, parts, ownersOf(open, packing)));
  const doubt = parts.find((part) => part._tag === 'unknown');
  if (doubt === undefined) return packing._tag === 'impossible' ? uncovered : packing;
  const certain = open.filter((index) => parts[index]?._tag === 'uncovered');
  return packChildren(gate, certain, terms.budget)._tag === 'impossible' ? uncovered : doubt;
}

function packChildren(gate: AlignedGate, children: readonly number[], budget: Budget): Packing {
  return pack(
    children.map((index) => gate.weights[index] ?? []),
    gate.limits,
    budget,
  );
}

function ownersOf(
  children: readonly number[],
  { binOf }: Extract<Packing, { _tag: 'packed' }>,
): ReadonlyMap<number, number> {
  return new Map(children.map((child, place) => [child, binOf[place] ?? -1]));
}

function joined(
  gate: AlignedGate,
  parts: readonly Covering[],
  owners: ReadonlyMap<number, number>,
): readonly (readonly ProcessId[])[] {
  const sets: ProcessId[][] = gate.limits.map(() => []);
  for (const [index, child] of gate.children.entries()) {
    const owner = owners.get(index);
    const part = parts[index];
    if (owner !== undefined) sets[owner]?.push(...alignedMembers(child));
    else if (part?._tag === 'covered') for (const [family, own] of part.sets.entries()) sets[family]?.push(...own);
  }
  return sets;
}

function coverMixed(tree: MixedTree, terms: Terms): Covering {
  const closed = coverWithLists(tree, terms);
  if (closed._tag !== 'unknown') return closed;
  if (tree.members.length > maxTableMembers) return isTooMuch(tree, terms) ? uncovered : closed;
  const table = mixedCover(tree, terms.budget);
  if (table === undefined) return outOfTime(terms.budget, 'a cover by trees that differ in shape');
  const sets = table.covering(table.maskOf(terms.needed));
  return sets === undefined ? uncovered : covered(sets);
}

/** Whether even the largest sets of all families are too few to hold the members. */
function isTooMuch(tree: MixedTree, { needed, budget }: Terms): boolean {
  return cheapestRemainder(tree, (id) => (needed(id) ? 1 : 0), budget).atLeast > 0;
}

/** A gate over members alone, without common factors of its weights. */
interface List {
  readonly limit: number;
  readonly weightOf: ReadonlyMap<ProcessId, number>;
}

interface ListedFamilies {
  /** Of each family, where it is a list; all with the same weights, one at least. */
  readonly lists: readonly (List | undefined)[];
  readonly others: AlignedTree;
}

const knownLists = new WeakMap<MixedTree, ListedFamilies | 'none'>();

/**
 * Where some families are single lists of all members with the same weights: the sets of the others should leave as little weight as
 * they can, and that must fit into the limits of the lists.
 */
function coverWithLists(tree: MixedTree, { needed, budget }: Terms): Covering {
  const split = knownLists.get(tree) ?? listedFamilies(tree);
  knownLists.set(tree, split);
  if (split === 'none') return outOfReach(tree);
  const { lists, others } = split;
  const own = lists.filter((list) => list !== undefined);
  const weightOf = own[0]?.weightOf ?? new Map<ProcessId, number>();
  const price = (id: ProcessId): number => (needed(id) ? (weightOf.get(id) ?? 0) : 0);
  const least = cheapestRemainder(others, price, budget);
  const limits = own.map(({ limit }) => limit);
  const left = least.members.filter(needed);
  const packing = pack(
    left.map((id) => limits.map(() => price(id))),
    limits,
    budget,
  );
  if (packing._tag === 'packed') return covered(merged(lists, least.sets, { left, packing }));
  const isPlain = limits.length === 1 || [...weightOf.values()].every((weight) => weight === 1);
  const isProven = least.atLeast > sum(limits);
  return isProven || (isPlain && least.atLeast === least.cost) ? uncovered : outOfReach(tree);
}

function listedFamilies({ families }: MixedTree): ListedFamilies | 'none' {
  const lists = families.map(asList);
  const [first, ...more] = lists.filter((list) => list !== undefined);
  const others = families.filter((_, index) => lists[index] === undefined);
  if (first === undefined || others.length === 0) return 'none';
  return more.every((list) => haveSameWeights(first, list)) ? { lists, others: align(others) } : 'none';
}

function asList(family: Family): List | undefined {
  if (family._tag === 'member' || !family.of.every((child) => child._tag === 'member')) return undefined;
  const { factor } = withoutCommonFactor(family.weights ?? []);
  const weightOf = new Map(family.of.map((child, index) => [child.id, weightAt(family, index) / factor]));
  return weightOf.size === family.of.length ? { limit: Math.floor(family.limit / factor), weightOf } : undefined;
}

function haveSameWeights(a: List, b: List): boolean {
  return [...a.weightOf].every(([id, weight]) => b.weightOf.get(id) === weight);
}

/** The sets of all families in their order: those of lists hold what is `left`, as packed. */
function merged(
  lists: readonly (List | undefined)[],
  sets: readonly (readonly ProcessId[])[],
  rest: { readonly left: readonly ProcessId[]; readonly packing: Extract<Packing, { _tag: 'packed' }> },
): readonly (readonly ProcessId[])[] {
  let other = 0;
  let bin = 0;
  return lists.map((list) => {
    if (list === undefined) return sets[other++] ?? [];
    const own = bin++;
    return rest.left.filter((_, place) => rest.packing.binOf[place] === own);
  });
}

function outOfReach({ members }: MixedTree): Covering {
  const reason = `trees that differ in shape, or repeat members, over ${members.length} members: at most ${maxTableMembers} can be tried`;
  return { _tag: 'unknown', reason };
}
