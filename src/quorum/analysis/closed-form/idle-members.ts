/** The analysis of a structure to which members are added that never matter: what a policy was before they were simplified away. */
import type { ProcessId } from '../../../prelude/process.js';
import { type Figure, mapFigure, type Verdict } from '../../verdict.js';
import type { FailureModel, Uptime } from '../availability/failure-model.js';
import type { Fraction } from '../load/fraction.js';
import type { Cost, MinimalSets, PricedSet, SplittingSet, StructureAnalysis } from '../structure-analysis.js';

type Members = readonly ProcessId[];

export class WithIdleMembers implements StructureAnalysis {
  readonly quorums: MinimalSets;
  readonly blockingSets: MinimalSets;
  private readonly places: ReadonlyMap<ProcessId, number>;
  private readonly idle: Members;

  /** @param members - those of `of` and the idle ones, in the order that all sets shall have. */
  constructor(
    private readonly of: StructureAnalysis,
    readonly members: Members,
  ) {
    this.places = new Map(members.map((id, index) => [id, index]));
    const active = new Set(of.members);
    this.idle = members.filter((id) => !active.has(id));
    const ordered = (set: Members): Members => this.ordered(set);
    this.quorums = new OrderedSets(of.quorums, ordered);
    this.blockingSets = new OrderedSets(of.blockingSets, ordered);
  }

  smallestSplittingSet(): Figure<SplittingSet> {
    return mapFigure(this.of.smallestSplittingSet(), ({ members, quorums }) => ({
      members: this.ordered(members),
      quorums: [this.ordered(quorums[0]), this.ordered(quorums[1])],
    }));
  }

  /** The first of the sets that cover the others takes the idle ones along. */
  isUncoverable(k: number): Verdict<readonly Members[]> {
    const verdict = this.of.isUncoverable(k);
    if (verdict._tag !== 'violated' || verdict.witness === undefined) return verdict;
    const witness = verdict.witness.map((set, index) => this.ordered(index === 0 ? [...set, ...this.idle] : set));
    return { _tag: 'violated', witness };
  }

  banzhaf(): Figure<ReadonlyMap<ProcessId, number>> {
    return mapFigure(this.of.banzhaf(), (index) => new Map(this.members.map((id) => [id, index.get(id) ?? 0])));
  }

  dummies(): Figure<Members> {
    return mapFigure(this.of.dummies(), (members) => this.ordered([...members, ...this.idle]));
  }

  load(): Figure<Fraction> {
    return this.of.load();
  }

  uptime(model: FailureModel): Figure<Uptime> {
    return this.of.uptime(model);
  }

  private ordered(ids: Members): Members {
    return [...ids].sort((a, b) => (this.places.get(a) ?? 0) - (this.places.get(b) ?? 0));
  }
}

/** Sets of one kind, each as `ordered` puts it. */
class OrderedSets implements MinimalSets {
  constructor(
    private readonly of: MinimalSets,
    private readonly ordered: (set: Members) => Members,
  ) {}

  count(): Figure<bigint> {
    return this.of.count();
  }

  *list(): Generator<Members> {
    for (const set of this.of.list()) yield this.ordered(set);
  }

  cheapest(cost?: Cost): Figure<PricedSet> {
    return mapFigure(this.of.cheapest(cost), ({ members, cost: price }) => ({
      members: this.ordered(members),
      cost: price,
    }));
  }
}
