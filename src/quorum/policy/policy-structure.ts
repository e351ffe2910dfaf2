/** An access policy evaluated over the processes of one epoch: for many questions about one policy. */
import { invariant } from '../../prelude/invariant.js';
import { E } from '../../prelude/fp.js';
import { type ProcessSet, Universe } from '../../prelude/process.js';
import { AccessStructure } from '../access-structure.js';
import { PlacedTree } from '../tree/placed-tree.js';
import { tolerated } from './gates.js';
import { lackOf, type Missing } from './missing.js';
import { checkPolicy, type Policy, policyMembers } from './policy.js';
import { PolicyTracker, TrackedPolicy, type VoteTracker } from './vote-tracker.js';

export class PolicyStructure extends AccessStructure {
  readonly processes: ProcessSet;
  private readonly placed: PlacedTree;
  private tracked: TrackedPolicy | undefined;

  /**
   * @param policy - checked (`checkPolicy`).
   * @param universe - has all members of `policy`, and others perhaps, who count nowhere; exactly them, in order of first appearance, if absent.
   */
  constructor(
    readonly policy: Policy,
    universe: Universe = new Universe(policyMembers(policy)),
  ) {
    super();
    invariant(E.isRight(checkPolicy(policy)), 'an access structure is made from a checked policy');
    this.processes = universe.all;
    this.placed = new PlacedTree(tolerated(policy), universe);
  }

  override isQualified(set: ProcessSet): boolean {
    invariant(set.universe.equals(this.processes.universe), 'a set is judged in its own universe');
    const accused = this.processes.universe.none.words;
    return !this.placed.isCovered({ set: set.words, accused, byzantine: 1, slow: 0 });
  }

  /** One vote costs the depth of the policy, for each place where the process stands. */
  override tracker(): VoteTracker {
    this.tracked ??= new TrackedPolicy(this.policy, this.processes.universe);
    return new PolicyTracker(this.tracked);
  }

  override missing(set: ProcessSet, refused = set.universe.none): Missing {
    return lackOf(this.policy, set, refused);
  }
}
