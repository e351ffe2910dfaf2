/**
 * Policy trees as linear secret sharing schemes (Benaloh and Leichter's composition; over Z an integer span programme as in
 * Damgård and Thorbek's linear integer secret sharing). The same matrix, but for the factors Δ of values that Z needs, serves
 * every ring, and its entries are integers in each.
 *
 * The numbering of columns and rows is part of the protocol: column 0 is the secret; a gate takes its columns before its
 * children take theirs, children from left to right; rows are the leaves from left to right. A child of weight w stands w times.
 */
import { E, type Either } from '../../prelude/fp.js';
import { assertNever } from '../../prelude/invariant.js';
import type { ProcessId } from '../../prelude/process.js';
import type { Policy, ThresholdGate } from '../../quorum/policy/policy.js';
import { bitLength, factorial, lcm } from './integers.js';
import type { Ring } from './ring.js';

/** What is refused before anything grows with it. */
export const sharingLimits = { maxNodeCount: 1024, maxFanIn: 255, maxDepth: 16, maxScaleBits: 8192 } as const;

/** One non-zero entry of a row of the matrix. */
interface MatrixEntry {
  readonly column: number;
  readonly coefficient: bigint;
}

/** A leaf: one share, of one process. */
export interface SharingRow {
  readonly owner: ProcessId;
  /** Columns ascend. */
  readonly entries: readonly MatrixEntry[];
}

/** The compiled tree. `scale` is D of the node: what its reconstruction multiplies its value by. */
export type SharingNode = SharingLeaf | SharingGate;

interface SharingLeaf {
  readonly _tag: 'leaf';
  /** Index of the row, from 0. */
  readonly row: number;
  readonly owner: ProcessId;
  readonly scale: bigint;
}

/**
 * With value s, n children and columns a_1, …: `any` gives s to each child; `all` gives a_c to child c and
 * a_1 + … + a_(n-1) - s to the last; `threshold` (1 < k < n) gives Δs + a_1 c + … + a_(k-1) c^(k-1) to child c, from 1,
 * where Δ is the ring's scale of values.
 */
export interface SharingGate {
  readonly _tag: 'any' | 'all' | 'threshold';
  readonly k: number;
  readonly children: readonly SharingNode[];
  readonly firstColumn: number;
  /** Δ: what the gate multiplies its value by; 1 unless it is a threshold. */
  readonly valueScale: bigint;
  /** n!, which every denominator of a Lagrange coefficient over 1..n divides; 1 unless it is a threshold. */
  readonly interpolationScale: bigint;
  /** L, the least common multiple of the children's scales. */
  readonly childScale: bigint;
  readonly scale: bigint;
}

export interface LinearSharing {
  readonly ring: Ring;
  readonly root: SharingNode;
  readonly rows: readonly SharingRow[];
  /** Number of columns of the matrix: the secret and the random coefficients. */
  readonly columnCount: number;
  /** D: a qualified set reconstructs D times the secret. All its prime factors are at most the largest fan-in. */
  readonly scale: bigint;
}

/** Why a policy has no sharing. */
export type CompileError = { readonly _tag: 'BadThreshold'; readonly k: number; readonly fanIn: number } | TooLarge;

type TooLarge =
  | { readonly _tag: 'PolicyTooLarge'; readonly limit: Exclude<keyof typeof sharingLimits, 'maxFanIn'> }
  /** `fanIn` is what the children of the gate weigh together. */
  | { readonly _tag: 'PolicyTooLarge'; readonly limit: 'maxFanIn'; readonly fanIn: number };

/** Why there is none, and what to do about it, for people. */
export function describeCompileError(error: CompileError): string {
  if (error._tag === 'BadThreshold') return `a gate asks for ${error.k} of its ${error.fanIn} places`;
  const { maxNodeCount, maxFanIn, maxDepth, maxScaleBits } = sharingLimits;
  switch (error.limit) {
    case 'maxFanIn':
      return (
        `a gate of ${error.fanIn} places, one for each unit of weight, where ${maxFanIn} is the most: give its children ` +
        'smaller weights that accept the same sets, or approximate ones, or split it into gates of fewer children'
      );
    case 'maxNodeCount':
      return (
        `more than ${maxNodeCount} places in all, those of weighted gates counted as often as they weigh: ` +
        'use smaller weights, above all in gates that stand below others'
      );
    case 'maxDepth':
      return `more than ${maxDepth} levels of gates: write it with fewer`;
    case 'maxScaleBits':
      return `shares would grow by more than ${maxScaleBits} bits: use smaller gates, or fewer levels of large ones`;
    default:
      return assertNever(error);
  }
}

/** Compiles a policy over a ring. Cost: linear in the size of the matrix. */
export function compile(weighted: Policy, ring: Ring): Either<CompileError, LinearSharing> {
  const error = findError(weighted);
  if (error !== undefined) return E.left(error);
  const policy = withoutWeights(weighted);
  if (boundedScale(policy, ring) === undefined) return E.left({ _tag: 'PolicyTooLarge', limit: 'maxScaleBits' });
  const compiler = new Compiler(ring);
  const root = compiler.node(policy, [{ column: 0, coefficient: 1n }]);
  const { rows, columnCount } = compiler;
  return E.right({ ring, root, rows, columnCount, scale: root.scale });
}

class Compiler {
  readonly rows: SharingRow[] = [];
  columnCount = 1;

  constructor(private readonly ring: Ring) {}

  /** Shares `value`, a combination of columns, among the leaves below `policy`. */
  node(policy: Policy, value: readonly MatrixEntry[]): SharingNode {
    switch (policy._tag) {
      case 'member':
        this.rows.push({ owner: policy.id, entries: value });
        return { _tag: 'leaf', row: this.rows.length - 1, owner: policy.id, scale: 1n };
      case 'threshold':
        return this.gate(policy, value);
      default:
        return assertNever(policy);
    }
  }

  private gate(policy: ThresholdGate, value: readonly MatrixEntry[]): SharingGate {
    const { k, of } = policy;
    const kind = gateKind(policy);
    const firstColumn = this.columnCount;
    this.columnCount += k - 1;
    const children = of.map((child, index) => this.node(child, this.childValue(policy, index, firstColumn, value)));
    const childScale = children.reduce((common, child) => lcm(common, child.scale), 1n);
    const { valueScale, interpolationScale } = gateScales(policy, this.ring);
    const scale = valueScale * interpolationScale * childScale;
    return { _tag: kind, k, children, firstColumn, valueScale, interpolationScale, childScale, scale };
  }

  private childValue(
    gate: ThresholdGate,
    index: number,
    firstColumn: number,
    value: readonly MatrixEntry[],
  ): readonly MatrixEntry[] {
    const columns = Array.from({ length: gate.k - 1 }, (_, offset) => firstColumn + offset);
    switch (gateKind(gate)) {
      case 'any':
        return value;
      case 'all': {
        const isLast = index === gate.of.length - 1;
        if (!isLast) return [{ column: firstColumn + index, coefficient: 1n }];
        return [...scaled(value, -1n), ...columns.map((column) => ({ column, coefficient: 1n }))];
      }
      case 'threshold': {
        const point = BigInt(index + 1);
        const powers = columns.map((column, offset) => ({ column, coefficient: point ** BigInt(offset + 1) }));
        return [...scaled(value, gateScales(gate, this.ring).valueScale), ...powers];
      }
    }
  }
}

function scaled(entries: readonly MatrixEntry[], factor: bigint): readonly MatrixEntry[] {
  return entries.map(({ column, coefficient }) => ({ column, coefficient: coefficient * factor }));
}

function gateScales(gate: ThresholdGate, ring: Ring): Pick<SharingGate, 'valueScale' | 'interpolationScale'> {
  const fanIn = gate.of.length;
  return gateKind(gate) === 'threshold'
    ? { valueScale: ring.valueScale(fanIn), interpolationScale: factorial(fanIn) }
    : { valueScale: 1n, interpolationScale: 1n };
}

/** The same policy, which is within the limits, with every child as often in its list as it weighs. */
function withoutWeights(policy: Policy): Policy {
  if (policy._tag === 'member') return policy;
  const { k, of, weights } = policy;
  const list = of.flatMap((child, index) => {
    const plain = withoutWeights(child);
    return Array.from({ length: weights?.[index] ?? 1 }, () => plain);
  });
  return { _tag: 'threshold', k, of: list };
}

function gateKind({ k, of }: ThresholdGate): SharingGate['_tag'] {
  if (k === 1) return 'any';
  return k === of.length ? 'all' : 'threshold';
}

function findError(policy: Policy): CompileError | undefined {
  let nodeCount = 0;
  const visit = (node: Policy, depth: number, copies: number): CompileError | undefined => {
    nodeCount += copies;
    if (nodeCount > sharingLimits.maxNodeCount) return { _tag: 'PolicyTooLarge', limit: 'maxNodeCount' };
    if (depth > sharingLimits.maxDepth) return { _tag: 'PolicyTooLarge', limit: 'maxDepth' };
    if (node._tag === 'member') return undefined;
    const { k, of, weights } = node;
    const fanIn = of.reduce((sum, _, index) => sum + (weights?.[index] ?? 1), 0);
    if (fanIn > sharingLimits.maxFanIn) return { _tag: 'PolicyTooLarge', limit: 'maxFanIn', fanIn };
    if (!Number.isSafeInteger(k) || k < 1 || k > fanIn) return { _tag: 'BadThreshold', k, fanIn };
    for (const [index, child] of of.entries()) {
      const error = visit(child, depth + 1, copies * (weights?.[index] ?? 1));
      if (error !== undefined) return error;
    }
    return undefined;
  };
  return visit(policy, 0, 1);
}

/** D of the policy; `undefined` if it, or D of any node, exceeds its limit. */
function boundedScale(policy: Policy, ring: Ring): bigint | undefined {
  if (policy._tag === 'member') return 1n;
  let childScale = 1n;
  for (const child of policy.of) {
    const below = boundedScale(child, ring);
    if (below === undefined) return undefined;
    childScale = lcm(childScale, below);
  }
  const { valueScale, interpolationScale } = gateScales(policy, ring);
  const scale = valueScale * interpolationScale * childScale;
  return bitLength(scale) <= sharingLimits.maxScaleBits ? scale : undefined;
}
