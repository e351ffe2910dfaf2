import { describe, expect, it } from 'vitest';
import { downtimePerYear, nines } from '../../../../src/quorum/analysis/availability/downtime.js';

describe('downtime', () => {
  it.each([
    [1, 'always'],
    [0.5, '183 days a year'],
    [1 - 0.9896, '3.8 days a year'],
    [0.001, '8.8 hours a year'],
    [1e-4, '52.6 minutes a year'],
    [1e-6, '31.6 seconds a year'],
    [4.2 / 31_557_600, '4.2 seconds a year'],
    [1 / 365.25, '1 day a year'],
    // 59.97 seconds would be rounded to 60.
    [59.97 / 31_557_600, '1 minute a year'],
    [1e-8, '316 milliseconds a year'],
    [1e-10, '3.2 milliseconds a year'],
    [1e-13, '3.2 microseconds a year'],
    [1e-17, 'less than a microsecond a year'],
    [0, 'never'],
  ])('of %d is %s', (down, words) => {
    expect(downtimePerYear(down)).toBe(words);
  });

  it.each([
    [0.1, 1],
    [1 - 0.99, 2],
    [1 - 0.9995, 3],
    [1 - 0.999, 3],
    [0.0010001, 2],
    [1e-17, 17],
    [0.5, 0],
    [1, 0],
    [0, Infinity],
  ])('of %d leaves %d nines', (down, count) => {
    expect(nines(down)).toBe(count);
  });
});
