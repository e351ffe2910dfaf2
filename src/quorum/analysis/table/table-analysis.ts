/** Everything about an access structure of at most 20 members, exactly, by looking at all its sets. */
import { invariant } from '../../../prelude/invariant.js';
import type { ProcessId } from '../../../prelude/process.js';
import { FamilyPowers } from '../../tree/family-powers.js';
import { dualTable, membersOfMask, otherSets } from '../../tree/subset-transform.js';
import { type Budget, exact, type Figure, outOfTime, unlimited, type Verdict } from '../../verdict.js';
import type { FailureModel, Uptime } from '../availability/failure-model.js';
import type { Fraction } from '../load/fraction.js';
import { loadBounds } from '../load/load-bounds.js';
import type { SplittingSet, StructureAnalysis } from '../structure-analysis.js';
import { tableUptime } from './table-availability.js';
import { TableSets } from './table-sets.js';
import { smallestSplit } from './table-splitting.js';
import type { TruthTable } from './truth-table.js';

/**
 * Costs up to about 0.1 s a question at 20 members, `isUncoverable` that much for each doubling of k and `uptime` for each dozen groups;
 * sets are in the order of {@link members}.
 */
export class TableAnalysis implements StructureAnalysis {
  readonly members: readonly ProcessId[];
  readonly quorums: TableSets;
  readonly blockingSets: TableSets;
  private swingCounts: readonly number[] | undefined;
  private readonly unqualified: FamilyPowers;

  /** @param budget - for `isUncoverable` and `uptime`; the other questions take what they take once they are asked. */
  constructor(
    private readonly table: TruthTable,
    private readonly budget: Budget = unlimited,
  ) {
    this.members = table.members;
    this.quorums = new TableSets(table.members, () => table.qualified);
    this.blockingSets = new TableSets(table.members, () => dualTable(table.qualified));
    this.unqualified = new FamilyPowers(otherSets(table.qualified), budget);
  }

  smallestSplittingSet(): Figure<SplittingSet> {
    const { common, quorums } = smallestSplit(this.table.qualified, this.quorums.masks);
    return exact({ members: this.named(common), quorums: [this.named(quorums[0]), this.named(quorums[1])] });
  }

  isUncoverable(k: number): Verdict<readonly (readonly ProcessId[])[]> {
    invariant(Number.isSafeInteger(k) && k >= 0, 'sets are counted');
    // As many sets as members cover as much as any number of them.
    const count = Math.min(k, this.members.length);
    const masks = this.unqualified.find(this.table.qualified.length - 1, count);
    if (masks === 'late') return outOfTime(this.budget, `covering by ${k} sets`);
    if (masks === 'none') return { _tag: 'holds' };
    const witness = masks.map((mask) => this.named(mask));
    return { _tag: 'violated', witness: [...witness, ...Array.from({ length: k - count }, () => [])] };
  }

  banzhaf(): Figure<ReadonlyMap<ProcessId, number>> {
    const swings = this.swings();
    const sets = this.table.qualified.length / 2;
    return exact(new Map(this.members.map((id, index) => [id, (swings[index] ?? 0) / sets])));
  }

  dummies(): Figure<readonly ProcessId[]> {
    const swings = this.swings();
    return exact(this.members.filter((_, index) => swings[index] === 0));
  }

  load(): Figure<Fraction> {
    return loadBounds(this);
  }

  uptime(model: FailureModel): Figure<Uptime> {
    const uptime = tableUptime(this.table, model, this.budget);
    return uptime === undefined ? outOfTime(this.budget, 'availability') : exact(uptime);
  }

  /** For each member how many unqualified sets it makes qualified. */
  private swings(): readonly number[] {
    return (this.swingCounts ??= this.members.map((_, index) => swingCount(this.table.qualified, 1 << index)));
  }

  private named(mask: number): readonly ProcessId[] {
    return membersOfMask(mask, this.members);
  }
}

function swingCount(qualified: Uint8Array, bit: number): number {
  let count = 0;
  for (let mask = 0; mask < qualified.length; mask++) {
    if ((mask & bit) === 0) count += (qualified[mask | bit] ?? 0) - (qualified[mask] ?? 0);
  }
  return count;
}
