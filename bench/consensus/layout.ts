/** Lines of figures under one another. */
const labelWidth = 30;
const cellWidth = 13;

export function row(label: string, cells: readonly string[]): string {
  return `  ${label.padEnd(labelWidth)}${cells.map((cell) => cell.padStart(cellWidth)).join('')}`;
}

/** About three digits. */
export function figure(value: number): string {
  if (!Number.isFinite(value)) return '-';
  return value.toFixed(value >= 100 || value === 0 ? 0 : value >= 10 ? 1 : 2);
}

/** How many times the first value each of `values` is. */
export function growth(values: readonly number[]): readonly string[] {
  return values.map((value) => `x ${figure(value / (values[0] ?? Number.NaN))}`);
}
