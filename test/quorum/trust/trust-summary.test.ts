import { describe, expect, it } from 'vitest';
import { describeTrust } from '../../../src/quorum/trust/trust-sections.js';
import { examineTrust } from '../../../src/quorum/trust/trust-examination.js';
import type { TrustSummary } from '../../../src/quorum/trust/trust-summary.js';
import { budgetOf } from '../../../src/quorum/verdict.js';
import { trust } from '../../support/trust.js';

function summary(text: string, budget?: ReturnType<typeof budgetOf>): TrustSummary {
  return examineTrust(trust(text), budget).summary;
}

describe('the one word for a trust model', () => {
  it.each([
    ['f=1 t=1 of (a, b, c, d)', 'SAFE', /^The trust model holds: C1, and C2ℓ for each of the 4 leaders/],
    ['f=1 of (a: f=1 of 4, b: f=1 of 4, c: f=1 of 4, d: f=1 of 4)', 'SAFE', /C1, and C2\./],
    ['f=0 of (a, b, c)', 'FRAGILE', /nobody may be Byzantine/],
    ['a', 'FRAGILE', /nobody may be Byzantine/],
    ['weight f=2 of (a*3, b*2, c*2, d*2)', 'FRAGILE', /servers that may never be Byzantine: a\./],
    ['sets ({a}, {b}, {c}, {d}) of (a, b, c, d, e)', 'FRAGILE', /servers that may never be Byzantine: e\./],
    ['f=1 of (a/1, a/2, b/1, b/2, c)', 'FRAGILE', /organizations that may never fail as a whole: a, b\./],
    ['f=0 of (a: f=1 of 4, b: f=1 of 4)', 'FRAGILE', /organizations that may never fail as a whole: a, b\./],
    ['f=1 of (a, b, c)', 'UNSAFE', /^C1 is violated: Byzantine \{a\}, \{b\}, \{c\} together are every server/],
    [
      'f=1 t=1 of (a: f=1 of 4, b: f=1 of 4, c: f=1 of 4, d: f=1 of 4)',
      'UNSAFE',
      /^C2ℓ for leader a\/1 \(and 15 more\)/,
    ],
    [
      'sets ({a}, {b}, {c}, {d}) slow ({a, b}) of (a, b, c, d, e)',
      'UNSAFE',
      /^Slow sets must be possible Byzantine sets; \{a, b\} is none/,
    ],
    [
      'weight f=3 of (a*2, b*2, c*2, d*2)',
      'UNSAFE',
      /the weights add up, .* Members that weigh 10 must withstand this by themselves, those that do weigh 8/,
    ],
  ] as const)('%s is %s', (text, safety, finding) => {
    const { safety: word, findings } = summary(text);
    expect(word).toBe(safety);
    expect(findings[0]).toMatch(finding);
  });

  it('names an organization for one of its servers only once', () => {
    expect(summary('weight f=2 of (a/1*3, a/2*1, b*2, c*2, d*2)').findings).toEqual([
      expect.stringMatching(/servers that may never be Byzantine: a\/1\.$/),
    ]);
  });

  it('is UNKNOWN where time runs out, and is not where nothing needs time', () => {
    const spent = budgetOf(0, () => 0);
    const listed = 'sets ({a}, {b}, {c}, {d}) slow ({a}, {b}, {c}, {d}) of (a, b, c, d)';
    expect(summary(listed).safety).toBe('SAFE');
    expect(summary(listed, spent)).toEqual({
      safety: 'UNKNOWN',
      findings: ['C2ℓ for leader a (and 3 more) is not decided: covering everyone: not finished after 0 ms.'],
    });
    expect(summary('f=1 t=1 of (a, b, c, d)', spent).safety).toBe('SAFE');
  });
});

describe('the report on a trust model', () => {
  it('begins with the word and goes on in sections', () => {
    const model = trust('f=1 t=1 of (a, b, c, d) leaders (a, b)');
    expect(describeTrust(examineTrust(model))).toEqual([
      'SAFE: The trust model holds: C1, and C2ℓ for each of the 2 leaders.',
      '',
      'Conditions',
      '  slow ⊆ Byzantine  holds',
      '  C1                holds',
      '  C2                violated: Byzantine {a}, {b}, {c}; slow {d} together are every server (C2ℓ is enough)',
      '  C2ℓ               holds, for each of the 2 leaders',
      '',
      'Slack of each gate: the weight that withstands, less what the faults can own (0 or less: it falls)',
      '                   C1    C2  C2ℓ of a',
      '  f=1 t=1 of 4     +1    -1        +1',
      '  └─ a, b, c, d',
      '',
      'Limits that these members could have',
      '  f, under C1                     1',
      '  f and t alike, under C2         0',
      '  t, with this f and the leaders  1',
      '',
      'Leaders',
      '  a, b may lead.',
      '',
      'Two-step path',
      '  The largest t that holds is 1 at the root: f=1 t=1 of (a, b, c, d).',
    ]);
  });

  it('of listed sets has no tree to draw', () => {
    const model = trust('sets ({a}, {b}, {c}, {d}) slow ({a, b}) of (a, b, c, d, e)');
    expect(describeTrust(examineTrust(model))).toEqual([
      expect.stringMatching(/^UNSAFE: Slow sets/),
      '',
      'Conditions',
      '  slow ⊆ Byzantine  violated: {a, b} is slow, never Byzantine',
      '  C1                holds',
      '  C2                holds',
      '  C2ℓ               holds, for each of the 5 leaders',
      '',
      'Leaders',
      '  All 5 servers may lead.',
    ]);
  });
});
