/** Quorum systems for tests: an explicit twin of the recursion, every small structure, and random larger ones. */
import fc from 'fast-check';
import { present } from '../../src/prelude/invariant.js';
import { type ProcessId, type ProcessSet, Universe } from '../../src/prelude/process.js';
import { type CoveringFaults, QuorumSystem } from '../../src/quorum/quorum-system.js';
import { membersOf } from '../../src/quorum/tree/tree-check.js';
import type { ExplicitFaults } from '../../src/quorum/trust/explicit-faults.js';
import type { TrustGate, TrustTree } from '../../src/quorum/trust/trust-tree.js';

/** `s1` … `sn`. */
export function servers(count: number): Universe {
  return new Universe(Array.from({ length: count }, (_, index) => `s${index + 1}` as ProcessId));
}

/** The set whose members are the bits of `mask`. */
export function setOfMask(universe: Universe, mask: number): ProcessSet {
  return universe.of(universe.ids.filter((_, index) => ((mask >>> index) & 1) === 1));
}

/** All subsets of a small universe; the index is the mask. */
export function allSets(universe: Universe): readonly ProcessSet[] {
  return Array.from({ length: 2 ** universe.size }, (_, mask) => setOfMask(universe, mask));
}

/** A quorum system by its maximal sets, written down: at most 20 processes, sets as masks. */
export class NaiveSystem extends QuorumSystem {
  readonly processes: ProcessSet;
  private readonly tables = new Map<string, Uint8Array>();

  constructor(
    universe: Universe,
    private readonly maximal: { readonly byzantine: readonly number[]; readonly slow: readonly number[] },
  ) {
    super();
    this.processes = universe.all;
  }

  override isCoveredBy(set: ProcessSet, faults: CoveringFaults): boolean {
    return this.table(faults)[maskOf(set)] === 1;
  }

  /** For every mask whether it is covered. */
  table({ byzantine, slow = 0, accused }: CoveringFaults): Uint8Array {
    const heeded = accused === undefined || byzantine === 0 ? 0 : maskOf(accused);
    const key = `${byzantine},${slow},${heeded}`;
    const known = this.tables.get(key);
    if (known !== undefined) return known;
    const faulty = this.maximal.byzantine.filter((mask) => (mask & heeded) === heeded);
    const { size } = this.processes.universe;
    let table = downwardClosure([0], size);
    for (let count = 0; count < byzantine; count++) table = downwardClosure(joined(maximalIn(table), faulty), size);
    for (let count = 0; count < slow; count++)
      table = downwardClosure(joined(maximalIn(table), this.maximal.slow), size);
    this.tables.set(key, table);
    return table;
  }
}

function maskOf(set: ProcessSet): number {
  return set.words[0] ?? 0;
}

function joined(some: readonly number[], others: readonly number[]): number[] {
  return [...new Set(some.flatMap((a) => others.map((b) => a | b)))];
}

/** The masks of a downward closed table that no other contains. */
function maximalIn(table: Uint8Array): readonly number[] {
  const found: number[] = [];
  for (const [mask, covered] of table.entries()) {
    let contained = covered === 0;
    for (let bit = 1; bit < table.length; bit <<= 1) contained ||= (mask & bit) === 0 && table[mask | bit] === 1;
    if (!contained) found.push(mask);
  }
  return found;
}

function downwardClosure(masks: readonly number[], size: number): Uint8Array {
  const table = new Uint8Array(2 ** size);
  for (const mask of masks) table[mask] = 1;
  for (let mask = table.length - 1; mask > 0; mask--) {
    for (let bit = 1; table[mask] === 1 && bit <= mask; bit <<= 1) if ((mask & bit) !== 0) table[mask ^ bit] = 1;
  }
  return table;
}

/**
 * The twin of a tree, by the definition: choose the children that fail wholly, no heavier together than the limit, and a fault set
 * inside every other. Of weighted gates it covers by sets that exist; the sum rule covers whatever it does, and sometimes more.
 */
export function naiveTwin(tree: TrustTree): NaiveSystem {
  const universe = new Universe(membersOf(tree));
  const maximal = (limit: 'f' | 't'): readonly number[] => maximalSets(tree, limit, universe);
  return new NaiveSystem(universe, { byzantine: maximal('f'), slow: maximal('t') });
}

/** The twin of listed sets. */
export function listedTwin(faults: ExplicitFaults): NaiveSystem {
  const universe = new Universe(faults.of);
  const masks = (lists: ExplicitFaults['byzantine']): readonly number[] =>
    lists.length === 0 ? [0] : lists.map((ids) => maskOf(universe.of(ids)));
  return new NaiveSystem(universe, { byzantine: masks(faults.byzantine), slow: masks(faults.slow) });
}

/** Lists of maximal sets over at most `maxProcesses` processes, each slow set within a Byzantine one. */
export function arbitraryFaults(maxProcesses: number): fc.Arbitrary<ExplicitFaults> {
  const masks = fc.array(fc.tuple(fc.nat(), fc.nat()), { maxLength: 6 });
  return fc.tuple(fc.integer({ min: 2, max: maxProcesses }), masks).map(([count, drawn]) => {
    const universe = servers(count);
    const all = 2 ** count - 1;
    const lists = (found: readonly number[]): ExplicitFaults['byzantine'] =>
      maximalOf(found.filter((mask) => mask !== 0)).map((mask) => [...setOfMask(universe, mask)]);
    const byzantine = drawn.map(([mask]) => mask & all).filter((mask) => mask !== all);
    const slow = drawn.flatMap(([mask, part]) => ((mask & all) === all ? [] : [mask & part & all]));
    return { _tag: 'explicit', of: universe.ids, byzantine: lists(byzantine), slow: lists(slow) };
  });
}

/** Without repetitions and without those that another contains. */
function maximalOf(masks: readonly number[]): readonly number[] {
  const distinct = [...new Set(masks)];
  return distinct.filter((mask) => !distinct.some((other) => other !== mask && (other & mask) === mask));
}

function maximalSets(tree: TrustTree, limit: 'f' | 't', universe: Universe): readonly number[] {
  if (tree._tag === 'member') return [0];
  let choices = [{ mask: 0, whole: 0 }];
  for (const [index, child] of tree.of.entries()) {
    const whole = maskOf(universe.of(membersOf(child)));
    const inside = maximalSets(child, limit, universe);
    const weight = tree.weights?.[index] ?? 1;
    choices = choices.flatMap((one) => [
      { mask: one.mask | whole, whole: one.whole + weight },
      ...inside.map((part) => ({ mask: one.mask | part, whole: one.whole })),
    ]);
  }
  const masks = choices.filter(({ whole }) => whole <= tree[limit]).map(({ mask }) => mask);
  return maximalIn(downwardClosure(masks, universe.size));
}

/** A tree without numbers or names: how many leaves and gates each gate has. */
type Shape = 'leaf' | readonly Shape[];

/** Every tree of `leafCount` leaves and at most `gateDepth` gates above each, up to the order of children, with every f and t. */
export function* allTrees(leafCount: number, gateDepth: number): Generator<TrustTree> {
  for (const shape of shapes(leafCount, gateDepth)) {
    if (shape !== 'leaf') yield* withLimits(shape, servers(leafCount).ids);
  }
}

function shapes(leafCount: number, gateDepth: number): readonly Shape[] {
  if (leafCount === 1) return ['leaf'];
  return gateDepth === 0 ? [] : forests({ leafCount, largest: leafCount - 1, gateDepth: gateDepth - 1 });
}

/** Lists of shapes, the sizes not increasing; equal sizes in the order of their enumeration. */
function forests(bounds: { leafCount: number; largest: number; gateDepth: number }): readonly (readonly Shape[])[] {
  const { leafCount, largest, gateDepth } = bounds;
  if (leafCount === 0) return [[]];
  const found: (readonly Shape[])[] = [];
  for (let size = Math.min(largest, leafCount); size >= 1; size--) {
    for (const rest of forests({ leafCount: leafCount - size, largest: size, gateDepth })) {
      for (const first of shapes(size, gateDepth)) found.push([first, ...rest]);
    }
  }
  return [
    ...new Map(
      found.map((forest) => [JSON.stringify(forest.map((one) => JSON.stringify(one)).sort()), forest]),
    ).values(),
  ];
}

function* withLimits(shape: Shape, ids: readonly ProcessId[]): Generator<TrustTree> {
  if (shape === 'leaf') {
    yield { _tag: 'member', id: present(ids[0], 'a leaf has an id') };
    return;
  }
  for (const of of childrenWithLimits(shape, ids)) {
    for (let f = 0; f < of.length; f++) for (let t = 0; t <= f; t++) yield { _tag: 'gate', f, t, of };
  }
}

function* childrenWithLimits(shapes: readonly Shape[], ids: readonly ProcessId[]): Generator<readonly TrustTree[]> {
  const [first, ...rest] = shapes;
  if (first === undefined) {
    yield [];
    return;
  }
  const size = leavesOf(first);
  for (const child of withLimits(first, ids.slice(0, size))) {
    for (const others of childrenWithLimits(rest, ids.slice(size))) yield [child, ...others];
  }
}

function leavesOf(shape: Shape): number {
  return shape === 'leaf' ? 1 : shape.reduce((count, child) => count + leavesOf(child), 0);
}

/** Random trees of at most 3 levels of gates, single-child gates among them; ids are `o/s` below an organization, or bare. */
export function arbitraryTree(maxChildren: number): fc.Arbitrary<TrustGate> {
  interface Plan {
    readonly f: number;
    readonly t: number;
    readonly of: readonly (Plan | undefined)[];
  }
  const plan = (depth: number): fc.Arbitrary<Plan> =>
    fc
      .tuple(
        fc.array(depth === 1 ? fc.constant(undefined) : fc.oneof(fc.constant(undefined), plan(depth - 1)), {
          minLength: 1,
          maxLength: maxChildren,
        }),
        fc.nat(),
        fc.nat(),
      )
      .map(([of, a, b]) => ({ f: a % of.length, t: b % ((a % of.length) + 1), of }));
  let next = 0;
  const grow = ({ f, t, of }: Plan, prefix: string | undefined): TrustGate => ({
    _tag: 'gate',
    f,
    t,
    of: of.map((child, index): TrustTree => {
      next += 1;
      const own = prefix ?? (index % 2 === 0 ? `o${next}/` : undefined);
      if (child !== undefined) return grow(child, own);
      return { _tag: 'member', id: `${own ?? ''}s${next}` as ProcessId };
    }),
  });
  return plan(3).map((root) => {
    next = 0;
    return grow(root, undefined);
  });
}
