/** Takes the flow that a linear program found on a tree apart into quorums with their probabilities. */
import { present } from '../../prelude/invariant.js';
import type { ProcessId } from '../../prelude/process.js';
import type { FlowGate, FlowMode, FlowNode, FlowRoot } from './tree-flow.js';

/** Members that are asked together, and with which probability. */
interface MixturePart {
  readonly ids: readonly ProcessId[];
  readonly probability: number;
}

/** Shorter stretches are the solver's rounding. */
const shortest = 1e-9;

/**
 * The quorums of a flow, at most about two for each node of the tree.
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
