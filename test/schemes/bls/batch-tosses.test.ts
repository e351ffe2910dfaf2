import { describe, it } from 'vitest';
import { tossCases } from './tosses.js';

describe('T17: shares get the same verdict together and one by one, whatever the coins', () => {
  it.each(tossCases)('%s', (_, check) => {
    check(20);
  });
});
