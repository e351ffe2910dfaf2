import { describe, expect, it } from 'vitest';
import { deriveBase } from '../../../src/schemes/shoup-rsa/derived-base.js';

describe('the derived base', () => {
  it('is plus or minus a square, in the lower half, of every small modulus that has one', () => {
    let found = 0;
    for (let modulus = 5n; modulus < 500n; modulus += 2n) {
      if (modulus % 3n === 0n) continue;
    const base = deriveBase(modulus, 3n);
      if (base === undefined) continue;
      found += 1;
      expect(base > 0n && base <= (modulus - 1n) / 2n).toBe(true);
      const squares = new Set(Array.from({ length: Number(modulus) }, (_, root) => BigInt(root) ** 2n % modulus));
      expect(squares.has(base) || squares.has(modulus - base)).toBe(true);
    }
    expect(found).toBeGreaterThan(100);
  });
});
