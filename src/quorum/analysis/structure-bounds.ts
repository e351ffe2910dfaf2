/** What surely holds of an access structure that is too large for the table of all its sets. */
import type { ProcessId } from '../../prelude/process.js';
import type { Budget, Figure } from '../verdict.js';
import type { FailureModel, Uptime } from './failure-model.js';

export type Cost = (id: ProcessId) => number;

/** The least that a set of a kind can cost, with a set of that kind that may be no cheaper, if one came along. */
export interface CostBound {
  readonly atLeast: number;
  readonly set?: readonly ProcessId[];
}

export interface StructureBounds {
  /** @param cost - not negative integers whose sum is safe. */
  quorumCost(cost: Cost): CostBound;
  blockingCost(cost: Cost): CostBound;
  /** Of the common members of any two qualified sets. */
  splittingSize(): number;
  /** True only if no k unqualified sets contain every member. */
  isSurelyUncoverable(k: number): boolean;
  /** Undefined where no bound is known. */
  minimalQuorumCountAtMost(): bigint | undefined;
  minimalBlockingSetCountAtMost(): bigint | undefined;
  /** @param budget - the one that the bounds were made with, if absent. */
  uptime(model: FailureModel, budget?: Budget): Figure<Uptime>;
}
