import { describe, expect, it } from 'vitest';
import { drawPolicy } from '../../../src/quorum/report/policy-drawing.js';
import { policy } from '../../support/trust.js';

describe('the drawing of a policy', () => {
  it('has at every gate what may be missing, and the slack against two, three and five sets that cannot act', () => {
    expect(drawPolicy(policy('2 of (a: 3 of 4, b: 2 of 3, c)'))).toEqual([
      '                  spare    Q2    Q3    Q5',
      '2 of 3                1     0    -2    -4',
      '├─ a: 3 of 4          1     0    -2    -6',
      '│  └─ 1, 2, 3, 4',
      '├─ b: 2 of 3          1    +1     0    -2',
      '│  └─ 1, 2, 3',
      '└─ c',
    ]);
  });

  it('has no slack where children have weights: what they add up to does not tell whether they can be packed', () => {
    expect(drawPolicy(policy('weight >= 5 of (a: 3 of 4 *3, b: 2 of 3 *2, c*2)')).slice(0, 3)).toEqual([
      '                  spare',
      'weight >= 5 of 7      2',
      '├─ a: 3 of 4 *3       1',
    ]);
  });

  it('draws groups without a name one by one, unless their members are the same', () => {
    expect(
      drawPolicy(policy('1 of (2 of (a, b, c), 2 of (d, e, g))')).filter((line) => line.includes('2 of 3')),
    ).toHaveLength(2);
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
