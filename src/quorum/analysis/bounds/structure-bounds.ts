/** What surely holds of an access structure that is too large for the table of all its sets. */
import type { ProcessId } from '../../../prelude/process.js';
import type { Budget, Figure } from '../../verdict.js';
import type { FailureModel, Uptime } from '../availability/failure-model.js';
import type { Cost } from '../structure-analysis.js';

/** The least that a set of a kind can cost, with a set of that kind that may be no cheaper, if one came along. */
export interface CostBound {
  readonly atLeast: number;
  readonly set?: readonly ProcessId[];
}

/** Of the minimal sets of one kind. */
export interface SetBounds {
  /** @param cost - not negative integers whose sum is safe. */
  cheapest(cost: Cost): CostBound;
  /** Undefined where no bound is known. */
  countAtMost(): bigint | undefined;
}

export interface StructureBounds {
  readonly quorums: SetBounds;
  readonly blockingSets: SetBounds;
  /** Of the common members of any two qualified sets. */
  splittingSize(): number;
  /** True only if no k unqualified sets contain every member. */
  isSurelyUncoverable(k: number): boolean;
  /** @param budget - the one that the bounds were made with, if absent. */
  uptime(model: FailureModel, budget?: Budget): Figure<Uptime>;
}
