/** A digest as hexadecimal and as words, in rows of a table with labels of 16 columns. */
import { inColumn } from './columns.js';
import { toHex } from '../prelude/bytes.js';
import type { Digest } from '../prelude/digest.js';
import { spokenLines, spokenWords } from '../management/founding/spoken-digest.js';

export function spokenRows(label: string, value: Digest): readonly string[] {
  const [first, ...others] = spokenLines(value);
  return [row(label, toHex(value)), row('in words', first ?? ''), ...others.map((line) => row('', line))];
}

export function row(label: string, text: string): string {
  return `  ${inColumn(label, 16)}${text}`;
}

export function spokenText(value: Digest): string {
  return spokenWords(value).join(' ');
}
