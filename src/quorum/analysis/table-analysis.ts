/** Everything about an access structure of at most 20 members, exactly, by looking at all its sets. */
import { invariant, present } from '../../prelude/invariant.js';
import type { ProcessId } from '../../prelude/process.js';
import { FamilyPowers } from '../tree/family-powers.js';
import { dualTable, membersOfMask, minimalMasks, otherSets } from '../tree/subset-transform.js';
import { type Budget, exact, type Figure, outOfTime, unlimited, type Verdict } from '../verdict.js';
import { type FailureModel, independentServers, type Uptime } from './failure-model.js';
import type { PricedSet, SplittingSet, StructureAnalysis } from './structure-analysis.js';
import { tableUptime } from './table-availability.js';
import { smallestSplit } from './table-splitting.js';
import type { TruthTable } from './truth-table.js';

/** Costs up to about 0.1 s a question at 20 members, `isUncoverable` that much for each doubling of k; sets are in the order of {@link members}. */
export class TableAnalysis implements StructureAnalysis {
  readonly members: readonly ProcessId[];
  private quorumMasks: readonly number[] | undefined;
  private blockingMasks: readonly number[] | undefined;
  private swingCounts: readonly number[] | undefined;
  private readonly unqualified: FamilyPowers;

  /** @param budget - for `isUncoverable`; the other questions take no time worth bounding. */
  constructor(
    private readonly table: TruthTable,
    private readonly budget: Budget = unlimited,
  ) {
    this.members = table.members;
    this.unqualified = new FamilyPowers(otherSets(table.qualified), budget);
  }

  minimalQuorumCount(): Figure<bigint> {
    return exact(BigInt(this.quorums().length));
  }

  minimalBlockingSetCount(): Figure<bigint> {
    return exact(BigInt(this.blockingSets().length));
  }

  minimalQuorums(): Iterable<readonly ProcessId[]> {
    return this.listed(() => this.quorums());
  }

  minimalBlockingSets(): Iterable<readonly ProcessId[]> {
    return this.listed(() => this.blockingSets());
  }

  cheapestQuorum(cost: (id: ProcessId) => number = () => 1): Figure<PricedSet> {
    return this.cheapest(this.quorums(), cost);
  }

  cheapestBlockingSet(cost: (id: ProcessId) => number = () => 1): Figure<PricedSet> {
    return this.cheapest(this.blockingSets(), cost);
  }

  smallestSplittingSet(): Figure<SplittingSet> {
    const { common, quorums } = smallestSplit(this.table.qualified, this.quorums());
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

  availability(up: (id: ProcessId) => number): Figure<number> {
    return exact(tableUptime(this.table, independentServers(up)).up);
  }

  uptime(model: FailureModel): Figure<Uptime> {
    return exact(tableUptime(this.table, model));
  }

  private quorums(): readonly number[] {
    return (this.quorumMasks ??= minimalMasks(this.table.qualified));
  }

  private blockingSets(): readonly number[] {
    return (this.blockingMasks ??= minimalMasks(dualTable(this.table.qualified)));
  }

  /** For each member how many unqualified sets it makes qualified. */
  private swings(): readonly number[] {
    return (this.swingCounts ??= this.members.map((_, index) => swingCount(this.table.qualified, 1 << index)));
  }

  /** A cheapest minimal set: no other set is cheaper, because costs are not negative. */
  private cheapest(masks: readonly number[], cost: (id: ProcessId) => number): Figure<PricedSet> {
    const costs = this.members.map(cost);
    const total = costs.reduce((sum, one) => sum + one, 0);
    if (!Number.isSafeInteger(total)) return { _tag: 'unknown', reason: 'the costs together exceed 2^53 - 1' };
    let best = { mask: 0, cost: Infinity };
    for (const mask of masks) {
      const price = costOf(mask, costs);
      if (price < best.cost) best = { mask, cost: price };
    }
    return exact({ members: this.named(best.mask), cost: best.cost });
  }

  private *listed(masks: () => readonly number[]): Generator<readonly ProcessId[]> {
    for (const mask of masks()) yield this.named(mask);
  }

  private named(mask: number): readonly ProcessId[] {
    return membersOfMask(mask, this.members);
  }
}

function costOf(mask: number, costs: readonly number[]): number {
  let sum = 0;
  for (let rest = mask; rest !== 0; rest &= rest - 1)
    sum += present(costs[31 - Math.clz32(rest & -rest)], 'a cost each');
  return sum;
}

function swingCount(qualified: Uint8Array, bit: number): number {
  let count = 0;
  for (let mask = 0; mask < qualified.length; mask++) {
    if ((mask & bit) === 0) count += (qualified[mask | bit] ?? 0) - (qualified[mask] ?? 0);
  }
  return count;
}
