/** The quorum system of explicitly listed fault sets. */
import { E } from '../../prelude/fp.js';
import { invariant } from '../../prelude/invariant.js';
import { type ProcessSet, Universe } from '../../prelude/process.js';
import { type CoveringFaults, QuorumSystem } from '../quorum-system.js';
import { checkExplicitFaults, type ExplicitFaults } from './explicit-faults.js';

export class ExplicitSystem extends QuorumSystem {
  readonly processes: ProcessSet;
  /** The maximal sets of 𝓩 and 𝓣; the empty one alone where none is listed. */
  readonly byzantine: readonly ProcessSet[];
  readonly slow: readonly ProcessSet[];

  /** @param faults - checked (`checkExplicitFaults`). */
  constructor(
    readonly faults: ExplicitFaults,
    universe: Universe = new Universe(faults.of),
  ) {
    super();
    invariant(E.isRight(checkExplicitFaults(faults)), 'a quorum system is made from checked fault sets');
    const sets = (lists: ExplicitFaults['byzantine']): readonly ProcessSet[] =>
      lists.length === 0 ? [universe.none] : lists.map((ids) => universe.of(ids));
    this.processes = universe.all;
    this.byzantine = sets(faults.byzantine);
    this.slow = sets(faults.slow);
  }

  override isCoveredBy(set: ProcessSet, { byzantine, slow = 0, accused }: CoveringFaults): boolean {
    const heeded = accused === undefined || byzantine === 0 ? set.universe.none : accused;
    const faulty = this.byzantine.filter((one) => heeded.isSubsetOf(one));
    return (byzantine === 0 || faulty.length > 0) && isCovered(set, { faulty, slow: this.slow }, { byzantine, slow });
  }
}

/** Some set must contain the first process: tries each that does, and covers what it leaves. */
function isCovered(
  set: ProcessSet,
  sets: { readonly faulty: readonly ProcessSet[]; readonly slow: readonly ProcessSet[] },
  { byzantine, slow }: { readonly byzantine: number; readonly slow: number },
): boolean {
  const [first] = set;
  if (first === undefined) return true;
  const covers = (rest: readonly ProcessSet[], counts: { byzantine: number; slow: number }): boolean =>
    rest.some((one) => one.has(first) && isCovered(set.minus(one), sets, counts));
  return (
    (byzantine > 0 && covers(sets.faulty, { byzantine: byzantine - 1, slow })) ||
    (slow > 0 && covers(sets.slow, { byzantine, slow: slow - 1 }))
  );
}
