/** How long a share may be, and that each row is looked at. */
import { describe, expect, it } from 'vitest';
import { InvariantViolation } from '../../../src/prelude/invariant.js';
import { compile } from '../../../src/schemes/sharing/compile.js';
import { integers } from '../../../src/schemes/sharing/ring.js';
import { rowBoundsOf, shareBitsOf } from '../../../src/schemes/shoup-rsa/row-bounds.js';
import type { Policy } from '../../../src/quorum/policy/policy.js';
import { right } from '../../support/right.js';
import { gate } from '../sharing/policies.js';

/** The bounds of shares of a secret from `[low, high)`, with randomness of eight bits. */
function boundsAlong(policy: Policy, low: bigint, high: bigint) {
  const ranges = { _tag: 'integers', secret: { low, high }, coefficients: { low: 0n, high: 256n } } as const;
  return rowBoundsOf(right(compile(policy, integers)), { ranges, modulus: 35n });
}

const ofBits = (bits: number) => [1n << BigInt(bits - 1), 1n << BigInt(bits)] as const;
// Its first row is the secret itself, the others are longer and positive whatever it is.
const mixed = gate(1, 'a', gate(2, 'b', 'c', 'd'));

describe('the bounds of rows', () => {
  it('go to 16384 bits', () => {
    expect(boundsAlong(gate(1, 'a'), ...ofBits(16_384))?.shareBits).toEqual([16_384]);
    expect(boundsAlong(gate(1, 'a'), ...ofBits(16_385))).toBeUndefined();
  });

  it('are none where one row of several is too long', () => {
    expect(boundsAlong(mixed, ...ofBits(16_000))?.shareBits[0]).toBe(16_000);
    expect(boundsAlong(mixed, ...ofBits(16_384))).toBeUndefined();
  });

  it('are none where one row of several might not be positive', () => {
    expect(boundsAlong(mixed, 1n, 9n)?.rows[0]).toEqual({ low: 1n, high: 9n });
    for (const low of [0n, -5n]) expect(boundsAlong(mixed, low, 9n)).toBeUndefined();
  });

  it('are of rows of the sharing: another is a bug of ours', () => {
    const bounds = { rows: [{ low: 1n, high: 9n }], shareBits: [4] };
    expect(shareBitsOf(bounds, 0)).toBe(4);
    expect(() => shareBitsOf(bounds, 1)).toThrow(new InvariantViolation('a row of the sharing'));
  });
});
