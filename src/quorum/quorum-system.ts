/**
 * What a quorum system is: one question about who may fail together, from which every quorum of every protocol is derived
 * (design: "Quorum systems"; spec/quorum.md for the laws and why they suffice).
 *
 * Below, 𝓩 is the family of sets that may be Byzantine together and 𝓣 ⊆ 𝓩 the sets whose silence the two-step path
 * survives, both downward closed; P is the set of all processes.
 */
import type { ProcessSet } from '../prelude/process.js';

/** How many sets of each kind may join to cover a set. */
export interface CoveringFaults {
  /** Number of sets of 𝓩. */
  readonly byzantine: number;
  /** Number of sets of 𝓣; 0 if absent. */
  readonly slow?: number;
  /** Processes that each of the sets of 𝓩 must contain (because they are proven Byzantine); none if absent. */
  readonly accused?: ProcessSet;
}

export abstract class QuorumSystem {
  /** P, in the order of its universe. */
  abstract readonly processes: ProcessSet;

  /**
   * Is `set` contained in the union of `byzantine` sets of 𝓩, each containing `accused`, and `slow` sets of 𝓣?
   * False where no set of 𝓩 contains `accused` and `byzantine` is at least 1.
   * Monotone: true for every subset of a set for which it is true, and for more sets of either kind.
   */
  abstract isCoveredBy(set: ProcessSet, faults: CoveringFaults): boolean;

  /** Whether all of `set` may be Byzantine together. */
  canBeFaulty(set: ProcessSet): boolean {
    return this.isCoveredBy(set, { byzantine: 1 });
  }

  /** Whether at least one of `set` is correct, whatever happens within 𝓩: what it says together, a correct process says. */
  containsCorrect(set: ProcessSet): boolean {
    return !this.canBeFaulty(set);
  }

  /** Whether a process may wait for all of `set` without waiting for ever. */
  isRecoveryQuorum(set: ProcessSet): boolean {
    return this.canBeFaulty(set.complement());
  }

  /** Whether acceptance by `set` decides in two message delays. */
  isFastQuorum(set: ProcessSet): boolean {
    return this.isCoveredBy(set.complement(), { byzantine: 0, slow: 1 });
  }

  /** Whether acceptance by `set` makes a commit certificate: two such sets share a correct process (under C1). */
  isSlowQuorum(set: ProcessSet): boolean {
    return this.isRecoveryQuorum(set);
  }

  /** Whether acceptance of a value by `set` excludes that any other value is decided fast in the same view. */
  isLocked(set: ProcessSet): boolean {
    return !this.isCoveredBy(set, { byzantine: 1, slow: 1 });
  }

  /**
   * Whether a value may have been decided fast when `others` are those, among the ones heard, that did not accept it,
   * and all of `accused` are proven Byzantine.
   */
  mayBeDecided(others: ProcessSet, accused: ProcessSet): boolean {
    return this.isCoveredBy(others, { byzantine: 1, slow: 1, accused });
  }
}
