/** Who together may act: an access policy evaluated over the processes of one epoch, or a predicate of a user's own. */
import type { ProcessSet } from '../prelude/process.js';

export abstract class AccessStructure {
  /** All processes, in the order of their universe. */
  abstract readonly processes: ProcessSet;

  /** Whether all of `set` together may act. Monotone; false for the empty set, true for {@link processes}. */
  abstract isQualified(set: ProcessSet): boolean;

  /** Whether nobody can act without one of `set`. */
  isBlocking(set: ProcessSet): boolean {
    return !this.isQualified(set.complement());
  }
}
