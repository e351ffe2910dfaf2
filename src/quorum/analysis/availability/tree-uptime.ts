/** Evaluates a failure tree: at each gate the distribution of the weight that is up, or of that which is down, whichever is shorter. */
import type { Budget } from '../../verdict.js';
import { alwaysDown, neverDown, type Uptime } from './failure-model.js';
import type {
  ChildPart,
  CuttingGroup,
  FailureGate,
  FailureNode,
  FailureTree,
  GatePart,
  GroupPart,
} from './failure-tree.js';
import { emptySum, shorterSide } from './gate-sums.js';
import type { SumDistribution, Term } from './sum-distribution.js';

const stepsBetweenClocks = 10_000;

export class TreeUptime {
  /** By index, whether a cutting group is down in the state that is being tried. */
  private readonly isDown: Uint8Array;
  /** What was found of a gate, by the states of the groups that cut it off from its surroundings. */
  private readonly known = new Map<FailureGate, Map<number, Uptime>>();
  /** Since the clock was read. */
  private steps = stepsBetweenClocks;
  private isSpent = false;

  constructor(
    private readonly tree: FailureTree,
    private readonly budget: Budget,
  ) {
    this.isDown = new Uint8Array(tree.cutters.length);
  }

  get cutters(): readonly CuttingGroup[] {
    return this.tree.cutters;
  }

  /** Every state of the cutting groups tried; undefined when time is up. */
  overAllStates(): Uptime | undefined {
    const uptime = this.uptimeOf(this.tree.root, 'every state');
    return this.isSpent ? undefined : uptime;
  }

  /** In the one state in which exactly those cutting groups are down; undefined when time is up. */
  inState(isDown: (cutter: CuttingGroup) => boolean): Uptime | undefined {
    for (const cutter of this.cutters) this.isDown[cutter.index] = isDown(cutter) ? 1 : 0;
    const uptime = this.uptimeOf(this.tree.root, 'one state');
    return this.isSpent ? undefined : uptime;
  }

  private uptimeOf(node: FailureNode, states: 'every state' | 'one state'): Uptime {
    if (node._tag === 'leaf') return this.cutsOff(node) ? alwaysDown : node.uptime;
    if (states === 'one state') return this.inThisState(node, states);
    const key = this.stateOf(node.cutBy);
    const known = this.known.get(node) ?? new Map<number, Uptime>();
    const uptime = known.get(key) ?? this.overStates(node, 0);
    this.known.set(node, known.set(key, uptime));
    return uptime;
  }

  private cutsOff({ cutBy }: FailureNode): boolean {
    return cutBy.some(({ index }) => this.isDown[index] === 1);
  }

  /** The states as the bits of a number. */
  private stateOf(cutters: readonly CuttingGroup[]): number {
    return cutters.reduce((bits, { index }) => bits * 2 + (this.isDown[index] ?? 0), 0);
  }

  /** Tries both states of each of the gate's own cutting groups, from position `from` on. */
  private overStates(gate: FailureGate, from: number): Uptime {
    const cutter = gate.cutters[from];
    if (cutter === undefined) return this.inThisState(gate, 'every state');
    if (this.isSpent) return neverDown;
    const { up, down } = cutter.uptime;
    this.isDown[cutter.index] = 1;
    const whenDown = this.overStates(gate, from + 1);
    this.isDown[cutter.index] = 0;
    const whenUp = this.overStates(gate, from + 1);
    return { up: up * whenUp.up + down * whenDown.up, down: up * whenUp.down + down * whenDown.down };
  }

  private inThisState({ k, totalWeight, parts }: FailureGate, states: 'every state' | 'one state'): Uptime {
    if (k > totalWeight) return alwaysDown;
    const { counting, limit } = shorterSide(k, totalWeight);
    this.countSteps(parts.length * limit);
    if (this.isSpent) return neverDown;
    const weight = this.weightOf(parts, { counting, limit, states });
    return counting === 'up'
      ? { up: weight.reached, down: weight.missed }
      : { up: weight.missed, down: weight.reached };
  }

  private countSteps(count: number): void {
    this.steps += count;
    if (this.steps < stepsBetweenClocks) return;
    this.steps = 0;
    this.isSpent ||= this.budget.isSpent();
  }

  private weightOf(parts: readonly GatePart[], question: WeightQuestion): SumDistribution {
    const terms = parts.flatMap((part) => (part._tag === 'child' ? [this.termOf(part, question)] : []));
    return parts.reduce(
      (sum, part) => (part._tag === 'group' ? sum.plus(this.weightOfGroup(part, question)) : sum),
      emptySum(question.limit).plusTerms(terms),
    );
  }

  private termOf({ weight, node }: ChildPart, { counting, states }: WeightQuestion): Term {
    const { up, down } = this.uptimeOf(node, states);
    return counting === 'up' ? { weight, hit: up, miss: down } : { weight, hit: down, miss: up };
  }

  private weightOfGroup({ weight, uptime, parts }: GroupPart, question: WeightQuestion): SumDistribution {
    const sumWhenDown = question.counting === 'up' ? 0 : weight;
    const odds = { chance: uptime.up, otherwise: uptime.down };
    return this.weightOf(parts, question).orElse(sumWhenDown, odds);
  }
}

/** Which weight is summed, up to which limit. */
interface WeightQuestion {
  readonly counting: 'up' | 'down';
  readonly limit: number;
  readonly states: 'every state' | 'one state';
}
