import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { utf8 } from '../../../src/prelude/bytes.js';
import { type Digest, digest } from '../../../src/prelude/digest.js';
import { isSpoken, spokenLines, spokenWords } from '../../../src/management/founding/spoken-digest.js';

const some = digest(utf8('some'));

/** 16 bits a time, as a naive reader would: the bits as text, cut into elevens. */
function naiveBits(value: Uint8Array): readonly string[] {
  const bits = [...value].map((byte) => byte.toString(2).padStart(8, '0')).join('');
  return Array.from({ length: 16 }, (_, index) => bits.slice(11 * index, 11 * index + 11));
}

describe('the words of a digest', () => {
  it('are those of the known answer', () => {
    const ascending = Uint8Array.from({ length: 32 }, (_, index) => index) as Digest;
    expect(spokenLines(ascending).join(' ')).toBe(spokenWords(ascending).join(' '));
    expect(spokenWords(new Uint8Array(32) as Digest)).toEqual(Array.from({ length: 16 }, () => 'bada'));
    expect(spokenWords(new Uint8Array(32).fill(255) as Digest)).toEqual(Array.from({ length: 16 }, () => 'zutu'));
    expect(spokenWords(ascending).join(' ')).toBe(
      'bada boda mako boda jadu bata fadi falo bosa kadu hata duni bala mola hudo mari',
    );
  });

  it('are one for each eleven bits, and different for different ones', () => {
    const wordOf = new Map<string, string>();
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 32, maxLength: 32 }), (bytes) => {
        const words = spokenWords(bytes as Digest);
        for (const [index, bits] of naiveBits(bytes).entries()) {
          const word = words[index] ?? '';
          expect(word).toMatch(/^[bdfghjklmnprstvz][aiou][dklmnrst][aiou]$/);
          expect(wordOf.get(bits) ?? word).toBe(word);
          wordOf.set(bits, word);
        }
      }),
      { numRuns: 300 },
    );
    expect(new Set(wordOf.values()).size).toBe(wordOf.size);
    expect(wordOf.size).toBeGreaterThan(1500);
  });

  it('are heard however they are written, all of them, and no others', () => {
    const words = spokenWords(some);
    expect(isSpoken(some, words.join(' '))).toBe(true);
    expect(isSpoken(some, `  ${words.join('-').toUpperCase()}\n`)).toBe(true);
    expect(isSpoken(some, spokenLines(some).join('\n'))).toBe(true);
    expect(isSpoken(some, words.slice(0, -1).join(' '))).toBe(false);
    expect(isSpoken(some, [...words, 'bada'].join(' '))).toBe(false);
    expect(isSpoken(some, [...words].reverse().join(' '))).toBe(false);
    expect(isSpoken(some, '')).toBe(false);
    for (const index of words.keys()) {
      const changed = words.map((word, at) => (at === index ? (word === 'bada' ? 'badi' : 'bada') : word));
      expect(isSpoken(some, changed.join(' '))).toBe(false);
    }
  });
});
