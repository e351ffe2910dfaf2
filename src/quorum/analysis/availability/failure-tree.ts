/**
 * A read-once policy with the failures of a model put where they act. A group whose members are a subtree, or some whole children of
 * one gate, becomes part of the tree: exact at no cost. Of groups that cut across such parts, the states are tried one by one, below the
 * lowest gate that has all their members (spec/quorum.md, "Availability").
 */
import type { ProcessId } from '../../../prelude/process.js';
import { invariant, present } from '../../../prelude/invariant.js';
import type { Policy, ThresholdGate } from '../../policy/policy.js';
import { membersOf } from '../../tree/tree-check.js';
import { sum, totalWeight, weightAt } from '../../tree/weights.js';
import type { Budget } from '../../verdict.js';
import { bothUp, type FailureModel, type Uptime } from './failure-model.js';
import { type MemberSet, splitLaminar } from './laminar.js';
import { reachableSums, shorterSide } from './gate-sums.js';

/** A group that cuts across parts of the tree. */
export interface CuttingGroup {
  /** Position among all of them. */
  readonly index: number;
  readonly uptime: Uptime;
}

export type FailureNode = FailureLeaf | FailureGate;

interface FailureLeaf {
  readonly _tag: 'leaf';
  /** Of the server and of all groups that are this server only. */
  readonly uptime: Uptime;
  /** Cutting groups to which it belongs. */
  readonly cutBy: readonly CuttingGroup[];
}

export interface FailureGate {
  readonly _tag: 'gate';
  readonly k: number;
  readonly totalWeight: number;
  readonly parts: readonly GatePart[];
  /** Cutting groups all of whose members are below this gate, and below none of its children. */
  readonly cutters: readonly CuttingGroup[];
  /** Cutting groups with a member below this gate and others outside. */
  readonly cutBy: readonly CuttingGroup[];
}

export type GatePart = ChildPart | GroupPart;

export interface ChildPart {
  readonly _tag: 'child';
  readonly weight: number;
  readonly node: FailureNode;
}

/** Several parts that are down together when their group is. */
export interface GroupPart {
  readonly _tag: 'group';
  /** Of all parts. */
  readonly weight: number;
  readonly uptime: Uptime;
  readonly parts: readonly GatePart[];
}

interface EvaluationSteps {
  /** With the state of every cutting group given. */
  readonly inOneState: number;
  /** In all states; gates try only those of the groups that touch them. */
  readonly inAllStates: number;
}

export interface FailureTree {
  readonly root: FailureNode;
  readonly cutters: readonly CuttingGroup[];
  /** About what evaluating it takes. */
  readonly steps: EvaluationSteps;
  /** Whether weights were rounded, because the sums of a gate are too many. */
  readonly isRounded: boolean;
}

/**
 * @param policy - read-once.
 * @param rounding - in favour of which answer weights are rounded where that is needed: also where time is up.
 */
export function placeFailures(
  policy: Policy,
  model: FailureModel,
  { rounding, budget }: { readonly rounding: 'up' | 'down'; readonly budget: Budget },
): FailureTree {
  const members = membersOf(policy);
  invariant(new Set(members).size === members.length, 'every member stands once in the policy');
  const placement = new Placement(model, rounding, budget);
  const root = placement.place(policy, placement.groupsAmong(members), []);
  const { cutters, isRounded } = placement;
  return { root, cutters, steps: stepsOf(root), isRounded };
}

/** A group of which only the members in the policy are left. */
interface PlacedGroup extends MemberSet<ProcessId> {
  readonly uptime: Uptime;
}

interface PlacedCutter extends MemberSet<ProcessId> {
  readonly cutter: CuttingGroup;
}

class Placement {
  readonly cutters: CuttingGroup[] = [];
  isRounded = false;

  constructor(
    private readonly model: FailureModel,
    private readonly rounding: 'up' | 'down',
    private readonly budget: Budget,
  ) {}

  /** Groups that have the same members here become one; those that are never down do not matter. */
  groupsAmong(members: readonly ProcessId[]): readonly PlacedGroup[] {
    const positions = new Map(members.map((id, index) => [id, index]));
    const groups = new Map<string, PlacedGroup>();
    for (const { members: ids, uptime } of this.model.groups) {
      const indices = [...new Set(ids.flatMap((id) => positions.get(id) ?? []))].sort((a, b) => a - b);
      if (indices.length === 0 || uptime.down === 0) continue;
      const key = indices.join();
      const same = groups.get(key)?.uptime;
      const own = new Set(indices.map((index) => present(members[index], 'a position has its member')));
      groups.set(key, { members: own, uptime: same === undefined ? uptime : bothUp(same, uptime) });
    }
    return [...groups.values()];
  }

  /**
   * @param groups - all of whose members are below `policy`.
   * @param cutBy - of which some are.
   */
  place(policy: Policy, groups: readonly PlacedGroup[], cutBy: readonly PlacedCutter[]): FailureNode {
    const outer = cutBy.map(({ cutter }) => cutter);
    if (policy._tag === 'member') {
      const uptime = groups.reduce((all, group) => bothUp(all, group.uptime), this.model.server(policy.id));
      return { _tag: 'leaf', uptime, cutBy: outer };
    }
    const { inside, whole, cutting } = sortGroups(policy, groups);
    const { laminar, others } = overlapOf(whole) > maxOverlap ? { laminar: [], others: whole } : splitLaminar(whole);
    const own = [...cutting, ...others.map(({ group }) => group)].map((group) => this.cutterOf(group));
    const { k, weights } = this.roundedWeights(policy);
    const inner = [...own, ...cutBy];
    const belowChild = cuttersBelow(policy, inner);
    const children = policy.of.map((child, index): GatePart => {
      const node = this.place(child, inside[index] ?? [], belowChild[index] ?? []);
      return { _tag: 'child', weight: weights[index] ?? 1, node };
    });
    const parts = nest(children, [...children.keys()], laminar);
    const total = sum(weights);
    return { _tag: 'gate', k, totalWeight: total, parts, cutters: own.map(({ cutter }) => cutter), cutBy: outer };
  }

  private cutterOf({ members, uptime }: PlacedGroup): PlacedCutter {
    const cutter = { index: this.cutters.length, uptime };
    this.cutters.push(cutter);
    return { members, cutter };
  }

  /**
   * Weights in larger units where too many sums are possible. Rounded down, with k rounded up, the rounded gate is satisfied only if
   * the true one is; with weights rounded up as well it is satisfied whenever the true one is.
   */
  private roundedWeights(gate: ThresholdGate): { readonly k: number; readonly weights: readonly number[] } {
    const weights = gate.of.map((_, index) => weightAt(gate, index));
    const total = totalWeight(gate);
    if (gate.weights === undefined) return { k: gate.k, weights };
    const sums = reachableSums(weights, shorterSide(gate.k, total).limit, this.budget);
    if (sums !== undefined) return { k: gate.k, weights };
    this.isRounded = true;
    const unit = Math.ceil((total * weights.length) / roundedSteps);
    const round = this.rounding === 'down' ? Math.floor : Math.ceil;
    return { k: Math.ceil(gate.k / unit), weights: weights.map((weight) => round(weight / unit)) };
  }
}

/** How often two groups share a child, at most, for those that nest to be picked out: it takes about a second. */
const maxOverlap = 2_000_000;

function overlapOf(groups: readonly GroupOfChildren[]): number {
  const counts = new Map<number, number>();
  for (const { members } of groups) for (const child of members) counts.set(child, (counts.get(child) ?? 0) + 1);
  return sum([...counts.values()].map((count) => count * count));
}

/** Steps that a gate with rounded weights may take. */
const roundedSteps = 5_000_000;

/** A group as the children of one gate that it consists of. */
interface GroupOfChildren extends MemberSet<number> {
  readonly group: PlacedGroup;
}

interface SortedGroups {
  /** By child: groups all of whose members are below it. */
  readonly inside: readonly (readonly PlacedGroup[])[];
  /** Groups that consist of whole children. */
  readonly whole: readonly GroupOfChildren[];
  readonly cutting: readonly PlacedGroup[];
}

function sortGroups(gate: ThresholdGate, groups: readonly PlacedGroup[]): SortedGroups {
  const inside = gate.of.map((): PlacedGroup[] => []);
  const whole: GroupOfChildren[] = [];
  const cutting: PlacedGroup[] = [];
  const { childOf, sizes } = groups.length === 0 ? noLeaves : leavesByChild(gate);
  for (const group of groups) {
    const counts = countBy(group.members, childOf);
    const [[only] = []] = counts;
    if (only !== undefined && counts.size === 1) inside[only]?.push(group);
    else if ([...counts].every(([child, count]) => count === sizes[child])) {
      whole.push({ members: new Set(counts.keys()), group });
    } else cutting.push(group);
  }
  return { inside, whole, cutting };
}

interface LeavesByChild {
  readonly childOf: ReadonlyMap<ProcessId, number>;
  readonly sizes: readonly number[];
}

const noLeaves: LeavesByChild = { childOf: new Map(), sizes: [] };

function leavesByChild(gate: ThresholdGate): LeavesByChild {
  const members = gate.of.map(membersOf);
  const childOf = new Map(members.flatMap((ids, index) => ids.map((id) => [id, index] as const)));
  return { childOf, sizes: members.map(({ length }) => length) };
}

/** By child: the cutting groups with a member below it. */
function cuttersBelow(gate: ThresholdGate, cutters: readonly PlacedCutter[]): readonly (readonly PlacedCutter[])[] {
  const below = gate.of.map((): PlacedCutter[] => []);
  if (cutters.length === 0) return below;
  const { childOf } = leavesByChild(gate);
  for (const cutter of cutters) for (const child of countBy(cutter.members, childOf).keys()) below[child]?.push(cutter);
  return below;
}

function countBy(ids: Iterable<ProcessId>, childOf: ReadonlyMap<ProcessId, number>): ReadonlyMap<number, number> {
  const counts = new Map<number, number>();
  for (const id of ids) {
    const child = childOf.get(id);
    if (child !== undefined) counts.set(child, (counts.get(child) ?? 0) + 1);
  }
  return counts;
}

/** Some children as parts, put into the groups that they belong to. @param groups - laminar, larger ones first. */
function nest(
  children: readonly GatePart[],
  some: readonly number[],
  groups: readonly GroupOfChildren[],
): readonly GatePart[] {
  const parts: GatePart[] = [];
  const placed = new Set<number>();
  for (const [position, { members, group }] of groups.entries()) {
    const [first] = members;
    if (first === undefined || placed.has(first)) continue;
    for (const child of members) placed.add(child);
    const within = groups.slice(position + 1).filter((other) => members.has([...other.members][0] ?? -1));
    const inner = nest(children, [...members], within);
    const weight = sum(inner.map((part) => part.weight));
    parts.push({ _tag: 'group', weight, uptime: group.uptime, parts: inner });
  }
  const free = some.filter((child) => !placed.has(child));
  return [...parts, ...free.flatMap((child) => children[child] ?? [])];
}

/** What a gate takes beside adding up its children. */
const stepsPerGate = 100;

function stepsOf(node: FailureNode): EvaluationSteps {
  if (node._tag === 'leaf') return { inOneState: 0, inAllStates: 0 };
  const { k, totalWeight: total, parts, cutters, cutBy } = node;
  const inner = stepsOfParts(parts);
  const own = stepsPerGate + inner.count * Math.min(shorterSide(k, total).limit, 2 ** inner.count);
  return {
    inOneState: own + inner.inOneState,
    inAllStates: own * 2 ** (cutters.length + cutBy.length) + inner.inAllStates,
  };
}

function stepsOfParts(parts: readonly GatePart[]): EvaluationSteps & { readonly count: number } {
  let all = { count: 0, inOneState: 0, inAllStates: 0 };
  for (const part of parts) {
    const steps = part._tag === 'child' ? { count: 1, ...stepsOf(part.node) } : stepsOfParts(part.parts);
    all = {
      count: all.count + steps.count,
      inOneState: all.inOneState + steps.inOneState,
      inAllStates: all.inAllStates + steps.inAllStates,
    };
  }
  return all;
}
