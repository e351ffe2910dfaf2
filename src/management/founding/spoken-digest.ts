/**
 * A digest as words to read out, so that people compare what their machines hold: sixteen words of four letters, each of eleven bits,
 * made by rule from consonants and vowels that sound apart. Two digests that were sought to sound alike cost 2^88 attempts to find
 * (a collision in 176 bits), and one that sounds like a given digest 2^176.
 */
import type { Digest } from '../../prelude/digest.js';

const openings = 'bdfghjklmnprstvz';
const vowels = 'aiou';
const middles = 'dklmnrst';

const bitsPerWord = 11;
const wordCount = 16;

/** How the digest is read out. */
export function spokenWords(value: Digest): readonly string[] {
  return Array.from({ length: wordCount }, (_, index) => wordOf(bitsAt(value, index * bitsPerWord)));
}

/** The words on lines of eight. */
export function spokenLines(value: Digest): readonly string[] {
  const words = spokenWords(value);
  return [words.slice(0, 8).join(' '), words.slice(8).join(' ')];
}

/** Whether `text` is what {@link spokenWords} says of `value`, however it is spaced and written. */
export function isSpoken(value: Digest, text: string): boolean {
  const heard = text.toLowerCase().match(/[a-z]+/gu) ?? [];
  const words = spokenWords(value);
  return heard.length === words.length && words.every((word, index) => word === heard[index]);
}

/** Opening, vowel, middle, vowel: 4, 2, 3 and 2 bits. */
function wordOf(bits: number): string {
  const letters = [openings[bits >> 7], vowels[(bits >> 5) & 3], middles[(bits >> 2) & 7], vowels[bits & 3]];
  return letters.join('');
}

/** Eleven bits from the bit at `start` on, the first bit being the highest of the first byte. */
function bitsAt(value: Uint8Array, start: number): number {
  const first = start >> 3;
  const window = ((value[first] ?? 0) << 16) | ((value[first + 1] ?? 0) << 8) | (value[first + 2] ?? 0);
  return (window >> (24 - bitsPerWord - (start & 7))) & 0x7ff;
}
