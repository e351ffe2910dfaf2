/** Lengths of time as people write them: `90s`, `10min`, `1h`, `7d`. */

const units = [
  ['d', 86_400_000],
  ['h', 3_600_000],
  ['min', 60_000],
  ['s', 1000],
  ['ms', 1],
] as const;

/** In milliseconds; `undefined` for anything but a number and a unit. */
export function lengthOf(text: string): number | undefined {
  const match = /^(?<count>[1-9][0-9]{0,11})(?<unit>d|h|min|s|ms)$/.exec(text);
  const unit = units.find(([name]) => name === match?.groups?.['unit']);
  const ms = unit === undefined ? Number.NaN : Number(match?.groups?.['count']) * unit[1];
  return Number.isSafeInteger(ms) ? ms : undefined;
}

/** In the largest unit of which it is a multiple. */
export function lengthText(ms: number): string {
  const [name, length] = units.find(([, each]) => ms % each === 0) ?? (['ms', 1] as const);
  return `${ms / length} ${name}`;
}
