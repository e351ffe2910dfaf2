/** Counterexamples of models with weights, of lists, and of systems of a user's own, against the tables of all their sets. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ProcessId, ProcessSet, Universe } from '../../../src/prelude/process.js';
import { type CoveringFaults, QuorumSystem } from '../../../src/quorum/quorum-system.js';
import { c1Faults, c2Faults, c2FaultsOf } from '../../../src/quorum/trust/conditions.js';
import { ExplicitSystem } from '../../../src/quorum/trust/explicit-system.js';
import { faultTable } from '../../../src/quorum/trust/fault-table.js';
import { OrganizationSystem } from '../../../src/quorum/trust/organizations.js';
import { validateTrust } from '../../../src/quorum/trust/trust-report.js';
import { expectCover } from '../../support/covers.js';
import { right } from '../../support/right.js';
import { CoverFinder } from '../../../src/quorum/trust/witness.js';
import { budgetOf, unlimited } from '../../../src/quorum/verdict.js';
import { servers, setOfMask } from '../../support/quorum.js';
import { arbitraryWeightedTree } from '../../support/weighted-trust.js';

function expectAgreement(system: QuorumSystem, set: ProcessSet, faults: CoveringFaults): 'found' | 'none' {
  const search = new CoverFinder(system).find(set, faults);
  const truth = right(faultTable(system, unlimited)).findCover(set, faults);
  if (search._tag === 'unknown') return expect.fail(search.reason);
  expect(search._tag).toBe(truth._tag);
  if (search._tag === 'found') expectCover(search.sets, system, set, faults);
  return search._tag;
}

/** Faults, with some processes accused where `bits` are set. */
const question = fc.record({
  byzantine: fc.nat({ max: 3 }),
  slow: fc.nat({ max: 2 }),
  bits: fc.nat({ max: 255 }),
  accusedBits: fc.oneof(fc.constant(0), fc.nat({ max: 255 })),
});

function asked(
  universe: Universe,
  { byzantine, slow, bits, accusedBits }: typeof question extends fc.Arbitrary<infer Q> ? Q : never,
): {
  readonly set: ProcessSet;
  readonly faults: CoveringFaults;
} {
  const accused = byzantine === 0 ? universe.none : setOfMask(universe, accusedBits);
  return { set: setOfMask(universe, bits), faults: { byzantine, slow, accused } };
}

describe('weights', () => {
  it('are covered exactly where fault sets really are, whatever the rule adds up', () => {
    const seen = { found: 0, none: 0, refused: 0 };
    const property = fc.property(arbitraryWeightedTree(5, 8), question, (tree, drawn) => {
      const system = new OrganizationSystem(tree);
      const { set, faults } = asked(system.processes.universe, drawn);
      for (const one of [set, system.processes]) {
        const found = expectAgreement(system, one, faults);
        seen[found] += 1;
        const isRefused = system.isCoveredBy(one, faults);
        if (found === 'found') expect(isRefused).toBe(true);
        else if (isRefused) seen.refused += 1;
      }
    });
    fc.assert(property, { numRuns: 300 });
    expect(seen.found).toBeGreaterThan(100);
    expect(seen.none).toBeGreaterThan(100);
  });

  it('that add up but do not pack are refused all the same, and it is said why', () => {
    const ids = ['a', 'b', 'c', 'd'].map((id) => ({ _tag: 'member' as const, id: id as ProcessId }));
    const system = new OrganizationSystem({ _tag: 'gate', f: 3, t: 0, of: ids, weights: [2, 2, 2, 2] });
    const { c1, accepted } = validateTrust({ system, leaders: system.processes });
    expect(accepted).toBe(false);
    expect(new CoverFinder(system).find(system.processes, c1Faults)).toEqual({ _tag: 'none' });
    expect(c1).toMatchObject({ _tag: 'violated', witness: undefined });
    expect(c1).toHaveProperty(
      'reason',
      expect.stringMatching(/the weights add up, though no such sets really contain/),
    );
  });

  it('that pack show the sets, the accused among them', () => {
    const ids = ['a', 'b', 'c', 'd', 'e'].map((id) => ({ _tag: 'member' as const, id: id as ProcessId }));
    const system = new OrganizationSystem({ _tag: 'gate', f: 4, t: 2, of: ids, weights: [3, 3, 2, 2, 1] });
    const leader = system.processes.universe.of(['e' as ProcessId]);
    for (const faults of [c1Faults, c2Faults, c2FaultsOf(leader)]) {
      const cover = new CoverFinder(system).find(system.processes, faults);
      expectCover(cover._tag === 'found' ? cover.sets : [], system, system.processes, faults);
    }
  });

  it('are left undecided, not denied, where packing them is out of time', () => {
    const of = Array.from({ length: 150 }, (_, index) => ({ _tag: 'member' as const, id: `s${index}` as ProcessId }));
    const weights = of.map((_, index) => 500 + ((index * 389) % 501));
    const total = weights.reduce((sum, weight) => sum + weight, 0);
    const system = new OrganizationSystem({ _tag: 'gate', f: Math.ceil(total / 3), t: 0, of, weights });
    const spent = budgetOf(0, () => 0);
    const cover = new CoverFinder(system, spent).find(system.processes, c1Faults);
    if (cover._tag === 'found') expectCover(cover.sets, system, system.processes, c1Faults);
    else expect(cover._tag).toBe('unknown');
  });
});

describe('lists', () => {
  const lists = fc.record({
    byzantine: fc.array(fc.integer({ min: 1, max: 126 }), { maxLength: 6 }),
    slow: fc.array(fc.integer({ min: 1, max: 126 }), { maxLength: 4 }),
  });
  const universe = servers(7);
  const maximal = (masks: readonly number[]): readonly (readonly ProcessId[])[] =>
    [...new Set(masks)]
      .filter((one, _, all) => !all.some((other) => other !== one && (other & one) === one))
      .map((mask) => [...setOfMask(universe, mask)]);
  const listed = (masks: { readonly byzantine: readonly number[]; readonly slow: readonly number[] }): ExplicitSystem =>
    new ExplicitSystem({
      _tag: 'explicit',
      of: universe.ids,
      byzantine: maximal(masks.byzantine),
      slow: maximal(masks.slow),
    });

  it('are covered exactly where their sets cover', () => {
    const seen = { found: 0, none: 0 };
    const property = fc.property(lists, question, (masks, drawn) => {
      const system = listed(masks);
      const { set, faults } = asked(system.processes.universe, drawn);
      for (const one of [set, system.processes]) seen[expectAgreement(system, one, faults)] += 1;
    });
    fc.assert(property, { numRuns: 300 });
    expect(Math.min(seen.found, seen.none)).toBeGreaterThan(100);
  });

  it('are judged like a table of all their sets: slow sets within Byzantine ones, C1, C2, C2ℓ of every leader', () => {
    let excessCount = 0;
    const property = fc.property(lists, (masks) => {
      const system = listed(masks);
      const all = system.processes;
      const { slowWithinByzantine, c1, c2, c2OfLeaders } = validateTrust({ system, leaders: all });
      const table = right(faultTable(system, unlimited));
      const isCovered = (faults: CoveringFaults): boolean => table.findCover(all, faults)._tag === 'found';
      expect(c1._tag === 'violated').toBe(isCovered(c1Faults));
      expect(c2._tag === 'violated').toBe(isCovered(c2Faults));
      for (const [leader, verdict] of c2OfLeaders) {
        expect(verdict._tag === 'violated').toBe(isCovered(c2FaultsOf(universe.of([leader]))));
      }
      const excess = system.slow.filter((set) => !system.canBeFaulty(set));
      expect(slowWithinByzantine._tag).toBe(excess.length > 0 ? 'violated' : 'holds');
      if (slowWithinByzantine._tag !== 'violated') return;
      excessCount += 1;
      expect(excess).toContainEqual(slowWithinByzantine.witness?.[0]?.members);
    });
    fc.assert(property, { numRuns: 100 });
    expect(excessCount).toBeGreaterThan(10);
  });

  it('leave leaders undecided that the budget does not reach', () => {
    const system = listed({ byzantine: [1, 2, 4, 24, 96], slow: [1, 2, 4, 24, 96] });
    const trust = { system, leaders: system.processes };
    expect(validateTrust(trust).accepted).toBe(true);
    const { accepted, c2OfLeaders } = validateTrust(
      trust,
      budgetOf(0, () => 0),
    );
    expect(accepted).toBe(false);
    expect([...c2OfLeaders.values()].map(({ _tag }) => _tag)).toEqual(Array(7).fill('unknown'));
  });
});

describe("a system of a user's own", () => {
  class Own extends QuorumSystem {
    constructor(
      readonly processes: ProcessSet,
      private readonly rule: (set: ProcessSet, faults: CoveringFaults) => boolean,
    ) {
      super();
    }
    override isCoveredBy(set: ProcessSet, faults: CoveringFaults): boolean {
      return this.rule(set, faults);
    }
  }

  const judged = (
    count: number,
    rule: (set: ProcessSet, faults: CoveringFaults) => boolean,
  ): ReturnType<typeof validateTrust> => {
    const system = new Own(servers(count).all, rule);
    return validateTrust({ system, leaders: system.processes.universe.of(system.processes.universe.ids.slice(0, 2)) });
  };

  it('that says covered though no sets that it names do errs on the safe side, and that is said', () => {
    const { c1 } = judged(10, (set, { byzantine, slow = 0 }) =>
      byzantine + slow > 1 ? true : set.size <= 2 * (byzantine + slow),
    );
    expect(c1).toMatchObject({ _tag: 'violated', witness: undefined });
    expect(c1).toHaveProperty('reason', expect.stringMatching(/errs on the safe side/));
  });

  it('that says uncovered though sets that it names do is held to its sets', () => {
    const { c1, accepted } = judged(6, (set, { byzantine, slow = 0 }) => set.size <= (byzantine + slow > 0 ? 2 : 0));
    expect(accepted).toBe(false);
    expect(c1._tag === 'violated' && c1.witness).toHaveLength(3);
  });

  it('that is not monotone is refused', () => {
    const { slowWithinByzantine, accepted } = judged(
      7,
      (set, { byzantine }) => set.isEmpty || (byzantine > 0 && set.size === 2),
    );
    expect(slowWithinByzantine).toHaveProperty('reason', expect.stringMatching(/not monotone/));
    expect(accepted).toBe(false);
  });

  it('over many processes gives its own answers, without counterexamples, and cannot say whether slow sets may be Byzantine', () => {
    const { c1, slowWithinByzantine } = judged(
      21,
      (set, { byzantine, slow = 0 }) => set.size <= 7 * (byzantine + slow),
    );
    expect(c1).toMatchObject({ _tag: 'violated', witness: undefined });
    expect(slowWithinByzantine).toMatchObject({ _tag: 'unknown' });
  });
});
