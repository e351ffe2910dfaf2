import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ProcessSet } from '../../../src/prelude/process.js';
import { c1Faults, c2Faults, c2FaultsOf } from '../../../src/quorum/trust/conditions.js';
import type { Verdict } from '../../../src/quorum/verdict.js';
import { largestSlow } from '../../../src/quorum/trust/largest-slow.js';
import { OrganizationSystem } from '../../../src/quorum/trust/organizations.js';
import { type CoveringFaults, QuorumSystem } from '../../../src/quorum/quorum-system.js';
import { isQualified } from '../../../src/quorum/policy/policy.js';
import { thresholdSystem } from '../../../src/quorum/trust/threshold.js';
import { validateTrust } from '../../../src/quorum/trust/trust-report.js';
import { CoverFinder } from '../../../src/quorum/trust/witness.js';
import { expectCover } from '../../support/covers.js';
import { allTrees, arbitraryTree, NaiveSystem, naiveTwin, servers } from '../../support/quorum.js';
import { policy, trust } from '../../support/trust.js';

function expectCovered(system: QuorumSystem, set: ProcessSet, faults: CoveringFaults): void {
  const search = new CoverFinder(system).find(set, faults);
  expectCover(search._tag === 'found' ? search.sets : expect.fail('a covered set has a cover'), system, set, faults);
}

function witnessOf(verdict: Verdict): readonly unknown[] | undefined {
  return verdict._tag === 'violated' ? verdict.witness : expect.fail(`violated, not ${verdict._tag}`);
}

describe('the bounds of the literature', () => {
  const cases = [1, 2, 3, 4].flatMap((f) => Array.from({ length: f + 1 }, (_, t) => ({ f, t })));

  it.each(cases)('f=$f t=$t: C1 from 3f+1, C2 from 3f+2t+1, C2l from 3f+2t-1 processes', ({ f, t }) => {
    for (let n = f + 1; n <= 3 * f + 2 * t + 3; n++) {
      const system = thresholdSystem(servers(n), { f, t });
      const { c1, c2, c2OfLeaders, accepted } = validateTrust({ system, leaders: system.processes });
      expect(c1._tag === 'holds').toBe(n >= 3 * f + 1);
      expect(c2._tag === 'holds').toBe(n >= 3 * f + 2 * t + 1);
      expect([...c2OfLeaders.values()].every(({ _tag }) => _tag === 'holds')).toBe(n >= 3 * f + 2 * t - 1);
      expect(accepted).toBe(n >= Math.max(3 * f + 1, 3 * f + 2 * t - 1));
    }
  });

  it('all as Byzantine as slow: C2 is n >= 5f+1', () => {
    for (let f = 1; f <= 4; f++) {
      for (const [n, holds] of [
        [5 * f, false],
        [5 * f + 1, true],
      ] as const) {
        const system = thresholdSystem(servers(n), { f, t: f });
        expect(system.isCoveredBy(system.processes, c2Faults)).toBe(!holds);
      }
    }
  });
});

describe('witnesses', () => {
  it('cover every small tree that violates a condition', () => {
    let violationCount = 0;
    for (const tree of [...allTrees(4, 3), ...allTrees(5, 2)]) {
      const system = new OrganizationSystem(tree);
      const all = system.processes;
      for (const faults of [c1Faults, c2Faults, ...[...all].map((id) => c2FaultsOf(all.universe.of([id])))]) {
        if (!system.isCoveredBy(all, faults)) continue;
        violationCount += 1;
        expectCovered(system, all, faults);
        expect(naiveTwin(tree).isCoveredBy(all, faults)).toBe(true);
      }
    }
    expect(violationCount).toBeGreaterThan(100);
  });

  it('cover random sets of random trees, some of them accused', () => {
    const property = fc.property(
      arbitraryTree(5),
      fc.infiniteStream(fc.nat({ max: 7 })),
      fc.nat({ max: 3 }),
      fc.nat({ max: 2 }),
      (tree, dice, byzantine, slow) => {
        const system = new OrganizationSystem(tree);
        const { universe } = system.processes;
        const pick = (limit: number): ProcessSet =>
          universe.of(universe.ids.filter(() => (dice.next().value ?? 0) < limit));
        const faults = { byzantine, slow, accused: byzantine === 0 ? universe.none : pick(1) };
        const set = pick(5);
        if (system.isCoveredBy(set, faults)) expectCovered(system, set, faults);
        else expect(new CoverFinder(system).find(set, faults)).toEqual({ _tag: 'none' });
      },
    );
    fc.assert(property, { numRuns: 500 });
  });

  it('are constructed for 50 organizations of 15 servers', () => {
    const organizations = Array.from({ length: 50 }, (_, index) => `o${index}: f=5 t=5 of 15`).join(', ');
    const { system, leaders } = trust(`f=10 t=10 of (${organizations})`);
    expectCovered(system, system.processes, c1Faults);
    expectCovered(system, system.processes, c2FaultsOf(leaders.universe.of([...leaders].slice(0, 1))));
  });

  it('are searched for a few processes of a system without a tree', () => {
    const system = new NaiveSystem(servers(6), {
      byzantine: [0b000111, 0b011000, 0b100000],
      slow: [0b000011, 0b001000],
    });
    expectCovered(system, system.processes, c1Faults);
    expectCovered(system, system.processes, c2Faults);
    const star = new NaiveSystem(servers(5), { byzantine: [0b00011, 0b00101, 0b01001], slow: [0b00001, 0b10000] });
    const [first] = star.processes;
    expectCovered(star, star.processes, c2FaultsOf(star.processes.universe.of(first === undefined ? [] : [first])));
    const { c1, accepted } = validateTrust({ system, leaders: system.processes });
    expect(witnessOf(c1)).toHaveLength(3);
    expect(accepted).toBe(false);
  });

  it('are not sought among many processes of a system without a tree', () => {
    class Predicate extends QuorumSystem {
      readonly processes = servers(21).all;
      override isCoveredBy(set: ProcessSet, { byzantine, slow = 0 }: CoveringFaults): boolean {
        return set.size <= 7 * (byzantine + slow);
      }
    }
    const system = new Predicate();
    const report = validateTrust({ system, leaders: system.processes });
    expect(report.c1).toMatchObject({ _tag: 'violated', witness: undefined });
    expect(report.slowWithinByzantine._tag).toBe('unknown');
    expect(largestSlow({ system, leaders: system.processes })).toBeUndefined();
  });
});

describe('C2ℓ of several leaders', () => {
  it.each(['f=1 t=1 of (a, b, c)', 'sets ({a, b}, {b, c}, {c, d}, {a, d}) slow ({a, b}, {c, d}) of (a, b, c, d)'])(
    'has one witness, of the first leader for whom it is violated: %s',
    (text) => {
      const { c2OfLeaders } = validateTrust(trust(text));
      const verdicts = [...c2OfLeaders.values()].filter(({ _tag }) => _tag === 'violated');
      expect(verdicts.length).toBeGreaterThan(1);
      expect(verdicts.map((verdict) => witnessOf(verdict) === undefined)).toEqual(
        verdicts.map((_, index) => index > 0),
      );
    },
  );
});

describe('slow sets must be possible Byzantine sets', () => {
  it('also where everything else holds: a list of few slow sets', () => {
    const { slowWithinByzantine, c1, c2, accepted } = validateTrust(
      trust('sets ({a}, {b}) slow ({h}) of (a, b, c, d, e, g, h, i)'),
    );
    expect([slowWithinByzantine._tag, c1._tag, c2._tag, accepted]).toEqual(['violated', 'holds', 'holds', false]);
  });

  it('a slow set that cannot be Byzantine is the witness', () => {
    const system = new NaiveSystem(servers(7), { byzantine: [1, 2, 4, 8, 16, 32, 64], slow: [0b0000011] });
    const { slowWithinByzantine, c1, accepted } = validateTrust({ system, leaders: system.processes });
    expect(c1._tag).toBe('holds');
    expect(slowWithinByzantine).toMatchObject({ _tag: 'violated', witness: [{ kind: 'slow' }] });
    expect(accepted).toBe(false);
  });
});

describe('the counterexample to gate-by-gate slow quorums', () => {
  // Design, "Quorum systems": a slow quorum of ⌈(m+f+1)/2⌉ at every gate, which is safe for thresholds, is not safe for trees.
  const text = 'f=1 t=0 of (a, b, c, d, x: f=1 of 2, y: f=1 of 2)';
  const { system, leaders } = trust(text);
  const { universe } = system.processes;
  const named = (...ids: readonly string[]): ProcessSet => universe.of(ids.filter((id) => universe.has(id)));
  const gateByGate = policy('4 of (a, b, c, d, x: 2 of 2, y: 2 of 2)');
  const slow = named('a', 'b', 'x/1', 'x/2', 'y/1', 'y/2');
  const recovery = named('a', 'c', 'd', 'x/1', 'y/1');

  it(text, () => {
    const { c1, c2, accepted } = validateTrust({ system, leaders });
    expect([c1._tag, c2._tag, accepted]).toEqual(['holds', 'holds', true]);
    expect(isQualified(gateByGate, slow)).toBe(true);
    expect(system.isRecoveryQuorum(recovery)).toBe(true);
    expect(system.canBeFaulty(slow.intersection(recovery))).toBe(true);
  });

  it('so such a set is no slow quorum: slow is recovery', () => {
    expect(system.isSlowQuorum(slow)).toBe(false);
    expect(system.isSlowQuorum(recovery)).toBe(true);
  });
});

describe('the largest t', () => {
  it.each([
    { text: 'f=1 of (a, b, c, d)', root: 1, inner: 0, rootAtAnySize: 1 },
    { text: 'f=1 of (a: f=1 of 4, b: f=1 of 4, c: f=1 of 4, d: f=1 of 4)', root: 0, inner: 0, rootAtAnySize: 0 },
    {
      text: 'f=1 of (a: f=1 of 100, b: f=1 of 100, c: f=1 of 100, d: f=1 of 100)',
      root: 0,
      inner: 1,
      rootAtAnySize: 0,
    },
    { text: 'f=1 of (a: f=0 of 2, b: f=0 of 2, c: f=0 of 2, d: f=0 of 2)', root: 1, inner: 0, rootAtAnySize: 1 },
    {
      text: 'f=1 of (a: f=1 of 2, b: f=1 of 6, c: f=1 of 6, d: f=1 of 6, e: f=1 of 6, g: f=1 of 6)',
      root: 0,
      inner: 1,
      rootAtAnySize: 1,
    },
    {
      text: 'f=1 of (a: f=1 of 6, b: f=1 of 6, c: f=1 of 6, d: f=1 of 6, e: f=1 of 6, g: f=1 of 6)',
      root: 1,
      inner: 1,
      rootAtAnySize: 1,
    },
    {
      text: 'f=1 of (a: f=1 of 5, b: f=1 of 5, c: f=1 of 5, d: f=1 of 5, e: f=1 of 5, g: f=1 of 5)',
      root: 1,
      inner: 0,
      rootAtAnySize: 1,
    },
  ])('$text: $root at the root, $inner inside', ({ text, ...expected }) => {
    expect(largestSlow(trust(text))).toMatchObject(expected);
  });

  it('holds, and one more at the root does not', () => {
    const property = fc.property(arbitraryTree(7), (tree) => {
      const system = new OrganizationSystem(tree);
      const largest = largestSlow({ system, leaders: system.processes });
      if (largest === undefined) return;
      const holds = (candidate: typeof tree): boolean =>
        validateTrust({
          system: new OrganizationSystem(candidate, system.processes.universe),
          leaders: system.processes,
        }).accepted;
      expect(largest.tree._tag === 'gate' && holds(largest.tree)).toBe(true);
      expect(largest.rootAtAnySize).toBeGreaterThanOrEqual(largest.root);
      if (largest.root === tree.f || largest.tree._tag !== 'gate') return;
      expect(holds({ ...largest.tree, t: largest.root + 1 })).toBe(false);
    });
    fc.assert(property, { numRuns: 200 });
  });
});
