import { describe, expect, it } from 'vitest';
import { deriveBase } from '../../../src/schemes/shoup-rsa/derived-base.js';

describe('the derived base', () => {
  it('is plus or minus a square, in the lower half up to its end, of every small modulus that has one', () => {
    const found: (readonly [bigint, bigint])[] = [];
    for (let modulus = 5n; modulus < 100n; modulus += 2n) {
      if (modulus % 3n === 0n) continue;
      const squares = new Set(Array.from({ length: Number(modulus) }, (_, root) => BigInt(root) ** 2n % modulus));
      for (const exponent of [3n, 5n, 7n, 11n, 13n, 17n]) {
        const base = deriveBase(modulus, exponent);
        if (base === undefined) continue;
        expect(squares.has(base) || squares.has(modulus - base)).toBe(true);
        found.push([base, (modulus - 1n) / 2n]);
      }
    }
    expect(found.length).toBeGreaterThan(100);
    expect(found.every(([base, half]) => base > 0n && base <= half)).toBe(true);
    expect(found.some(([base, half]) => base === half)).toBe(true);
  });
});
