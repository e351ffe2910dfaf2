/**
 * Policies in which every member stands once, as rows and columns of a linear program with one column a member instead of one a quorum.
 *
 * A gate that is used with probability p uses k of its children: child c with probability x_c ≤ p, Σ x_c = k·p. Such numbers are mixtures of
 * choices of exactly k children (they are the bases of a uniform matroid), and gates below one another do not share members; so the whole
 * tree's numbers are mixtures of quorums, which flow-mixture.ts takes apart again. A gate with weights chooses among its minimal sets of children.
 *
 * To stay qualified after any one failure (strength 2), a gate uses k+1 children, or k children each of strength 2; a member has strength 1.
 */
import { present } from '../../prelude/invariant.js';
import type { ProcessId } from '../../prelude/process.js';
import { minimalCoalitions } from '../analysis/closed-form/gate-coalitions.js';
import type { Policy, ThresholdGate } from '../policy/policy.js';
import { weightAt } from '../tree/weights.js';
import type { ProgramBuilder } from './program-builder.js';
import type { Row } from './solver.js';

/** 1: is a quorum; 2: is one without any one of its members. */
export type Strength = 1 | 2;

/** How a gate of one strength may be used: `count` of its edges at a time. */
export interface FlowMode {
  readonly column: number;
  readonly count: number;
  readonly edges: readonly { readonly column: number; readonly to: FlowNode }[];
}

export interface FlowGate {
  readonly _tag: 'gate';
  /** In which the modes sum to whatever uses the gate. */
  readonly row: number;
  readonly modes: FlowMode[];
}

export type FlowNode = { readonly _tag: 'leaf'; readonly id: ProcessId } | FlowGate;

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
      this.addChoice(gate, { count: policy.k, children: policy.of, strength });
      if (strength === 2) this.addChoice(gate, { count: policy.k + 1, children: policy.of, strength: 1 });
    }
    return gate;
  }

  private isAble(policy: Policy, strength: Strength): boolean {
    return strengthOf(policy, this.request.isAvailable) >= strength;
  }

  /** Any `count` of these children that have this strength. */
  private addChoice(
    gate: FlowGate,
    { count, children, strength }: { count: number; children: readonly Policy[]; strength: Strength },
  ): void {
    const { builder } = this.request;
    const of = children.filter((child) => this.isAble(child, strength));
    if (of.length === count) this.addSet(gate, of, strength);
    if (of.length <= count) return;
    const mode = this.mode(gate);
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
    const weighed = policy.of.map((child, index) => ({ child, weight: weightAt(policy, index) }));
    const of = weighed.filter(({ child }) => this.isAble(child, 1));
    for (const pick of minimalCoalitions({ k: policy.k, of, weights: of.map(({ weight }) => weight) })) {
      if (++this.picks > maxPicks) return;
      this.addSet(
        gate,
        pick.map((place) => present(of[place], 'a place among these').child),
        1,
      );
    }
  }

  /** All these children. */
  private addSet(gate: FlowGate, children: readonly Policy[], strength: Strength): void {
    const mode = this.mode(gate);
    const edges = children.map((child) => ({ column: mode, to: this.use(child, strength, mode) }));
    gate.modes.push({ column: mode, count: edges.length, edges });
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
