import { describe, expect, it } from 'vitest';
import { drawPolicy } from '../../../src/quorum/report/policy-drawing.js';
import { policy } from '../../support/trust.js';

describe('the drawing of a policy', () => {
  it('has at every gate what may be missing, and the slack against two, three and five sets that cannot act', () => {
    expect(drawPolicy(policy('weight >= 5 of (a: 3 of 4 *3, b: 2 of 3 *2, c*2)'))).toEqual([
      '                  spare    Q2    Q3    Q5',
      'weight >= 5 of 7      2    -4   -10   -18',
      '├─ a: 3 of 4 *3       1     0    -2    -6',
      '│  └─ 1, 2, 3, 4',
      '├─ b: 2 of 3 *2       1    +1     0    -2',
      '│  └─ 1, 2, 3',
      '└─ c *2',
    ]);
  });

  it('has no slack where a member recurs', () => {
    expect(drawPolicy(policy('2 of (a, b, 1 of (a, c))'))).toEqual([
      '            spare',
      '2 of 3          1',
      '├─ a, b',
      '└─ 1 of 2       1',
      '   └─ a, c',
    ]);
  });
});
