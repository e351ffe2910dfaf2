import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { commonDenominator, Fraction, greatestCommonDivisor } from '../../../../src/quorum/analysis/load/fraction.js';

const numerator = fc.bigInt({ min: -(10n ** 30n), max: 10n ** 30n });
const denominator = fc.bigInt({ min: 1n, max: 10n ** 30n });
const fraction = fc.tuple(numerator, denominator).map(([n, d]) => Fraction.of(n, d));

describe('a fraction', () => {
  it('is in lowest terms with a positive denominator', () => {
    expect(String(Fraction.of(102n, 140n))).toBe('51/70');
    expect(String(Fraction.of(-6n, -4n))).toBe('3/2');
    expect(String(Fraction.of(6n, -4n))).toBe('-3/2');
    expect(String(Fraction.of(0n, -4n))).toBe('0');
    expect(String(Fraction.of(8n, 4n))).toBe('2');
    expect(JSON.stringify({ load: Fraction.of(1n, 2n) })).toBe('{"load":"1/2"}');
  });

  it('has no zero denominator', () => {
    expect(() => Fraction.of(1n, 0n)).toThrow('denominator');
    expect(() => Fraction.zero.inverse).toThrow('denominator');
  });

  it('obeys the laws of a field', () => {
    fc.assert(
      fc.property(fraction, fraction, fraction, (a, b, c) => {
        expect(a.plus(b).minus(b)).toEqual(a);
        expect(a.times(b.plus(c))).toEqual(a.times(b).plus(a.times(c)));
        expect(greatestCommonDivisor(a.plus(b).numerator, a.plus(b).denominator)).toBe(1n);
        if (!b.equals(Fraction.zero)) expect(a.times(b).dividedBy(b)).toEqual(a);
      }),
    );
  });

  it('is ordered as its differences', () => {
    fc.assert(
      fc.property(fraction, fraction, (a, b) => {
        const sign = a.minus(b).numerator;
        expect(a.compare(b)).toBe(sign < 0n ? -1 : sign > 0n ? 1 : 0);
        expect(a.min(b).plus(a.max(b))).toEqual(a.plus(b));
        expect(a.min(b).compare(a.max(b))).toBeLessThanOrEqual(0);
      }),
    );
  });

  it('becomes a number, also when its parts are longer than any number', () => {
    expect(Fraction.of(1n, 3n).toNumber()).toBe(1 / 3);
    const long = 3n ** 2000n;
    expect(Fraction.of(2n * long + 1n, 3n * long).toNumber()).toBeCloseTo(2 / 3, 14);
    expect(Fraction.of(-(10n ** 400n), 10n ** 398n + 1n).toNumber()).toBeCloseTo(-100, 10);
    expect(Fraction.of(1n, 10n ** 320n + 1n).toNumber()).toBeLessThan(1e-300);
  });

  it('shares a denominator with others', () => {
    expect(commonDenominator([Fraction.of(1n, 4n), Fraction.of(5n, 6n), Fraction.one])).toBe(12n);
    expect(commonDenominator([])).toBe(1n);
  });
});
