/** The simplest fraction near a number, by its continued fraction (Knuth, TAOCP 2, section 4.5.3). */
import { Fraction } from '../analysis/load/fraction.js';

const maxDenominator = 1_000_000;
const nearness = 1e-9;

/** @param value - finite. Where no fraction with a small denominator is near, the number itself, which is a fraction too. */
export function nearFraction(value: number): Fraction {
  let [before, numerator] = [0, 1];
  let [beforeBelow, denominator] = [1, 0];
  for (let rest = value; ; ) {
    const digit = Math.floor(rest);
    [before, numerator] = [numerator, digit * numerator + before];
    [beforeBelow, denominator] = [denominator, digit * denominator + beforeBelow];
    if (denominator > maxDenominator || !Number.isSafeInteger(numerator)) return asWritten(value);
    if (Math.abs(numerator / denominator - value) <= nearness * Math.max(1, Math.abs(value)))
      return Fraction.of(BigInt(numerator), BigInt(denominator));
    rest = 1 / (rest - digit);
  }
}

const binaryPlaces = 40;

/** To 40 binary places. */
function asWritten(value: number): Fraction {
  return Fraction.of(BigInt(Math.round(value * 2 ** binaryPlaces)), 1n << BigInt(binaryPlaces));
}
