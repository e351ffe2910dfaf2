/**
 * What can be told of an access structure, whatever it is made of. Trees in which every member stands once answer in closed form, at
 * any size; others by the table of all their sets, as far as that goes; what is out of reach is said to be.
 */
import type { ProcessId } from '../../prelude/process.js';
import type { FailureModel, Uptime } from './failure-model.js';
import type { Figure, Verdict } from '../verdict.js';

/** Sets are lists of distinct members in the order of the structure's processes. */
export interface StructureAnalysis {
  readonly members: readonly ProcessId[];
  /** Of minimal qualified sets. */
  minimalQuorumCount(): Figure<bigint>;
  minimalBlockingSetCount(): Figure<bigint>;
  /** Each minimal qualified set once, lazily; ends early, without a word, only where `minimalQuorumCount` is unknown. */
  minimalQuorums(): Iterable<readonly ProcessId[]>;
  minimalBlockingSets(): Iterable<readonly ProcessId[]>;
  /** @param cost - not negative, a safe integer; 1 each if absent: then the smallest. */
  cheapestQuorum(cost?: (id: ProcessId) => number): Figure<PricedSet>;
  cheapestBlockingSet(cost?: (id: ProcessId) => number): Figure<PricedSet>;
  /** The fewest processes outside which two qualified sets do not meet. */
  smallestSplittingSet(): Figure<SplittingSet>;
  /** Q^k: no k unqualified sets contain every process. The witness is k of them that do. */
  isUncoverable(k: number): Verdict<readonly (readonly ProcessId[])[]>;
  /** How often each member turns an unqualified set into a qualified one, as a share of all sets of the others: 0 to 1. */
  banzhaf(): Figure<ReadonlyMap<ProcessId, number>>;
  /** Members that no set needs: without a swing. */
  dummies(): Figure<readonly ProcessId[]>;
  /** The probability that those up are qualified, each up independently. */
  availability(up: (id: ProcessId) => number): Figure<number>;
  /** The same where groups of members also fail as one. */
  uptime(model: FailureModel): Figure<Uptime>;
}

export interface PricedSet {
  readonly members: readonly ProcessId[];
  readonly cost: number;
}

export interface SplittingSet {
  readonly members: readonly ProcessId[];
  /** Two qualified sets whose common members are all among them. */
  readonly quorums: readonly [readonly ProcessId[], readonly ProcessId[]];
}
