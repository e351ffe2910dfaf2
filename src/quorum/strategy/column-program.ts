/**
 * The best strategy over listed quorums, by column generation: the linear program knows a few of them; its dual prices tell which
 * others would improve it, until none does (Gilmore & Gomory 1961; the bound while unfinished is Lasdon's).
 */
import { E, type Either } from '../../prelude/fp.js';
import { present } from '../../prelude/invariant.js';
import type { Budget } from '../verdict.js';
import { type StrategyError, unfinished } from './errors.js';
import type { QuorumColumn } from './quorum-columns.js';
import { type Column, type LinearModel, type Outcome, type Solver, valueAt } from './solver.js';
import type { Access, StrategyFrame } from './strategy-frame.js';

/** A quorum with its probability. */
export interface WeightedQuorum {
  readonly places: readonly number[];
  readonly probability: number;
}

export interface SideProbabilities {
  readonly read: readonly WeightedQuorum[];
  readonly write: readonly WeightedQuorum[];
}

interface PricedQuorum {
  readonly access: Access;
  readonly quorum: QuorumColumn;
}

/** Below this a reduced cost is rounding. */
const tolerance = 1e-9;
/** So many quorums of a long list are given to the solver at first, spread over the list, and at most so many at a time. */
const seed = 64;
const batch = 500;

export interface ColumnLists {
  readonly read: readonly QuorumColumn[];
  readonly write: readonly QuorumColumn[];
}

/** The probabilities that make the frame's metric least within its limits. */
export function solveByColumns(
  solver: Solver,
  { frame, lists }: { readonly frame: StrategyFrame; readonly lists: ColumnLists },
  budget: Budget,
): Either<StrategyError, SideProbabilities> {
  const convexity = frame.rows.length;
  const rows = [...frame.rows, { lower: 1, upper: 1 }, { lower: 1, upper: 1 }];
  return solver.withModel({ rows, columns: frame.columns }, (model) =>
    new ColumnGeneration(model, { frame, lists, convexity, budget }).run(),
  );
}

class ColumnGeneration {
  private aim: Aim = 'metric';
  private readonly known: PricedQuorum[] = [];
  /** Which quorums of each list the solver has. */
  private readonly given: Record<Access, Set<number>> = { read: new Set(), write: new Set() };

  constructor(
    private readonly model: LinearModel,
    private readonly task: {
      readonly frame: StrategyFrame;
      readonly lists: ColumnLists;
      /** The row in which read quorums sum to 1; that of write quorums is the next. */
      readonly convexity: number;
      readonly budget: Budget;
    },
  ) {
    for (const access of sides) {
      const { length } = task.lists[access];
      const step = length <= batch ? 1 : Math.ceil(length / seed);
      this.give(
        access,
        Array.from({ length: Math.ceil(length / step) }, (_, index) => index * step),
      );
    }
  }

  run(): Either<StrategyError, SideProbabilities> {
    const { excessColumns } = this.task.frame;
    if (excessColumns.length > 0) {
      this.aimAt('limits');
      const kept = this.generate();
      if (E.isLeft(kept)) return kept;
      if (kept.right.objective > tolerance)
        return E.left({ _tag: 'NoStrategy', reason: 'no strategy keeps the limits' });
      for (const index of excessColumns) this.model.setUpper(index, tolerance);
    }
    this.aimAt('metric');
    const best = this.generate();
    if (E.isLeft(best)) return best;
    return E.right({ read: this.share('read', best.right.values), write: this.share('write', best.right.values) });
  }

  /** First the least excess over the limits is sought, then the least of the metric. */
  private aimAt(aim: Aim): void {
    const { frame } = this.task;
    this.aim = aim;
    const excess = new Set(frame.excessColumns);
    for (const [index, { cost }] of frame.columns.entries())
      this.model.setCost(index, excess.has(index) ? Number(aim === 'limits') : aim === 'metric' ? cost : 0);
    for (const [index, quorum] of this.known.entries())
      this.model.setCost(frame.columns.length + index, this.costOf(quorum));
  }

  private generate(): Either<StrategyError, Extract<Outcome, { _tag: 'optimal' }>> {
    const { budget, frame } = this.task;
    let bounds: { atMost?: number; atLeast?: number } = {};
    for (;;) {
      const outcome = this.model.minimize(budget);
      if (outcome._tag === 'infeasible') return E.left({ _tag: 'NoStrategy', reason: 'no strategy keeps the limits' });
      if (outcome._tag === 'failed') return E.left({ _tag: 'SolverFailed', reason: outcome.reason });
      if (outcome._tag === 'unfinished') return E.left({ ...unfinished(budget, 'the best strategy'), ...bounds });
      const missing = this.price(outcome.duals);
      if (!missing) return E.right(outcome);
      if (this.aim === 'metric')
        bounds = {
          atMost: frame.metricOf(outcome.objective),
          atLeast: Math.max(bounds.atLeast ?? 0, frame.metricOf(outcome.objective + missing.reducedCost)),
        };
      if (outcome.objective <= tolerance && this.aim === 'limits') return E.right(outcome);
    }
  }

  /** Gives the solver the quorums that would improve most; undefined if none would. */
  private price(duals: ArrayLike<number>): { readonly reducedCost: number } | undefined {
    let reducedCost = 0;
    for (const access of sides) {
      if (this.given[access].size === this.task.lists[access].length) continue;
      const candidates = this.improving(access, duals);
      reducedCost += candidates[0]?.reduced ?? 0;
      this.give(
        access,
        candidates.slice(0, batch).map(({ index }) => index),
      );
    }
    return reducedCost === 0 ? undefined : { reducedCost };
  }

  private improving(access: Access, duals: ArrayLike<number>): { index: number; reduced: number }[] {
    const { lists } = this.task;
    const reducedOf = this.reducedCosts(access, duals);
    return lists[access]
      .map((quorum, index) => ({ index, reduced: reducedOf(quorum) }))
      .filter(({ index, reduced }) => reduced < -tolerance && !this.given[access].has(index))
      .sort((a, b) => a.reduced - b.reduced);
  }

  /** Linear in members and latency: so it is a sum of their prices. */
  private reducedCosts(access: Access, duals: ArrayLike<number>): (quorum: QuorumColumn) => number {
    const { frame, lists, convexity } = this.task;
    const priceOf = (places: readonly number[], latency: number): number => {
      const quorum = { places, latency };
      const entries = frame.entriesOf(access, quorum);
      return entries.reduce(
        (sum, { row, value }) => sum - value * valueAt(duals, row),
        this.costOf({ access, quorum }),
      );
    };
    const prices = frame.goal.servers.map((_, place) => priceOf([place], 0));
    const slowest = lists[access].reduce((most, { latency }) => Math.max(most, latency), 0);
    const priceOfTime = slowest === 0 ? 0 : priceOf([], slowest) / slowest;
    const base = valueAt(duals, convexity + (access === 'read' ? 0 : 1));
    return ({ places, latency }) =>
      places.reduce((sum, place) => sum + (prices[place] ?? 0), priceOfTime * latency) - base;
  }

  private give(access: Access, indices: readonly number[]): void {
    const { frame, lists, convexity } = this.task;
    const columns = indices.map((index): Column => {
      const quorum = present(lists[access][index], 'an index of the list');
      this.known.push({ access, quorum });
      this.given[access].add(index);
      const entries = frame.entriesOf(access, quorum);
      entries.push({ row: convexity + (access === 'read' ? 0 : 1), value: 1 });
      return { cost: this.costOf({ access, quorum }), entries };
    });
    this.model.addColumns(columns);
  }

  private costOf({ access, quorum }: PricedQuorum): number {
    return this.aim === 'metric' ? this.task.frame.costOf(access, quorum) : 0;
  }

  private share(access: Access, values: ArrayLike<number>): readonly WeightedQuorum[] {
    const first = this.task.frame.columns.length;
    return this.known.flatMap((known, index) => {
      const probability = valueAt(values, first + index);
      return known.access === access && probability > 0 ? [{ places: known.quorum.places, probability }] : [];
    });
  }
}

type Aim = 'limits' | 'metric';

const sides: readonly Access[] = ['read', 'write'];
