/** Families whose trees differ in shape, over few members: the table of all sets that one set of each can cover. */
import type { ProcessId } from '../../prelude/process.js';
import { invariant, present } from '../../prelude/invariant.js';
import { maxTableMembers, membersOfMask, splitMask, type SubsetTable, unionsOf } from '../tree/subset-transform.js';
import { weightAt } from '../tree/tree-check.js';
import type { MixedTree } from './aligned-tree.js';
import type { Family } from './set-family.js';

export class MixedCover {
  /** Entry i: what sets of the first i families cover. */
  private readonly reached: SubsetTable[];
  private readonly tables: readonly SubsetTable[];

  /** @param tree - of at most {@link maxTableMembers} members. */
  constructor(private readonly tree: MixedTree) {
    const { members, families } = tree;
    invariant(members.length <= maxTableMembers, 'a table has few members');
    const bits = new Map(members.map((id, index) => [id, 1 << index]));
    const known = new Map<Family, SubsetTable>();
    this.tables = families.map((family) => {
      const table = known.get(family) ?? tableOf(family, bits);
      known.set(family, table);
      return table;
    });
    const none = new Uint8Array(2 ** members.length);
    none[0] = 1;
    this.reached = [none];
    for (const [index, table] of this.tables.entries()) {
      this.reached.push(index === 0 ? table : unionsOf(present(this.reached[index], 'filled in order'), table));
    }
  }

  /** One set of each family, with union `mask`; undefined where they cannot cover it. */
  covering(mask: number): readonly (readonly ProcessId[])[] | undefined {
    if (this.reached.at(-1)?.[mask] !== 1) return undefined;
    const sets: (readonly ProcessId[])[] = [];
    let left = mask;
    for (let index = this.tables.length - 1; index >= 0; index--) {
      const table = present(this.tables[index], 'a family has a table');
      const part = splitMask(left, table, present(this.reached[index], 'filled in order'));
      const own = present(part, 'what is covered can be split');
      sets.push(membersOfMask(own, this.tree.members));
      left ^= own;
    }
    return sets.reverse();
  }

  maskOf(ids: (id: ProcessId) => boolean): number {
    return this.tree.members.reduce((mask, id, index) => (ids(id) ? mask | (1 << index) : mask), 0);
  }

  /** The cheapest set whose absence lets the others be covered. */
  cheapestUncovered(cost: (id: ProcessId) => number): number {
    const prices = this.tree.members.map(cost);
    const full = 2 ** prices.length - 1;
    const covered = present(this.reached.at(-1), 'filled');
    const totals = new Float64Array(full + 1);
    let best = full;
    for (let mask = 1; mask <= full; mask++) {
      const lowest = mask & -mask;
      totals[mask] = (totals[mask ^ lowest] ?? 0) + (prices[31 - Math.clz32(lowest)] ?? 0);
    }
    for (let mask = 0; mask <= full; mask++) {
      if (covered[full ^ mask] === 1 && (totals[mask] ?? 0) < (totals[best] ?? 0)) best = mask;
    }
    return best;
  }
}

function tableOf(family: Family, bits: ReadonlyMap<ProcessId, number>): SubsetTable {
  const has = predicateOf(family, bits);
  return new Uint8Array(2 ** bits.size).map((_, mask) => (has(mask) ? 1 : 0));
}

function predicateOf(family: Family, bits: ReadonlyMap<ProcessId, number>): (mask: number) => boolean {
  if (family._tag === 'member') {
    const bit = present(bits.get(family.id), 'families of one cover have the same members');
    return (mask) => (mask & bit) === 0;
  }
  const children = family.of.map((child, index) => ({
    has: predicateOf(child, bits),
    weight: weightAt(family, index),
  }));
  return (mask) => {
    let exceeded = 0;
    for (const { has, weight } of children) if (!has(mask)) exceeded += weight;
    return exceeded <= family.limit;
  };
}
