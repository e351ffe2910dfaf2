/** T17 in full: a thousand tosses of the verifier's coins on every hostile share, alone and in a batch, change no verdict. */
import { describe, expect, it } from 'vitest';
import { verifyRows } from '../../../src/schemes/shoup-rsa/share-proof.js';
import {
  aimed,
  group,
  hostile,
  isCorrect,
  loaded,
  modulus,
  nonce,
  others,
  outsider,
  proven,
  random,
  subject,
} from './hostile.js';
import { id } from './setup.js';

const tossCount = 1000;

describe('T17: a thousand tosses', () => {
  const formed = hostile.flatMap(([name, share]) => proven(id('a'), share).map((row) => [name, row] as const));
  const signs = [
    ['-v’ with a challenge that matches', aimed('a', nonce, { ofBase: modulus - 1n, ofMessage: 1n })],
    ['-x’ with a challenge that matches', aimed('a', nonce, { ofBase: 1n, ofMessage: modulus - 1n })],
    ['v’ times an outsider', aimed('a', nonce, { ofBase: outsider, ofMessage: 1n })],
    ['x’ times an element', aimed('a', nonce, { ofBase: 1n, ofMessage: group.base })],
  ] as const;

  it.each([...formed, ...signs])('on %s', { timeout: 120_000 }, (_, share) => {
    const expected = isCorrect(subject, share);
    for (let toss = 0; toss < tossCount; toss++) {
      const batch = toss % 10 === 0 ? [...others, share] : [share];
      expect(verifyRows(loaded, subject, batch, random)).toBe(expected);
    }
  });
});
