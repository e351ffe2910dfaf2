/**
 * A tree placed over a universe, laid out flat: gates in one array, children first; members as masks over the words of a process set,
 * so that what a set weighs at a gate is counted by population counts. One loop answers what trust trees and policies ask of it
 * (spec/quorum.md, "The recursion"; a policy's gate of threshold k is a trust gate with f = k − 1).
 */
import { present } from '../../prelude/invariant.js';
import { bitCount, type Universe } from '../../prelude/process.js';
import type { Member } from './tree-check.js';
import { totalWeight, weightAt } from './weights.js';

/** What is asked of a tree: do `byzantine` sets, each with all of `accused`, and `slow` sets cover `set`? */
export interface CoverQuestion {
  /** As the words of a process set, like `accused`. */
  readonly set: Uint32Array;
  readonly accused: Uint32Array;
  readonly byzantine: number;
  readonly slow: number;
}

/** A gate with what one set of each kind may own of its children. */
interface LimitedGate {
  readonly _tag: 'gate';
  readonly f: number;
  readonly t: number;
  readonly of: readonly LimitedTree[];
  readonly weights?: readonly number[];
}

export type LimitedTree = Member | LimitedGate;

/** Members of one gate whose bits lie in one word; each counts `weight`. */
interface LeafMask {
  readonly word: number;
  readonly mask: number;
  readonly weight: number;
}

interface PlacedGate {
  readonly f: number;
  readonly t: number;
  /** Of all children. */
  readonly total: number;
  readonly leaves: readonly LeafMask[];
  /** Index of the gate that it is a child of, its own at the root; and what it weighs there. */
  parent: number;
  readonly weight: number;
}

/** What is added up at gates. Integers where they fit: they are faster. */
type Sums = Int32Array | Float64Array;

export class PlacedTree {
  /** For each gate where it ends, its parent, its weight; then word, mask and weight of each of its leaves. */
  private readonly layout: Int32Array;
  private readonly f: Sums;
  private readonly t: Sums;
  /** What the inner gates done so far weigh in each gate; zero between two questions. */
  private readonly forcedBelow: Sums;
  private readonly uncoveredBelow: Sums;

  /** @param universe - has all members of `tree`. */
  constructor(tree: LimitedTree, universe: Universe) {
    const gates = placeGates(tree, universe);
    const sums = (of: (gate: PlacedGate) => number): Sums =>
      gates.every(({ total }) => total < 2 ** 31) ? Int32Array.from(gates, of) : Float64Array.from(gates, of);
    this.f = sums(({ f }) => f);
    this.t = sums(({ t }) => t);
    this.forcedBelow = sums(() => 0);
    this.uncoveredBelow = sums(() => 0);
    this.layout = layOut(gates);
  }

  /** Whether the answer at the root is "covered". Linear in the tree, without allocation. */
  isCovered({ set, accused, byzantine, slow }: CoverQuestion): boolean {
    const { layout, f, t, forcedBelow, uncoveredBelow } = this;
    const root = f.length - 1;
    let at = 0;
    for (let gate = 0; ; gate++) {
      let forced = forcedBelow[gate] ?? 0;
      let uncovered = uncoveredBelow[gate] ?? 0;
      forcedBelow[gate] = 0;
      uncoveredBelow[gate] = 0;
      const end = layout[at] ?? 0;
      const parent = layout[at + 1] ?? 0;
      const weight = layout[at + 2] ?? 0;
      for (at += 3; at < end; at += 3) {
        const word = layout[at] ?? 0;
        const mask = layout[at + 1] ?? 0;
        const leafWeight = layout[at + 2] ?? 0;
        const blamed = (accused[word] ?? 0) & mask;
        if (blamed !== 0) forced += leafWeight * bitCount(blamed);
        uncovered += leafWeight * bitCount((set[word] ?? 0) & mask & ~blamed);
      }
      const spare = (f[gate] ?? 0) - forced;
      const isCovered = spare >= 0 && uncovered <= byzantine * spare + slow * (t[gate] ?? 0);
      if (gate === root) return isCovered;
      if (isCovered) continue;
      if (spare < 0) forcedBelow[parent] = (forcedBelow[parent] ?? 0) + weight;
      else uncoveredBelow[parent] = (uncoveredBelow[parent] ?? 0) + weight;
    }
  }
}

function layOut(gates: readonly PlacedGate[]): Int32Array {
  const layout: number[] = [];
  for (const { leaves, parent, weight } of gates) {
    layout.push(layout.length + 3 + 3 * leaves.length, parent, weight);
    for (const leaf of leaves) layout.push(leaf.word, leaf.mask, leaf.weight);
  }
  return Int32Array.from(layout);
}

/** The gates of `tree`, children first. A lone member is the one child of a gate. */
function placeGates(tree: LimitedTree, universe: Universe): readonly PlacedGate[] {
  const placed: PlacedGate[] = [];
  const place = (gate: LimitedGate, weight: number): PlacedGate => {
    const inner = gate.of.flatMap((child, index) =>
      child._tag === 'member' ? [] : [place(child, weightAt(gate, index))],
    );
    const parent = placed.length;
    for (const one of inner) one.parent = parent;
    const { f, t } = gate;
    const made = { f, t, total: totalWeight(gate), leaves: placeLeaves(gate, universe), parent, weight };
    placed.push(made);
    return made;
  };
  place(tree._tag === 'member' ? { _tag: 'gate', f: 0, t: 0, of: [tree] } : tree, 1);
  return placed;
}

/** The members directly at `gate`: by their weights, or by the binary digits of these where many differ. */
function placeLeaves(gate: LimitedGate, universe: Universe): readonly LeafMask[] {
  const leaves = gate.of.flatMap((child, index) => {
    if (child._tag !== 'member') return [];
    const bit = present(universe.indexOf(child.id), 'the universe of a tree has its members');
    return [{ bit, weight: weightAt(gate, index) }];
  });
  const byWeight = masksOf(leaves);
  const byDigit = masksOf(
    leaves.flatMap(({ bit, weight }) => powersOfTwo(weight).map((power) => ({ bit, weight: power }))),
  );
  return byWeight.length <= byDigit.length ? byWeight : byDigit;
}

/** The powers of two that add up to `weight`. */
function powersOfTwo(weight: number): readonly number[] {
  const powers: number[] = [];
  for (let power = 1; power <= weight; power *= 2) if ((weight & power) !== 0) powers.push(power);
  return powers;
}

/** Leaves of one weight in one word together. */
function masksOf(leaves: readonly { readonly bit: number; readonly weight: number }[]): readonly LeafMask[] {
  const masks = new Map<string, LeafMask>();
  for (const { bit, weight } of leaves) {
    const word = bit >>> 5;
    const key = `${word} ${weight}`;
    masks.set(key, { word, mask: (masks.get(key)?.mask ?? 0) | (1 << (bit & 31)), weight });
  }
  return [...masks.values()];
}
