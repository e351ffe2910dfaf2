/** What changes from one policy to another. */
import { describe, expect, it } from 'vitest';
import { comparePolicies } from '../../../src/quorum/analysis/comparison.js';
import type { Policy } from '../../../src/quorum/policy/policy.js';
import { gate, member } from '../../support/policies.js';

const abc = ['a', 'b', 'c'].map(member);

describe('comparePolicies', () => {
  it('shows who may act now and could not before, and whose power changed', () => {
    const found = comparePolicies(gate(2, abc), gate(2, [gate(1, abc), member('d')]));
    expect(found).toEqual({
      firstWithinSecond: { _tag: 'violated', witness: ['a', 'b'] },
      secondWithinFirst: { _tag: 'violated', witness: ['c', 'd'] },
      vetoes: { gained: ['d'], lost: [] },
      members: { gained: ['d'], lost: [] },
    });
  });

  it('knows the same rule in another form', () => {
    const found = comparePolicies(gate(2, abc), gate(1, [gate(2, abc.toReversed())]));
    expect(found.firstWithinSecond).toEqual({ _tag: 'holds' });
    expect(found.secondWithinFirst).toEqual({ _tag: 'holds' });
    expect(found.vetoes).toEqual({ gained: [], lost: [] });
  });

  it('compares alliances of one shape at any size', () => {
    const alliance = (outer: number, inner: number): Policy => {
      const org = (name: number): Policy =>
        gate(
          inner,
          Array.from({ length: 15 }, (_, index) => member(`o${name}/${index}`)),
        );
      return gate(
        outer,
        Array.from({ length: 50 }, (_, name) => org(name)),
      );
    };
    const found = comparePolicies(alliance(34, 8), alliance(30, 9));
    expect([found.firstWithinSecond._tag, found.secondWithinFirst._tag]).toEqual(['violated', 'violated']);
    expect(comparePolicies(alliance(34, 8), alliance(30, 8)).firstWithinSecond).toEqual({ _tag: 'holds' });
  });
});
