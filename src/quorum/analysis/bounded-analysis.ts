/**
 * What can be told of an access structure without a closed form and too large for the table of all its sets: sets that do the job, what
 * no set can undercut, and where the two meet, the answer. Everything else is unknown, within bounds that hold.
 */
import { invariant, present } from '../../prelude/invariant.js';
import type { ProcessId } from '../../prelude/process.js';
import type { AccessStructure } from '../access-structure.js';
import type { Policy } from '../policy/policy.js';
import { PolicyStructure } from '../policy/policy-structure.js';
import { type Budget, exact, type Figure, unlimited, type Verdict } from '../verdict.js';
import { AskedBounds, askedStructure } from './asked-bounds.js';
import { budgetShare } from './budget-share.js';
import { type FailureModel, independentServers, type Uptime, upWith } from './failure-model.js';
import { fitIntoSets, leastMeeting, rotations } from './greedy-sets.js';
import { flags, membersIn, type Property, shrink } from './minimal-set-search.js';
import { OccurrenceBounds } from './occurrence-bounds.js';
import { SetListing } from './set-listing.js';
import type { PricedSet, SplittingSet, StructureAnalysis } from './structure-analysis.js';
import type { Cost, CostBound, StructureBounds } from './structure-bounds.js';
import type { UptimeMeans } from './tree-availability.js';

/** Of the time that there is: what trying orders, and what reckoning power, may take. */
const orderShare = 0.1;
const powerShare = 0.2;

/** One property of sets, with what is known of the sets that have it. */
interface SetKind {
  readonly holds: Property;
  readonly listing: SetListing;
  readonly cheapest: (cost: Cost) => CostBound;
  readonly countAtMost: () => bigint | undefined;
}

/** Of a checked policy of any kind; made for those in which members recur. */
export function boundedPolicyAnalysis(policy: Policy, means: UptimeMeans = {}): BoundedAnalysis {
  return new BoundedAnalysis(new PolicyStructure(policy), means, new OccurrenceBounds(policy, means));
}

export class BoundedAnalysis implements StructureAnalysis {
  readonly members: readonly ProcessId[];
  private readonly bounds: StructureBounds;
  private readonly quorums: SetKind;
  private readonly blockingSets: SetKind;
  private readonly budget: Budget;
  private readonly sizes = new Map<SetKind, CostBound>();

  /** @param known - by asking `structure`, if absent. */
  constructor(structure: AccessStructure, means: UptimeMeans = {}, known?: StructureBounds) {
    const asked = askedStructure(structure);
    const { members, isQualified, isBlocking } = asked;
    this.members = members;
    this.budget = means.budget ?? unlimited;
    const bounds = known ?? new AskedBounds(asked, means);
    const listing = (holds: Property): SetListing => new SetListing(holds, members.length, this.budget);
    this.bounds = bounds;
    this.quorums = {
      holds: isQualified,
      listing: listing(isQualified),
      cheapest: (cost) => bounds.quorumCost(cost),
      countAtMost: () => bounds.minimalQuorumCountAtMost(),
    };
    this.blockingSets = {
      holds: isBlocking,
      listing: listing(isBlocking),
      cheapest: (cost) => bounds.blockingCost(cost),
      countAtMost: () => bounds.minimalBlockingSetCountAtMost(),
    };
  }

  minimalQuorumCount(): Figure<bigint> {
    return this.count(this.quorums);
  }

  minimalBlockingSetCount(): Figure<bigint> {
    return this.count(this.blockingSets);
  }

  minimalQuorums(): Iterable<readonly ProcessId[]> {
    return this.listed(this.quorums);
  }

  minimalBlockingSets(): Iterable<readonly ProcessId[]> {
    return this.listed(this.blockingSets);
  }

  cheapestQuorum(cost: Cost = () => 1): Figure<PricedSet> {
    return this.cheapest(this.quorums, cost);
  }

  cheapestBlockingSet(cost: Cost = () => 1): Figure<PricedSet> {
    return this.cheapest(this.blockingSets, cost);
  }

  /** The bounds of what is unknown are in its reason: there is no set to show for the lower one. */
  smallestSplittingSet(): Figure<SplittingSet> {
    const size = this.sizeOf(this.quorums).atLeast;
    const atLeast = Math.max(0, this.bounds.splittingSize(), 2 * size - this.members.length);
    const found = this.split();
    if (found.members.length <= atLeast) return exact(found);
    const reason = `${this.reason}: at least ${atLeast} members, at most ${found.members.length}`;
    return { _tag: 'unknown', reason, atMost: found };
  }

  isUncoverable(k: number): Verdict<readonly (readonly ProcessId[])[]> {
    invariant(Number.isSafeInteger(k) && k >= 0, 'sets are counted');
    const count = Math.min(k, this.members.length);
    if (this.isSurelyUncoverable(count)) return { _tag: 'holds' };
    const sets = fitIntoSets(this.quorums.holds, { setCount: count, orders: this.orders() });
    if (sets === undefined) return { _tag: 'unknown', reason: `${this.reason}: covering by ${k} sets` };
    return {
      _tag: 'violated',
      witness: [...sets.map((set) => this.named(set)), ...Array.from({ length: k - count }, () => [])],
    };
  }

  banzhaf(): Figure<ReadonlyMap<ProcessId, number>> {
    const index = new Map<ProcessId, number>();
    const budget = budgetShare(this.budget, powerShare);
    for (const id of this.members) {
      const swings = this.swings(id, budget);
      if (swings === undefined) return { _tag: 'unknown', reason: this.reason };
      index.set(id, swings);
    }
    return exact(index);
  }

  /** Of what is unknown, `atMost` has the members that no quorum was found to need. */
  dummies(): Figure<readonly ProcessId[]> {
    const all = flags(this.members.length, true);
    const seen = new Set<number>();
    for (const order of this.orders()) {
      if (!seen.has(order.at(-1) ?? 0))
        for (const one of membersIn(shrink(this.quorums.holds, all, order))) seen.add(one);
    }
    const unseen = (): readonly ProcessId[] => this.members.filter((_, index) => !seen.has(index));
    if (seen.size === this.members.length) return exact([]);
    const { sets, isComplete } = this.quorums.listing.readAll();
    for (const one of sets.flat()) seen.add(one);
    if (isComplete) return exact(unseen());
    return { _tag: 'unknown', reason: this.reason, atLeast: [], atMost: unseen() };
  }

  availability(up: (id: ProcessId) => number): Figure<number> {
    const figure = this.uptime(independentServers(up));
    if (figure._tag === 'exact') return exact(figure.value.up);
    const { reason, atLeast, atMost } = figure;
    const bounds = { ...(atLeast && { atLeast: atLeast.up }), ...(atMost && { atMost: atMost.up }) };
    return { _tag: 'unknown', reason, ...bounds };
  }

  /** Exact where few members recur; else an estimate, with the confidence that its bounds have. */
  uptime(model: FailureModel): Figure<Uptime> {
    return this.bounds.uptime(model);
  }

  private count({ listing, countAtMost }: SetKind): Figure<bigint> {
    const { sets, isComplete } = listing.readAll();
    const atLeast = BigInt(sets.length);
    const atMost = countAtMost();
    if (isComplete || atLeast === atMost) return exact(atLeast);
    const reason = `${this.reason}: ${atLeast} minimal ones were found`;
    return { _tag: 'unknown', reason, atLeast, ...(atMost === undefined ? {} : { atMost }) };
  }

  private *listed({ listing }: SetKind): Generator<readonly ProcessId[]> {
    for (const set of listing) yield set.map((index) => this.at(index));
  }

  private cheapest(kind: SetKind, cost: Cost): Figure<PricedSet> {
    const costs = this.members.map(cost);
    if (!Number.isSafeInteger(sum(costs))) return { _tag: 'unknown', reason: 'the costs together exceed 2^53 - 1' };
    const { atLeast, set } = kind.cheapest(cost);
    const dearestFirst = [...costs.keys()].sort((a, b) => (costs[b] ?? 0) - (costs[a] ?? 0));
    const start = [flags(this.members.length, true), ...(set === undefined ? [] : [this.flagged(set)])];
    const best = cheapestAmong(
      start.map((one) => membersIn(shrink(kind.holds, one, dearestFirst))),
      costs,
    );
    if (best.cost <= atLeast) return exact(this.priced(best));
    const { sets, isComplete } = kind.listing.readAll();
    if (isComplete) return exact(this.priced(cheapestAmong(sets, costs)));
    return { _tag: 'unknown', reason: this.reason, atLeast: { members: [], cost: atLeast }, atMost: this.priced(best) };
  }

  private priced({ set, cost }: { readonly set: readonly number[]; readonly cost: number }): PricedSet {
    return { members: set.map((index) => this.at(index)), cost };
  }

  private split(): SplittingSet {
    const start = this.sizeOf(this.quorums).set ?? this.members;
    const [a, b] = leastMeeting(this.quorums.holds, this.flagged(start), this.orders());
    const common = a.map((chosen, index) => chosen && b[index] === true);
    return { members: this.named(common), quorums: [this.named(a), this.named(b)] };
  }

  /** An unqualified set has all but a blocking set, so k of them have at most k times as many members. */
  private isSurelyUncoverable(k: number): boolean {
    const largest = this.members.length - this.sizeOf(this.blockingSets).atLeast;
    return k * largest < this.members.length || this.bounds.isSurelyUncoverable(k);
  }

  /** What the member adds to the share of qualified sets. */
  private swings(id: ProcessId, budget: Budget): number | undefined {
    const share = (up: number): number | undefined => {
      const figure = this.bounds.uptime({ server: (one) => upWith(one === id ? up : 0.5), groups: [] }, budget);
      return figure._tag === 'exact' ? figure.value.up : undefined;
    };
    const [always, never] = [share(1), share(0)];
    return always === undefined || never === undefined ? undefined : always - never;
  }

  /** Of the smallest set of a kind. */
  private sizeOf(kind: SetKind): CostBound {
    const known = this.sizes.get(kind) ?? kind.cheapest(() => 1);
    this.sizes.set(kind, known);
    return known;
  }

  private get reason(): string {
    const spent = Math.round(this.budget.elapsedMs());
    return `not all sets of ${this.members.length} members can be tried${spent === 0 ? '' : ` (after ${spent} ms)`}`;
  }

  /** In which to take members, as far as there is time to try. */
  private orders(): Iterable<readonly number[]> {
    return rotations(this.members.length, budgetShare(this.budget, orderShare));
  }

  private flagged(ids: readonly ProcessId[]): readonly boolean[] {
    const chosen = new Set(ids);
    return this.members.map((id) => chosen.has(id));
  }

  private named(set: readonly boolean[]): readonly ProcessId[] {
    return this.members.filter((_, index) => set[index] === true);
  }

  private at(index: number): ProcessId {
    return present(this.members[index], 'an index of a member');
  }
}

function cheapestAmong(
  sets: readonly (readonly number[])[],
  costs: readonly number[],
): { readonly set: readonly number[]; readonly cost: number } {
  const priced = sets.map((set) => ({ set, cost: sum(set.map((index) => costs[index] ?? 0)) }));
  return priced.reduce((least, one) => (one.cost < least.cost ? one : least));
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, one) => total + one, 0);
}
