/** Covers of the members by sets of several families, against trying all of them. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { present } from '../../../../src/prelude/invariant.js';
import { type ProcessId, processId } from '../../../../src/prelude/process.js';
import { align } from '../../../../src/quorum/analysis/covers/aligned-tree.js';
import { cheapestRemainder } from '../../../../src/quorum/analysis/covers/cheapest-remainder.js';
import { type Covering, findCovering } from '../../../../src/quorum/analysis/covers/covering.js';
import {
  type Family,
  type FamilyGate,
  quorumComplements,
  unqualifiedSets,
} from '../../../../src/quorum/analysis/covers/set-family.js';
import type { Policy } from '../../../../src/quorum/policy/policy.js';
import { grid } from '../../../../src/quorum/policy/composition.js';
import { unlimited } from '../../../../src/quorum/verdict.js';
import { arbitraryFamilies, coverable, distinctMembers, hasSet, idsOf } from '../../../support/families.js';
import { arbitraryPolicy, letters, NaiveStructure } from '../../../support/naive-structures.js';
import { right } from '../../../support/right.js';

function named(name: string): ProcessId {
  return present(processId(name), 'a name');
}

function membersIn(families: readonly Family[]): readonly ProcessId[] {
  return families[0] === undefined ? [] : distinctMembers(families[0]);
}

function expectSetsOf(families: readonly Family[], sets: readonly (readonly ProcessId[])[]): ReadonlySet<ProcessId> {
  expect(sets).toHaveLength(families.length);
  for (const [index, family] of families.entries()) expect(hasSet(family, new Set(sets[index]))).toBe(true);
  return new Set(sets.flat());
}

/** Right by the definition for the whole and for one part, and with sets that do what they should. */
function expectRight(families: readonly Family[], part: number): void {
  const members = membersIn(families);
  const known = coverable(families, members);
  for (const mask of [2 ** members.length - 1, part % 2 ** members.length]) {
    const needed = idsOf(mask, members);
    const covering = findCovering({ families, needed: (id) => needed.has(id) });
    expect(covering._tag).toBe(known.has(mask) ? 'covered' : 'uncovered');
    if (covering._tag === 'covered') {
      const union = expectSetsOf(families, covering.sets);
      expect([...needed].every((id) => union.has(id))).toBe(true);
    }
  }
}

describe('beyond the table', () => {
  const strangers = Array.from({ length: 21 }, (_, index): Family => ({ _tag: 'member', id: named(`x${index}`) }));
  /** The same family, among members of whom none may be held. */
  const among = (family: Family): Family => ({ _tag: 'gate', limit: 0, of: [family, ...strangers] });

  it('never calls uncovered what is covered', () => {
    const policy = arbitraryPolicy({ maxMembers: 5, weights: true, repeats: true });
    let provenCount = 0;
    fc.assert(
      fc.property(policy, policy, fc.boolean(), (a, b, areComplements) => {
        const members = new Set([a, b].flatMap((one) => distinctMembers(unqualifiedSets(one))));
        const form = areComplements ? quorumComplements : unqualifiedSets;
        const families = [a, b].map((one) => form(withMembers(one, members)));
        const covering = findCovering({ families: families.map(among), needed: (id) => members.has(id) });
        if (covering._tag !== 'uncovered') return;
        provenCount += 1;
        expect(coverable(families, [...members]).has(2 ** members.size - 1)).toBe(false);
      }),
      { numRuns: 300, seed: 1 },
    );
    expect(provenCount).toBeGreaterThan(5);
  });

  it('sees that sets are too small to cover: at most 22 places of a grid of 25 with no row, or none of a row, and two more', () => {
    const rows = [0, 1, 2, 3, 4].map((row) => [0, 1, 2, 3, 4].map((column) => named(`g${row}${column}`)));
    const policy = right(grid(rows));
    const faults = (limit: number): Family => ({
      _tag: 'gate',
      limit,
      of: rows.flat().map((id) => ({ _tag: 'member', id })),
    });
    expect(findCovering({ families: [unqualifiedSets(policy), faults(2)] })._tag).toBe('uncovered');
    expect(findCovering({ families: [unqualifiedSets(policy), faults(5)] })._tag).not.toBe('uncovered');
  });
});

describe('findCovering', () => {
  it.each([false, true])('is right for trees of one shape (weights: %s)', (weights) => {
    fc.assert(
      fc.property(arbitraryFamilies({ maxMembers: 7, maxCount: 4, weights }), fc.nat(), (families, part) => {
        expectRight(families, part);
      }),
      { numRuns: 150 },
    );
  });

  it('is right for trees of different shapes and with repeated members', () => {
    const policy = arbitraryPolicy({ maxMembers: 5, weights: true, repeats: true });
    fc.assert(
      fc.property(policy, arbitraryPolicy({ maxMembers: 5, weights: true }), fc.nat(), (a, b, part) => {
        const members = new Set([...distinctMembers(unqualifiedSets(a)), ...distinctMembers(unqualifiedSets(b))]);
        const both = [a, b].map((one) => withMembers(one, members));
        const families = both.flatMap((one) => [unqualifiedSets(one), quorumComplements(one)]);
        expectRight(families.slice(0, 3), part);
        expectRight(families.slice(1), part);
      }),
      { numRuns: 150 },
    );
  });

  it('lets a list meet a tree beyond what tables reach', () => {
    const nested = policyOf(
      14,
      Array.from({ length: 20 }, (_, org) => policyOf(5, serversOf(org, 7))),
    );
    const flat = (limit: number): FamilyGate => ({ _tag: 'gate', limit, of: distinctLeaves(nested) });
    const quorums = quorumComplements(nested);
    expect(findCovering({ families: [quorums, flat(69)] })._tag).toBe('uncovered');
    expectCovers([quorums, flat(70)]);
    expect(findCovering({ families: [quorums, flat(39), flat(30)] })._tag).toBe('uncovered');
    expectCovers([quorums, flat(39), flat(31)]);
    const weighted = { ...flat(209), weights: distinctLeaves(nested).map(() => 3) };
    expect(findCovering({ families: [quorums, weighted] })._tag).toBe('uncovered');
    expectCovers([quorums, { ...weighted, limit: 210 }]);
    expect(findCovering({ families: [quorums, { ...weighted, limit: 104 }, { ...weighted, limit: 106 }] })._tag).toBe(
      'uncovered',
    );
    const uneven = (limit: number): Family => ({
      ...flat(limit),
      weights: distinctLeaves(nested).map(({ id }) => (id.endsWith('/0') ? 2 : 1)),
    });
    expect(findCovering({ families: [quorums, uneven(39), uneven(30)] })._tag).toBe('uncovered');
    expectCovers([quorums, uneven(39), uneven(31)]);
  });

  it('does not claim to know what it cannot', () => {
    const a = policyOf(
      2,
      [0, 1, 2].map((org) => policyOf(5, serversOf(org, 7))),
    );
    const ids = distinctLeaves(a);
    const b = policyOf(2, [policyOf(3, ids.slice(0, 10)), policyOf(3, ids.slice(10))]);
    const reason = 'trees that differ in shape, or repeat members, over 21 members: at most 20 can be tried';
    expect(findCovering({ families: [unqualifiedSets(a), unqualifiedSets(b)] })).toEqual({ _tag: 'unknown', reason });
    const list: Family = { _tag: 'gate', limit: 20, of: ids };
    expect(findCovering({ families: [unqualifiedSets(a), unqualifiedSets(b), list] })).toEqual({
      _tag: 'unknown',
      reason,
    });
    const beside = policyOf(2, [{ _tag: 'member', id: 'x' as ProcessId }, b]);
    const other = policyOf(1, [{ _tag: 'member', id: 'x' as ProcessId }, a]);
    const families = [unqualifiedSets(beside), quorumComplements(other)];
    expect(findCovering({ families })).toEqual({ _tag: 'covered', sets: [expect.anything(), expect.anything()] });
    expect(findCovering({ families: [unqualifiedSets(beside)] })).toEqual({ _tag: 'uncovered' });
    const strict = [unqualifiedSets({ ...beside, k: 1 }), unqualifiedSets({ ...other, k: 1 })];
    expect(findCovering({ families: strict })).toEqual({ _tag: 'uncovered' });
    const one = [unqualifiedSets({ ...beside, k: 1 }), quorumComplements(other)];
    expect(cheapestRemainder(align(one), () => 1, unlimited)).toMatchObject({ cost: 1, atLeast: 0 });
  });

  function expectCovers(families: readonly Family[]): void {
    const covering: Covering = findCovering({ families });
    if (covering._tag !== 'covered') throw new Error(covering._tag);
    expect(expectSetsOf(families, covering.sets).size).toBe(membersIn(families).length);
  }
});

describe('cheapestRemainder', () => {
  it.each([false, true])('is the cheapest by the definition (weights: %s)', (weights) => {
    const costs = fc.array(fc.nat(5), { minLength: 7, maxLength: 7 });
    fc.assert(
      fc.property(arbitraryFamilies({ maxMembers: 7, maxCount: 3, weights }), costs, (families, prices) => {
        const members = membersIn(families);
        const cost = (id: ProcessId): number => prices[members.indexOf(id)] ?? 0;
        const totalOf = (ids: Iterable<ProcessId>): number => [...ids].reduce((sum, id) => sum + cost(id), 0);
        const full = 2 ** members.length - 1;
        const least = Math.min(
          ...[...coverable(families, members)].map((mask) => totalOf(idsOf(full ^ mask, members))),
        );
        const found = cheapestRemainder(align(families), cost, unlimited);
        expect(found).toMatchObject({ cost: least, atLeast: least });
        expect(totalOf(found.members)).toBe(least);
        expect(new Set([...expectSetsOf(families, found.sets), ...found.members]).size).toBe(members.length);
      }),
      { numRuns: 150 },
    );
  });

  it('is the cheapest quorum, blocking and splitting set of a policy with repeated members', () => {
    fc.assert(
      fc.property(arbitraryPolicy({ maxMembers: 6, weights: true, repeats: true }), (policy) => {
        const naive = new NaiveStructure(policy);
        const sizeOf = (families: readonly Family[]): number =>
          cheapestRemainder(align(families), () => 1, unlimited).cost;
        expect(sizeOf([quorumComplements(policy)])).toBe(naive.quorumCost());
        expect(sizeOf([unqualifiedSets(policy)])).toBe(naive.blockingCost());
        expect(sizeOf([quorumComplements(policy), quorumComplements(policy)])).toBe(naive.splittingSize());
      }),
      { numRuns: 150 },
    );
  });
});

function policyOf(k: number, of: readonly Policy[]): Extract<Policy, { _tag: 'threshold' }> {
  return { _tag: 'threshold', k, of };
}

function serversOf(org: number, count: number): readonly Policy[] {
  return Array.from({ length: count }, (_, index) => ({ _tag: 'member', id: `o${org}/${index}` as ProcessId }));
}

function distinctLeaves(policy: Policy): { readonly _tag: 'member'; readonly id: ProcessId }[] {
  return distinctMembers(unqualifiedSets(policy)).map((id) => ({ _tag: 'member', id }));
}

/** The same rule over more members: those that it does not mention change nothing. */
function withMembers(policy: Policy, members: ReadonlySet<ProcessId>): Policy {
  const own = new Set(distinctMembers(unqualifiedSets(policy)));
  const more = letters(5).filter((id) => members.has(id) && !own.has(id));
  const idle = more.map((id) => ({ _tag: 'member', id }) as const);
  const weights = [idle.length + 1, ...idle.map(() => 1)];
  return idle.length === 0 ? policy : { _tag: 'threshold', k: idle.length + 1, of: [policy, ...idle], weights };
}
