/**
 * The cheapest members that one set of each family leaves over. Of the complements of quorums: with one family the cheapest quorum,
 * with two the smallest set in which two quorums can meet; of unqualified sets the cheapest blocking set (spec/quorum.md, "Covers").
 */
import type { ProcessId } from '../../../prelude/process.js';
import { maxTableMembers } from '../../tree/subset-transform.js';
import type { Budget } from '../../verdict.js';
import { align, type AlignedGate, type AlignedTree, type MixedTree } from './aligned-tree.js';
import { type Filling, fillKnapsacks } from './multiple-knapsack.js';
import { mixedCover } from './mixed-cover.js';
import type { Family } from './set-family.js';

export interface Remainder {
  readonly members: readonly ProcessId[];
  readonly cost: number;
  /** No remainder costs less; equal to `cost` where this one is proven cheapest. */
  readonly atLeast: number;
  /** One set of each family, whose union has everyone else. */
  readonly sets: readonly (readonly ProcessId[])[];
}

/** @param cost - not negative, integers whose sum is safe. */
export function cheapestRemainder(tree: AlignedTree, cost: (id: ProcessId) => number, budget: Budget): Remainder {
  switch (tree._tag) {
    case 'member': {
      const price = cost(tree.id);
      return { members: [tree.id], cost: price, atLeast: price, sets: noSets(tree.familyCount) };
    }
    case 'gate':
      return remainderOfGate(tree, cost, budget);
    case 'mixed':
      return remainderOfMixed(tree, cost, budget);
  }
}

function noSets(count: number): readonly (readonly ProcessId[])[] {
  return Array.from({ length: count }, () => []);
}

/** Each child is held by the family that exceeds it, which saves what would be left of it. */
function remainderOfGate(gate: AlignedGate, cost: (id: ProcessId) => number, budget: Budget): Remainder {
  const parts = gate.children.map((child) => cheapestRemainder(child, cost, budget));
  const saved = fill(gate, (index) => parts[index]?.cost ?? 0, budget);
  const isExact = parts.every((part) => part.atLeast === part.cost);
  const mostSaved = isExact ? saved.atMost : fill(gate, (index) => parts[index]?.atLeast ?? 0, budget).atMost;
  const left = parts.filter((_, index) => saved.binOf[index] === -1);
  return {
    members: left.flatMap((part) => part.members),
    cost: left.reduce((sum, part) => sum + part.cost, 0),
    atLeast: parts.reduce((sum, part) => sum + part.atLeast, 0) - mostSaved,
    sets: gate.limits.map((_, family) =>
      gate.children.flatMap((child, index) => {
        const owner = saved.binOf[index];
        if (owner === family) return alignedMembers(child);
        return owner === -1 ? (parts[index]?.sets[family] ?? []) : [];
      }),
    ),
  };
}

function fill(gate: AlignedGate, profit: (index: number) => number, budget: Budget): Filling {
  const items = gate.weights.map((weights, index) => ({ profit: profit(index), weights }));
  return fillKnapsacks(items, gate.limits, budget);
}

/** Without order or repetition. */
export function alignedMembers(tree: AlignedTree): readonly ProcessId[] {
  switch (tree._tag) {
    case 'member':
      return [tree.id];
    case 'gate':
      return tree.children.flatMap(alignedMembers);
    case 'mixed':
      return tree.members;
  }
}

function remainderOfMixed(tree: MixedTree, cost: (id: ProcessId) => number, budget: Budget): Remainder {
  const total = tree.members.reduce((sum, id) => sum + cost(id), 0);
  const { members } = tree;
  const cover = members.length > maxTableMembers ? undefined : mixedCover(tree, budget);
  if (cover === undefined) {
    const held = tree.families.reduce((sum, family) => sum + mostHeld(family, tree, cost, budget), 0);
    return { members, cost: total, atLeast: Math.max(0, total - held), sets: noSets(tree.families.length) };
  }
  const mask = cover.cheapestUncovered(cost);
  const left = new Set(members.filter((_, index) => ((mask >>> index) & 1) === 1));
  const price = [...left].reduce((sum, id) => sum + cost(id), 0);
  const sets = cover.covering(cover.maskOf((id) => !left.has(id))) ?? noSets(tree.families.length);
  return { members: [...left], cost: price, atLeast: price, sets };
}

/** So many parts does a member's cost have: shares of up to eight places come out even. */
const costParts = 840;

/**
 * What a set of `family` costs at most. Where members recur, the places of each share its cost: the places of a set of members are
 * a set of the family over places, in which nothing recurs, so no set of members costs more than the dearest of places.
 */
function mostHeld(family: Family, { members }: MixedTree, cost: (id: ProcessId) => number, budget: Budget): number {
  const total = members.reduce((sum, id) => sum + cost(id), 0);
  const parts = Number.isSafeInteger(total * costParts) ? costParts : 1;
  const { places, owners } = separatePlaces(family);
  const placeCounts = new Map<ProcessId, number>();
  for (const id of owners.values()) placeCounts.set(id, (placeCounts.get(id) ?? 0) + 1);
  const shares = new Map<ProcessId, number>();
  for (const [place, id] of owners) shares.set(place, Math.floor((cost(id) * parts) / (placeCounts.get(id) ?? 1)));
  const tree = align([places]);
  if (tree._tag === 'mixed') return total;
  const { atLeast } = cheapestRemainder(tree, (place) => shares.get(place) ?? 0, budget);
  return total - Math.ceil(atLeast / parts);
}

/** The family over places, one for each time that a member stands in the tree, and whose each place is. */
function separatePlaces(family: Family): {
  readonly places: Family;
  readonly owners: ReadonlyMap<ProcessId, ProcessId>;
} {
  const owners = new Map<ProcessId, ProcessId>();
  const visit = (node: Family): Family => {
    if (node._tag === 'gate') return { ...node, of: node.of.map(visit) };
    const id = `${owners.size}` as ProcessId;
    owners.set(id, node.id);
    return { ...node, id };
  };
  return { places: visit(family), owners };
}
