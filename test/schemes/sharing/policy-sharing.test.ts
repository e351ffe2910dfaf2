import { describe, expect, it } from 'vitest';
import { E } from '../../../src/prelude/fp.js';
import { checkPolicy } from '../../../src/quorum/policy/policy.js';
import { sharingAlong } from '../../../src/schemes/sharing/policy-sharing.js';
import { integers, residues } from '../../../src/schemes/sharing/ring.js';
import { Universe } from '../../../src/prelude/process.js';
import { right } from '../../support/right.js';
import { id, universe } from '../shoup-rsa/setup.js';
import { gate } from './policies.js';

describe('the sharing along a policy', () => {
  it('is the same however the rule is written', () => {
    const [one, other] = [gate(2, gate(2, 'a', 'b', 'c'), 'd', 'e'), gate(2, 'e', gate(2, 'c', 'b', 'a'), 'd')];
    expect(sharingAlong(one, universe, residues)).toEqual(sharingAlong(other, universe, residues));
    expect(right(sharingAlong(one, universe, residues)).ring).toBe(residues);
  });

  it('is refused with the reason: no policy, one that is too large to be shared along, a stranger among its members', () => {
    const none = gate(3, 'a', 'b');
    const checked = checkPolicy(none);
    expect(sharingAlong(none, universe, integers)).toEqual(
      E.left({ _tag: 'UnshareablePolicy', reason: E.isLeft(checked) && checked.left }),
    );
    const many = Array.from({ length: 256 }, (_, index) => `m${index}`);
    expect(sharingAlong(gate(2, ...many), new Universe(many.map(id)), integers)).toEqual(
      E.left({ _tag: 'UnshareablePolicy', reason: { _tag: 'PolicyTooLarge', limit: 'maxFanIn', fanIn: 256 } }),
    );
    expect(sharingAlong(gate(2, 'a', 'zoe'), universe, integers)).toEqual(
      E.left({ _tag: 'StrangerHoldsShare', process: 'zoe' }),
    );
  });
});
