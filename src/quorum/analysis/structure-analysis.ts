/**
 * What can be told of an access structure, whatever it is made of. Trees in which every member stands once answer in closed form, at
 * any size; others by the table of all their sets, as far as that goes; what is out of reach is said to be.
 */
import type { ProcessId } from '../../prelude/process.js';
import type { Figure, Verdict } from '../verdict.js';
import type { FailureModel, Uptime } from './availability/failure-model.js';
import type { Fraction } from './load/fraction.js';

/** Sets are lists of distinct members in the order of the structure's processes. */
export interface StructureAnalysis {
  readonly members: readonly ProcessId[];
  /** The qualified sets of which no member can be spared. */
  readonly quorums: MinimalSets;
  /** The same of the sets without which nobody is qualified. */
  readonly blockingSets: MinimalSets;
  /** The fewest processes outside which two qualified sets do not meet. */
  smallestSplittingSet(): Figure<SplittingSet>;
  /** Q^k: no k unqualified sets contain every process. The witness is k of them that do. */
  isUncoverable(k: number): Verdict<readonly (readonly ProcessId[])[]>;
  /** How often each member turns an unqualified set into a qualified one, as a share of all sets of the others: 0 to 1. */
  banzhaf(): Figure<ReadonlyMap<ProcessId, number>>;
  /** Members that no set needs: without a swing. */
  dummies(): Figure<readonly ProcessId[]>;
  /** Of the busiest member, at best: in how many of the quorums chosen it must be; `strategy/` tells where closed forms do not. */
  load(): Figure<Fraction>;
  /** The probability that those up are qualified, where members fail by themselves and groups of them as one. */
  uptime(model: FailureModel): Figure<Uptime>;
}

/** The minimal sets of one kind. */
export interface MinimalSets {
  count(): Figure<bigint>;
  /** Each once, lazily; ends early, without a word, only where `count` is unknown. */
  list(): Iterable<readonly ProcessId[]>;
  /** @param cost - not negative, a safe integer; 1 each if absent: then the smallest. */
  cheapest(cost?: Cost): Figure<PricedSet>;
}

export type Cost = (id: ProcessId) => number;

export interface PricedSet {
  readonly members: readonly ProcessId[];
  readonly cost: number;
}

export interface SplittingSet {
  readonly members: readonly ProcessId[];
  /** Two qualified sets whose common members are all among them. */
  readonly quorums: readonly [readonly ProcessId[], readonly ProcessId[]];
}

/** What is said of costs that cannot be added up. */
export const costsTooLarge = { _tag: 'unknown', reason: 'the costs together exceed 2^53 - 1' } as const;
