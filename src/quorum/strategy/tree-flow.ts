/**
 * Policies in which every member stands once, as rows and columns of a linear program with one column a member instead of one a quorum.
 *
 * A gate that is used with probability p uses k of its children: child c with probability x_c ≤ p, Σ x_c = k·p. Such numbers are mixtures of
 * choices of exactly k children (they are the bases of a uniform matroid), and gates below one another do not share members; so the whole
 * tree's numbers are mixtures of quorums, which {@link mixtureOf} takes apart again. A gate with weights chooses among its minimal sets of children.
 *
 * To stay qualified after any one failure (strength 2), a gate uses k+1 children, or k children each of strength 2; a member has strength 1.
 */
import { present } from '../../prelude/invariant.js';
import type { ProcessId } from '../../prelude/process.js';
import type { Policy, ThresholdGate } from '../policy/policy.js';
import { weightAt } from '../tree/weights.js';
import type { ProgramBuilder } from './program-builder.js';
import type { Row } from './solver.js';

/** 1: is a quorum; 2: is one without any one of its members. */
export type Strength = 1 | 2;

/** How a gate of one strength may be used: `count` of its edges at a time. */
interface FlowMode {
  readonly column: number;
  readonly count: number;
  readonly edges: readonly { readonly column: number; readonly to: FlowNode }[];
}

interface FlowGate {
  readonly _tag: 'gate';
  /** In which the modes sum to whatever uses the gate. */
  readonly row: number;
  readonly modes: FlowMode[];
}

type FlowNode = { readonly _tag: 'leaf'; readonly id: ProcessId } | FlowGate;

/** A way to use the whole policy, with the column of its probability. */
export interface FlowRoot {
  readonly column: number;
  readonly node: FlowNode;
}

export interface FlowRequest {
  readonly builder: ProgramBuilder;
  /** Who may be asked. */
  readonly isAvailable: (id: ProcessId) => boolean;
  /** What the column of a use of this member contributes to the program. */
  readonly charge: (column: number, id: ProcessId) => void;
  /** Minimal sets of weighted gates are not listed beyond this many. */
  readonly maxPicks: number;
}

/** The policy as a flow; 'unqualified' where those available are no quorum of that strength, 'too large' where a weighted gate has too many choices. */
export function addFlow(
  policy: Policy,
  strength: Strength,
  request: FlowRequest,
): FlowRoot | 'unqualified' | 'too large' {
  if (strengthOf(policy, request.isAvailable) < strength) return 'unqualified';
  const column = request.builder.column();
  const flow = new FlowBuilder(request);
  const node = flow.use(policy, strength, column);
  return flow.isTooLarge ? 'too large' : { column, node };
}

/** The greatest strength of those available: 0 if they are no quorum. Weighted gates are never said to have more than 1. */
function strengthOf(policy: Policy, isAvailable: (id: ProcessId) => boolean): 0 | Strength {
  if (policy._tag === 'member') return isAvailable(policy.id) ? 1 : 0;
  const { k, of } = policy;
  const strengths = of.map((child) => strengthOf(child, isAvailable));
  const weight = strengths.reduce<number>((sum, s, index) => sum + (s > 0 ? weightAt(policy, index) : 0), 0);
  if (weight < k) return 0;
  if (policy.weights !== undefined) return 1;
  return weight > k || strengths.filter((s) => s === 2).length >= k ? 2 : 1;
}

class FlowBuilder {
  private readonly gates: Record<Strength, Map<ThresholdGate, FlowGate>> = { 1: new Map(), 2: new Map() };
  private picks = 0;

  constructor(private readonly request: FlowRequest) {}

  get isTooLarge(): boolean {
    return this.picks > this.request.maxPicks;
  }

  /** Lets `column` use `policy`, which has that strength. */
  use(policy: Policy, strength: Strength, column: number): FlowNode {
    if (policy._tag === 'member') {
      this.request.charge(column, policy.id);
      return { _tag: 'leaf', id: policy.id };
    }
    const gate = this.gates[strength].get(policy) ?? this.open(policy, strength);
    this.request.builder.add(column, [{ row: gate.row, value: -1 }]);
    return gate;
  }

  private open(policy: ThresholdGate, strength: Strength): FlowGate {
    const gate: FlowGate = { _tag: 'gate', row: this.request.builder.row(equalTo(0)), modes: [] };
    this.gates[strength].set(policy, gate);
    if (policy.weights !== undefined) this.addPicks(policy, gate);
    else {
      this.addChoice(gate, { count: policy.k, of: this.able(policy.of, strength), strength });
      if (strength === 2) this.addChoice(gate, { count: policy.k + 1, of: this.able(policy.of, 1), strength: 1 });
    }
    return gate;
  }

  private able(of: readonly Policy[], strength: Strength): readonly Policy[] {
    return of.filter((child) => strengthOf(child, this.request.isAvailable) >= strength);
  }

  /** Any `count` of these children. */
  private addChoice(
    gate: FlowGate,
    { count, of, strength }: { count: number; of: readonly Policy[]; strength: Strength },
  ): void {
    const { builder } = this.request;
    if (of.length < count) return;
    const mode = this.mode(gate);
    if (of.length === count) {
      gate.modes.push({
        column: mode,
        count,
        edges: of.map((c) => ({ column: mode, to: this.use(c, strength, mode) })),
      });
      return;
    }
    const sum = builder.row(equalTo(0));
    builder.add(mode, [{ row: sum, value: -count }]);
    const edges = of.map((child) => {
      const column = builder.column();
      builder.add(column, [{ row: sum, value: 1 }]);
      if (count > 1) {
        const cap = builder.row({ lower: -Infinity, upper: 0 });
        builder.add(column, [{ row: cap, value: 1 }]);
        builder.add(mode, [{ row: cap, value: -1 }]);
      }
      return { column, to: this.use(child, strength, column) };
    });
    gate.modes.push({ column: mode, count, edges });
  }

  /** Any minimal set of these children that weighs enough. */
  private addPicks(policy: ThresholdGate, gate: FlowGate): void {
    const { maxPicks } = this.request;
    for (const pick of minimalPicks(policy, this.able(policy.of, 1))) {
      if (++this.picks > maxPicks) return;
      const mode = this.mode(gate);
      const edges = pick.map((child) => ({ column: mode, to: this.use(child, 1, mode) }));
      gate.modes.push({ column: mode, count: edges.length, edges });
    }
  }

  private mode(gate: FlowGate): number {
    const column = this.request.builder.column();
    this.request.builder.add(column, [{ row: gate.row, value: 1 }]);
    return column;
  }
}

function equalTo(value: number): Row {
  return { lower: value, upper: value };
}

/** Heaviest first, a set is minimal if it weighs too little without the last. */
function* minimalPicks(policy: ThresholdGate, able: readonly Policy[]): Generator<readonly Policy[]> {
  const weightOf = new Map(policy.of.map((child, index) => [child, weightAt(policy, index)]));
  const weight = (child: Policy): number => weightOf.get(child) ?? 0;
  const order = [...able].sort((a, b) => weight(b) - weight(a));
  const restFrom = order.map((_, index) => order.slice(index).reduce((sum, child) => sum + weight(child), 0));
  const chosen: Policy[] = [];
  function* extend(index: number, missing: number): Generator<readonly Policy[]> {
    const child = order[index];
    if (child === undefined || (restFrom[index] ?? 0) < missing) return;
    chosen.push(child);
    if (weight(child) >= missing) yield [...chosen];
    else yield* extend(index + 1, missing - weight(child));
    chosen.pop();
    yield* extend(index + 1, missing);
  }
  yield* extend(0, policy.k);
}

/** Members that are asked together, and with which probability. */
export interface MixturePart {
  readonly ids: readonly ProcessId[];
  readonly probability: number;
}

/** Shorter stretches are the solver's rounding. */
const shortest = 1e-9;

/**
 * Takes the numbers of a solution apart into quorums, at most about two for each node of the tree.
 *
 * All is decided by one number u in [0, 1): at a gate the children's probabilities lie one after another on a line, and u, u+1, u+2, …
 * hit k of them (systematic sampling, Madow 1949); where it hits, within the child's stretch, is the child's own u. So quorums change at few places only.
 */
export function mixtureOf(roots: readonly FlowRoot[], values: (column: number) => number): readonly MixturePart[] {
  const parts: MixturePart[] = [];
  for (const { column, node } of roots) {
    const probability = values(column);
    if (probability <= shortest) continue;
    const line = new FlowLine(values);
    const ends = [0, ...line.breaksOf(node), 1].sort((a, b) => a - b);
    for (const [index, from] of ends.entries()) {
      const length = (ends[index + 1] ?? 1) - from;
      if (length <= shortest) continue;
      parts.push({ ids: line.quorumAt(node, from + length / 2), probability: probability * length });
    }
  }
  return merged(parts);
}

/** Equal quorums are one, and probabilities sum to 1. */
function merged(parts: readonly MixturePart[]): readonly MixturePart[] {
  const total = parts.reduce((sum, { probability }) => sum + probability, 0);
  const found = new Map<string, MixturePart>();
  for (const { ids, probability } of parts) {
    const key = [...ids].sort().join(' ');
    found.set(key, { ids, probability: (found.get(key)?.probability ?? 0) + probability / total });
  }
  return [...found.values()];
}

/** What is under a part of the line [0, 1). */
interface Stretch<A> {
  readonly of: A;
  readonly start: number;
  readonly length: number;
}

class FlowLine {
  constructor(private readonly values: (column: number) => number) {}

  /** Where the quorum under a point of the line changes. */
  breaksOf(node: FlowNode): readonly number[] {
    if (node._tag === 'leaf') return [];
    return this.modesOf(node).flatMap(({ of: mode, start, length }) => [
      start,
      ...this.edgesOf(mode).flatMap(({ of: child, start: from, length: share }) =>
        [0, 1, ...this.breaksOf(child)].map((point) => start + length * ((from + point * share) % 1)),
      ),
    ]);
  }

  quorumAt(node: FlowNode, point: number): readonly ProcessId[] {
    if (node._tag === 'leaf') return [node.id];
    const modes = this.modesOf(node);
    const {
      of: mode,
      start,
      length,
    } = present(modes.findLast((stretch) => stretch.start <= point) ?? modes[0], 'a gate that is used has a mode');
    const within = Math.min(Math.max((point - start) / length, 0), 1);
    return this.edgesOf(mode).flatMap(({ of: child, start: from, length: share }) => {
      const hit = within + Math.ceil(from - within);
      return hit < from + share ? this.quorumAt(child, (hit - from) / share) : [];
    });
  }

  private modesOf(gate: FlowGate): readonly Stretch<FlowMode>[] {
    return laidOut(
      gate.modes.map((mode) => ({ of: mode, size: this.values(mode.column) })),
      1,
    );
  }

  private edgesOf({ count, edges }: FlowMode): readonly Stretch<FlowNode>[] {
    return laidOut(
      edges.map(({ column, to }) => ({ of: to, size: this.values(column) })),
      count,
    );
  }
}

/** One after another, `total` together. */
function laidOut<A>(parts: readonly { readonly of: A; readonly size: number }[], total: number): readonly Stretch<A>[] {
  const used = parts.filter(({ size }) => size > shortest / 1000);
  const sum = used.reduce((all, { size }) => all + size, 0);
  let start = 0;
  return used.map(({ of, size }) => {
    const stretch = { of, start, length: (size / sum) * total };
    start += stretch.length;
    return stretch;
  });
}
