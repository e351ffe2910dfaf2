/** Exact rational numbers: loads are small fractions, and two policies are compared by them without rounding. */
import { invariant } from '../../../prelude/invariant.js';

/** In lowest terms, the denominator positive. */
export class Fraction {
  static readonly zero = new Fraction(0n, 1n);
  static readonly one = new Fraction(1n, 1n);

  private constructor(
    readonly numerator: bigint,
    readonly denominator: bigint,
  ) {}

  static of(numerator: bigint, denominator = 1n): Fraction {
    invariant(denominator !== 0n, 'a fraction has a denominator');
    const common = greatestCommonDivisor(numerator, denominator);
    const sign = denominator < 0n ? -common : common;
    return new Fraction(numerator / sign, denominator / sign);
  }

  get inverse(): Fraction {
    return Fraction.of(this.denominator, this.numerator);
  }

  plus(other: Fraction): Fraction {
    if (this.denominator === 1n && other.denominator === 1n) return new Fraction(this.numerator + other.numerator, 1n);
    return Fraction.of(
      this.numerator * other.denominator + other.numerator * this.denominator,
      this.denominator * other.denominator,
    );
  }

  minus(other: Fraction): Fraction {
    return this.plus(new Fraction(-other.numerator, other.denominator));
  }

  times(other: Fraction): Fraction {
    return Fraction.of(this.numerator * other.numerator, this.denominator * other.denominator);
  }

  dividedBy(other: Fraction): Fraction {
    return this.times(other.inverse);
  }

  /** Negative, zero or positive, as this is less than, equal to or greater than `other`. */
  compare(other: Fraction): number {
    const difference = this.numerator * other.denominator - other.numerator * this.denominator;
    return difference < 0n ? -1 : difference > 0n ? 1 : 0;
  }

  equals(other: Fraction): boolean {
    return this.numerator === other.numerator && this.denominator === other.denominator;
  }

  min(other: Fraction): Fraction {
    return this.compare(other) <= 0 ? this : other;
  }

  max(other: Fraction): Fraction {
    return this.compare(other) >= 0 ? this : other;
  }

  /** To about one part in 2^52, however long numerator and denominator are. */
  toNumber(): number {
    const excess = Math.max(bitLength(this.numerator), bitLength(this.denominator)) - 1000;
    if (excess <= 0) return Number(this.numerator) / Number(this.denominator);
    const shift = BigInt(bitLength(this.denominator) - bitLength(this.numerator) + 64);
    const scaled = shift >= 0n ? this.numerator << shift : this.numerator >> -shift;
    return Number(scaled / this.denominator) * 2 ** -Number(shift);
  }

  /** `51/70`; whole numbers without a denominator. */
  toString(): string {
    return this.denominator === 1n ? String(this.numerator) : `${this.numerator}/${this.denominator}`;
  }

  toJSON(): string {
    return this.toString();
  }
}

/** Of two integers, not both 0; positive. */
export function greatestCommonDivisor(a: bigint, b: bigint): bigint {
  while (b !== 0n) [a, b] = [b, a % b];
  return a < 0n ? -a : a;
}

/** Of fractions, which it multiplies into integers. */
export function commonDenominator(fractions: readonly Fraction[]): bigint {
  return fractions.reduce(
    (common, { denominator }) => (common / greatestCommonDivisor(common, denominator)) * denominator,
    1n,
  );
}

function bitLength(value: bigint): number {
  return (value < 0n ? -value : value).toString(16).length * 4;
}
