import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { bigIntToBytes } from '../../../src/prelude/bytes.js';
import { InvariantViolation } from '../../../src/prelude/invariant.js';
import { bitLength, gcd, residue } from '../../../src/schemes/sharing/integers.js';
import { modularInverse } from '../../../src/schemes/sharing/modular-inverse.js';
import { deriveBase } from '../../../src/schemes/shoup-rsa/derived-base.js';
import {
  bigIntExponentiation,
  makeExponentiation,
  opensslExponentiation,
} from '../../../src/schemes/shoup-rsa/exponentiation.js';
import { jacobi } from '../../../src/schemes/shoup-rsa/jacobi.js';
import { modularPower } from '../../../src/schemes/shoup-rsa/modular-power.js';
import { residueGroup } from '../../../src/schemes/shoup-rsa/residue-group.js';
import { otherSafePrimes1024, safePrimes1024 } from '../../support/rsa-keys.js';
import { seededRandom } from './setup.js';

const modulus = safePrimes1024.p * safePrimes1024.q;
const random = seededRandom('blinding');
const openssl = opensslExponentiation(modulus);
if (openssl === undefined) throw new Error('node:crypto refuses a composite modulus');

/** Square and multiply, straight from the definition. */
function naivePower(base: bigint, exponent: bigint, mod: bigint): bigint {
  let [result, square] = [1n % mod, base % mod];
  for (let rest = exponent; rest > 0n; rest >>= 1n) {
    if ((rest & 1n) === 1n) result = (result * square) % mod;
    square = (square * square) % mod;
  }
  return result;
}

const bases = fc.oneof(
  fc.bigInt({ min: 0n, max: 3n * modulus }),
  fc.constantFrom(0n, 1n, 2n, modulus - 1n, modulus, modulus + 1n, 2n * modulus - 1n, safePrimes1024.p),
);
const exponents = fc.oneof(
  fc.bigInt({ min: 0n, max: 1n << 20n }),
  fc.bigInt({ min: 0n, max: modulus }),
  fc.bigInt({ min: modulus, max: modulus ** 3n }),
  fc.constantFrom(0n, 1n, 2n, 31n, 32n, 1n << 32n, (1n << 1100n) - 1n),
);

describe('exponentiation', () => {
  it('is the same through OpenSSL, through bigint, blinded or not, and by definition', () => {
    const blinded = bigIntExponentiation(modulus, random);
    const property = fc.property(bases, exponents, (base, exponent) => {
      const expected = naivePower(base, exponent, modulus);
      for (const tried of [openssl, blinded]) {
        expect(tried.power(base, exponent)).toBe(expected);
        expect(tried.powerOfBytes(base, bigIntToBytes(exponent, 400))).toBe(expected);
        expect(tried.powerPublic(base, exponent)).toBe(expected);
      }
      expect(modularPower(base, exponent, modulus)).toBe(expected);
    });
    fc.assert(property, { numRuns: 60 });
  });

  it('goes through OpenSSL from 512 bits on, and never below, where OpenSSL errs without saying so', () => {
    const [of511, of512] = [(2n ** 510n + 31n) | 1n, (2n ** 511n + 111n) | 1n];
    expect(makeExponentiation(of511, random).backend).toBe('bigint');
    expect(makeExponentiation(of512, random).backend).toBe('openssl');
    expect(makeExponentiation(modulus, random).backend).toBe('openssl');
    for (const mod of [of511, of512]) {
      expect(makeExponentiation(mod, random).power(3n, mod - 2n)).toBe(naivePower(3n, mod - 2n, mod));
    }
  });

  it('falls back to bigint for an even modulus', () => {
    expect(makeExponentiation(modulus + 1n, random).backend).toBe('bigint');
    expect(makeExponentiation(modulus + 1n, random).power(5n, 77n)).toBe(naivePower(5n, 77n, modulus + 1n));
  });

  it('blinds secret exponents over bigint by fresh numbers below the modulus, and public ones by none', () => {
    const lengths: number[] = [];
    const recorded = (length: number) => {
      lengths.push(length);
      return random(length);
    };
    const blinded = bigIntExponentiation(modulus, recorded);
    blinded.powerPublic(5n, 77n);
    expect(lengths).toEqual([]);
    for (const exponent of [77n, modulus]) blinded.power(5n, exponent);
    expect(lengths.length).toBeGreaterThanOrEqual(2);
    expect(new Set(lengths)).toEqual(new Set([128]));
  });

  it('handles negative exponents by the inverse', () => {
    const group = residueGroup(openssl, 4n, true);
    const property = fc.property(fc.bigInt({ min: 2n, max: modulus }), exponents, (root, exponent) => {
      const element = group.canonical(root * root);
      expect(group.multiply(group.power(element, exponent), group.power(element, -exponent))).toBe(1n);
    });
    fc.assert(property, { numRuns: 10 });
  });
});

describe('modularInverse', () => {
  it('inverts units and finds every other number to be none', () => {
    const property = fc.property(
      fc.bigInt({ min: -(2n ** 2100n), max: 2n ** 2100n }),
      fc.bigInt({ min: 2n, max: 2n ** 2100n }),
      (value, mod) => {
        const inverse = modularInverse(value, mod);
        if (gcd(value, mod) !== 1n) {
          expect(inverse).toBeUndefined();
        } else {
          expect(inverse !== undefined && inverse >= 0n && inverse < mod).toBe(true);
          expect(residue((inverse ?? 0n) * value, mod)).toBe(1n);
        }
      },
    );
    fc.assert(property, { numRuns: 300 });
    expect(modularInverse(safePrimes1024.p * 7n, modulus)).toBeUndefined();
    expect(modularInverse(0n, 5n)).toBeUndefined();
    expect(modularInverse(7n, 1n)).toBe(0n);
  });

  it('agrees with enumeration for small moduli', () => {
    for (let mod = 2n; mod < 60n; mod++) {
      for (let value = 0n; value < mod; value++) {
        const found = Array.from({ length: Number(mod) }, (_, index) => BigInt(index)).find(
          (x) => (x * value) % mod === 1n,
        );
        expect(modularInverse(value, mod)).toBe(found);
      }
    }
  });
});

describe('bitLength', () => {
  it('counts binary digits', () => {
    const property = fc.property(fc.bigInt({ min: 1n, max: 2n ** 300n }), (value) => {
      expect(bitLength(value)).toBe(value.toString(2).length);
    });
    fc.assert(property);
    expect(bitLength(0n)).toBe(0);
  });
});

describe('jacobi', () => {
  it("is the product of Euler's criteria, and 0 for common factors", () => {
    const [p, q] = [1019n, 1187n];
    const euler = (value: bigint, prime: bigint) => {
      const power = naivePower(value, (prime - 1n) / 2n, prime);
      return power === prime - 1n ? -1 : Number(power);
    };
    for (let value = 0n; value < 3000n; value++) {
      expect(jacobi(value, p * q)).toBe(euler(value, p) * euler(value, q) || 0);
    }
    expect(jacobi(safePrimes1024.q * 12n, modulus)).toBe(0);
    expect(jacobi(-1n, modulus)).toBe(1);
  });
});

describe('the group of signed quadratic residues', () => {
  const half = (modulus - 1n) / 2n;
  const base = deriveBase(modulus, 65537n) ?? 0n;
  const outsider =
    Array.from({ length: 50 }, (_, index) => BigInt(index + 2)).find((x) => jacobi(x, modulus) === -1) ?? 0n;

  it('has one form of each element', () => {
    const group = residueGroup(openssl, base, true);
    expect([0n, 1n, half, half + 1n, modulus - 1n, modulus].map((value) => group.isCanonical(value))).toEqual([
      false,
      true,
      true,
      false,
      false,
      false,
    ]);
    expect(group.canonical(modulus - 5n)).toBe(5n);
    expect([half, half + 1n].map((value) => group.canonical(value))).toEqual([half, half]);
    expect(group.multiply(group.base, modulus - group.base)).toBe(group.multiply(group.base, group.base));
  });

  it('contains a number and its negative of Jacobi symbol 1, and neither where it is -1 or 0', () => {
    const group = residueGroup(openssl, base, true);
    expect([base, outsider, safePrimes1024.p].map((value) => group.contains(value))).toEqual([true, false, false]);
  });

  it('is all units up to sign where the primes are not known to be safe', () => {
    const units = residueGroup(openssl, base, false);
    expect([base, outsider, safePrimes1024.p].map((value) => units.contains(value))).toEqual([true, true, false]);
  });

  it('has inverses, and asks for none where the exponent is 0: that of another number is a bug of ours', () => {
    const group = residueGroup(openssl, base, true);
    expect(group.multiply(group.power(base, -1n), base)).toBe(1n);
    expect(group.power(safePrimes1024.p, 0n)).toBe(1n);
    const bug = new InvariantViolation('elements of the group have inverses');
    expect(() => group.power(safePrimes1024.p, -1n)).toThrow(bug);
  });

  it('has a base that is derived from modulus and exponent, a square of an element outside of the group', () => {
    const group = residueGroup(openssl, base, true);
    expect(base).toBe(deriveBase(modulus, 65537n));
    expect(group.isCanonical(base) && group.contains(base) && base > 1n).toBe(true);
    expect(base).not.toBe(deriveBase(modulus, 3n));
    expect(base).not.toBe(deriveBase(otherSafePrimes1024.p * otherSafePrimes1024.q, 65537n));
    expect([deriveBase(modulus ** 2n, 65537n), deriveBase(3n * modulus, 65537n)]).toEqual([undefined, undefined]);
    // Order p'q': neither power is the identity, so everything is a power of it.
    const [p, q] = [(safePrimes1024.p - 1n) / 2n, (safePrimes1024.q - 1n) / 2n];
    expect(group.power(base, p)).not.toBe(1n);
    expect(group.power(base, q)).not.toBe(1n);
    expect(group.power(base, p * q)).toBe(1n);
  });
});
