/**
 * The quorum system of explicitly listed fault sets. What protocols ask while they run, covers by at most two sets, is exact and quick;
 * the conditions ask for covers by five, which is hard in the worst case: where the search gives up, the set counts as covered, which
 * is the safe side, because the conditions then refuse.
 */
import { E } from '../../prelude/fp.js';
import { invariant } from '../../prelude/invariant.js';
import { type ProcessSet, Universe } from '../../prelude/process.js';
import { type CoveringFaults, QuorumSystem } from '../quorum-system.js';
import { checkExplicitFaults, type ExplicitFaults } from './explicit-faults.js';
import { type SetCover, SetList } from './set-cover.js';
import { unlimited } from '../verdict.js';

/** How many sets a search may look at, several times each: less than a second on a small machine. */
const maxCoverSteps = 2 ** 21;

export class ExplicitSystem extends QuorumSystem {
  readonly processes: ProcessSet;
  /** The maximal sets of 𝓩 and 𝓣; the empty one alone where none is listed. */
  readonly byzantine: readonly ProcessSet[];
  readonly slow: readonly ProcessSet[];

  private readonly list: SetList;

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
    this.list = new SetList([
      ...this.byzantine.map((members) => ({ kind: 'byzantine', members }) as const),
      ...this.slow.map((members) => ({ kind: 'slow', members }) as const),
    ]);
  }

  override isCoveredBy(set: ProcessSet, faults: CoveringFaults): boolean {
    return this.findCover(set, faults)._tag !== 'uncovered';
  }

  /** Listed sets that cover `set`; or that none do; or, of three sets or more, that {@link maxCoverSteps} or `budget` did not tell. */
  findCover(set: ProcessSet, { byzantine, slow = 0, accused }: CoveringFaults, budget = unlimited): SetCover {
    invariant(set.universe.equals(this.processes.universe), 'a set is judged in its own universe');
    const heeded = accused === undefined || byzantine === 0 ? set.universe.none : accused;
    return this.list.findCover({ set, byzantine, slow, accused: heeded }, { maxSteps: maxCoverSteps, budget });
  }
}
