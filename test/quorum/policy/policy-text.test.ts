import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { E } from '../../../src/prelude/fp.js';
import type { ProcessSet } from '../../../src/prelude/process.js';
import type { PolicyErrorCode } from '../../../src/quorum/errors.js';
import { isQualified } from '../../../src/quorum/policy/policy.js';
import { parsePolicy, printPolicy } from '../../../src/quorum/policy/policy-text.js';
import { arbitraryPolicy } from '../../support/arbitrary-policy.js';
import { allSets, servers } from '../../support/quorum.js';
import { policy } from '../../support/trust.js';

interface Formula {
  readonly text: string;
  readonly holds: (set: ProcessSet) => boolean;
}

function printed(text: string): string {
  return printPolicy(policy(text));
}

describe('the text of a policy with weights', () => {
  it('has a weight behind every child, and is printed with all of them', () => {
    const text = 'weight >= 67 of (acme*30, globex: 2 of (1, 2, 3)*25, 2 of (a, b)*5, hooli*7)';
    expect(printed(text.replace('2 of (a, b)', '(a and b)').replace('2 of (1, 2, 3)*25', '2 of 3 *25'))).toBe(text);
    expect(policy('weight >= 2 of (a*1, b*3)')).toEqual({
      _tag: 'threshold',
      k: 2,
      of: ['a', 'b'].map((id) => ({ _tag: 'member', id })),
      weights: [1, 3],
    });
    expect(printed('acme: weight >= 3 of (1*2, 2*2)')).toBe('acme: weight >= 3 of (1*2, 2*2)');
    expect(printed('weight>=1 of(a*1)')).toBe('weight >= 1 of (a*1)');
  });

  it('asks for more than half of the weight, all of it, or any', () => {
    expect(printed('weight majority of (a*4, b*3, c*3)')).toBe('weight >= 6 of (a*4, b*3, c*3)');
    expect(printed('weight all of (a*4, b*3)')).toBe('weight >= 7 of (a*4, b*3)');
    expect(printed('weight any of (a*4, b*3)')).toBe('weight >= 1 of (a*4, b*3)');
    expect(isQualified(policy('weight majority of (s1*2, s2*1, s3*1)'), servers(3).of(servers(3).ids.slice(1)))).toBe(
      false,
    );
  });

  it('carries weights up to their bound', () => {
    const text = 'weight >= 2000000000 of (a*1000000000, b*1000000000)';
    expect(printed(text)).toBe(text);
  });
});

describe('"and" and "or"', () => {
  it('are gates of all and of any; "and" binds tighter, parentheses tightest', () => {
    expect(printed('a and b or c and (d or e) and f')).toBe('1 of (2 of (a, b), 3 of (c, 1 of (d, e), f))');
    expect(printed('a or b or c')).toBe('1 of (a, b, c)');
    expect(printed('(a or b) and c')).toBe('2 of (1 of (a, b), c)');
    expect(printed('((((a))))')).toBe('a');
    expect(printed('2 of (a and b, c or d, e)')).toBe('2 of (2 of (a, b), 1 of (c, d), e)');
    expect(printed('acme: (1 or 2 and 3) and acme: 1 of 2')).toBe('acme: 2 of (1 of (1, 2 of (2, 3)), 1 of (1, 2))');
    expect(printed('2 of 2 and a'.replace('2 of 2', 'acme: 2 of 2'))).toBe('2 of (acme: 2 of (1, 2), a)');
  });

  it('are satisfied as in logic, whatever the mixture', () => {
    const universe = servers(4);
    const leaf = fc.constantFrom(...universe.ids).map((id): Formula => ({ text: id, holds: (set) => set.has(id) }));
    const { formula } = fc.letrec<{ formula: Formula }>((tie) => {
      const two = fc.tuple(tie('formula'), tie('formula'));
      const both = two.map(
        ([a, b]): Formula => ({
          text: `(${a.text}) and (1 of (${b.text}))`,
          holds: (set) => a.holds(set) && b.holds(set),
        }),
      );
      const either = two.map(
        ([a, b]): Formula => ({
          text: `(${a.text}) or (1 of (${b.text}))`,
          holds: (set) => a.holds(set) || b.holds(set),
        }),
      );
      return { formula: fc.oneof({ maxDepth: 4 }, leaf, both, either) };
    });
    const property = fc.property(formula, ({ text, holds }) => {
      const rule = parsePolicy(text);
      if (E.isLeft(rule)) {
        expect(rule.left.code).toBe('DuplicateMember');
        return;
      }
      for (const set of allSets(universe)) expect(isQualified(rule.right, set)).toBe(holds(set));
    });
    fc.assert(property, { numRuns: 100 });
  });

  it('are no reserved words, nor is any other', () => {
    expect(printed('and and or or weight and of')).toBe('1 of (2 of (and, or), 2 of (weight, of))');
    expect(printed('weight: 1 of (weight, all) or orgs')).toBe('1 of (weight: 1 of (weight, all), orgs)');
    expect(printed('2 of (weight, servers, sets, majority)')).toBe('2 of (weight, servers, sets, majority)');
  });
});

describe('a bad policy text', () => {
  const cases: readonly (readonly [string, PolicyErrorCode, string, number, string])[] = [
    ['weight >= 2 of (a*1, b)', 'Syntax', '/of/1', 23, '"*" and a weight, not ")"'],
    [
      'weight >= 2 of (a*1, b and c*1)',
      'Syntax',
      '/of/1',
      24,
      '"*" and a weight, parentheses around the rest, not "and"',
    ],
    ['weight >= 2 of (a*1, b*0)', 'OutOfRange', '/of/1/weight', 24, 'a weight from 1 to 1000000000, not 0'],
    ['weight >= 2 of (a*1, b*-1)', 'Syntax', '/of/1/weight', 24, 'a weight, not "-"'],
    ['weight >= 2 of (a*1, b*1.5)', 'Syntax', '/of/1/weight', 24, 'a weight, not "1.5"'],
    [
      'weight >= 2 of (a*1000000001)',
      'OutOfRange',
      '/of/0/weight',
      19,
      'a weight from 1 to 1000000000, not 1000000001',
    ],
    [
      'weight >= 1 of (a*1, (b and (1 of (c))) * 9999999999999999)',
      'Syntax',
      '/of/1/weight',
      43,
      'a weight, not "9999999999999999"',
    ],
    ['weight >= 4 of (a*1, b*2)', 'OutOfRange', '/k', 11, 'k from 1 to 3, not 4'],
    ['weight >= 0 of (a*1, b*2)', 'OutOfRange', '/k', 11, 'k from 1 to 3, not 0'],
    ['acme: weight >= 2 of 3', 'Syntax', '/of', 22, '"(" and a list, not "3"'],
    ['2 of (a*1, b)', 'Syntax', '/', 8, '"weight …" before "of" for a list with weights, not "*"'],
    ['weight > 2 of (a*1)', 'Syntax', '/', 8, 'the end, not ">"'],
    ['a and', 'Syntax', '/of/1', 6, 'a member or "2 of (…)", not the end'],
    ['a or or b', 'Syntax', '/', 9, 'the end, not "b"'],
    ['(a and b', 'Syntax', '/', 9, '")", not the end'],
    ['()', 'Syntax', '/', 2, 'a member or "2 of (…)", not ")"'],
    ['a and a', 'DuplicateMember', '/of/1', 7, 'each member once in a list (a stands here a second time)'],
    [
      'c or (a and 1 of (d, d)) or b',
      'DuplicateMember',
      '/of/1/of/1/of/1',
      22,
      'each member once in a list (d stands here a second time)',
    ],
    ['(3 of (a, b) or c) and d', 'OutOfRange', '/of/0/of/0/k', 2, 'k from 1 to 2, not 3'],
    [`${'('.repeat(33)}a${')'.repeat(33)}`, 'TooDeep', '/', 33, 'at most 32 levels'],
    [`${'(a and '.repeat(32)}a${')'.repeat(32)}`, 'TooDeep', '/of/1'.repeat(32), 225, 'at most 32 levels'],
  ];

  it.each(
    cases.map(([text, code, path, column, expected]) => ({
      start: text.slice(0, 40),
      text,
      code,
      path,
      column,
      expected,
    })),
  )('$start is $code at $column', ({ text, code, path, column, expected }) => {
    expect(parsePolicy(text)).toMatchObject({ left: { code, path, line: 1, column, expected } });
  });

  it('is told where its first operand was, however deep operators nest', () => {
    const names = Array.from({ length: 32 }, (_, index) => `b${index}`);
    const text = `${'('.repeat(32)}a${names.map((name) => ` and ${name})`).join('')}`;
    expect(parsePolicy(text)).toMatchObject({
      left: { code: 'TooDeep', path: '/of/0'.repeat(32), line: 1, column: 33 },
    });
    expect(
      E.isRight(
        parsePolicy(
          `${'('.repeat(31)}a${names
            .slice(1)
            .map((name) => ` and ${name})`)
            .join('')}`,
        ),
      ),
    ).toBe(true);
  });

  it('with many operators is read up to the bound of gates and members', () => {
    const list = Array.from({ length: 3_000 }, (_, index) => `(a${index} and b${index}) or c${index}`);
    expect(parsePolicy(`1 of (${list.join(', ')})`)).toMatchObject({ left: { code: 'TooLarge' } });
    expect(E.isRight(parsePolicy(`1 of (${list.slice(0, 1_999).join(', ')})`))).toBe(true);
    expect(parsePolicy(`1 of (${list.slice(0, 2_000).join(', ')})`)).toMatchObject({ left: { code: 'TooLarge' } });
  });
});

describe('printing', () => {
  it('of any policy reads back', () => {
    const ids = ['a', 'b', 'acme/1', 'acme/2', 'globex/of', 'and', 'weight'];
    const property = fc.property(arbitraryPolicy(ids), (rule) => {
      expect(parsePolicy(printPolicy(rule))).toEqual(E.right(rule));
    });
    fc.assert(property, { numRuns: 300 });
  });
});
