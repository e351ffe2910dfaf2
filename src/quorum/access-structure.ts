/** Who together may act: an access policy evaluated over the processes of one epoch, or a predicate of a user's own. */
import { E, type Either } from '../prelude/fp.js';
import type { ProcessSet, Universe } from '../prelude/process.js';
import { type PolicyError, policyError } from './errors.js';
import { findCompletion, type Missing } from './policy/missing.js';
import { StructureTracker, type VoteTracker } from './policy/vote-tracker.js';

export abstract class AccessStructure {
  /** All processes, in the order of their universe. */
  abstract readonly processes: ProcessSet;

  /** Whether all of `set` together may act. Monotone; false for the empty set, true for {@link processes}. */
  abstract isQualified(set: ProcessSet): boolean;

  /** Whether nobody can act without one of `set`. */
  isBlocking(set: ProcessSet): boolean {
    return !this.isQualified(set.complement());
  }

  /** Counts votes as they arrive. */
  tracker(): VoteTracker {
    return new StructureTracker(this);
  }

  /**
   * What `set` lacks to be qualified.
   *
   * @param refused - processes that are known not to join; those of them that are in `set` count as in it.
   */
  missing(set: ProcessSet, refused = set.universe.none): Missing {
    return findCompletion(this, set, refused);
  }
}

/**
 * The access structure of a user's own rule, which must be monotone: a set that contains a qualified one is qualified. Only its two
 * ends are checked. It can decide who may act; no key can be shared along it.
 *
 * @param isQualified - asked about sets of `universe`; for every question, so it should be quick.
 */
export function predicateStructure(
  universe: Universe,
  isQualified: (set: ProcessSet) => boolean,
): Either<PolicyError, AccessStructure> {
  if (isQualified(universe.none)) return E.left(policyError('OutOfRange', '', 'a predicate that is false for nobody'));
  if (!isQualified(universe.all)) return E.left(policyError('OutOfRange', '', 'a predicate that is true for everyone'));
  return E.right(new PredicateStructure(universe.all, isQualified));
}

class PredicateStructure extends AccessStructure {
  constructor(
    readonly processes: ProcessSet,
    private readonly predicate: (set: ProcessSet) => boolean,
  ) {
    super();
  }

  override isQualified(set: ProcessSet): boolean {
    return this.predicate(set);
  }
}
