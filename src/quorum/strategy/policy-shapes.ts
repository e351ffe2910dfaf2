/** The policies that are tried for an intent: thresholds of organizations, plain or weighted by their servers, and of servers alone. */
import { present } from '../../prelude/invariant.js';
import type { ProcessId } from '../../prelude/process.js';
import type { Policy, ThresholdGate } from '../policy/policy.js';
import { member } from '../tree/tree-check.js';
import { totalWeight } from '../tree/weights.js';
import { type Intent, serversOf } from './intent.js';

/** A policy of one of the shapes that are tried, with its numbers: the root's threshold first. */
export interface ShapedPolicy {
  readonly policy: Policy;
  readonly shape: 'organizations' | 'weighted organizations' | 'servers';
  /** Of the root, then of organizations by their number of servers, fewest first. */
  readonly thresholds: readonly number[];
}

/** The policies of one shape that differ in the root's threshold alone. The larger it is, the fewer sets are quorums. */
export interface PolicyRow {
  readonly shape: ShapedPolicy['shape'];
  /** Of organizations by their number of servers, fewest first. */
  readonly inner: readonly number[];
  /** The root's threshold is from 1 to this. */
  readonly largest: number;
}

/** So many choices of thresholds inside organizations are tried. */
const maxInnerThresholds = 10_000;

/** Every policy of these shapes, or as many as are tried. */
export class PolicyShapes {
  private readonly groups: readonly (readonly ProcessId[])[];
  /** Distinct numbers of servers, ascending. */
  private readonly sizes: readonly number[];

  /** Servers that may fail in each organization. */
  private readonly inside: number;

  constructor({ organizations, survive }: Intent) {
    this.inside = survive.serversInEachOther;
    this.groups = organizations.map(serversOf);
    this.sizes = [...new Set(this.groups.map(({ length }) => length))].sort((a, b) => a - b);
  }

  /** Whether there are more than {@link rows} yields. */
  get isCut(): boolean {
    return this.sizes.reduce((count, size) => count * size, 1) > maxInnerThresholds;
  }

  *rows(): Generator<PolicyRow> {
    const total = this.groups.reduce((sum, { length }) => sum + length, 0);
    yield { shape: 'servers', inner: [], largest: total };
    for (const inner of this.innerThresholds()) {
      yield { shape: 'organizations', inner, largest: this.groups.length };
      if (this.sizes.length > 1) yield { shape: 'weighted organizations', inner, largest: total };
    }
  }

  /** @param k - in the range of the row. */
  at({ shape, inner }: PolicyRow, k: number): ShapedPolicy {
    return present(this.shaped(shape, [k, ...inner]), 'the thresholds of a row are in range');
  }

  /** Those that differ from `shaped` by one in one threshold. */
  *neighbours({ shape, thresholds }: ShapedPolicy): Generator<ShapedPolicy> {
    for (const [index, threshold] of thresholds.entries())
      for (const step of [-1, 1]) {
        const neighbour = this.shaped(shape, thresholds.with(index, threshold + step));
        if (neighbour !== undefined) yield neighbour;
      }
  }

  /** Undefined where a threshold is out of range. */
  private shaped(shape: ShapedPolicy['shape'], thresholds: readonly number[]): ShapedPolicy | undefined {
    const policy = shape === 'servers' ? this.flat(thresholds[0] ?? 0) : this.nested(shape, thresholds);
    return policy === undefined ? undefined : { policy, shape, thresholds };
  }

  private flat(k: number): Policy | undefined {
    return gate(k, this.groups.flat().map(member));
  }

  private nested(shape: ShapedPolicy['shape'], [k = 0, ...inner]: readonly number[]): Policy | undefined {
    const of = this.groups.map((ids) => gate(inner[this.sizes.indexOf(ids.length)] ?? 0, ids.map(member)));
    if (!of.every((child) => child !== undefined)) return undefined;
    const weights = this.groups.map(({ length }) => length);
    return shape === 'organizations' ? gate(k, of) : gate(k, of, weights);
  }

  /**
   * For each number of servers a threshold. First what those leave who may fail, which is survived if anything is; then the same part of
   * every organization; then what differs from one before in one threshold by one, until all have been or there are too many.
   */
  private *innerThresholds(): Generator<readonly number[]> {
    const known = new Set<string>();
    const ahead: (readonly number[])[] = [];
    const add = (inner: readonly number[]): void => {
      const key = inner.join(' ');
      if (known.has(key) || known.size >= maxInnerThresholds) return;
      known.add(key);
      ahead.push(inner);
    };
    add(this.sizes.map((size) => size - this.inside));
    const most = this.sizes.at(-1) ?? 0;
    for (let k = 1; k <= most; k++) add(this.sizes.map((size) => Math.ceil((k * size) / most)));
    for (const inner of ahead) {
      yield inner;
      for (const [index, k] of inner.entries()) {
        if (k > 1) add(inner.with(index, k - 1));
        if (k < (this.sizes[index] ?? 0)) add(inner.with(index, k + 1));
      }
    }
  }
}

function gate(k: number, of: readonly Policy[], weights?: readonly number[]): ThresholdGate | Policy | undefined {
  const list = { of, ...(weights === undefined ? {} : { weights }) };
  if (k < 1 || k > totalWeight(list)) return undefined;
  return of.length === 1 && weights === undefined ? of[0] : { _tag: 'threshold', k, ...list };
}
