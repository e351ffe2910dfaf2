/** The analysis of a structure to which members are added that never matter: what a policy was before they were simplified away. */
import type { ProcessId } from '../../prelude/process.js';
import { exact, type Figure, type Verdict } from '../verdict.js';
import type { FailureModel, Uptime } from './failure-model.js';
import type { PricedSet, SplittingSet, StructureAnalysis } from './structure-analysis.js';
import type { Cost } from './structure-bounds.js';

type Members = readonly ProcessId[];

export class WithIdleMembers implements StructureAnalysis {
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
  }

  minimalQuorumCount(): Figure<bigint> {
    return this.of.minimalQuorumCount();
  }

  minimalBlockingSetCount(): Figure<bigint> {
    return this.of.minimalBlockingSetCount();
  }

  minimalQuorums(): Iterable<Members> {
    return this.eachOrdered(this.of.minimalQuorums());
  }

  minimalBlockingSets(): Iterable<Members> {
    return this.eachOrdered(this.of.minimalBlockingSets());
  }

  cheapestQuorum(cost?: Cost): Figure<PricedSet> {
    return mapFigure(this.of.cheapestQuorum(cost), (set) => ({ ...set, members: this.ordered(set.members) }));
  }

  cheapestBlockingSet(cost?: Cost): Figure<PricedSet> {
    return mapFigure(this.of.cheapestBlockingSet(cost), (set) => ({ ...set, members: this.ordered(set.members) }));
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

  availability(up: (id: ProcessId) => number): Figure<number> {
    return this.of.availability(up);
  }

  uptime(model: FailureModel): Figure<Uptime> {
    return this.of.uptime(model);
  }

  private *eachOrdered(sets: Iterable<Members>): Generator<Members> {
    for (const set of sets) yield this.ordered(set);
  }

  private ordered(ids: Members): Members {
    return [...ids].sort((a, b) => (this.places.get(a) ?? 0) - (this.places.get(b) ?? 0));
  }
}

function mapFigure<A, B>(figure: Figure<A>, change: (value: A) => B): Figure<B> {
  if (figure._tag === 'exact') return exact(change(figure.value));
  const { reason, atLeast, atMost } = figure;
  return {
    _tag: 'unknown',
    reason,
    ...(atLeast === undefined ? {} : { atLeast: change(atLeast) }),
    ...(atMost === undefined ? {} : { atMost: change(atMost) }),
  };
}
