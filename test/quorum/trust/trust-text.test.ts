import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { E } from '../../../src/prelude/fp.js';
import type { ProcessId } from '../../../src/prelude/process.js';
import type { PolicyErrorCode } from '../../../src/quorum/errors.js';
import type { Membership } from '../../../src/quorum/tree/membership.js';
import { checkExplicitFaults, type ExplicitFaults } from '../../../src/quorum/trust/explicit-faults.js';
import { trustModel, type TrustModel } from '../../../src/quorum/trust/trust-model.js';
import { parseTrust, printTrust } from '../../../src/quorum/trust/trust-text.js';
import type { TrustTree } from '../../../src/quorum/trust/trust-tree.js';
import { servers } from '../../support/quorum.js';
import { right } from '../../support/right.js';
import { trust } from '../../support/trust.js';

const membership: Membership = new Map([
  ['acme', ['1', '2']],
  ['globex', ['main']],
  ['initech', ['main']],
]);

function printed(text: string): string {
  return printTrust(trust(text));
}

function ruleOf({ rule }: TrustModel): TrustModel['rule'] {
  return rule;
}

describe('the text of a trust model with weights', () => {
  it('has them at any gate', () => {
    const text = 'weight f=30 t=10 of (acme*30, globex: f=1 of (1, 2, 3, 4)*25, f=0 of (a, b)*46)';
    expect(printed(text.replace('(1, 2, 3, 4)*25', '4 *25'))).toBe(text);
    expect(printed('f=1 of (a, b, acme: weight f=2 of (1*2, 2*2), c)')).toBe(
      'f=1 of (a, b, acme: weight f=2 of (1*2, 2*2), c)',
    );
    expect(trust('weight f=3 of (a*3, b*2)').rule).toEqual({
      _tag: 'gate',
      f: 3,
      t: 0,
      of: ['a', 'b'].map((id) => ({ _tag: 'member', id })),
      weights: [3, 2],
    });
  });

  it('of random gates reads back', () => {
    const ids = servers(4).ids;
    const gate = fc
      .tuple(
        fc.array(fc.integer({ min: 1, max: 1_000_000_000 }), { minLength: 4, maxLength: 4 }),
        fc.nat({ max: 3 }),
        fc.nat({ max: 3 }),
      )
      .map(([weights, f, t]): TrustTree => {
        const of = ids.map((id): TrustTree => ({ _tag: 'member', id }));
        return { _tag: 'gate', f: Math.max(f, t), t, of, weights };
      });
    const property = fc.property(gate, (tree) => {
      expect(E.map(ruleOf)(parseTrust(printTrust(right(trustModel(tree)))))).toEqual(E.right(tree));
    });
    fc.assert(property, { numRuns: 50 });
  });
});

describe('the text of listed sets', () => {
  it('has Byzantine sets, slow sets where there are some, and everybody', () => {
    const text = 'sets ({a, b}, {c}) slow ({a}) of (a, b, c, d, e) leaders (c, e)';
    expect(printed(text)).toBe(text);
    expect(trust(text).rule).toEqual({
      _tag: 'explicit',
      byzantine: [['a', 'b'], ['c']],
      slow: [['a']],
      of: ['a', 'b', 'c', 'd', 'e'],
    });
    expect(printed('sets({acme/1,b})of(acme/1,b,c) # no slow ones')).toBe('sets ({acme/1, b}) of (acme/1, b, c)');
    expect(printed('sets () slow () of (a, b)')).toBe('sets () of (a, b)');
    expect(printed('f=1 of (sets, slow, of, weight)')).toBe('f=1 of (sets, slow, of, weight)');
    expect(printed('sets leaders (sets)')).toBe('sets');
  });

  it('resolves names against the membership', () => {
    const model = parseTrust('sets ({acme/1, globex}) of (acme/1, acme/2, globex, initech) leaders (acme)', membership);
    expect(E.map(printTrust)(model)).toEqual(
      E.right('sets ({acme/1, globex/main}) of (acme/1, acme/2, globex/main, initech/main) leaders (acme/1, acme/2)'),
    );
  });

  it('of random sets reads back', () => {
    const ids: readonly ProcessId[] = servers(6).ids;
    const sets = fc.array(fc.subarray([...ids], { minLength: 1, maxLength: 5 }), { maxLength: 4 });
    let readCount = 0;
    const property = fc.property(sets, sets, (byzantine, slow) => {
      const faults: ExplicitFaults = { _tag: 'explicit', of: ids, byzantine, slow };
      if (E.isLeft(checkExplicitFaults(faults))) return;
      readCount += 1;
      expect(E.map(ruleOf)(parseTrust(printTrust(right(trustModel(faults)))))).toEqual(E.right(faults));
    });
    fc.assert(property, { numRuns: 200 });
    expect(readCount).toBeGreaterThan(10);
  });
});

describe('a bad trust text', () => {
  const cases: readonly (readonly [string, PolicyErrorCode, string, number])[] = [
    ['weight f=1 of (a*1, b)', 'Syntax', '/of/1', 22],
    ['weight f=1 of (a*1, b*0)', 'OutOfRange', '/of/1/weight', 23],
    ['weight f=3 of (a*1, b*2)', 'OutOfRange', '/f', 10],
    ['weight f=2 t=3 of (a*1, b*2)', 'OutOfRange', '/t', 14],
    ['weight t=1 of (a*1)', 'Syntax', '/', 8],
    ['g f=0 of (a)', 'Syntax', '/', 3],
    ['weight f=0 of (a*1, (b)*1)', 'Syntax', '/of/1', 21],
    ['f=0 of (a*1)', 'Syntax', '/', 10],
    ['f=0 of (a and b)', 'Syntax', '/', 11],
    ['f=0 of servers', 'Syntax', '/of', 8],
    ['acme: weight f=0 of 4', 'Syntax', '/of', 21],
    ['sets ({a}, {a, b}) of (a, b, c)', 'DuplicateMember', '/byzantine/1', 12],
    ['sets ({a}, {c}) slow ({a}, {a}) of (a, b, c)', 'DuplicateMember', '/slow/0', 23],
    ['sets ({a, a}) of (a, b, c)', 'DuplicateMember', '/byzantine/0/1', 11],
    ['sets ({a, d}) of (a, b, c)', 'UnknownMember', '/byzantine/0/1', 11],
    ['sets ({a, b}) of (a, b)', 'OutOfRange', '/byzantine/0', 7],
    ['sets ({}) of (a, b)', 'Syntax', '/byzantine/0/0', 8],
    ['sets ({a) of (a, b)', 'Syntax', '/byzantine/0', 9],
    ['sets ({a} {b}) of (a, b, c)', 'Syntax', '/byzantine', 11],
    ['sets (a, b) of (a, b, c)', 'Syntax', '/byzantine/0', 7],
    ['sets ({a}) (a, b)', 'Syntax', '/of', 12],
    ['sets ({a}) of ()', 'Syntax', '/of/0', 16],
    ['sets ({a}) of (a, b, a)', 'DuplicateMember', '/of/2', 22],
    ['sets ({a}) of (a, x: f=0 of 4)', 'Syntax', '/of', 20],
    ['sets ({a}) of (a, b/c/d)', 'InvalidName', '/of/1', 19],
    ['sets ({a}) of (a, b) leaders (c)', 'UnknownMember', '/leaders/0', 31],
    [`sets (${Array.from({ length: 257 }, () => '{a}').join(', ')}) of (a, b)`, 'TooLarge', '/byzantine', 6],
    [`sets () of (${Array.from({ length: 257 }, (_, index) => `s${index}`).join(', ')})`, 'TooLarge', '/of', 12],
  ];

  it.each(cases.map(([text, code, path, column]) => ({ start: text.slice(0, 40), text, code, path, column })))(
    '$start is $code at $column',
    ({ text, code, path, column }) => {
      expect(parseTrust(text)).toMatchObject({ left: { code, path, line: 1, column } });
    },
  );

  it.each([
    ['sets ({hooli}) of (acme/1, hooli)', 'UnknownMember', '/byzantine/0/0', 8],
    ['sets ({acme}) of (acme/1, acme/2, globex)', 'WrongServerCount', '/byzantine/0/0', 8],
    ['sets ({globex}) of (globex, globex/main, initech)', 'DuplicateMember', '/of/1', 29],
  ])('%s, in an alliance, is %s at %s', (text, code, path, column) => {
    expect(parseTrust(text, membership)).toMatchObject({ left: { code, path, line: 1, column } });
  });
});
