/** Policies of an alliance against its trust model: those derived from it fit, and each way not to is shown. */
import { describe, expect, it } from 'vitest';
import { judgeAlliancePolicies } from '../../../src/quorum/report/alliance-check.js';
import { policiesFrom } from '../../../src/quorum/trust/derived-policy.js';
import { policy, trust } from '../../support/trust.js';

const four = trust('f=1 of (a, b, c, d)');
const holds = { _tag: 'holds' };
const fits = { unforgeable: holds, live: holds };

describe('judgeAlliancePolicies', () => {
  it.each([
    'f=1 of (a, b, c, d)',
    'f=1 of (a: f=1 of 4, b: f=1 of 4, c: f=1 of 4, d: f=1 of 4)',
    'f=1 of (a, b, c, d, x: f=1 of 2, y: f=1 of 2)',
    'weight f=3 of (a*2, b*2, c*2, d*1, e*1, g*1, h*1)',
    'sets ({a, b}, {b, c}, {d}) of (a, b, c, d, e, g, h)',
    'f=3 of (a, b, c, d, e, g, h, i, j, k)',
  ])('finds nothing to say of the policies that are derived from %s', (text) => {
    const model = trust(text);
    expect(judgeAlliancePolicies(policiesFrom(model), model)).toEqual({
      signing: fits,
      amendment: { ...fits, united: holds },
      recovery: { ...fits, weaker: holds },
    });
  });

  it.each([
    ['signing', 'unforgeable', { signing: '1 of (a, b, c, d)' }],
    ['signing', 'live', { signing: 'all of (a, b, c, d)' }],
    ['amendment', 'unforgeable', { amendment: 'd or (a and b and c)' }],
    ['amendment', 'live', { amendment: 'a and (b or c or d)' }],
    ['amendment', 'united', { amendment: '2 of (a, b, c, d)' }],
    ['recovery', 'unforgeable', { recovery: 'a or (b and c)' }],
    ['recovery', 'live', { recovery: 'all of (a, b, c, d)' }],
    ['recovery', 'weaker', { recovery: 'all of (a, b, c, d)' }],
  ] as const)('refuses a policy for %s that is not %s: %j', (role, requirement, written) => {
    const parsed = Object.fromEntries(Object.entries(written).map(([name, text]) => [name, policy(text)]));
    const fit = judgeAlliancePolicies({ ...policiesFrom(four), ...parsed }, four);
    const verdicts = fit[role] as unknown as Readonly<Record<string, { _tag: string; witness?: unknown }>>;
    expect(verdicts[requirement]?._tag).toBe('violated');
    expect(verdicts[requirement]?.witness).toBeDefined();
  });
});
