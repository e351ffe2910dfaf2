/**
 * Votes counted as they arrive: whether those that accepted are qualified, and whether the others can still become so. A rejection
 * counts along the dual policy, so one vote costs the depth of the tree (etcd-io/raft, `quorum.VoteResult`, for majorities).
 */
import type { ProcessId, ProcessSet, Universe } from '../../prelude/process.js';
import { present } from '../../prelude/invariant.js';
import { totalWeight, weightAt } from '../tree/weights.js';
import type { Policy, ThresholdGate } from './policy.js';
import type { QualifiedSets } from './qualified-sets.js';

/** `won`: those that accepted are qualified. `lost`: not even with everyone who has not voted yet. Both are final. */
export type VoteState = 'pending' | 'won' | 'lost';

/**
 * The votes of one decision. The first vote of a process counts, whether it is repeated or contradicted later; a stranger's is ignored.
 * Votes after the end are still recorded.
 */
export interface VoteTracker {
  readonly state: VoteState;
  readonly accepted: ProcessSet;
  readonly rejected: ProcessSet;
  accept(id: ProcessId): VoteState;
  reject(id: ProcessId): VoteState;
}

const undecided = 0;
const accepting = 1;
const rejecting = 2;

type Vote = typeof accepting | typeof rejecting;

/** Who voted how. */
abstract class RecordedVotes implements VoteTracker {
  private readonly votes: Uint8Array;

  constructor(protected readonly universe: Universe) {
    this.votes = new Uint8Array(universe.size);
  }

  abstract readonly state: VoteState;

  get accepted(): ProcessSet {
    return this.votersOf(accepting);
  }

  get rejected(): ProcessSet {
    return this.votersOf(rejecting);
  }

  accept(id: ProcessId): VoteState {
    return this.vote(id, accepting);
  }

  reject(id: ProcessId): VoteState {
    return this.vote(id, rejecting);
  }

  /** Takes in the first vote of the process at `index`. */
  protected abstract count(index: number, vote: Vote): void;

  private vote(id: ProcessId, vote: Vote): VoteState {
    const index = this.universe.indexOf(id);
    if (index !== undefined && this.votes[index] === undecided) {
      this.votes[index] = vote;
      this.count(index, vote);
    }
    return this.state;
  }

  private votersOf(vote: Vote): ProcessSet {
    return this.universe.of(this.universe.ids.filter((_, index) => this.votes[index] === vote));
  }
}

/** For any structure: asks it again after each vote. */
export class StructureTracker extends RecordedVotes {
  state: VoteState = 'pending';

  constructor(private readonly structure: QualifiedSets) {
    super(structure.processes.universe);
  }

  protected override count(_: number, vote: Vote): void {
    if (this.state !== 'pending') return;
    if (vote === accepting && this.structure.isQualified(this.accepted)) this.state = 'won';
    if (vote === rejecting && !this.structure.isQualified(this.rejected.complement())) this.state = 'lost';
  }
}

/** One appearance of a member in a policy. */
interface Place {
  readonly gate: number;
  readonly weight: number;
}

/** The gates of a policy, parents first, as every tracker of it reads them. */
export class TrackedPolicy {
  /** Where the process at each index of the universe stands. */
  readonly places: readonly (readonly Place[])[];
  readonly parents: readonly number[];
  /** What each gate weighs in its parent. */
  readonly weights: readonly number[];
  /** What must accept, and what must reject, to settle each gate. */
  readonly limits: Readonly<Record<Vote, readonly number[]>>;

  /** @param universe - has all members of `policy`. */
  constructor(
    policy: Policy,
    readonly universe: Universe,
  ) {
    const places: Place[][] = universe.ids.map(() => []);
    const gates: { readonly gate: ThresholdGate; readonly parent: number; readonly weight: number }[] = [];
    const add = (gate: ThresholdGate, parent: number, weight: number): void => {
      const number = gates.push({ gate, parent, weight }) - 1;
      for (const [index, child] of gate.of.entries()) {
        if (child._tag === 'threshold') add(child, number, weightAt(gate, index));
        else placesOf(child.id).push({ gate: number, weight: weightAt(gate, index) });
      }
    };
    const placesOf = (id: ProcessId): Place[] => {
      const index = present(universe.indexOf(id), 'the universe of a policy has its members');
      return present(places[index], 'a universe has no gaps');
    };
    add(policy._tag === 'member' ? { _tag: 'threshold', k: 1, of: [policy] } : policy, -1, 1);
    this.places = places;
    this.parents = gates.map(({ parent }) => parent);
    this.weights = gates.map(({ weight }) => weight);
    this.limits = {
      [accepting]: gates.map(({ gate }) => gate.k),
      [rejecting]: gates.map(({ gate }) => totalWeight(gate) - gate.k + 1),
    };
  }
}

/** For a policy: adds each vote at the gates where the process stands, and upwards as gates are settled. */
export class PolicyTracker extends RecordedVotes {
  state: VoteState = 'pending';
  private readonly tallies: Readonly<Record<Vote, Float64Array>>;

  constructor(private readonly policy: TrackedPolicy) {
    super(policy.universe);
    const gateCount = policy.parents.length;
    this.tallies = { [accepting]: new Float64Array(gateCount), [rejecting]: new Float64Array(gateCount) };
  }

  protected override count(index: number, vote: Vote): void {
    for (const place of this.policy.places[index] ?? []) {
      if (this.reachesRoot(place, vote)) this.state = vote === accepting ? 'won' : 'lost';
    }
  }

  private reachesRoot({ gate, weight }: Place, vote: Vote): boolean {
    const { parents, weights, limits } = this.policy;
    const [tally, limit] = [this.tallies[vote], limits[vote]];
    let added = weight;
    for (let at = gate; at >= 0; at = parents[at] ?? -1) {
      const before = tally[at] ?? 0;
      const needed = limit[at] ?? 0;
      tally[at] = before + added;
      if (before >= needed || before + added < needed) return false;
      added = weights[at] ?? 0;
    }
    return true;
  }
}
