import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { E } from '../../../src/prelude/fp.js';
import { type ProcessId, Universe } from '../../../src/prelude/process.js';
import type { PolicyErrorCode } from '../../../src/quorum/errors.js';
import { isQualified, policyMembers } from '../../../src/quorum/policy/policy.js';
import { checkPolicyRule, fixedPolicy, type PolicyRule, type Share } from '../../../src/quorum/policy/policy-rule.js';
import { resolvePolicy } from '../../../src/quorum/policy/policy-resolution.js';
import { parsePolicy, parsePolicyRule, printPolicy, printPolicyRule } from '../../../src/quorum/policy/policy-text.js';
import type { Membership } from '../../../src/quorum/tree/membership.js';
import { allSets } from '../../support/quorum.js';
import { right } from '../../support/right.js';

const membership: Membership = new Map([
  ['acme', ['1', '2', '3']],
  ['globex', ['north', 'south']],
  ['initech', ['main']],
]);

function resolved(text: string, among: Membership = membership): string {
  return printPolicy(right(parsePolicy(text, among)));
}

const acmeMajority = 'acme: 2 of (1, 2, 3)';
const globexMajority = 'globex: 2 of (north, south)';

describe('a rule that adapts to the membership', () => {
  it('asks organizations, each by a majority of its own servers', () => {
    expect(resolved('majority of orgs')).toBe(`2 of (${acmeMajority}, ${globexMajority}, initech: 1 of (main))`);
    expect(resolved('all of orgs')).toBe(`3 of (${acmeMajority}, ${globexMajority}, initech: 1 of (main))`);
    expect(resolved('any of orgs', new Map([['acme', ['1', '2', '3', '4']]]))).toBe('acme: 1 of (3 of (1, 2, 3, 4))');
  });

  it('says what each organization needs', () => {
    expect(resolved('2 of orgs (any of servers)')).toBe(
      '2 of (acme: 1 of (1, 2, 3), globex: 1 of (north, south), initech: 1 of (main))',
    );
    const twins: Membership = new Map([
      ['a', ['main', 'spare', 'third']],
      ['b', ['spare', 'main']],
    ]);
    expect(resolved('any of orgs (main and (spare or all of servers))', twins)).toBe(
      '1 of (a: 2 of (main, 1 of (spare, 3 of (main, spare, third))), b: 2 of (main, 1 of (spare, 2 of (spare, main))))',
    );
    expect(resolved('any of orgs (weight >= 2 of (main*2, spare*1))', twins)).toBe(
      '1 of (a: weight >= 2 of (main*2, spare*1), b: weight >= 2 of (main*2, spare*1))',
    );
  });

  it('asks servers: an organization’s behind its name, everybody’s elsewhere', () => {
    expect(resolved('5 of servers')).toBe('5 of (acme/1, acme/2, acme/3, globex/north, globex/south, initech/main)');
    expect(resolved('globex: all of servers')).toBe('globex: 2 of (north, south)');
    expect(resolved('2 of (acme: any of servers, globex: (north or majority of servers), initech)')).toBe(
      '2 of (acme: 1 of (1, 2, 3), globex: 1 of (north, 2 of (north, south)), initech/main)',
    );
    expect(resolved('weight >= 2 of (all of orgs*2, 6 of servers*1)')).toMatch(
      /^weight >= 2 of \(3 of .*\*2, 6 of .*\*1\)$/,
    );
  });

  it('follows the membership, as it is at an epoch', () => {
    const rule = right(parsePolicyRule('majority of orgs (majority of servers)'));
    for (const sizes of [[1], [3, 2], [4, 4, 4], [1, 2, 3, 1, 1]]) {
      const members: Membership = new Map(
        sizes.map((size, org) => [`o${org}`, Array.from({ length: size }, (_, index) => `${index}`)]),
      );
      const policy = right(resolvePolicy(rule, members));
      const universe = new Universe(policyMembers(policy));
      for (const set of allSets(universe)) {
        const won = sizes.filter((size, org) => 2 * [...set].filter((id) => id.startsWith(`o${org}/`)).length > size);
        expect(isQualified(policy, set)).toBe(2 * won.length > sizes.length);
      }
    }
  });

  it('resolves the names of a rule that was read without a membership', () => {
    const rule = right(parsePolicyRule('2 of (initech, acme/2, any of orgs)'));
    expect(printPolicy(right(resolvePolicy(rule, membership)))).toMatch(/^2 of \(initech\/main, acme\/2, 1 of /);
  });
});

describe('a rule', () => {
  const shares: fc.Arbitrary<Share> = fc.oneof(
    fc.integer({ min: 1, max: 9 }),
    fc.constantFrom('all', 'any', 'majority'),
  );

  function gates(leaves: fc.Arbitrary<PolicyRule>): fc.Arbitrary<PolicyRule> {
    const { rule } = fc.letrec<{ rule: PolicyRule }>((tie) => ({
      rule: fc.oneof(
        { maxDepth: 3, withCrossShrink: true },
        leaves,
        fc
          .uniqueArray(tie('rule'), {
            minLength: 1,
            maxLength: 4,
            selector: (one) => (one._tag === 'member' ? one.id : one),
          })
          .chain((of) =>
            fc
              .record({ k: fc.integer({ min: 1, max: of.length }), isWeighted: fc.boolean() })
              .map(
                ({ k, isWeighted }): PolicyRule =>
                  isWeighted
                    ? { _tag: 'threshold', k, of, weights: of.map((_, index) => index + 1) }
                    : { _tag: 'threshold', k, of },
              ),
          ),
      ),
    }));
    return rule;
  }

  const named = (...ids: readonly string[]): fc.Arbitrary<PolicyRule> =>
    fc.constantFrom(...ids).map((id) => ({ _tag: 'member', id: id as ProcessId }));
  const servers = shares.map((k): PolicyRule => ({ _tag: 'servers', k }));
  const owned = fc
    .tuple(shares, fc.constantFrom('acme', 'globex'))
    .map(([k, organization]): PolicyRule => ({ _tag: 'servers', k, organization }));
  const each = gates(fc.oneof(named('main', 'spare'), servers));
  const orgs = fc
    .tuple(shares, fc.option(each, { nil: undefined }))
    .map(([k, inner]): PolicyRule => (inner === undefined ? { _tag: 'orgs', k } : { _tag: 'orgs', k, each: inner }));
  const rules = gates(fc.oneof(named('a', 'acme/1', 'acme/2', 'orgs'), servers, owned, orgs));

  it('that is printed reads back', () => {
    const property = fc.property(rules, (rule) => {
      expect(checkPolicyRule(rule)).toEqual(E.right(rule));
      expect(parsePolicyRule(printPolicyRule(rule))).toEqual(E.right(rule));
    });
    fc.assert(property, { numRuns: 300 });
  });

  it('is printed with the shares as they are', () => {
    for (const text of [
      'majority of orgs',
      '2 of orgs (any of servers)',
      'acme: all of servers',
      'acme: 1 of (all of servers, 2)',
      '1 of (acme: all of servers, 3 of servers)',
      'weight >= 3 of (all of orgs (main)*2, acme: any of servers*1)',
    ]) {
      expect(printPolicyRule(right(parsePolicyRule(text)))).toBe(text);
    }
  });

  it('needs a membership exactly if it mentions it', () => {
    const property = fc.property(rules, (rule) => {
      const mentions = /of (orgs|servers)/.test(printPolicyRule(rule));
      expect(E.isLeft(fixedPolicy(rule))).toBe(mentions);
      expect(E.isLeft(parsePolicy(printPolicyRule(rule)))).toBe(mentions);
    });
    fc.assert(property, { numRuns: 200 });
  });
});

describe('a bad rule', () => {
  const texts: readonly (readonly [string, PolicyErrorCode, string, number, string])[] = [
    ['4 of orgs', 'OutOfRange', '/k', 1, 'a number of the organizations from 1 to 3, not 4'],
    ['initech or 0 of orgs', 'OutOfRange', '/of/1/k', 12, 'k from 1 to 10000, not 0'],
    ['a or 1 of orgs', 'UnknownMember', '/', 1, 'a member of the alliance, not a'],
    ['0 of orgs', 'OutOfRange', '/k', 1, 'k from 1 to 10000, not 0'],
    ['2 of orgs (2 of servers)', 'OutOfRange', '/each/k', 12, 'a number of the servers of initech from 1 to 1, not 2'],
    ['7 of servers', 'OutOfRange', '/k', 1, 'a number of the servers from 1 to 6, not 7'],
    ['acme: 4 of servers', 'OutOfRange', '/k', 7, 'a number of the servers of acme from 1 to 3, not 4'],
    [
      '2 of (initech, globex: 3 of servers)',
      'OutOfRange',
      '/of/1/k',
      24,
      'a number of the servers of globex from 1 to 2, not 3',
    ],
    ['1 of orgs (main)', 'UnknownMember', '/each', 12, 'a member of the alliance, not acme/main'],
    ['1 of orgs (acme/1)', 'InvalidName', '/each', 12, 'the name of a server of the organization'],
    ['1 of orgs (acme: 1 of 3)', 'Syntax', '/each', 12, 'no organization inside "orgs (…)"'],
    ['1 of orgs (1 of orgs)', 'Syntax', '/each/of', 17, '"(" and a list, or "servers", not "orgs"'],
    [
      '1 of orgs (1 of 3)',
      'Syntax',
      '/each/of',
      17,
      '"(" and a list (a number of servers needs an organization: "acme: … of 4"), not "3"',
    ],
    ['acme: 1 of orgs', 'Syntax', '/of', 12, '"(" and a list, or "servers", not "orgs"'],
    ['1 of orgs ()', 'Syntax', '/each', 12, 'a member or "2 of (…)", not ")"'],
    ['1 of orgs (main', 'Syntax', '/each', 16, '")", not the end'],
    ['weight >= 1 of orgs', 'Syntax', '/of', 16, '"(" and a list, not "orgs"'],
    ['2 of (hooli: any of servers, acme/1)', 'UnknownMember', '/of/0', 7, 'a member of the alliance, not hooli'],
    [
      '2 of (initech, initech/main)',
      'DuplicateMember',
      '/of/1',
      16,
      'each member once in a list (initech/main stands here a second time)',
    ],
    [`${'1 of ('.repeat(31)}1 of orgs${')'.repeat(31)}`, 'TooDeep', '/of/0'.repeat(32), 192, 'at most 32 levels'],
  ];

  it.each(texts.map(([text, code, path, column, expected]) => ({ text, code, path, column, expected })))(
    '$text is $code at $column, in an alliance',
    ({ text, code, path, column, expected }) => {
      expect(parsePolicy(text, membership)).toMatchObject({ left: { code, path, line: 1, column, expected } });
    },
  );

  it.each([
    ['majority of orgs', '/of', 13, 'organizations'],
    ['2 of (a, 3 of servers)', '/of/1/of', 15, 'servers'],
    ['a and acme: all of servers', '/of/1/of', 20, 'servers of acme'],
    ['1 of orgs (any of servers)', '/of', 6, 'organizations'],
  ])('%s is none without a membership, and says what it lacks', (text, path, column, what) => {
    const expected = `a list, or a membership from which to take the ${what}`;
    expect(parsePolicy(text)).toMatchObject({ left: { code: 'NoMembership', path, line: 1, column, expected } });
  });

  it('of code is refused before it is resolved', () => {
    const servers: PolicyRule = { _tag: 'servers', k: 'any' };
    const cyclic: { _tag: 'orgs'; k: Share; each?: PolicyRule } = { _tag: 'orgs', k: 1 };
    cyclic.each = cyclic;
    const bad: readonly (readonly [PolicyRule, PolicyErrorCode, string])[] = [
      [cyclic, 'TooDeep', '/each'.repeat(32)],
      [{ _tag: 'orgs', k: 1, each: { _tag: 'orgs', k: 1 } }, 'Syntax', '/each'],
      [{ _tag: 'orgs', k: 1, each: { ...servers, organization: 'acme' } }, 'Syntax', '/each'],
      [{ _tag: 'orgs', k: 0.5 }, 'OutOfRange', '/k'],
      [{ _tag: 'servers', k: Number.NaN }, 'OutOfRange', '/k'],
      [{ _tag: 'threshold', k: 3, of: [servers, servers] }, 'OutOfRange', '/k'],
      [{ _tag: 'threshold', k: 1, of: [servers], weights: [0] }, 'OutOfRange', '/of/0/weight'],
      [{ _tag: 'servers', k: 1, organization: 'hooli' }, 'UnknownMember', '/'],
      [{ _tag: 'member', id: 'acme' as ProcessId }, 'WrongServerCount', '/'],
    ];
    for (const [rule, code, path] of bad)
      expect(resolvePolicy(rule, membership)).toMatchObject({ left: { code, path } });
    expect(resolvePolicy({ _tag: 'orgs', k: 'any' }, new Map())).toMatchObject({
      left: { code: 'OutOfRange', path: '/of' },
    });
    expect(resolvePolicy({ _tag: 'orgs', k: 'any' }, new Map([['a', []]]))).toMatchObject({
      left: { code: 'OutOfRange', path: '/each/of', expected: 'at least one among the servers of a' },
    });
    const twice: PolicyRule = {
      _tag: 'threshold',
      k: 1,
      of: ['initech', 'initech/main'].map((id) => ({ _tag: 'member', id: id as ProcessId })),
    };
    expect(resolvePolicy(twice, membership)).toMatchObject({ left: { code: 'DuplicateMember', path: '/of/1' } });
  });

  it('that would resolve to too much is refused before it does', () => {
    const everybody: PolicyRule = { _tag: 'servers', k: 'any' };
    const many: PolicyRule = { _tag: 'threshold', k: 1, of: Array.from({ length: 4_000 }, () => everybody) };
    const crowd: Membership = new Map([['a', Array.from({ length: 5_000 }, (_, index) => `${index}`)]]);
    expect(resolvePolicy(many, crowd)).toMatchObject({ left: { code: 'TooLarge', path: '/of/1' } });
    const organizations: Membership = new Map(Array.from({ length: 5_000 }, (_, index) => [`o${index}`, ['1', '2']]));
    expect(resolvePolicy({ _tag: 'orgs', k: 'any', each: many }, organizations)).toMatchObject({
      left: { code: 'TooLarge' },
    });
  });
});
