import { describe, expect, it } from 'vitest';
import { once, remembered } from '../../src/prelude/remembered.js';

describe('a remembered value', () => {
  it('is computed once for each argument, even where it is undefined', () => {
    const asked: number[] = [];
    const half = remembered((n: number) => {
      asked.push(n);
      return n % 2 === 0 ? n / 2 : undefined;
    });
    expect([4, 3, 4, 3, 0].map(half)).toEqual([2, undefined, 2, undefined, 0]);
    expect(asked).toEqual([4, 3, 0]);
  });

  it('is not computed before it is asked for, nor twice', () => {
    let count = 0;
    const value = once(() => ++count);
    expect(count).toBe(0);
    expect([value(), value(), count]).toEqual([1, 1, 1]);
  });
});
