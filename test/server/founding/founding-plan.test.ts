import { describe, expect, it } from 'vitest';
import { E } from '../../../src/prelude/fp.js';
import { printTrust, parseTrust } from '../../../src/quorum/trust/trust-text.js';
import { validateTrust } from '../../../src/quorum/trust/trust-report.js';
import { describeFoundingError } from '../../../src/server/directory/errors.js';
import { defaultTrust, planFounding } from '../../../src/server/founding/founding-plan.js';
import { right } from '../../support/right.js';

function names(count: number): readonly string[] {
  return Array.from({ length: count }, (_, index) => `o${index + 1}`);
}

describe('the trust model by default', () => {
  it.each([
    [1, 0],
    [3, 0],
    [4, 1],
    [8, 1],
    [9, 2],
    [13, 2],
    [14, 3],
  ])('of %i organizations tolerates f = t = %i', (count, f) => {
    expect(defaultTrust(names(count))).toMatch(`f=${f} t=${f} of`);
  });

  it.each(Array.from({ length: 14 }, (_, index) => index + 1))(
    'of %i organizations holds, and one more failure would not',
    (count) => {
      const text = defaultTrust(names(count));
      expect(validateTrust(right(parseTrust(text))).accepted).toBe(true);
      const more = parseTrust(text.replace(/f=(\d+) t=\d+/, (_, f: string) => `f=${Number(f) + 1} t=${Number(f) + 1}`));
      expect(E.isRight(more) && validateTrust(more.right).accepted).toBe(false);
    },
  );
});

describe('a plan', () => {
  it('gives every organization one server and one application', () => {
    const { membership, trust, applications } = right(planFounding({ organizations: ['a', 'b', 'c', 'd'] }));
    expect([...membership]).toEqual(['a', 'b', 'c', 'd'].map((name) => [name, ['1']]));
    expect(printTrust(trust)).toBe('f=1 t=1 of (a/1, b/1, c/1, d/1)');
    expect(applications).toEqual(['a/app', 'b/app', 'c/app', 'd/app']);
  });

  it('takes organizations and servers from the trust model', () => {
    const text = 'f=1 of (a: f=1 of 4, b: f=1 of (x, y, z, w), c/7, d, e) leaders (a, d)';
    const { membership, trust } = right(planFounding({ trust: text }));
    expect([...membership]).toEqual([
      ['a', ['1', '2', '3', '4']],
      ['b', ['x', 'y', 'z', 'w']],
      ['c', ['7']],
      ['d', ['1']],
      ['e', ['1']],
    ]);
    expect([...trust.leaders]).toEqual(['a/1', 'a/2', 'a/3', 'a/4', 'd/1']);
  });

  it('keeps the order in which organizations are named', () => {
    const { membership } = right(
      planFounding({ organizations: ['d', 'c', 'b', 'a'], trust: 'f=1 t=1 of (a, b, c, d)' }),
    );
    expect([...membership.keys()]).toEqual(['d', 'c', 'b', 'a']);
  });

  it.each([
    [{}, 'NoOrganizations', /--orgs/],
    [{ organizations: [] }, 'NoOrganizations', /--orgs/],
    [{ organizations: ['a', 'b-c'] }, 'BadName', /"b-c"/],
    [{ organizations: ['a', ''] }, 'BadName', /""/],
    [{ organizations: ['a', 'b', 'a'] }, 'NamedTwice', /a is named twice/],
    [{ trust: 'f=1 of (a, b' }, 'BadTrustText', /line 1, column 13/],
    [{ trust: 'f=1 of (a, b, c, d, d/2)' }, 'BadTrustText', /d\/2 stands here a second time/],
    [{ organizations: ['a', 'b'], trust: 'f=0 of (a, b, x)' }, 'BadTrustText', /column 15.*\n.*of \(a, b, x\)/],
    [{ organizations: ['a', 'b', 'c'], trust: 'f=0 of (a, b)' }, 'NotTrusted', /leaves out c/],
    [{ trust: 'f=1 of (a, b, c)' }, 'TrustRejected', /C1 is violated: Byzantine \{a\}, \{b\}, \{c\}/],
    [{ organizations: ['a'], applications: ['a'] }, 'StrangeApplication', /organization\/application/],
    [{ organizations: ['a'], applications: ['b/app'] }, 'StrangeApplication', /b\/app/],
    [{ organizations: ['a'], applications: ['a/x/y'] }, 'StrangeApplication', /a\/x\/y/],
    [{ organizations: ['a'], applications: ['a/x', 'a/x'] }, 'NamedTwice', /a\/x/],
  ])('is refused: %j', (wish, tag, message) => {
    const plan = planFounding(wish);
    expect(plan).toMatchObject({ left: { _tag: tag } });
    if (E.isLeft(plan)) expect(describeFoundingError(plan.left)).toMatch(message);
  });
});
