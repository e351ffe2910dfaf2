import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { E } from '../../../../src/prelude/fp.js';
import { type ProcessId, type ProcessSet, Universe } from '../../../../src/prelude/process.js';
import { AccessStructure } from '../../../../src/quorum/access-structure.js';
import { policyTable, structureTable, type TruthTable } from '../../../../src/quorum/analysis/table/truth-table.js';
import { isQualified, type Policy } from '../../../../src/quorum/policy/policy.js';
import { membersOfMask } from '../../../../src/quorum/tree/subset-transform.js';
import { budgetOf, unlimited } from '../../../../src/quorum/verdict.js';
import { allPolicies, arbitraryPolicy, letters, NaiveStructure } from '../../../support/naive-structures.js';
import { right } from '../../../support/right.js';

class Predicate extends AccessStructure {
  constructor(
    readonly processes: ProcessSet,
    private readonly accepts: (set: ProcessSet) => boolean,
  ) {
    super();
  }

  override isQualified(set: ProcessSet): boolean {
    return this.accepts(set);
  }
}

function predicate(count: number, accepts: (set: ProcessSet) => boolean): Predicate {
  return new Predicate(new Universe(letters(count)).all, accepts);
}

function expectNaive({ members, qualified }: TruthTable, naive: NaiveStructure): void {
  expect(members).toEqual(naive.members);
  expect(qualified).toHaveLength(2 ** members.length);
  for (const [mask, entry] of qualified.entries()) {
    expect(entry === 1).toBe(naive.isQualified(membersOfMask(mask, members)));
  }
}

describe('the table of a policy', () => {
  it('has every set of every small tree', () => {
    for (const rule of [...allPolicies(1), ...allPolicies(3), ...allPolicies(5)]) {
      expectNaive(right(policyTable(rule, unlimited)), new NaiveStructure(rule));
    }
  });

  it('has every set of random policies, with weights and recurring members', () => {
    fc.assert(
      fc.property(arbitraryPolicy({ maxMembers: 9, weights: true, repeats: true }), (rule) => {
        expectNaive(right(policyTable(rule, unlimited)), new NaiveStructure(rule));
      }),
      { numRuns: 60 },
    );
  });

  it('adds weights beyond 32 bits exactly', () => {
    const of = letters(6).map((id): Policy => ({ _tag: 'member', id }));
    const weights = [1e9, 1e9, 1e9, 1e9, 1e9, 1];
    const rule: Policy = { _tag: 'threshold', k: 4e9 + 1, of, weights };
    expectNaive(right(policyTable(rule, unlimited)), new NaiveStructure(rule));
  });

  it('stops when the time is used up, and says how much it was', () => {
    let now = 0;
    const rule: Policy = { _tag: 'threshold', k: 9, of: letters(20).map((id) => ({ _tag: 'member', id })) };
    const table = policyTable(
      rule,
      budgetOf(20, () => (now += 4)),
    );
    expect(table).toMatchObject(E.left({ _tag: 'OutOfTime' }));
    expect(E.isLeft(table) && table.left._tag === 'OutOfTime' && table.left.reason).toMatch(/after \d+ ms/);
  });

  it('is not made beyond 20 members', () => {
    const rule: Policy = { _tag: 'threshold', k: 9, of: letters(21).map((id) => ({ _tag: 'member', id })) };
    expect(policyTable(rule, unlimited)).toEqual(E.left({ _tag: 'TooManyMembers', count: 21, most: 20 }));
  });
});

describe('the table of an access structure', () => {
  it('agrees with that of the policy it evaluates', () => {
    fc.assert(
      fc.property(arbitraryPolicy({ maxMembers: 8, weights: true, repeats: true }), (rule) => {
        const expected = right(policyTable(rule, unlimited));
        const evaluated = new Predicate(new Universe(expected.members).all, (set) => isQualified(rule, set));
        expect(right(structureTable(evaluated, unlimited))).toEqual(expected);
      }),
      { numRuns: 60 },
    );
  });

  it('numbers the members of a part of a universe of more than 32 by their place in that part', () => {
    const ids = Array.from({ length: 70 }, (_, index) => `s${index}` as ProcessId);
    const some = ['s3', 's40', 's69'] as ProcessId[];
    const pair = new Predicate(new Universe(ids).of(some), (set) => set.size >= 2);
    expectNaive(
      right(structureTable(pair, unlimited)),
      new NaiveStructure({ members: some, isQualified: (set) => set.size >= 2 }),
    );
  });

  it('gives each set to the predicate as a set of its own', () => {
    const kept: ProcessSet[] = [];
    right(
      structureTable(
        predicate(4, (set) => kept.push(set) > 0 && set.size > 2),
        unlimited,
      ),
    );
    expect(new Set(kept.map(String)).size).toBe(16);
  });

  it('shows where a predicate is not monotone', () => {
    const b = 'b' as ProcessId;
    const table = structureTable(
      predicate(3, (set) => set.size === 3 || (set.size === 1 && set.has(b))),
      unlimited,
    );
    expect(table).toMatchObject(E.left({ _tag: 'NotMonotone', qualified: ['b'] }));
    expect(E.isLeft(table) && table.left._tag === 'NotMonotone' && table.left.unqualified).toHaveLength(2);
  });

  it('shows that whichever member it is that breaks it', () => {
    for (const breaking of letters(4)) {
      const table = structureTable(
        predicate(4, (set) => set.size > 0 && (set.size === 4 || !set.has(breaking))),
        unlimited,
      );
      const broken = E.isLeft(table) && table.left._tag === 'NotMonotone' ? table.left : undefined;
      expect(broken?.unqualified.filter((id) => !broken.qualified.includes(id))).toEqual([breaking]);
    }
  });

  it('refuses what is always or never qualified', () => {
    expect(
      structureTable(
        predicate(3, () => true),
        unlimited,
      ),
    ).toEqual(E.left({ _tag: 'AlwaysQualified' }));
    expect(
      structureTable(
        predicate(3, () => false),
        unlimited,
      ),
    ).toEqual(E.left({ _tag: 'NeverQualified' }));
  });

  it('stops a slow predicate when the time is used up', () => {
    let now = 0;
    const slow = predicate(16, (set) => (now += 1) > 0 && set.size > 8);
    expect(
      structureTable(
        slow,
        budgetOf(1000, () => now),
      ),
    ).toMatchObject(E.left({ _tag: 'OutOfTime' }));
    expect(now).toBeLessThan(1500);
  });

  it('is not made beyond 20 members', () => {
    const many = predicate(21, (set) => set.size > 5);
    expect(structureTable(many, unlimited)).toMatchObject(E.left({ _tag: 'TooManyMembers' }));
  });
});
