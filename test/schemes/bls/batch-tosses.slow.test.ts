/** T17 in full: a thousand tosses of the verifier's coins on every hostile share, alone and in a batch, change no verdict. */
import { describe, it } from 'vitest';
import { tossCases } from './tosses.js';

describe('T17: a thousand tosses', () => {
  it.each(tossCases)('%s', { timeout: 120_000 }, (_, check) => {
    check(1000);
  });
});
