/**
 * Where the gates of a trust tree fall as the limit of all gates inside it grows (spec/quorum.md, "Fronts"). More faults never help a
 * condition: a gate that falls at one limit falls at every larger one, and so does one in which a leader is accused.
 */
import type { ProcessId } from '../../prelude/process.js';
import { weightAt } from '../tree/weights.js';
import { capacityOf, type FaultCounts, type GateLimits } from './judged-tree.js';
import type { TrustGate, TrustTree } from './trust-tree.js';

/** What varies. */
export interface Variation {
  readonly counts: FaultCounts;
  /** Those of a gate where `limit` is allowed: never less for a larger one. */
  readonly limitsOf: (gate: TrustGate, limit: number) => GateLimits;
  /** Of whom each by itself is accused; of nobody, if none are given. The f of a gate then is its own, whatever is allowed. */
  readonly leaders?: { has(id: ProcessId): boolean };
  /** The largest limit inside that is asked about. */
  readonly mostInner: number;
}

/** How a child of a gate falls as the limit inside grows. */
interface Falling {
  readonly weight: number;
  /** The first limit with which the fault sets cover it. Beyond `mostInner`: none. */
  readonly from: number;
  /** The same while one of its leaders is accused whom it withstands, the one with whom it falls first; undefined if there is none. */
  readonly accusedFrom: number | undefined;
  /** Whether one of its leaders, accused, is more than it tolerates. */
  readonly isForced: boolean;
}

/** The root of a trust tree, whose own limit may be had for each limit inside. */
export class VariedRoot {
  private readonly children: readonly Falling[];

  constructor(
    private readonly gate: TrustGate,
    private readonly variation: Variation,
  ) {
    this.children = this.childrenOf(gate);
  }

  /** The limits inside, in order, with which something changes; 0 is the first. */
  turns(): readonly number[] {
    const all = this.children.flatMap(({ from, accusedFrom = from }) => [from, accusedFrom]);
    const reached = all.filter((limit) => limit <= this.variation.mostInner);
    return [...new Set([0, ...reached])].sort((a, b) => a - b);
  }

  /** The largest limit of the root, up to `most`, with which it withstands; -1 if none does. */
  mostAtRoot(inner: number, most: number): number {
    const weight = this.weighAgainst(this.gate, this.children, inner);
    return firstOf(most + 1, (limit) => weight <= this.capacity(this.gate, limit)) - 1;
  }

  private childrenOf(gate: TrustGate): readonly Falling[] {
    return gate.of.map((child, index) => this.fallOf(child, weightAt(gate, index)));
  }

  private fallOf(tree: TrustTree, weight: number): Falling {
    const { leaders, mostInner } = this.variation;
    const never = mostInner + 1;
    if (tree._tag === 'member') {
      return { weight, from: never, accusedFrom: undefined, isForced: leaders?.has(tree.id) === true };
    }
    const children = this.childrenOf(tree);
    const firstWithin = (weigh: (inner: number) => number): number =>
      firstOf(never, (inner) => weigh(inner) <= this.capacity(tree, inner));
    const from = firstWithin((inner) => uncoveredWeight(children, inner));
    if (leaders === undefined) return { weight, from, accusedFrom: undefined, isForced: false };
    const isAccused = this.addedWeight(tree, children, 0) < Infinity;
    return {
      weight,
      from,
      accusedFrom: isAccused ? firstWithin((inner) => this.weighAgainst(tree, children, inner)) : undefined,
      isForced: children.some((child) => child.isForced && child.weight > tree.f),
    };
  }

  /** What the fault sets must own of a gate: with the leader accused with whom that is least. */
  private weighAgainst(gate: TrustGate, children: readonly Falling[], inner: number): number {
    const added = this.variation.leaders === undefined ? 0 : this.addedWeight(gate, children, inner);
    return uncoveredWeight(children, inner) + added;
  }

  /**
   * The least by which an accused leader raises what must be owned: a child that it forces takes its weight from each Byzantine set,
   * and one that withstands it may fall later. Infinite where no leader is, or each is more than the gate tolerates.
   */
  private addedWeight({ f }: TrustGate, children: readonly Falling[], inner: number): number {
    const { byzantine } = this.variation.counts;
    let least = Infinity;
    for (const { weight, from, accusedFrom, isForced } of children) {
      const own = inner < from ? weight : 0;
      if (isForced && weight <= f) least = Math.min(least, byzantine * weight - own);
      if (accusedFrom !== undefined) least = Math.min(least, (inner < accusedFrom ? weight : 0) - own);
    }
    return least;
  }

  private capacity(gate: TrustGate, limit: number): number {
    const { counts, limitsOf } = this.variation;
    return capacityOf(limitsOf(gate, limit), 0, counts);
  }
}

function uncoveredWeight(children: readonly Falling[], inner: number): number {
  let sum = 0;
  for (const { weight, from } of children) if (inner < from) sum += weight;
  return sum;
}

/** The first from 0 of which `isSo`, which then is so of all that follow; `end` if none before it is. */
function firstOf(end: number, isSo: (value: number) => boolean): number {
  let [low, high] = [0, end];
  while (low < high) {
    const middle = Math.floor((low + high) / 2);
    if (isSo(middle)) high = middle;
    else low = middle + 1;
  }
  return low;
}
