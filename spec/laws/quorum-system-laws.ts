/**
 * What every quorum system satisfies, whoever wrote it (spec/quorum.md, "Laws"). Each law is tried on random sets and on the sharpest
 * instances: complements of maximal fault sets. Laws that presuppose a condition say so and hold of themselves where it fails.
 */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ProcessSet } from '../../src/prelude/process.js';
import { c1Faults, c2Faults, c2FaultsOf } from '../../src/quorum/trust/conditions.js';
import type { CoveringFaults, QuorumSystem } from '../../src/quorum/quorum-system.js';

export interface QuorumSystemLaw {
  readonly name: string;
  /** Fails an expectation if `system` breaks the law. */
  readonly check: (system: QuorumSystem) => void;
}

const kinds = {
  byzantine: { byzantine: 1 },
  slow: { byzantine: 0, slow: 1 },
} satisfies Record<string, CoveringFaults>;

export const laws: readonly QuorumSystemLaw[] = [
  law('the sets are of the universe that the processes are', ['any'], (system, a) => {
    expect(system.processes.equals(a.universe.all)).toBe(true);
  }),
  law('no faults cover nothing, and nothing else', ['any'], (system, a) => {
    expect(system.isCoveredBy(a, { byzantine: 0 })).toBe(a.isEmpty);
    expect(system.canBeFaulty(a.universe.none)).toBe(true);
  }),
  law('a covered set has covered subsets', ['any', 'any'], (system, a, b) => {
    each(faultsUpTo(3, 2), (faults) => {
      implies(system.isCoveredBy(a.union(b), faults), system.isCoveredBy(a, faults));
    });
  }),
  law('more faults cover more', ['any', 'any'], (system, a, b) => {
    each(faultsUpTo(2, 1), ({ byzantine, slow }) => {
      const covered = system.isCoveredBy(a, { byzantine, slow });
      implies(covered, system.isCoveredBy(a, { byzantine: byzantine + 1, slow }));
      implies(covered, system.isCoveredBy(a, { byzantine, slow: slow + 1 }));
      const accused = thinned(b);
      const bounded = byzantine > 0 && system.isCoveredBy(a, { byzantine, slow, accused });
      implies(bounded, system.isCoveredBy(a, { byzantine: byzantine + 1, slow, accused }));
    });
  }),
  law('faults add up', ['maximal byzantine', 'maximal slow', 'maximal byzantine'], (system, a, b, c) => {
    expect(system.isCoveredBy(a.union(b), { byzantine: 1, slow: 1 })).toBe(true);
    expect(system.isCoveredBy(a.union(c), { byzantine: 2 })).toBe(true);
    expect(system.isCoveredBy(a.union(b).union(c), { byzantine: 2, slow: 1 })).toBe(true);
  }),
  law('more accused, less covered; no accused Byzantine set, no cover', ['any', 'any', 'any'], (system, a, b, c) => {
    const [some, more] = [thinned(b), thinned(b).union(thinned(c))];
    each(faultsUpTo(3, 2), ({ byzantine, slow }) => {
      const covered = system.isCoveredBy(a, { byzantine, slow, accused: more });
      implies(covered, system.isCoveredBy(a, { byzantine, slow, accused: some }));
      implies(covered, system.isCoveredBy(a, { byzantine, slow }));
      if (byzantine === 0) expect(covered).toBe(system.isCoveredBy(a, { byzantine, slow }));
      else implies(covered, system.canBeFaulty(more));
    });
  }),
  law('the accused are in every Byzantine set', ['maximal byzantine', 'any'], (system, a, b) => {
    const accused = a.intersection(thinned(b));
    expect(system.isCoveredBy(a, { byzantine: 1, accused })).toBe(true);
    each(faultsUpTo(3, 2), ({ byzantine, slow }) => {
      if (byzantine === 0 || !system.isCoveredBy(b, { byzantine, slow, accused })) return;
      expect(system.isCoveredBy(b.union(accused), { byzantine, slow, accused })).toBe(true);
    });
  }),
  law(
    'what a maximal fault set leaves is a recovery quorum; a recovery quorum is a slow one',
    ['maximal byzantine', 'any'],
    (system, a, b) => {
      expect(system.isRecoveryQuorum(a.complement())).toBe(true);
      expect(system.isSlowQuorum(a.complement())).toBe(true);
      implies(system.isRecoveryQuorum(b), system.isSlowQuorum(b));
    },
  ),
  law('what may be slow may be Byzantine: a fast quorum is a slow one', ['maximal slow', 'any'], (system, a, b) => {
    expect(system.canBeFaulty(a)).toBe(true);
    expect(system.isFastQuorum(a.complement())).toBe(true);
    expect(system.isSlowQuorum(a.complement())).toBe(true);
    implies(system.isFastQuorum(b), system.isSlowQuorum(b));
  }),
  law('a set with a correct process meets every recovery quorum', ['maximal byzantine', 'any'], (system, a, b) => {
    implies(system.containsCorrect(b), !b.minus(a).isEmpty);
  }),
  law(
    'under C1 two slow quorums share a correct process',
    ['maximal byzantine', 'maximal byzantine'],
    (system, a, b) => {
      if (system.isCoveredBy(system.processes, c1Faults)) return;
      expect(system.containsCorrect(a.complement().minus(b))).toBe(true);
    },
  ),
  law(
    'under C1 a slow and a fast quorum share a correct process',
    ['maximal byzantine', 'maximal slow'],
    (system, a, b) => {
      if (system.isCoveredBy(system.processes, c1Faults)) return;
      expect(system.containsCorrect(a.complement().minus(b))).toBe(true);
    },
  ),
  law('a fast quorum and a locking set share a correct process', ['maximal slow', 'any'], (system, a, b) => {
    implies(system.isLocked(b), system.containsCorrect(b.minus(a)));
  }),
  law(
    'under C2, of two values in a recovery quorum at most one may be decided',
    ['maximal byzantine', 'any'],
    (system, a, b) => {
      if (system.isCoveredBy(system.processes, c2Faults)) return;
      expectOneCandidate(system, a.complement(), { one: b, accused: a.universe.none });
    },
  ),
  law(
    'under C2l, once all but a fault set with the leader have reported, likewise',
    ['maximal byzantine', 'any'],
    (system, a, b) => {
      for (const id of a) {
        const leader = a.universe.of([id]);
        if (system.isCoveredBy(system.processes, c2FaultsOf(leader))) continue;
        expectOneCandidate(system, a.complement(), { one: b, accused: leader });
      }
    },
  ),
];

/** Runs every law on the system that `makeSystem` makes. */
export function quorumSystemLaws(name: string, makeSystem: () => QuorumSystem): void {
  describe(`laws of quorum systems: ${name}`, () => {
    it.each(laws)('$name', ({ check }) => {
      check(makeSystem());
    });
  });
}

type Sample = 'any' | 'maximal byzantine' | 'maximal slow';

function law(
  name: string,
  samples: readonly Sample[],
  holds: (system: QuorumSystem, a: ProcessSet, b: ProcessSet, c: ProcessSet) => void,
): QuorumSystemLaw {
  const check = (system: QuorumSystem): void => {
    const none = fc.constant(system.processes.universe.none);
    const [a = none, b = none, c = none] = samples.map((sample) => arbitrarySet(system, sample));
    const property = fc.property(a, b, c, (one, two, three) => {
      holds(system, one, two, three);
    });
    fc.assert(property, { numRuns: 100 });
  };
  return { name, check };
}

function arbitrarySet(system: QuorumSystem, sample: Sample): fc.Arbitrary<ProcessSet> {
  const ids = [...system.processes];
  const { universe } = system.processes;
  if (sample === 'any') return fc.subarray(ids).map((some) => universe.of(some));
  const fault = sample === 'maximal slow' ? kinds.slow : kinds.byzantine;
  const inOrder = fc.shuffledSubarray(ids, { minLength: ids.length });
  return inOrder.map((order) =>
    order.reduce((set, id) => (system.isCoveredBy(set.with(id), fault) ? set.with(id) : set), universe.none),
  );
}

/** At most two processes of the set: few enough to be Byzantine together in most systems. */
function thinned(set: ProcessSet): ProcessSet {
  return set.universe.of([...set].slice(0, 2));
}

function expectOneCandidate(
  system: QuorumSystem,
  reports: ProcessSet,
  { one, accused }: { one: ProcessSet; accused: ProcessSet },
): void {
  const forOne = reports.intersection(one);
  const forOther = reports.minus(one);
  expect(system.mayBeDecided(forOther, accused) && system.mayBeDecided(forOne, accused)).toBe(false);
}

function faultsUpTo(byzantine: number, slow: number): readonly { byzantine: number; slow: number }[] {
  return Array.from({ length: (byzantine + 1) * (slow + 1) }, (_, index) => ({
    byzantine: index % (byzantine + 1),
    slow: Math.floor(index / (byzantine + 1)),
  }));
}

function each<A>(items: readonly A[], check: (item: A) => void): void {
  for (const item of items) check(item);
}

function implies(premise: boolean, conclusion: boolean): void {
  if (premise) expect(conclusion).toBe(true);
}
