/**
 * The quorum system of a trust tree: organizations with servers, nested to any depth; a threshold (n, f, t) is the tree of one gate.
 * One linear recursion answers every question, exactly, because every process stands once (spec/quorum.md, "The recursion").
 */
import { invariant, present } from '../../prelude/invariant.js';
import { E } from '../../prelude/fp.js';
import { type ProcessSet, Universe } from '../../prelude/process.js';
import { type CoveringFaults, QuorumSystem } from '../quorum-system.js';
import { type CoverQuestion, PlacedTree } from '../tree/placed-tree.js';
import { membersOf } from '../tree/tree-check.js';
import { checkTrustTree, type TrustTree } from './trust-tree.js';

export type { CoverQuestion } from '../tree/placed-tree.js';

export class OrganizationSystem extends QuorumSystem {
  readonly processes: ProcessSet;
  /** {@link tree}, with every process found in the bitset. */
  readonly root: PlacedGate;
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
    this.root = place(tree, universe);
    this.placed = new PlacedTree(tree, universe);
    this.processes = universe.all;
    invariant(this.root.members.equals(universe.all), 'a trust tree and its universe have the same processes');
  }

  override isCoveredBy(set: ProcessSet, faults: CoveringFaults): boolean {
    return this.placed.isCovered(this.question(set, faults));
  }

  /** `faults` with its defaults, about `set`, as the recursion reads it. */
  question(set: ProcessSet, { byzantine, slow = 0, accused }: CoveringFaults): CoverQuestion {
    const { universe } = this.processes;
    invariant(set.universe.equals(universe), 'a set is judged in its own universe');
    const heeded = accused === undefined || byzantine === 0 ? universe.none : accused;
    return { set: set.words, accused: heeded.words, byzantine, slow };
  }
}

/** A node of the tree. A leaf has no children, and its bit in the words of a process set. */
export interface PlacedGate {
  readonly members: ProcessSet;
  readonly children: readonly PlacedGate[];
  /** What each child weighs; 1 each if absent. */
  readonly weights?: readonly number[];
  readonly f: number;
  readonly t: number;
  readonly word: number;
  readonly mask: number;
}

/**
 * Of the part of the set in a subtree: the sets of faults cover it within the subtree's own limits; or they do not; or the accused
 * among it exceed those limits, so that every Byzantine set has to own the whole subtree.
 */
export type Covering = 'covered' | 'uncovered' | 'forced';

/** Linear in the subtree: the recursion as it is written, for those who ask about a part of the tree. */
export function judge(node: PlacedGate, question: CoverQuestion): Covering {
  const { children, weights, f, t, word, mask } = node;
  if (children.length === 0) {
    if (((question.accused[word] ?? 0) & mask) !== 0) return 'forced';
    return ((question.set[word] ?? 0) & mask) !== 0 ? 'uncovered' : 'covered';
  }
  let forced = 0;
  let uncovered = 0;
  for (const [index, child] of children.entries()) {
    const verdict = judge(child, question);
    const weight = weights?.[index] ?? 1;
    if (verdict === 'forced') forced += weight;
    else if (verdict === 'uncovered') uncovered += weight;
  }
  if (forced > f) return 'forced';
  return uncovered <= question.byzantine * (f - forced) + question.slow * t ? 'covered' : 'uncovered';
}

function place(tree: TrustTree, universe: Universe): PlacedGate {
  const members = universe.of(membersOf(tree));
  if (tree._tag === 'gate') {
    const children = tree.of.map((child) => place(child, universe));
    const weights = tree.weights === undefined ? {} : { weights: tree.weights };
    return { members, children, ...weights, f: tree.f, t: tree.t, word: 0, mask: 0 };
  }
  const index = present(universe.indexOf(tree.id), 'the universe of a trust tree has its processes');
  return { members, children: [], f: 0, t: 0, word: index >>> 5, mask: 1 << (index & 31) };
}
