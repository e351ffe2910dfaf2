import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decode, decodeJson } from '../../../src/prelude/codec.js';
import { E } from '../../../src/prelude/fp.js';
import { type PolicyJson, policyCodec, policyRuleCodec } from '../../../src/quorum/policy/policy-codec.js';
import { parsePolicyRule, printPolicy } from '../../../src/quorum/policy/policy-text.js';
import { arbitraryPolicy } from '../../support/arbitrary-policy.js';
import { right } from '../../support/right.js';
import { policy } from '../../support/trust.js';

function m(...ids: readonly string[]): readonly { readonly member: string }[] {
  return ids.map((member) => ({ member }));
}

/** A rule's text, as it is printed after it was read from this JSON. */
function printed(json: unknown): string {
  return printPolicy(right(decode(policyCodec, json)));
}

describe('the JSON of a policy', () => {
  it('has this form', () => {
    expect(policyCodec.encode(policy('2 of (a, any of (b, c))'))).toEqual({
      threshold: 2,
      of: [...m('a'), { threshold: 1, of: m('b', 'c') }],
    });
    expect(policyCodec.encode(policy('weight >= 67 of (acme: 2 of 3 *30, globex*45)'))).toEqual({
      threshold: 67,
      weighted: [
        { weight: 30, of: { org: 'acme', policy: { threshold: 2, of: m('acme/1', 'acme/2', 'acme/3') } } },
        { weight: 45, of: { member: 'globex' } },
      ],
    });
    expect(policyCodec.encode(policy('acme: 1 of (1, 1 of (2, 3))'))).toEqual({
      org: 'acme',
      policy: { threshold: 1, of: [...m('acme/1'), { threshold: 1, of: m('acme/2', 'acme/3') }] },
    });
    expect(policyCodec.encode(policy('acme/1'))).toEqual({ member: 'acme/1' });
  });

  it('of a rule has this form', () => {
    const json = (text: string): PolicyJson => policyRuleCodec.encode(right(parsePolicyRule(text)));
    expect(json('majority of orgs')).toEqual({ threshold: 'majority', of: 'orgs' });
    expect(json('2 of orgs (any of servers)')).toEqual({
      threshold: 2,
      of: 'orgs',
      each: { threshold: 'any', of: 'servers' },
    });
    expect(json('acme: all of servers')).toEqual({ org: 'acme', policy: { threshold: 'all', of: 'servers' } });
    expect(json('acme: 2 of (all of servers, 1)')).toEqual({
      org: 'acme',
      policy: { threshold: 2, of: [{ threshold: 'all', of: 'servers' }, { member: 'acme/1' }] },
    });
    expect(json('any of orgs (main or 2 of servers)')).toEqual({
      threshold: 'any',
      of: 'orgs',
      each: { threshold: 1, of: [{ member: 'main' }, { threshold: 2, of: 'servers' }] },
    });
  });

  it('reads back, as its text does', () => {
    const ids = ['a', 'b', 'acme/1', 'acme/2', 'acme/3', 'globex/of'];
    const property = fc.property(arbitraryPolicy(ids), (rule) => {
      const text = JSON.stringify(policyCodec.encode(rule));
      expect(decodeJson(policyCodec, text)).toEqual(E.right(rule));
      expect(decodeJson(policyRuleCodec, text)).toEqual(E.right(rule));
    });
    fc.assert(property, { numRuns: 200 });
  });

  it('may write members of an organization short, and thresholds as words', () => {
    const acme = { org: 'acme', policy: { threshold: 'majority', of: m('1', 'acme/2', '3') } };
    expect(printed(acme)).toBe('acme: 2 of (1, 2, 3)');
    expect(printed({ org: 'acme', policy: { member: '1' } })).toBe('acme/1');
    expect(printed({ threshold: 'all', of: [acme, ...m('b')] })).toBe('2 of (acme: 2 of (1, 2, 3), b)');
    const weighted = [4, 3, 2].map((weight, index) => ({ weight, of: { member: `s${index}` } }));
    expect(printed({ threshold: 'majority', weighted })).toBe('weight >= 5 of (s0*4, s1*3, s2*2)');
    expect(printed({ threshold: 'any', weighted })).toBe('weight >= 1 of (s0*4, s1*3, s2*2)');
  });
});

describe('bad JSON of a policy', () => {
  const nested = (depth: number): unknown =>
    depth === 1 ? { member: 'a' } : { threshold: 1, of: [nested(depth - 1)] };
  const servers = (count: number): unknown => m(...Array.from({ length: count }, (_, index) => `s${index}`));
  const weighted = (weight: unknown): unknown => ({ threshold: 1, weighted: [{ weight, of: { member: 'a' } }] });

  it.each([
    [{ threshold: 1, of: m('a'), note: 1 }, '/note'],
    [{ threshold: 1 }, '/of'],
    [{ of: m('a') }, '/threshold'],
    [{ threshold: 1, of: [] }, '/of'],
    [{ threshold: 3, of: m('a', 'b') }, '/threshold'],
    [{ threshold: 0, of: m('a', 'b') }, '/threshold'],
    [{ threshold: -1, of: m('a', 'b') }, '/threshold'],
    [{ threshold: 1.5, of: m('a', 'b') }, '/threshold'],
    [{ threshold: Number.NaN, of: m('a', 'b') }, '/threshold'],
    [{ threshold: 2 ** 53, of: m('a', 'b') }, '/threshold'],
    [{ threshold: '1', of: m('a', 'b') }, '/threshold'],
    [{ threshold: 'most', of: m('a', 'b') }, '/threshold'],
    [{ threshold: 'toString', of: m('a', 'b') }, '/threshold'],
    [{ k: 1, of: m('a', 'b') }, '/k'],
    [{ threshold: 1, of: [...m('a'), { threshold: 2, of: m('b', 'c/d/e') }] }, '/of/1/of/1/member'],
    [{ threshold: 1, of: [...m('a'), { threshold: 2, of: m('b', 'b') }] }, '/of/1/of/1'],
    [{ threshold: 1, of: [...m('a'), { threshold: 2, of: m('b') }] }, '/of/1/threshold'],
    [{ threshold: 1, of: [...m('a'), 7] }, '/of/1'],
    [{ threshold: 1, of: ['a'] }, '/of/0'],
    [{ threshold: 1, of: 'a' }, '/of'],
    [{ threshold: 1, of: 'orgs' }, '/of'],
    [{ threshold: 1, of: [...m('a'), { org: 'acme', policy: { threshold: 1, of: 'servers' } }] }, '/of/1/policy/of'],
    [{ member: 'a-b' }, '/member'],
    [{ member: 7 }, '/member'],
    [{ member: 'a', org: 'b' }, '/org'],
    [weighted(0), '/weighted/0/weight'],
    [weighted(-1), '/weighted/0/weight'],
    [weighted(0.5), '/weighted/0/weight'],
    [weighted(Number.NaN), '/weighted/0/weight'],
    [weighted(1_000_000_001), '/weighted/0/weight'],
    [weighted('1'), '/weighted/0/weight'],
    [weighted(undefined), '/weighted/0/weight'],
    [{ threshold: 2, weighted: [{ weight: 1, of: { member: 'a' } }] }, '/threshold'],
    [{ threshold: 1, weighted: [{ weight: 1, of: { member: 'a' }, name: 'a' }] }, '/weighted/0/name'],
    [{ threshold: 1, weighted: [] }, '/weighted'],
    [{ threshold: 1, weighted: 'orgs' }, '/weighted'],
    [{ threshold: 1, weighted: [{ weight: 1, of: { member: 'a' } }], of: m('a') }, '/of'],
    [
      {
        threshold: 2,
        weighted: [
          { weight: 1, of: { member: 'a' } },
          { weight: 1, of: { member: 'a' } },
        ],
      },
      '/weighted/1/of',
    ],
    [
      { threshold: 1, weighted: [{ weight: 1, of: { org: 'x', policy: { threshold: 2, of: m('1') } } }] },
      '/weighted/0/of/policy/threshold',
    ],
    [{ org: 'acme', policy: { member: 'globex/1' } }, '/policy/member'],
    [{ org: 'acme', policy: { threshold: 1, of: m('1', 'acmee/1') } }, '/policy/of/1/member'],
    [{ org: 'acme', policy: { threshold: 2, of: m('1', 'acme/1') } }, '/policy/of/1'],
    [{ org: 'acme', policy: { threshold: 1, of: [{ org: 'acme', policy: { member: '1' } }] } }, '/policy/of/0/org'],
    [{ org: 'a/b', policy: { member: '1' } }, '/org'],
    [{ org: 'acme' }, '/policy'],
    ['a', '/'],
    [null, '/'],
    [[], '/'],
    [{}, '/threshold'],
    [nested(33), `/${'of/0/'.repeat(32).slice(0, -1)}`],
    [nested(5000), '/'],
    [{ threshold: 1, of: servers(10_001) }, '/of'],
    [{ threshold: 1, of: servers(10_000) }, '/'],
  ])('(%#) is refused at its place', (value, path) => {
    expect(decode(policyCodec, value)).toMatchObject({ left: { path } });
  });

  it.each([
    [{ threshold: 0, of: 'orgs' }, '/threshold'],
    [{ threshold: 10_001, of: 'servers' }, '/threshold'],
    [{ threshold: 1, of: 'servers', each: { member: 'a' } }, '/each'],
    [{ org: 'acme', policy: { threshold: 1, of: 'orgs' } }, '/policy/of'],
    [{ threshold: 1, of: 'orgs', each: { threshold: 1, of: 'orgs' } }, '/each'],
    [{ threshold: 1, of: 'orgs', each: { threshold: 1, of: m('acme/1') } }, '/each/of/0'],
    [{ threshold: 1, of: 'orgs', each: { org: 'acme', policy: { member: '1' } } }, '/each'],
    [
      {
        threshold: 1,
        of: 'orgs',
        each: { threshold: 1, of: [{ org: 'acme', policy: { threshold: 1, of: 'servers' } }] },
      },
      '/each/of/0',
    ],
    [
      { threshold: 1, of: [{ threshold: 1, of: 'orgs', each: { threshold: 3, of: m('a', 'b') } }] },
      '/of/0/each/threshold',
    ],
  ])('(%#) is refused as a rule at its place', (value, path) => {
    expect(decode(policyRuleCodec, value)).toMatchObject({ left: { path } });
  });

  it('is not what stands at the bounds', () => {
    expect(E.isRight(decode(policyCodec, nested(32)))).toBe(true);
    expect(E.isRight(decode(policyCodec, { threshold: 1, of: servers(9_999) }))).toBe(true);
    expect(E.isRight(decode(policyCodec, weighted(1_000_000_000)))).toBe(true);
    let deep: unknown = { member: '1' };
    for (let level = 1; level < 32; level++) deep = { threshold: 1, weighted: [{ weight: 1, of: deep }] };
    expect(E.isRight(decode(policyCodec, { org: 'acme', policy: deep }))).toBe(true);
  });

  it('of any kind is refused or read, never thrown at', () => {
    const key = fc.constantFrom(
      'threshold',
      'of',
      'weighted',
      'weight',
      'member',
      'org',
      'policy',
      'each',
      '__proto__',
    );
    const values = [fc.integer({ min: -1, max: 3 }), fc.constantFrom('a', 'a/b', '', 'orgs', 'servers', 'all')];
    const anything = fc.object({ key, values, maxDepth: 6 });
    const { node } = fc.letrec((tie) => ({
      node: fc.oneof(
        { maxDepth: 5 },
        fc.record({ member: fc.constantFrom('a', 'acme/1', '1', 'acme/2') }),
        fc.record({ org: fc.constantFrom('acme', 'a'), policy: tie('node') }),
        fc.record({ threshold: fc.constantFrom(1, 2, 'all', 'any'), of: fc.array(tie('node'), { maxLength: 3 }) }),
        fc.record({ threshold: fc.constantFrom(1, 2, 'all', 'any'), of: fc.constantFrom('orgs', 'servers') }),
        fc.record({
          threshold: fc.constantFrom(1, 2, 'majority'),
          weighted: fc.array(fc.record({ weight: fc.integer({ min: 0, max: 3 }), of: tie('node') }), { maxLength: 3 }),
        }),
        fc.record({ threshold: fc.constant(1), of: fc.constant('orgs'), each: tie('node') }),
      ),
    }));
    let readCount = 0;
    const property = fc.property(fc.oneof(node, node, anything, fc.anything()), (value) => {
      for (const read of [decode(policyCodec, value), decode(policyRuleCodec, value)]) {
        if (E.isLeft(read)) {
          expect(read.left.path).toMatch(/^\//);
          continue;
        }
        readCount += 1;
        expect(decode(policyRuleCodec, policyRuleCodec.encode(read.right))).toEqual(read);
      }
    });
    fc.assert(property, { numRuns: 600 });
    expect(readCount).toBeGreaterThan(50);
  });
});
