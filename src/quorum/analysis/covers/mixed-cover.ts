/** Families whose trees differ in shape, over few members: the table of all sets that one set of each can cover. */
import type { ProcessId } from '../../../prelude/process.js';
import { invariant, present } from '../../../prelude/invariant.js';
import {
  maxTableMembers,
  membersOfMask,
  otherSets,
  splitMask,
  type SubsetTable,
  unionsOf,
} from '../../tree/subset-transform.js';
import { type ThresholdTree, thresholdTable } from '../../tree/threshold-table.js';
import type { Budget } from '../../verdict.js';
import type { MixedTree } from './aligned-tree.js';
import type { Family } from './set-family.js';

const known = new WeakMap<MixedTree, MixedCover>();

/** One for each tree, however often its cover is asked for; undefined where time ran out. @param tree - of at most {@link maxTableMembers} members. */
export function mixedCover(tree: MixedTree, budget: Budget): MixedCover | undefined {
  const cover = known.get(tree) ?? makeCover(tree, budget);
  if (cover !== undefined) known.set(tree, cover);
  return cover;
}

function makeCover({ members, families }: MixedTree, budget: Budget): MixedCover | undefined {
  invariant(members.length <= maxTableMembers, 'a table has few members');
  const tableOf = new Map<Family, SubsetTable>();
  for (const family of new Set(families)) {
    const exceeding = thresholdTable(exceedingSets(family), members, budget);
    if (exceeding === undefined) return undefined;
    tableOf.set(family, otherSets(exceeding));
  }
  const tables = families.map((family) => present(tableOf.get(family), 'a family has a table'));
  const none = new Uint8Array(2 ** members.length);
  none[0] = 1;
  const reached: SubsetTable[] = [none];
  for (const [index, table] of tables.entries()) {
    if (budget.isSpent()) return undefined;
    reached.push(index === 0 ? table : unionsOf(present(reached[index], 'filled in order'), table));
  }
  return new MixedCover(members, tables, reached);
}

/** The sets that a family does not have: they exceed children of more than its limit. */
function exceedingSets(family: Family): ThresholdTree {
  if (family._tag === 'member') return family;
  const { limit, of, weights } = family;
  return { _tag: 'threshold', k: limit + 1, of: of.map(exceedingSets), ...(weights === undefined ? {} : { weights }) };
}

class MixedCover {
  /**
   * @param tables - of each family the sets that it has.
   * @param reached - entry i: what sets of the first i families cover.
   */
  constructor(
    private readonly members: readonly ProcessId[],
    private readonly tables: readonly SubsetTable[],
    private readonly reached: readonly SubsetTable[],
  ) {}

  /** One set of each family, with union `mask`; undefined where they cannot cover it. */
  covering(mask: number): readonly (readonly ProcessId[])[] | undefined {
    if (this.reached.at(-1)?.[mask] !== 1) return undefined;
    const sets: (readonly ProcessId[])[] = [];
    let left = mask;
    for (let index = this.tables.length - 1; index >= 0; index--) {
      const table = present(this.tables[index], 'a family has a table');
      const part = splitMask(left, table, present(this.reached[index], 'filled in order'));
      const own = present(part, 'what is covered can be split');
      sets.push(membersOfMask(own, this.members));
      left ^= own;
    }
    return sets.reverse();
  }

  maskOf(ids: (id: ProcessId) => boolean): number {
    return this.members.reduce((mask, id, index) => (ids(id) ? mask | (1 << index) : mask), 0);
  }

  /** The cheapest set whose absence lets the others be covered. */
  cheapestUncovered(cost: (id: ProcessId) => number): number {
    const prices = this.members.map(cost);
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
