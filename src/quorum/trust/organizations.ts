/**
 * The quorum system of a trust tree: organizations with servers, nested to any depth; a threshold (n, f, t) is the tree of one gate.
 * One linear recursion answers every question, exactly, because every process stands once (spec/quorum.md, "The recursion").
 */
import { invariant } from '../../prelude/invariant.js';
import { E } from '../../prelude/fp.js';
import { type ProcessSet, Universe } from '../../prelude/process.js';
import { type CoveringFaults, QuorumSystem } from '../quorum-system.js';
import { PlacedTree } from '../tree/placed-tree.js';
import { membersOf } from '../tree/tree-check.js';
import { checkTrustTree, type TrustTree } from './trust-tree.js';

export class OrganizationSystem extends QuorumSystem {
  readonly processes: ProcessSet;
  private readonly placed: PlacedTree;

  /**
   * @param tree - checked (`checkTrustTree`).
   * @param universe - exactly the processes of `tree`; in their order of appearance if absent.
   */
  constructor(
    readonly tree: TrustTree,
    universe: Universe = new Universe(membersOf(tree)),
  ) {
    super();
    invariant(E.isRight(checkTrustTree(tree)), 'a quorum system is made from a checked trust tree');
    invariant(
      universe.of(membersOf(tree)).equals(universe.all),
      'a trust tree and its universe have the same processes',
    );
    this.placed = new PlacedTree(tree, universe);
    this.processes = universe.all;
  }

  override isCoveredBy(set: ProcessSet, { byzantine, slow = 0, accused }: CoveringFaults): boolean {
    const { universe } = this.processes;
    invariant(set.universe.equals(universe), 'a set is judged in its own universe');
    const heeded = accused === undefined || byzantine === 0 ? universe.none : accused;
    return this.placed.isCovered({ set: set.words, accused: heeded.words, byzantine, slow });
  }
}
