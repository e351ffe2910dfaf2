/**
 * A quorum system of one's own, in one method. Data centres stand along a ring of fibre; whatever befalls it, a fire, a flood, a bad
 * rollout, at most two neighbours are struck together. The two-step path survives the silence of one data centre.
 */
import { type CoveringFaults, type ProcessSet, QuorumSystem, Universe, type ProcessId } from '../src/exports/quorum.js';

export class RingSystem extends QuorumSystem {
  readonly processes: ProcessSet;
  private readonly centres: readonly ProcessSet[];
  private readonly neighbours: readonly ProcessSet[];

  /** @param centres - the servers of each data centre, in the order of the ring. */
  constructor(centres: readonly (readonly ProcessId[])[]) {
    super();
    const universe = new Universe(centres.flat());
    this.processes = universe.all;
    this.centres = centres.map((ids) => universe.of(ids));
    this.neighbours = centres.map((ids, index) =>
      universe.of([...ids, ...(centres[(index + 1) % centres.length] ?? [])]),
    );
  }

  /** Some set must contain the first process: each that does is tried, and must leave what the others can cover. */
  override isCoveredBy(set: ProcessSet, { byzantine, slow = 0, accused = set.universe.none }: CoveringFaults): boolean {
    const pairs = byzantine === 0 ? [] : this.neighbours.filter((pair) => accused.isSubsetOf(pair));
    if (byzantine > 0 && pairs.length === 0) return false;
    const [first] = set;
    if (first === undefined) return true;
    const covers = (rest: CoveringFaults) => (struck: ProcessSet) =>
      struck.has(first) && this.isCoveredBy(set.minus(struck), rest);
    return (
      pairs.some(covers({ byzantine: byzantine - 1, slow, accused })) ||
      (slow > 0 && this.centres.some(covers({ byzantine, slow: slow - 1, accused })))
    );
  }
}
