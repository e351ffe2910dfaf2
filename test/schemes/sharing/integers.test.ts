import { describe, expect, it } from 'vitest';
import {
  binomial,
  bitLength,
  exactQuotient,
  factorial,
  gcd,
  largest,
  lcm,
  product,
  residue,
} from '../../../src/schemes/sharing/integers.js';
import { lehmerStep, modularInverse } from '../../../src/schemes/sharing/modular-inverse.js';
import { shortestResidue } from '../../../src/schemes/sharing/ring.js';
import { seededNumbers } from './policies.js';

function randomInteger(number: () => number, bits: number): bigint {
  let value = 0n;
  for (let count = 0; count < bits; count += 16) value = (value << 16n) + BigInt(Math.floor(number() * 65536));
  return value >> BigInt(Math.floor(number() * bits));
}

describe('integers', () => {
  it('have as many bits as digits to the base 2', () => {
    expect([0n, 1n, 2n, 3n, 15n, 16n, 255n, 256n].map(bitLength)).toEqual([0, 1, 2, 2, 4, 5, 8, 9]);
    for (let bits = 1; bits < 300; bits++) {
      expect(bitLength(1n << BigInt(bits - 1))).toBe(bits);
      expect(bitLength((1n << BigInt(bits)) - 1n)).toBe(bits);
    }
  });

  it('have residues from 0 on, and shortest ones around 0', () => {
    expect([-8n, -7n, -1n, 0n, 6n, 7n].map((value) => residue(value, 7n))).toEqual([6n, 0n, 6n, 0n, 6n, 0n]);
    expect([-4n, -3n, 0n, 3n, 4n, 10n, 11n].map((value) => shortestResidue(value, 7n))).toEqual([
      3n,
      -3n,
      0n,
      3n,
      -3n,
      3n,
      -3n,
    ]);
    expect(shortestResidue(5n, 10n)).toBe(5n);
  });

  it('have common divisors and multiples', () => {
    expect([gcd(12n, -18n), gcd(-12n, -18n), gcd(0n, 5n), gcd(5n, 0n), gcd(17n, 4n)]).toEqual([6n, 6n, 5n, 5n, 1n]);
    expect([lcm(4n, 6n), lcm(1n, 7n), lcm(36n, 576n)]).toEqual([12n, 7n, 576n]);
  });

  it('have factorials and binomials', () => {
    expect([0, 1, 2, 5, 20].map(factorial)).toEqual([1n, 1n, 2n, 120n, 2432902008176640000n]);
    expect([0, 1, 2, 3, 4, 5].map((k) => binomial(5, k))).toEqual([1n, 5n, 10n, 10n, 5n, 1n]);
    expect([product([]), product([3n, -4n])]).toEqual([1n, -12n]);
  });

  it('have a largest one', () => {
    expect([largest(-3n), largest(-3n, -5n), largest(1n, 7n, 2n)]).toEqual([-3n, -3n, 7n]);
  });

  it('divide exactly or not at all', () => {
    expect(exactQuotient(-12n, 4n)).toBe(-3n);
    expect(() => exactQuotient(13n, 4n)).toThrow('exact');
    expect(() => exactQuotient(0n, 0n)).toThrow('exact');
  });

  it('have inverses modulo what they have no factor with', () => {
    const number = seededNumbers(21);
    let [found, none] = [0, 0];
    for (let count = 0; count < 2000; count++) {
      const bits = 8 + (count % 600);
      const modulus = randomInteger(number, bits) + 2n;
      const value = (count % 3 === 0 ? -1n : 1n) * randomInteger(number, bits + (count % 50));
      const inverse = modularInverse(value, modulus);
      if (gcd(value, modulus) === 1n) {
        found += 1;
        expect(inverse !== undefined && inverse >= 0n && inverse < modulus).toBe(true);
        expect(residue((inverse ?? 0n) * value, modulus)).toBe(1n);
      } else {
        none += 1;
        expect(inverse).toBeUndefined();
      }
    }
    expect(Math.min(found, none)).toBeGreaterThan(400);
  });
});

/** The remainders of Euclid's algorithm, one division at a time. */
function remaindersOf(r0: bigint, r1: bigint): readonly bigint[] {
  const remainders = [r0, r1];
  for (let [a, b] = [r0, r1]; b !== 0n; [a, b] = [b, a % b]) remainders.push(a % b);
  return remainders;
}

describe("a step of Lehmer's", () => {
  const number = seededNumbers(22);
  /** r0 of exactly so many bits, and r1 below it, of all sizes. */
  const pair = (bits: number): readonly [bigint, bigint] => {
    const r0 = (1n << BigInt(bits)) | (randomInteger(number, bits) + (1n << BigInt(bits - 1)));
    return [r0, 1n + (randomInteger(number, bits) % (r0 - 1n))];
  };

  it('leads to two consecutive remainders, whatever the numbers', () => {
    for (let count = 0; count < 3000; count++) {
      const [r0, r1] = pair(2 + (count % 200));
      const step = lehmerStep(r0, r1);
      if (step === undefined) continue;
      const [a, b, c, d] = step;
      const remainders = remaindersOf(r0, r1);
      const at = remainders.indexOf(a * r0 + b * r1);
      expect(at).toBeGreaterThan(0);
      expect(remainders[at + 1]).toBe(c * r0 + d * r1);
    }
  });

  it('takes more than twenty bits from long numbers at once, on the average', () => {
    const uniform = () =>
      Array.from({ length: 128 }).reduce<bigint>((sum) => (sum << 16n) + BigInt(Math.floor(number() * 65536)), 0n);
    const taken = Array.from({ length: 300 }, () => {
      const [r0, r1] = [(1n << 2048n) + uniform(), uniform()];
      const [a, b] = lehmerStep(r0, r1) ?? [1n, 0n];
      return bitLength(r0) - bitLength(a * r0 + b * r1);
    });
    expect(taken.reduce((sum, bits) => sum + bits, 0) / taken.length).toBeGreaterThan(20);
  });
});
