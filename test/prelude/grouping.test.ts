import { describe, expect, it } from 'vitest';
import { groupedBy } from '../../src/prelude/grouping.js';

describe('grouping', () => {
  it('keeps the order of keys and of items, as Map.groupBy does', () => {
    const groups = groupedBy([5, 2, 8, 3, 1], (item) => (item % 2 === 0 ? 'even' : 'odd'));
    expect([...groups]).toEqual([
      ['odd', [5, 3, 1]],
      ['even', [2, 8]],
    ]);
    expect(groupedBy([], () => 0).size).toBe(0);
  });
});
