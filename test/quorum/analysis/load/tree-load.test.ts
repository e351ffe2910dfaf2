import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { present } from '../../../../src/prelude/invariant.js';
import type { ProcessId } from '../../../../src/prelude/process.js';
import type { RandomBytes } from '../../../../src/prelude/random.js';
import { Fraction } from '../../../../src/quorum/analysis/load/fraction.js';
import { solvePacking } from '../../../../src/quorum/analysis/load/packing-program.js';
import { treeLoad } from '../../../../src/quorum/analysis/load/tree-load.js';
import { sampleQuorum, type TreeStrategy } from '../../../../src/quorum/analysis/load/tree-strategy.js';
import { type Policy, policyMembers } from '../../../../src/quorum/policy/policy.js';
import { value, weighted } from '../../../support/policies.js';
import { seededRandom } from '../../../support/seeded-random.js';
import { memberUses } from '../../../support/member-uses.js';
import { allPolicies, arbitraryPolicy, NaiveStructure } from '../../../support/naive-structures.js';
import { policy } from '../../../support/trust.js';
import { vectors } from '../../../support/vectors.js';

interface OutsideCase {
  readonly policy?: string;
  readonly minimalQuorums: readonly (readonly string[])[];
  readonly load?: string;
}

const trees = vectors('quorum/threshold-trees-small.json') as { cases: readonly OutsideCase[] } | undefined;
const alliances = vectors('quorum/two-level-alliances.json') as
  | { big: readonly { orgs: number; servers: number; outer: number; inner: number; load: string }[] }
  | undefined;

const one = (): Fraction => Fraction.one;

/** From the definition: the best mixture of all minimal quorums, by the linear program. */
function loadByProgram(quorums: readonly (readonly string[])[], capacityOf: (id: ProcessId) => Fraction): Fraction {
  const members = [...new Set(quorums.flat())];
  const columns = quorums.map((quorum) => members.map((id) => (quorum.includes(id) ? 1n : 0n)));
  const supplies = members.map((id) => capacityOf(id as ProcessId));
  return present(solvePacking({ columns, supplies }, 2000), 'solved').total.inverse;
}

/** The load of a strategy, from what it does to each member. */
function loadOf(strategy: TreeStrategy | undefined, capacityOf: (id: ProcessId) => Fraction): Fraction {
  const uses = memberUses(present(strategy, 'there is a strategy'));
  return [...uses].reduce((most, [id, use]) => most.max(use.dividedBy(capacityOf(id))), Fraction.zero);
}

const capacities = fc.array(fc.tuple(fc.integer({ min: 1, max: 9 }), fc.integer({ min: 1, max: 4 })), {
  minLength: 8,
  maxLength: 8,
});

function capacityFrom(rule: Policy, drawn: readonly (readonly [number, number])[]): (id: ProcessId) => Fraction {
  const members = policyMembers(rule);
  return (id) => {
    const [n, d] = drawn[members.indexOf(id)] ?? [1, 1];
    return Fraction.of(BigInt(n), BigInt(d));
  };
}

describe('the load of a tree', () => {
  it.skipIf(trees === undefined)(
    'agrees with the small threshold trees computed elsewhere, as does the program',
    () => {
      for (const given of trees?.cases ?? []) {
        expect(value(treeLoad(policy(given.policy ?? '')).load).toString()).toBe(given.load);
        expect(loadByProgram(given.minimalQuorums, one).toString()).toBe(given.load);
      }
    },
  );

  it.skipIf(alliances === undefined)('agrees with the alliances computed elsewhere', () => {
    for (const { orgs, servers, outer, inner, load } of alliances?.big ?? []) {
      const organizations = Array.from({ length: orgs }, (_, org) => `o${org}: ${inner} of ${servers}`);
      const { load: found, strategy } = treeLoad(policy(`${outer} of (${organizations.join(', ')})`));
      expect(value(found).toString()).toBe(load);
      expect(loadOf(strategy, one).toString()).toBe(load);
    }
  });

  it('is at least c/n, and 1/c where quorums meet, c being the size of the smallest (Naor and Wool, proposition 4.2)', () => {
    for (const rule of allPolicies(5)) {
      const naive = new NaiveStructure(rule);
      const size = naive.quorumCost();
      const load = value(treeLoad(rule).load);
      expect(load.compare(Fraction.of(BigInt(size), 5n))).toBeGreaterThanOrEqual(0);
      if (naive.splittingSize() > 0) expect(load.compare(Fraction.of(1n, BigInt(size)))).toBeGreaterThanOrEqual(0);
    }
  });

  it('is that of the linear program over all quorums, with capacities and weights, and that of its strategy', () => {
    fc.assert(
      fc.property(arbitraryPolicy({ maxMembers: 7, weights: true }), capacities, (rule, drawn) => {
        const capacityOf = capacityFrom(rule, drawn);
        const { load, strategy } = treeLoad(rule, capacityOf);
        expect(value(load)).toEqual(loadByProgram(new NaiveStructure(rule).minimalQuorums(), capacityOf));
        expect(loadOf(strategy, capacityOf)).toEqual(value(load));
      }),
      { numRuns: 150 },
    );
  });

  it.each([
    ['3 of (a, b, c, d)', [1, 1, 1, 1], '3/4'],
    ['1 of (a, b, c)', [1, 2, 3], '1/6'],
    // c is used every time; the other two share what is left.
    ['2 of (a, b, c)', [1, 1, 5], '1/2'],
    ['all of (a, b, c)', [2, 3, 4], '1/2'],
    ['1 of (x: 2 of 3, b)', [1, 1, 1, 1], '2/5'],
  ])('of %s with capacities %j is %s', (text, given, load) => {
    const rule = policy(text);
    const members = policyMembers(rule);
    const found = treeLoad(rule, (id) => Fraction.of(BigInt(given[members.indexOf(id)] ?? 0)));
    expect(value(found.load).toString()).toBe(load);
  });

  it('does not depend on how weights are written', () => {
    expect(value(treeLoad(weighted(51, [49, 48, 3])).load).toString()).toBe('2/3');
    expect(value(treeLoad(weighted(4, [2, 2, 2])).load).toString()).toBe('2/3');
    expect(value(treeLoad(weighted(3, [2, 2, 2])).load).toString()).toBe('2/3');
    expect(value(treeLoad(weighted(3, [1_000_000_000, 1, 1, 1])).load).toString()).toBe('1/2');
    const enoughAlone = Array.from({ length: 20 }, (_, index) => 100 + index);
    expect(value(treeLoad(weighted(50, enoughAlone)).load).toString()).toBe('1/20');
  });

  it('lies between its bounds where weights are too many', () => {
    const weights = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13];
    const rule = weighted(60, weights);
    const { load, strategy } = treeLoad(rule);
    expect(strategy).toBeUndefined();
    if (load._tag === 'exact') throw new Error('expected bounds');
    const { atLeast, atMost } = load;
    const truth = loadByProgram(minimalSets(60, weights), one);
    expect(present(atLeast, 'a bound').compare(truth)).toBeLessThanOrEqual(0);
    expect(present(atMost, 'a bound').compare(truth)).toBeGreaterThanOrEqual(0);
    expect(atLeast?.toString()).toBe('60/91');
    expect(atMost?.toString()).toBe('72/91');
    // The heaviest has so much capacity that it is used every time: the others share what it leaves.
    const capacityOf = (id: ProcessId): Fraction => (id === 's12' ? Fraction.of(100n) : Fraction.one);
    const uneven = treeLoad(rule, capacityOf).load;
    const unevenTruth = loadByProgram(minimalSets(60, weights), capacityOf);
    expect(uneven).toMatchObject({ atLeast: Fraction.of(47n, 78n), atMost: Fraction.of(59n, 78n) });
    expect(unevenTruth.compare(Fraction.of(47n, 78n))).toBeGreaterThanOrEqual(0);
    expect(unevenTruth.compare(Fraction.of(59n, 78n))).toBeLessThanOrEqual(0);
    const nested = treeLoad({ _tag: 'threshold', k: 1, of: [rule, { _tag: 'member', id: 'z' as ProcessId }] });
    expect(nested.load).toMatchObject({
      _tag: 'unknown',
      atLeast: Fraction.of(60n, 151n),
      atMost: Fraction.of(72n, 163n),
    });
    expect(nested.strategy).toBeUndefined();
  });

  it('is refused where a member stands twice', () => {
    expect(() => treeLoad(policy('2 of (a, 1 of (a, b), c)'))).toThrow('once');
    expect(() => treeLoad(policy('a'), () => Fraction.zero)).toThrow('positive');
  });
});

function minimalSets(k: number, weights: readonly number[]): readonly (readonly string[])[] {
  const found: string[][] = [];
  for (let mask = 0; mask < 2 ** weights.length; mask++) {
    const set = [...weights.keys()].filter((bit) => ((mask >>> bit) & 1) === 1);
    const total = set.reduce((sum, bit) => sum + (weights[bit] ?? 0), 0);
    if (total >= k && total - (weights[set[0] ?? 0] ?? 0) < k) found.push(set.map((bit) => `s${bit}`));
  }
  return found;
}

describe('a sampled quorum', () => {
  it('is one, whatever the randomness', () => {
    fc.assert(
      fc.property(
        arbitraryPolicy({ maxMembers: 8, weights: true }),
        capacities,
        fc.array(fc.nat(255), { minLength: 1, maxLength: 40 }),
        (rule, drawn, bytes) => {
          const { strategy } = treeLoad(rule, capacityFrom(rule, drawn));
          const quorum = sampleQuorum(present(strategy, 'a strategy'), bytesFrom(bytes));
          expect(new NaiveStructure(rule).isQualified(quorum)).toBe(true);
          expect(new Set(quorum).size).toBe(quorum.length);
        },
      ),
    );
  });

  it('has each member exactly as often as the strategy says, over all draws of a gate', () => {
    const rule = policy('3 of (a, b, c, d, e)');
    const capacityOf = capacityFrom(rule, [
      [1, 1],
      [2, 1],
      [3, 1],
      [1, 2],
      [1, 3],
    ]);
    const strategy = present(treeLoad(rule, capacityOf).strategy, 'a strategy');
    if (strategy._tag === 'member') throw new Error('a gate');
    const { outOf } = present(strategy.plans[0], 'a plan');
    const counts = new Map<ProcessId, bigint>();
    const bits = outOf.toString(2).length;
    for (let draw = 0n; draw < outOf; draw++) {
      const quorum = sampleQuorum(strategy, () => Uint8Array.of(Number(draw) << (8 - bits)));
      expect(quorum).toHaveLength(3);
      for (const id of quorum) counts.set(id, (counts.get(id) ?? 0n) + 1n);
    }
    const found = [...memberUses(strategy)].map(([id, use]) => [id, use.toString()]);
    expect(found).toEqual(policyMembers(rule).map((id) => [id, Fraction.of(counts.get(id) ?? 0n, outOf).toString()]));
  });

  it('has each member about as often as the strategy says, over many draws of a tree with weights', () => {
    const inner = policy('x: 2 of 3');
    const gate = weighted(5, [3, 2, 2, 1]);
    const rule: Policy = { ...gate, of: [...gate.of.slice(0, 3), inner] };
    const strategy = present(treeLoad(rule).strategy, 'a strategy');
    const counts = new Map<ProcessId, number>();
    const random = seededRandom(5);
    for (let draw = 0; draw < 4000; draw++) {
      for (const id of sampleQuorum(strategy, random)) counts.set(id, (counts.get(id) ?? 0) + 1);
    }
    for (const [id, use] of memberUses(strategy)) {
      expect(Math.abs((counts.get(id) ?? 0) / 4000 - use.toNumber())).toBeLessThan(0.03);
    }
  });
});

/** The bytes over and over, each time a little later, so that rejected draws end. */
function bytesFrom(bytes: readonly number[]): RandomBytes {
  let next = 0;
  return (length) => Uint8Array.from({ length }, () => ((bytes[next++ % bytes.length] ?? 0) + next) % 256);
}
