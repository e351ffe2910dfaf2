import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { toHex } from '../../../src/prelude/bytes.js';
import { isQualified, type Policy } from '../../../src/quorum/policy/policy.js';
import { canonicalPolicy, policyDigest } from '../../../src/quorum/policy/policy-digest.js';
import { weightAt } from '../../../src/quorum/tree/weights.js';
import { member } from '../../support/policies.js';
import { arbitraryPolicy } from '../../support/arbitrary-policy.js';
import { allSets, servers } from '../../support/quorum.js';

const universe = servers(5);
const sets = allSets(universe);

function gate(k: number, children: readonly (readonly [string | Policy, number])[]): Policy {
  const of = children.map(([child]) => (typeof child === 'string' ? member(child) : child));
  return { _tag: 'threshold', k, of, weights: children.map(([, weight]) => weight) };
}

function counted(k: number, ...children: readonly (string | Policy)[]): Policy {
  return { _tag: 'threshold', k, of: children.map((child) => (typeof child === 'string' ? member(child) : child)) };
}

function hex(policy: Policy): string {
  return toHex(policyDigest(policy));
}

/** The same rule, its lists in the order that `dice` say and its weights scaled: by no more than what keeps them safe integers. */
function disguised(policy: Policy, dice: () => number): Policy {
  if (policy._tag === 'member') return policy;
  const scale = 1 + (dice() % 1000);
  const slack = dice() % scale;
  const children = policy.of.map((child, index) => ({
    child: disguised(child, dice),
    weight: weightAt(policy, index) * scale,
    place: dice(),
  }));
  children.sort((a, b) => a.place - b.place);
  return {
    _tag: 'threshold',
    k: policy.k * scale - slack,
    of: children.map(({ child }) => child),
    weights: children.map(({ weight }) => weight),
  };
}

describe('the canonical form of a policy', () => {
  it('is satisfied by the same sets', () => {
    const property = fc.property(arbitraryPolicy(universe.ids), (policy) => {
      const canonical = canonicalPolicy(policy);
      for (const set of sets) expect(isQualified(canonical, set)).toBe(isQualified(policy, set));
      expect(canonicalPolicy(canonical)).toEqual(canonical);
      expect(hex(canonical)).toBe(hex(policy));
    });
    fc.assert(property, { numRuns: 300 });
  });

  it('does not depend on the order of lists nor on the scale of weights', () => {
    const property = fc.property(arbitraryPolicy(universe.ids), fc.infiniteStream(fc.nat()), (policy, stream) => {
      const dice = (): number => Number(stream.next().value);
      const other = disguised(policy, dice);
      expect(canonicalPolicy(other)).toEqual(canonicalPolicy(policy));
      expect(hex(other)).toBe(hex(policy));
    });
    fc.assert(property, { numRuns: 300 });
  });

  it('does not depend on gates of one child', () => {
    const one = counted(2, 'b', counted(1, counted(1, 'a')), gate(5, [[counted(2, 'c', 'b', 'a'), 7]]));
    const other = counted(2, counted(2, 'a', 'b', 'c'), 'a', 'b');
    expect(canonicalPolicy(one)).toEqual(canonicalPolicy(other));
    expect(hex(one)).toBe(hex(other));
  });

  it('drops equal weights, divides by what all have in common, and lets nothing weigh more than is asked for', () => {
    expect(
      canonicalPolicy(
        gate(13, [
          ['b', 6],
          ['a', 6],
          ['c', 6],
        ]),
      ),
    ).toEqual(counted(3, 'a', 'b', 'c'));
    expect(
      canonicalPolicy(
        gate(9, [
          ['b', 6],
          ['a', 4],
        ]),
      ),
    ).toEqual(
      gate(5, [
        ['a', 2],
        ['b', 3],
      ]),
    );
    expect(
      canonicalPolicy(
        gate(4, [
          ['a', 9],
          ['b', 2],
          ['c', 2],
        ]),
      ),
    ).toEqual(
      gate(2, [
        ['a', 2],
        ['b', 1],
        ['c', 1],
      ]),
    );
    expect(
      canonicalPolicy(
        gate(3, [
          ['a', 5],
          ['b', 4],
        ]),
      ),
    ).toEqual(counted(1, 'a', 'b'));
  });

  it('orders equal children by weight', () => {
    const twin = counted(1, 'a', 'b');
    const one = gate(4, [
      [twin, 3],
      [twin, 2],
      ['c', 2],
    ]);
    const other = gate(4, [
      [twin, 2],
      ['c', 2],
      [twin, 3],
    ]);
    expect(hex(one)).toBe(hex(other));
  });

  it('tells rules apart', () => {
    const rules = [
      member('a'),
      member('b'),
      counted(1, 'a', 'b'),
      counted(2, 'a', 'b'),
      counted(2, 'a', 'b', 'c'),
      counted(2, 'a', counted(1, 'b', 'c')),
      counted(2, counted(1, 'a', 'b'), 'c'),
      counted(1, 'a/b', 'c'),
      gate(2, [
        ['a', 2],
        ['b', 1],
        ['c', 1],
      ]),
      gate(2, [
        ['a', 1],
        ['b', 2],
        ['c', 1],
      ]),
      gate(3, [
        ['a', 2],
        ['b', 1],
        ['c', 1],
      ]),
      gate(3, [
        ['a', 3],
        ['b', 1],
        ['c', 1],
      ]),
    ];
    expect(new Set(rules.map(hex)).size).toBe(rules.length);
  });

  it('has a digest that never changes', () => {
    const acme = counted(2, 'acme/1', 'acme/2', 'acme/3');
    expect(hex(counted(2, acme, 'globex', 'initech'))).toBe(
      '33b03d1a02b45612042cf7039a877c2a653968f98ae71dc738b6b8fe42cf4737',
    );
    expect(
      hex(
        gate(67, [
          [acme, 30],
          ['globex', 45],
          ['initech', 25],
        ]),
      ),
    ).toBe('cda9f8374541cc838afce67ee59afc0c5f1e4e79ff838a1409fb135d4fc6a668');
  });
});
