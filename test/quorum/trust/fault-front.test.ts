import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { faultFronts, type LimitPair } from '../../../src/quorum/trust/fault-front.js';
import { largestSlow } from '../../../src/quorum/trust/largest-slow.js';
import { OrganizationSystem } from '../../../src/quorum/trust/organizations.js';
import { validateTrust } from '../../../src/quorum/trust/trust-report.js';
import type { TrustGate, TrustTree } from '../../../src/quorum/trust/trust-tree.js';
import { totalWeight } from '../../../src/quorum/tree/weights.js';
import { NaiveSystem, servers } from '../../support/quorum.js';
import { trust } from '../../support/trust.js';
import { vectors } from '../../support/vectors.js';
import { arbitraryWeightedTree } from '../../support/weighted-trust.js';

interface TwoLevelRow {
  readonly orgs: number;
  readonly servers: number;
  readonly 'Q3_pareto_(fo,fi)': readonly (readonly [number, number])[];
  readonly 'Q5_pareto_(fo,fi)': readonly (readonly [number, number])[];
}

const alliances = vectors('quorum/two-level-alliances.json') as { twoLevelPareto: readonly TwoLevelRow[] } | undefined;

describe.skipIf(alliances === undefined)('two-level alliances', () => {
  it.each(alliances?.twoLevelPareto ?? [])('$orgs organizations of $servers servers', (row) => {
    const names = Array.from({ length: row.orgs }, (_, index) => `o${index}: f=0 of ${row.servers}`);
    const fronts = faultFronts(trust(`f=0 of (${names.join(', ')})`));
    const pairs = (front: readonly LimitPair[] | undefined): unknown => front?.map(({ root, inner }) => [root, inner]);
    expect(pairs(fronts?.byzantine)).toEqual(row['Q3_pareto_(fo,fi)']);
    expect(pairs(fronts?.fast)).toEqual(row['Q5_pareto_(fo,fi)']);
  });
});

/** All pairs that hold and that no other exceeds, the most at the root first. */
function maximalPairs(most: LimitPair, holds: (pair: LimitPair) => boolean): readonly LimitPair[] {
  const found: LimitPair[] = [];
  for (let root = most.root; root >= 0; root--) {
    for (let inner = 0; inner <= most.inner; inner++) if (holds({ root, inner })) found.push({ root, inner });
  }
  const exceeds = (a: LimitPair, b: LimitPair): boolean => a !== b && a.root >= b.root && a.inner >= b.inner;
  return found.filter((pair) => !found.some((other) => exceeds(other, pair)));
}

function limited(tree: TrustTree, { root, inner }: LimitPair, of: 'f and t' | 't'): TrustTree {
  if (tree._tag === 'member') return tree;
  const most = Math.min(root, of === 't' ? tree.f : totalWeight(tree) - 1);
  const limits = of === 't' ? { t: most } : { f: most, t: most };
  return { ...tree, ...limits, of: tree.of.map((child) => limited(child, { root: inner, inner }, of)) };
}

function largestInner(tree: TrustTree, isRoot = true): number {
  if (tree._tag === 'member') return 0;
  return Math.max(isRoot ? 0 : totalWeight(tree) - 1, ...tree.of.map((child) => largestInner(child, false)));
}

describe('fronts', () => {
  const small = arbitraryWeightedTree(5, 14);
  const allPairs = (tree: TrustGate): LimitPair => ({ root: totalWeight(tree) - 1, inner: largestInner(tree) });
  const madeOf = (tree: TrustTree): OrganizationSystem => new OrganizationSystem(tree);

  it('of f are those that trying every pair finds', () => {
    let longCount = 0;
    const property = fc.property(small, (tree) => {
      const system = madeOf(tree);
      const fronts = faultFronts({ system, leaders: system.processes });
      for (const [front, faults] of [
        [fronts?.byzantine, { byzantine: 3 }],
        [fronts?.fast, { byzantine: 5 }],
      ] as const) {
        const holds = (pair: LimitPair): boolean =>
          !madeOf(limited(tree, pair, 'f and t')).isCoveredBy(system.processes, faults);
        expect(front).toEqual(maximalPairs(allPairs(tree), holds));
        if ((front?.length ?? 0) > 1) longCount += 1;
      }
    });
    fc.assert(property, { numRuns: 100 });
    expect(longCount).toBeGreaterThan(5);
  });

  it('of t are those that trying every pair finds, for whoever may lead; the first is the largest t of the report', () => {
    const property = fc.property(small, fc.nat(), (tree, dice) => {
      const { universe, ...processes } = madeOf(tree).processes;
      const leaders = universe.of(
        universe.ids.filter((_, index) => index === dice % universe.size || (dice >> index) % 2 === 1),
      );
      expect(processes).toBeDefined();
      const holds = (pair: LimitPair): boolean =>
        validateTrust({ system: new OrganizationSystem(limited(tree, pair, 't'), universe), leaders }).accepted;
      const model = { system: new OrganizationSystem(tree, universe), leaders };
      const front = faultFronts(model)?.slow ?? [];
      const reachable = front.map(({ root, inner }) => limited(tree, { root, inner }, 't'));
      const truth = maximalPairs({ root: tree.f, inner: largestInner(tree) }, holds);
      // Limits inside beyond every f mean no more than f: the search stops there.
      expect(reachable).toEqual(truth.map((pair) => limited(tree, pair, 't')));
      expect(largestSlow(model)?.root).toBe(front[0]?.root);
      expect(largestSlow(model)?.inner).toBe(front[0]?.inner);
    });
    fc.assert(property, { numRuns: 100 });
  });

  it('trade organizations for servers where organizations differ in size', () => {
    const names = [4, 4, 4, 4, 7, 7, 7, 7, 7, 10, 10].map((size, index) => `o${index}: f=0 of ${size}`);
    expect(faultFronts(trust(`f=0 of (${names.join(', ')})`))?.byzantine).toEqual([
      { root: 3, inner: 1 },
      { root: 2, inner: 2 },
      { root: 0, inner: 3 },
    ]);
  });

  it('of t count an organization that falls with its leader like a single server, at any depth', () => {
    const slowOf = (member: (name: string) => string): unknown =>
      faultFronts(trust(`f=2 of (${['a', 'b', 'c', 'd', 'e', 'g', 'h'].map(member).join(', ')})`))?.slow;
    for (const member of [
      (name: string) => name,
      (name: string) => `${name}: f=0 of 2`,
      (name: string) => `f=0 of (${name}/x, f=0 of (${name}/y, ${name}/z))`,
    ]) {
      expect(slowOf(member)).toEqual([{ root: 1, inner: 0 }]);
    }
  });

  it('of the largest weights take no more steps than their digits', () => {
    const fronts = faultFronts(trust('weight f=0 of (a*1000000000, b*1000000000, c*1000000000, d*999999999)'));
    expect(fronts?.byzantine).toEqual([{ root: 1_333_333_332, inner: 0 }]);
  });

  it('are of trees only, and empty where not even t=0 holds', () => {
    const system = new NaiveSystem(servers(4), { byzantine: [1], slow: [] });
    expect(faultFronts({ system, leaders: system.processes })).toBeUndefined();
    expect(faultFronts(trust('f=1 of (a, b, c)'))).toEqual({
      byzantine: [{ root: 0, inner: 0 }],
      fast: [{ root: 0, inner: 0 }],
      slow: [],
    });
  });
});
