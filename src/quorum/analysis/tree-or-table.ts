/** Closed forms, and where the weights of a gate have too many different sums for them, the table of all sets, as far as that goes. */
import { E, O } from '../../prelude/fp.js';
import type { ProcessId } from '../../prelude/process.js';
import type { Policy } from '../policy/policy.js';
import { type Figure, unlimited, type Verdict } from '../verdict.js';
import type { FailureModel, Uptime } from './availability/failure-model.js';
import type { UptimeMeans } from './availability/tree-availability.js';
import { TreeAnalysis } from './closed-form/tree-analysis.js';
import type { SplittingSet } from './structure-analysis.js';
import { TableAnalysis } from './table/table-analysis.js';
import { policyTable } from './table/truth-table.js';

export class TreeOrTable extends TreeAnalysis {
  private known: O.Option<TableAnalysis> | undefined;

  /** @param policy - checked and read-once (`isReadOnce`). */
  constructor(
    policy: Policy,
    private readonly asked: UptimeMeans = {},
  ) {
    super(policy, asked);
  }

  override smallestSplittingSet(): Figure<SplittingSet> {
    return this.orTabled(super.smallestSplittingSet(), (table) => table.smallestSplittingSet());
  }

  override isUncoverable(k: number): Verdict<readonly (readonly ProcessId[])[]> {
    const verdict = super.isUncoverable(k);
    const table = verdict._tag === 'unknown' ? this.table() : O.none;
    return O.isNone(table) ? verdict : table.value.isUncoverable(k);
  }

  override banzhaf(): Figure<ReadonlyMap<ProcessId, number>> {
    return this.orTabled(super.banzhaf(), (table) => table.banzhaf());
  }

  override dummies(): Figure<readonly ProcessId[]> {
    return this.orTabled(super.dummies(), (table) => table.dummies());
  }

  override uptime(model: FailureModel): Figure<Uptime> {
    return this.orTabled(super.uptime(model), (table) => table.uptime(model));
  }

  private orTabled<A>(figure: Figure<A>, ask: (table: TableAnalysis) => Figure<A>): Figure<A> {
    if (figure._tag === 'exact') return figure;
    const table = this.table();
    return O.isNone(table) ? figure : ask(table.value);
  }

  /** None where there are too many members, or no time. */
  private table(): O.Option<TableAnalysis> {
    const { budget = unlimited } = this.asked;
    const made = (): O.Option<TableAnalysis> => {
      const table = policyTable(this.policy, budget);
      return E.isLeft(table) ? O.none : O.some(new TableAnalysis(table.right, budget));
    };
    return (this.known ??= made());
  }
}
