/** Minimal sets of one kind of a structure too large for a table: those that were found, and what no other can undercut. */
import { present } from '../../../prelude/invariant.js';
import type { ProcessId } from '../../../prelude/process.js';
import { sum } from '../../tree/weights.js';
import { type Budget, exact, type Figure } from '../../verdict.js';
import { flags, membersIn, type Property, shrink } from './minimal-set-search.js';
import { SetListing } from './set-listing.js';
import { type Cost, costsTooLarge, type MinimalSets, type PricedSet } from '../structure-analysis.js';
import type { CostBound, SetBounds } from './structure-bounds.js';

export class BoundedSets implements MinimalSets {
  readonly listing: SetListing;
  private smallest: CostBound | undefined;

  /** @param holds - what the sets have in common. */
  constructor(
    readonly holds: Property,
    private readonly members: readonly ProcessId[],
    private readonly bounds: SetBounds,
    private readonly budget: Budget,
  ) {
    this.listing = new SetListing(holds, members.length, budget);
  }

  /** Of the smallest set. */
  get size(): CostBound {
    return (this.smallest ??= this.bounds.cheapest(() => 1));
  }

  count(): Figure<bigint> {
    const { sets, isComplete } = this.listing.readAll();
    const atLeast = BigInt(sets.length);
    const atMost = this.bounds.countAtMost();
    if (isComplete || atLeast === atMost) return exact(atLeast);
    const reason = `${untried(this.members, this.budget)}: ${atLeast} minimal ones were found`;
    return { _tag: 'unknown', reason, atLeast, ...(atMost === undefined ? {} : { atMost }) };
  }

  *list(): Generator<readonly ProcessId[]> {
    for (const set of this.listing) yield set.map((index) => this.at(index));
  }

  cheapest(cost: Cost = () => 1): Figure<PricedSet> {
    const costs = this.members.map(cost);
    if (!Number.isSafeInteger(sum(costs))) return costsTooLarge;
    const { atLeast, set } = this.bounds.cheapest(cost);
    const dearestFirst = [...costs.keys()].sort((a, b) => (costs[b] ?? 0) - (costs[a] ?? 0));
    const start = [flags(this.members.length, true), ...(set === undefined ? [] : [this.flagged(set)])];
    const best = cheapestAmong(
      start.map((one) => membersIn(shrink(this.holds, one, dearestFirst, () => this.budget.isSpent()))),
      costs,
    );
    if (best.cost <= atLeast) return exact(this.priced(best));
    const { sets, isComplete } = this.listing.readAll();
    if (isComplete) return exact(this.priced(cheapestAmong(sets, costs)));
    const reason = untried(this.members, this.budget);
    return { _tag: 'unknown', reason, atLeast: { members: [], cost: atLeast }, atMost: this.priced(best) };
  }

  private priced({ set, cost }: { readonly set: readonly number[]; readonly cost: number }): PricedSet {
    return { members: set.map((index) => this.at(index)), cost };
  }

  private flagged(ids: readonly ProcessId[]): readonly boolean[] {
    const chosen = new Set(ids);
    return this.members.map((id) => chosen.has(id));
  }

  private at(index: number): ProcessId {
    return present(this.members[index], 'an index of a member');
  }
}

/** Why an answer is unknown. */
export function untried(members: readonly ProcessId[], budget: Budget): string {
  const spent = Math.round(budget.elapsedMs());
  return `not all sets of ${members.length} members can be tried${spent === 0 ? '' : ` (after ${spent} ms)`}`;
}

function cheapestAmong(
  sets: readonly (readonly number[])[],
  costs: readonly number[],
): { readonly set: readonly number[]; readonly cost: number } {
  const priced = sets.map((set) => ({ set, cost: sum(set.map((index) => costs[index] ?? 0)) }));
  return priced.reduce((least, one) => (one.cost < least.cost ? one : least));
}
