import { describe, expect, it } from 'vitest';
import type { ProcessId, ProcessSet } from '../../../src/prelude/process.js';
import { type CoveringFaults, QuorumSystem } from '../../../src/quorum/quorum-system.js';
import { ExplicitSystem } from '../../../src/quorum/trust/explicit-system.js';
import { OrganizationSystem } from '../../../src/quorum/trust/organizations.js';
import { examineTrust } from '../../../src/quorum/trust/trust-examination.js';
import { describeTrust } from '../../../src/quorum/trust/trust-sections.js';
import type { TrustGate, TrustTree } from '../../../src/quorum/trust/trust-tree.js';
import { type Budget, budgetOf } from '../../../src/quorum/verdict.js';
import { servers } from '../../support/quorum.js';
import { trust } from '../../support/trust.js';

function list<A>(count: number, make: (index: number) => A): readonly A[] {
  return Array.from({ length: count }, (_, index) => make(index));
}

/** Weights that nothing divides and that hardly pack. */
function weightsOf(name: string, shift: number): { readonly text: string; readonly total: number } {
  const weights = list(150, (index) => 220 + (((index + shift) * 389) % 221));
  return {
    text: weights.map((weight, index) => `${name}${index}*${weight}`).join(', '),
    total: weights.reduce((sum, weight) => sum + weight, 0),
  };
}

function deepText(depth: number): string {
  const others = list(62, (index) => `d${depth}_${index}`).join(', ');
  return depth === 31 ? 'f=10 of (x, y, z, ' + others + ')' : `f=20 t=3 of (${others}, ${deepText(depth + 1)})`;
}

describe('no report on a trust model goes on long after its budget', () => {
  const weighted = list(13, (index) => weightsOf(`g${index}s`, index));
  const shapes = {
    '1,000 gates of 2': `f=333 t=10 of (${list(1000, (index) => `o${index}: f=0 of 2`).join(', ')})`,
    '1,000 gates that fall one after another': `f=300 of (${list(1000, (index) => {
      const weight = 1000 + 7 * index;
      return `weight f=${weight} of (g${index}a*${weight}, g${index}b*${weight + 1})`;
    }).join(', ')})`,
    '32 levels': deepText(1),
    '150 weights': `weight f=${Math.ceil((weighted[0]?.total ?? 0) / 3)} t=10 of (${weighted[0]?.text ?? ''})`,
    '13 gates of 150 weights': `f=4 t=1 of (${weighted
      .map(({ text, total }) => `weight f=${Math.ceil(total / 3)} t=3 of (${text})`)
      .join(', ')})`,
  };

  it.each(Object.entries(shapes))('%s', (_, text) => {
    const model = trust(text);
    const budget = budgetOf(20, () => performance.now());
    expect(describeTrust(examineTrust(model, budget)).length).toBeGreaterThan(5);
    expect(budget.elapsedMs()).toBeLessThan(2500);
  });

  it('256 listed sets, the hardest: C1 is decided, and nothing about 256 leaders', () => {
    let state = 7;
    const random = (): number => {
      state = (Math.imul(state, 1103515245) + 12345) & 0x7fffffff;
      return state / 0x7fffffff;
    };
    const of = servers(256).ids;
    const byzantine = list(256, () => of.filter(() => random() < 0.35));
    const system = new ExplicitSystem({ _tag: 'explicit', of, byzantine, slow: byzantine });
    let askedCount = 0;
    const budget = budgetOf(20, () => (askedCount += 1));
    const { report, summary } = examineTrust({ system, leaders: system.processes }, budget);
    expect([report.c1._tag, report.c2._tag, summary.safety]).toEqual(['holds', 'unknown', 'UNKNOWN']);
    expect([...report.c2OfLeaders.values()].every(({ _tag }) => _tag === 'unknown')).toBe(true);
    // Two for each leader: whether there is time, and the time that is told.
    expect(askedCount).toBeLessThan(20 + 2 * 256 + 20);
  });

  /** Time is what its method is asked. */
  class Counting extends QuorumSystem {
    asked = 0;
    readonly processes: ProcessSet;
    constructor(count: number) {
      super();
      this.processes = servers(count).all;
    }
    override isCoveredBy(set: ProcessSet, { byzantine, slow = 0 }: CoveringFaults): boolean {
      this.asked += 1;
      return set.size <= 5 * byzantine + 2 * slow;
    }
  }

  it.each([
    [20, 50_000],
    [40, 100],
  ])('a predicate of %i processes', (count, limit) => {
    const system = new Counting(count);
    const budget = budgetOf(limit, () => system.asked);
    const { report, summary } = examineTrust({ system, leaders: system.processes }, budget);
    expect([report.c1._tag, report.slowWithinByzantine._tag, summary.safety]).toEqual(['holds', 'unknown', 'UNKNOWN']);
    expect(system.asked).toBeLessThan(limit + 5000);
  });
});

describe('a tree', () => {
  /** Counts how often its children are read: how often anybody walks it. */
  function counted(tree: TrustTree, count: () => void): TrustTree {
    if (tree._tag === 'member') return tree;
    const of = tree.of.map((child) => counted(child, count));
    const gate = { ...tree };
    Object.defineProperty(gate, 'of', { enumerable: true, get: () => (count(), of) });
    return gate;
  }

  it('is walked some times for its fronts, however many steps these have', () => {
    const member = (id: string): TrustTree => ({ _tag: 'member', id: id as ProcessId });
    const gates = list(300, (index): TrustGate => {
      const weight = 1000 + 7 * index;
      const weights = [weight, weight + 1];
      return { _tag: 'gate', f: weight, t: 0, of: [member(`g${index}a`), member(`g${index}b`)], weights };
    });
    let walked = 0;
    const tree = counted({ _tag: 'gate', f: 50, t: 0, of: gates }, () => (walked += 1));
    const system = new OrganizationSystem(tree);
    walked = 0;
    const { fronts } = examineTrust({ system, leaders: system.processes });
    expect(fronts?.byzantine.length).toBe(100);
    expect(walked).toBeLessThan(200 * gates.length);
  });

  it('is examined the same whatever the time, but for counterexamples among weights', () => {
    const spent: Budget = budgetOf(0, () => 0);
    for (const text of ['f=1 t=1 of (a, b, c)', 'f=1 of (a: f=1 of 4, b: f=1 of 4, c: f=1 of 4, d: f=1 of 4)']) {
      expect(examineTrust(trust(text), spent)).toEqual(examineTrust(trust(text)));
    }
    const heavy = trust('weight f=4 of (a*3, b*3, c*2, d*2)');
    expect(examineTrust(heavy, spent).report.c1).toEqual({
      _tag: 'violated',
      witness: undefined,
      reason: 'packing the weights: not finished after 0 ms',
    });
    expect(examineTrust(heavy).report.c1).toHaveProperty('witness.length', 3);
  });
});
