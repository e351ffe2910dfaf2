/** Unavailability in words: `52.6 minutes a year`, `4 nines`. */

const secondsAYear = 365.25 * 86_400;

/** Larger units first. */
const units: readonly { readonly name: string; readonly seconds: number }[] = [
  { name: 'day', seconds: 86_400 },
  { name: 'hour', seconds: 3_600 },
  { name: 'minute', seconds: 60 },
  { name: 'second', seconds: 1 },
  { name: 'millisecond', seconds: 1e-3 },
  { name: 'microsecond', seconds: 1e-6 },
];

/** @param down - the probability of being down, not that of being up subtracted from 1. */
export function downtimePerYear(down: number): string {
  if (down === 0) return 'never';
  if (down === 1) return 'always';
  const seconds = down * secondsAYear;
  const unit = units.find((one) => round(seconds / one.seconds) >= 1);
  if (unit === undefined) return 'less than a microsecond a year';
  const amount = round(seconds / unit.seconds);
  return `${amount} ${unit.name}${amount === 1 ? '' : 's'} a year`;
}

/** One decimal below 100, none above. */
function round(amount: number): number {
  return amount < 99.95 ? Math.round(amount * 10) / 10 : Math.round(amount);
}

/** How many nines an availability begins with: 0.9 has 1, 0.9995 has 3. Infinite if never down. */
export function nines(down: number): number {
  // The logarithm of 0.001 and of 1 − 0.999 must not fall short of 3 by rounding.
  return Math.max(0, Math.floor(-Math.log10(down) + 1e-9));
}
