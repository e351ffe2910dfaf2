/** Finding the senders of bad shares among many: exactly those, and by how many judgments. */
import { describe, expect, it } from 'vitest';
import type { ProcessId } from '../../../src/prelude/process.js';
import { utf8 } from '../../../src/prelude/bytes.js';
import { Universe } from '../../../src/prelude/process.js';
import { findInvalid, type SharesBySender } from '../../../src/schemes/shoup-rsa/share-judge.js';
import { decodeShare } from '../../../src/schemes/shoup-rsa/share-encoding.js';
import { right } from '../../support/right.js';
import { safePrimes512 } from '../../support/rsa-keys.js';
import { gate } from '../sharing/policies.js';
import { id, loadedOf, message, seededRandom, sharesOf, subjectOf, testKey } from './setup.js';

const members = Array.from('abcdefgh');
const among = new Universe(members.map(id));
const key = testKey(gate(5, ...members), { universe: among, material: { _tag: 'safe-primes', ...safePrimes512 } });
const loaded = loadedOf(key, among);
const subject = subjectOf(loaded, message);
const rowsOf = (text: Uint8Array): SharesBySender =>
  new Map(
    [...sharesOf(key, text, ...members)].map(
      ([from, share]) => [from, right(decodeShare(loaded, from, share))] as const,
    ),
  );
const [good, bad] = [rowsOf(message), rowsOf(utf8('another message'))];

/** Shares of the senders in `text`: capitals are bad. */
function sharesIn(text: string): SharesBySender {
  return new Map(
    Array.from(text).map((letter) => {
      const from = id(letter.toLowerCase());
      return [from, (letter === letter.toLowerCase() ? good : bad).get(from) ?? []] as const;
    }),
  );
}

/** Whom the search finds, and how many shares it judges on the way: a share that is judged twice counts twice. */
function search(text: string, isSuspected: boolean): { readonly found: readonly ProcessId[]; readonly judged: number } {
  const random = seededRandom('weights');
  let judged = 0;
  const counting = (length: number) => {
    // One weight for each share of a batch.
    judged += 1;
    return random(length);
  };
  return { found: findInvalid(loaded, subject, sharesIn(text), isSuspected, counting), judged };
}

const culpritsIn = (text: string) =>
  Array.from(text).flatMap((letter) => (/[A-Z]/.test(letter) ? [letter.toLowerCase()] : []));

describe('the search for bad shares', () => {
  it.each(['', 'a', 'A', 'abcdefgh', 'ABCDEFGH', 'Abcdefgh', 'abcdefgH', 'abCdeFgh', 'aBcD', 'abC', 'hGa'])(
    'finds exactly those of %o, whether any is suspected or not',
    (text) => {
      for (const isSuspected of [true, false]) expect(search(text, isSuspected).found).toEqual(culpritsIn(text));
    },
  );

  it.each([
    ['nobody', '', false, 0],
    ['nobody, though suspected', '', true, 0],
    ['good ones, all at once', 'abcdefgh', false, 8],
    ['a single bad one, once', 'A', false, 1],
    ['a single suspect, once', 'A', true, 1],
    ['a few suspects, each by itself and not together before', 'aBc', true, 3],
    ['a few of whom one is bad, together and then each by itself', 'aBc', false, 6],
    ['many suspects by halves, and a bad half of four by halves of that', 'abcdeFgh', true, 4 + 4 + 2 + 2 + 2],
    ['many of whom one is bad, first together', 'abcdeFgh', false, 8 + 4 + 4 + 2 + 2 + 2],
  ] as const)('judges %s', (_, text, isSuspected, count) => {
    expect(search(text, isSuspected).judged).toBe(count);
  });
});
