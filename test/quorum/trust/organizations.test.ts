import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { InvariantViolation } from '../../../src/prelude/invariant.js';
import type { ProcessId, ProcessSet } from '../../../src/prelude/process.js';
import { c1Faults, c2Faults } from '../../../src/quorum/trust/conditions.js';
import { OrganizationSystem } from '../../../src/quorum/trust/organizations.js';
import type { CoveringFaults } from '../../../src/quorum/quorum-system.js';
import { membersOf } from '../../../src/quorum/tree/tree-check.js';
import { thresholdSystem } from '../../../src/quorum/trust/threshold.js';
import { printTrustTree } from '../../../src/quorum/trust/trust-text.js';
import type { TrustTree } from '../../../src/quorum/trust/trust-tree.js';
import { allSets, allTrees, arbitraryTree, naiveTwin, servers, setOfMask } from '../../support/quorum.js';
import { arbitraryWeightedTree } from '../../support/weighted-trust.js';

interface Scope {
  readonly questions: readonly CoveringFaults[];
  /** Accused sets of at most so many processes. */
  readonly accusedSize: number;
}

const everyQuestion = [0, 1, 2, 3].flatMap((byzantine) => [0, 1, 2].map((slow) => ({ byzantine, slow })));
/** Those of the derived predicates and of the conditions. */
const questionsOfProtocols: readonly CoveringFaults[] = [
  { byzantine: 1 },
  { byzantine: 0, slow: 1 },
  { byzantine: 1, slow: 1 },
  c1Faults,
  c2Faults,
];

const knownSets = new Map<number, readonly ProcessSet[]>();

function setsOfServers(count: number): readonly ProcessSet[] {
  const sets = knownSets.get(count) ?? allSets(servers(count));
  knownSets.set(count, sets);
  return sets;
}

/** The first question on which the recursion and the enumeration differ, or nothing. */
function findDifference(tree: TrustTree, { questions, accusedSize }: Scope): string | undefined {
  const sets = setsOfServers(membersOf(tree).length);
  const system = new OrganizationSystem(tree, sets[0]?.universe);
  const naive = naiveTwin(tree);
  for (const accused of sets.filter((set) => set.size <= accusedSize)) {
    for (const question of questions) {
      const faults = { ...question, accused };
      const table = naive.table(faults);
      for (const [mask, set] of sets.entries()) {
        if (system.isCoveredBy(set, faults) !== (table[mask] === 1)) {
          return `${printTrustTree(tree)}: ${set.toString()} ${JSON.stringify(question)} ${accused.toString()}`;
        }
      }
    }
  }
  return undefined;
}

function* thresholds(smallest: number, largest: number): Generator<TrustTree> {
  for (let n = smallest; n <= largest; n++) {
    for (let f = 0; f < n; f++) for (let t = 0; t <= f; t++) yield thresholdSystem(servers(n), { f, t }).tree;
  }
}

describe('the recursion equals the enumeration of fault sets', () => {
  it.each([
    { what: 'every threshold up to 6 processes', trees: () => thresholds(1, 6), accusedSize: 6, count: 56 },
    { what: 'every threshold of 7 processes', trees: () => thresholds(7, 7), accusedSize: 2, count: 28 },
    { what: 'every tree of 2 to 4 leaves', trees: () => trees(2, 4), accusedSize: 4, count: 118 },
    { what: 'every tree of 5 leaves and at most 3 levels', trees: () => trees(5, 5), accusedSize: 1, count: 543 },
    {
      what: 'every tree of 6 leaves and at most 2 levels of gates',
      trees: () => allTrees(6, 2),
      accusedSize: 1,
      count: 789,
      questions: questionsOfProtocols,
    },
  ])('$what', ({ trees, accusedSize, count, questions = everyQuestion }) => {
    let treeCount = 0;
    for (const tree of trees()) {
      treeCount += 1;
      const difference = findDifference(tree, { questions, accusedSize });
      if (difference !== undefined) expect.fail(difference);
    }
    expect(treeCount).toBe(count);
  });

  it('random larger trees, random questions', () => {
    const question = fc.record({
      byzantine: fc.nat({ max: 3 }),
      slow: fc.nat({ max: 2 }),
      set: fc.nat(),
      accused: fc.oneof(fc.constant(0), fc.nat()),
    });
    const property = fc.property(arbitraryTree(4), fc.array(question, { minLength: 20 }), (tree, questions) => {
      const system = new OrganizationSystem(tree);
      const { universe } = system.processes;
      fc.pre(universe.size <= 10);
      const naive = naiveTwin(tree);
      for (const { byzantine, slow, set, accused } of questions) {
        // Few are accused, else hardly any fault set contains them.
        const faults = { byzantine, slow, accused: setOfMask(universe, accused & (accused >>> 7) & (accused >>> 14)) };
        const asked = setOfMask(universe, set);
        expect(system.isCoveredBy(asked, faults)).toBe(naive.isCoveredBy(asked, faults));
      }
    });
    fc.assert(property, { numRuns: 300 });
  });
});

describe('weights', () => {
  const question = fc.record({
    byzantine: fc.nat({ max: 3 }),
    slow: fc.nat({ max: 2 }),
    set: fc.nat(),
    accused: fc.oneof(fc.constant(0), fc.nat()),
  });

  it('are exact for covers by one set; by more, what is covered by sets that exist is covered by the sum rule', () => {
    let singles = 0;
    let excess = 0;
    const property = fc.property(arbitraryWeightedTree(4), fc.array(question, { minLength: 20 }), (tree, questions) => {
      const system = new OrganizationSystem(tree);
      const { universe } = system.processes;
      fc.pre(universe.size <= 10);
      const naive = naiveTwin(tree);
      for (const { byzantine, slow, set, accused } of questions) {
        const faults = { byzantine, slow, accused: setOfMask(universe, accused & (accused >>> 7) & (accused >>> 14)) };
        const asked = setOfMask(universe, set);
        const [found, real] = [system.isCoveredBy(asked, faults), naive.isCoveredBy(asked, faults)];
        if (real || byzantine + slow <= 1) expect(found).toBe(real);
        if (byzantine + slow === 1 && real && !asked.isEmpty) singles += 1;
        if (found && !real) excess += 1;
      }
    });
    fc.assert(property, { numRuns: 300 });
    expect(singles).toBeGreaterThan(100);
    expect(excess).toBeGreaterThan(0);
  });

  it('add up where no sets could be packed: three of weight 2 under a cap of 3', () => {
    const of = servers(3).ids.map((id) => ({ _tag: 'member', id }) as const);
    const tree: TrustTree = { _tag: 'gate', f: 3, t: 0, of, weights: [2, 2, 2] };
    const system = new OrganizationSystem(tree);
    expect(system.isCoveredBy(system.processes, { byzantine: 2 })).toBe(true);
    expect(naiveTwin(tree).isCoveredBy(naiveTwin(tree).processes, { byzantine: 2 })).toBe(false);
  });

  it.each([
    { what: 'servers', child: (id: ProcessId): TrustTree => ({ _tag: 'member', id }) },
    {
      what: 'gates',
      child: (id: ProcessId): TrustTree => ({ _tag: 'gate', f: 0, t: 0, of: [{ _tag: 'member', id }] }),
    },
  ])('may be as large as they are allowed to be, and many: of $what', ({ child }) => {
    const { ids } = servers(100);
    const weights = ids.map((_, index) => 1_000_000_000 - index);
    const f = 3_000_000_000 - 4;
    const system = new OrganizationSystem({ _tag: 'gate', f, t: 1_000_000_000, of: ids.map(child), weights });
    const set = (...names: readonly string[]): ProcessSet => system.processes.universe.of(names as ProcessId[]);
    expect(system.canBeFaulty(set('s1', 's2', 's3'))).toBe(false);
    expect(system.canBeFaulty(set('s1', 's2', 's4'))).toBe(true);
    expect(system.isCoveredBy(set('s1'), { byzantine: 0, slow: 1 })).toBe(true);
    expect(system.isCoveredBy(set('s2', 's3'), { byzantine: 0, slow: 1 })).toBe(false);
    const accused = set('s1', 's2');
    expect(system.isCoveredBy(set('s4'), { byzantine: 1, accused })).toBe(true);
    expect(system.isCoveredBy(set('s3'), { byzantine: 1, accused })).toBe(false);
    // Every one but the lightest: ninety-nine sets of one each, and no fewer.
    const all = set(...ids.slice(0, 99));
    expect(system.isCoveredBy(all, { byzantine: 0, slow: 99 })).toBe(true);
    expect(system.isCoveredBy(all, { byzantine: 0, slow: 98 })).toBe(false);
  });
});

describe('the flat layout', () => {
  it('says at the root what the recursion gate by gate says', () => {
    const question = fc.record({ byzantine: fc.nat({ max: 3 }), slow: fc.nat({ max: 2 }), seed: fc.nat() });
    const property = fc.property(arbitraryWeightedTree(12), fc.array(question), (tree, questions) => {
      const system = new OrganizationSystem(tree);
      const { universe } = system.processes;
      for (const { byzantine, slow, seed } of questions) {
        const some = (salt: number, share: number): ProcessSet =>
          universe.of(universe.ids.filter((_, index) => mixed(seed + salt, index) % 8 < share));
        const faults = { byzantine, slow, accused: some(1, 1) };
        const asked = some(2, 1 + (seed % 8));
        expect(system.isCoveredBy(asked, faults)).toBe(standingOf(tree, asked, faults) === 'covered');
      }
    });
    fc.assert(property);
  });

  it('refuses sets of another universe', () => {
    const system = thresholdSystem(servers(4), { f: 1 });
    expect(system.canBeFaulty(servers(4).of(['s1' as ProcessId]))).toBe(true);
    expect(() => system.canBeFaulty(servers(5).none)).toThrow(InvariantViolation);
  });
});

/** The recursion as it is written down. */
function standingOf(
  tree: TrustTree,
  set: ProcessSet,
  faults: Required<CoveringFaults>,
): 'covered' | 'uncovered' | 'forced' {
  if (tree._tag === 'member') {
    if (faults.accused.has(tree.id) && faults.byzantine > 0) return 'forced';
    return set.has(tree.id) ? 'uncovered' : 'covered';
  }
  const weights = { covered: 0, uncovered: 0, forced: 0 };
  for (const [index, child] of tree.of.entries()) weights[standingOf(child, set, faults)] += tree.weights?.[index] ?? 1;
  if (weights.forced > tree.f) return 'forced';
  const capacity = faults.byzantine * (tree.f - weights.forced) + faults.slow * tree.t;
  return weights.uncovered <= capacity ? 'covered' : 'uncovered';
}

/** A number that depends on both in no simple way. */
function mixed(seed: number, index: number): number {
  const product = Math.imul(seed ^ Math.imul(index + 1, 0x9e3779b1), 0x85ebca6b);
  return (product ^ (product >>> 13)) >>> 3;
}

function* trees(fewest: number, most: number): Generator<TrustTree> {
  for (let leafCount = fewest; leafCount <= most; leafCount++) yield* allTrees(leafCount, 3);
}
