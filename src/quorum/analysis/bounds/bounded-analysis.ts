/**
 * What can be told of an access structure without a closed form and too large for the table of all its sets: sets that do the job, what
 * no set can undercut, and where the two meet, the answer. Everything else is unknown, within bounds that hold.
 */
import { invariant } from '../../../prelude/invariant.js';
import type { ProcessId } from '../../../prelude/process.js';
import type { Policy } from '../../policy/policy.js';
import { type Budget, exact, type Figure, unlimited, type Verdict } from '../../verdict.js';
import { AskedBounds } from './asked-bounds.js';
import { askedPolicy, type AskedStructure } from './asked-structure.js';
import { BoundedSets, untried } from './bounded-sets.js';
import { budgetShare } from './budget-share.js';
import { type FailureModel, type Uptime, upWith } from '../availability/failure-model.js';
import type { Fraction } from '../load/fraction.js';
import { fitIntoSets, leastMeeting, rotations } from './greedy-sets.js';
import { loadBounds } from '../load/load-bounds.js';
import { flags, membersIn, shrink } from './minimal-set-search.js';
import { OccurrenceBounds } from './occurrence-bounds.js';
import type { SplittingSet, StructureAnalysis } from '../structure-analysis.js';
import type { StructureBounds } from './structure-bounds.js';
import type { UptimeMeans } from '../availability/tree-availability.js';

/** Of the time that there is: what trying orders, and what reckoning power, may take. */
const orderShare = 0.1;
const powerShare = 0.2;

/** Of a checked policy of any kind, or what was made of one; meant for those in which members recur. */
export function boundedPolicyAnalysis(policy: Policy, means: UptimeMeans = {}): BoundedAnalysis {
  return new BoundedAnalysis(askedPolicy(policy), means, new OccurrenceBounds(policy, means));
}

export class BoundedAnalysis implements StructureAnalysis {
  readonly members: readonly ProcessId[];
  readonly quorums: BoundedSets;
  readonly blockingSets: BoundedSets;
  private readonly bounds: StructureBounds;
  private readonly budget: Budget;

  /** @param known - by asking, if absent. */
  constructor(asked: AskedStructure, means: UptimeMeans = {}, known?: StructureBounds) {
    const { members, isQualified, isBlocking } = asked;
    this.members = members;
    this.budget = means.budget ?? unlimited;
    this.bounds = known ?? new AskedBounds(asked, means);
    this.quorums = new BoundedSets(isQualified, members, this.bounds.quorums, this.budget);
    this.blockingSets = new BoundedSets(isBlocking, members, this.bounds.blockingSets, this.budget);
  }

  /** The bounds of what is unknown are in its reason: there is no set to show for the lower one. */
  smallestSplittingSet(): Figure<SplittingSet> {
    const size = this.quorums.size.atLeast;
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
    const { budget } = this;
    const sets = fitIntoSets(this.quorums.holds, { setCount: count, orders: this.orders(), budget });
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
    const isSpent = (): boolean => this.budget.isSpent();
    for (const order of this.orders()) {
      if (seen.has(order.at(-1) ?? 0)) continue;
      const needed = shrink(this.quorums.holds, all, order, isSpent);
      if (!isSpent()) for (const one of membersIn(needed)) seen.add(one);
    }
    const unseen = (): readonly ProcessId[] => this.members.filter((_, index) => !seen.has(index));
    if (seen.size === this.members.length) return exact([]);
    const { sets, isComplete } = this.quorums.listing.readAll();
    for (const one of sets.flat()) seen.add(one);
    if (isComplete) return exact(unseen());
    return { _tag: 'unknown', reason: this.reason, atLeast: [], atMost: unseen() };
  }

  load(): Figure<Fraction> {
    return loadBounds(this);
  }

  /** Exact where few members recur; else an estimate, with the confidence that its bounds have. */
  uptime(model: FailureModel): Figure<Uptime> {
    return this.bounds.uptime(model);
  }

  private split(): SplittingSet {
    const start = this.quorums.size.set ?? this.members;
    const [a, b] = leastMeeting(this.quorums.holds, this.flagged(start), {
      orders: this.orders(),
      budget: this.budget,
    });
    const common = a.map((chosen, index) => chosen && b[index] === true);
    return { members: this.named(common), quorums: [this.named(a), this.named(b)] };
  }

  /** An unqualified set has all but a blocking set, so k of them have at most k times as many members. */
  private isSurelyUncoverable(k: number): boolean {
    const largest = this.members.length - this.blockingSets.size.atLeast;
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

  private get reason(): string {
    return untried(this.members, this.budget);
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
}
