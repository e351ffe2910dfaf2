import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { E, type Either } from '../../../src/prelude/fp.js';
import { formatParseError, type ParseError, type PolicyErrorCode } from '../../../src/quorum/errors.js';
import type { Policy } from '../../../src/quorum/policy/policy.js';
import { parsePolicy, parsePolicyRule, printPolicy, printPolicyRule } from '../../../src/quorum/policy/policy-text.js';
import { maxTextLength } from '../../../src/quorum/tree/text-tokens.js';
import type { Membership } from '../../../src/quorum/tree/tree-text.js';
import { trustModel } from '../../../src/quorum/trust/trust-model.js';
import { parseTrust, printTrust } from '../../../src/quorum/trust/trust-text.js';
import type { TrustTree } from '../../../src/quorum/trust/trust-tree.js';
import { member } from '../../support/policies.js';
import { arbitraryTree } from '../../support/quorum.js';
import { policy, trust } from '../../support/trust.js';

const membership: Membership = new Map([
  ['acme', ['1', '2', '3', '4']],
  ['globex', ['north', 'south']],
  ['initech', ['main']],
]);

function refusal<A>(result: Either<ParseError, A>): ParseError {
  return E.isLeft(result) ? result.left : expect.fail('refused');
}

/** Any policy, from a tree of the same shape: the thresholds are f+1. */
function asPolicy(tree: TrustTree): Policy {
  return tree._tag === 'member' ? tree : { _tag: 'threshold', k: tree.f + 1, of: tree.of.map(asPolicy) };
}

describe('text', () => {
  it('of a trust model, with comments, defaults and leaders', () => {
    const model = trust('# four\nf=1 t=1 of (acme, globex, # the second\n initech, umbrella)\nleaders (acme, initech)');
    expect(printTrust(model)).toBe('f=1 t=1 of (acme, globex, initech, umbrella) leaders (acme, initech)');
    expect(model.system.processes.universe.ids).toEqual(['acme', 'globex', 'initech', 'umbrella']);
    const nested = trust('f=1 of (acme: f=1 of 4, globex: f=0 of (g1, f=0 of (g2, g3)), z/9) leaders (acme)');
    expect(printTrust(nested)).toBe(
      'f=1 of (acme: f=1 of (1, 2, 3, 4), globex: f=0 of (g1, f=0 of (g2, g3)), z/9) leaders (acme/1, acme/2, acme/3, acme/4)',
    );
  });

  it('of a policy, with all, any and majority', () => {
    const text = '2 of (acme: 2 of 3, globex: 3 of (g1, g2, g3, g4, g5), initech)';
    expect(printPolicy(policy(text))).toBe(text.replace('2 of 3', '2 of (1, 2, 3)'));
    const sugar = policy('all of (majority of (a, b, c, d), any of (a, b), acme: majority of 5)');
    expect(printPolicy(sugar)).toBe('3 of (3 of (a, b, c, d), 1 of (a, b), acme: 3 of (1, 2, 3, 4, 5))');
    expect(policy('acme')).toEqual({ _tag: 'member', id: 'acme' });
  });

  it('has no reserved words', () => {
    const text = '1 of (of, all, 2, f, of: 1 of (of, 1 of (any, any.)), leaders)';
    expect(printPolicy(policy(text))).toBe(text);
    const leaders = 'f=1 of (of, f, t, leaders) leaders (leaders, of)';
    expect(printTrust(trust(leaders))).toBe('f=1 of (of, f, t, leaders) leaders (of, leaders)');
  });

  it('resolves names against the membership of an alliance', () => {
    const model = parseTrust(
      'f=1 of (acme: f=1 of 4, globex: f=0 of (south, north), initech) leaders (initech, globex)',
      membership,
    );
    expect(E.map(printTrust)(model)).toEqual(
      E.right(
        'f=1 of (acme: f=1 of (1, 2, 3, 4), globex: f=0 of (south, north), initech/main) leaders (globex/south, globex/north, initech/main)',
      ),
    );
    expect(E.map(printPolicy)(parsePolicy('2 of (acme/3, initech, globex: 1 of 2)', membership))).toEqual(
      E.right('2 of (acme/3, initech/main, globex: 1 of (north, south))'),
    );
  });

  it('that is printed reads back, with and without a membership', () => {
    const property = fc.property(arbitraryTree(5), fc.infiniteStream(fc.boolean()), (tree, dice) => {
      const all = trustModel(tree);
      if (E.isLeft(all)) return expect.fail('a trust model');
      const { ids } = all.right.system.processes.universe;
      const leaders = ids.filter(() => dice.next().value === true);
      const model = leaders.length === 0 ? all : trustModel(tree, leaders);
      if (E.isLeft(model)) return expect.fail('a trust model');
      const again = parseTrust(printTrust(model.right));
      expect(E.map(({ rule }: typeof model.right) => rule)(again)).toEqual(E.right(tree));
      expect(E.map((read: typeof model.right) => [...read.leaders])(again)).toEqual(E.right([...model.right.leaders]));
      expect(parsePolicy(printPolicy(asPolicy(tree)))).toEqual(E.right(asPolicy(tree)));
    });
    fc.assert(property, { numRuns: 150 });
    const resolved = E.map(printTrust)(parseTrust('f=1 of (acme: f=1 of 4, globex: f=0 of 2, initech)', membership));
    expect(E.chain((text: string) => E.map(printTrust)(parseTrust(text, membership)))(resolved)).toEqual(resolved);
  });
});

describe('a bad policy text', () => {
  const cases: readonly (readonly [string, PolicyErrorCode, string, number, number])[] = [
    ['', 'Syntax', '/', 1, 1],
    ['2 of (a, b', 'Syntax', '/', 1, 11],
    ['2 of (a, b) c', 'Syntax', '/', 1, 13],
    ['2 of (a,\n  b c)', 'Syntax', '/', 2, 5],
    ['2 of ()', 'Syntax', '/of/0', 1, 7],
    ['2 of (a-1, b)', 'InvalidName', '/', 1, 7],
    ['most of (a, b)', 'Syntax', '/k', 1, 1],
    ['02 of (a, b)', 'Syntax', '/k', 1, 1],
    ['-1 of (a, b)', 'Syntax', '/', 1, 1],
    ['f=1 of (a, b)', 'Syntax', '/k', 1, 1],
    ['2 of 3', 'Syntax', '/of', 1, 6],
    ['acme: 1 of (1 of 3)', 'Syntax', '/of/0/of', 1, 18],
    ['acme: b', 'Syntax', '/', 1, 7],
    ['acme: 1 of (globex: 1 of 2)', 'Syntax', '/of/0', 1, 13],
    ['acme: 1 of (globex/1)', 'InvalidName', '/of/0', 1, 13],
    ['1 of (a/b/c)', 'InvalidName', '/of/0', 1, 7],
    ['1 of (a/)', 'InvalidName', '/of/0', 1, 7],
    ['a/b: 1 of (c)', 'InvalidName', '/', 1, 1],
    ['1 of (b, 0 of (a))', 'OutOfRange', '/of/1/k', 1, 10],
    ['1 of (b, 3 of (a, b))', 'OutOfRange', '/of/1/k', 1, 10],
    ['acme: 4 of 3', 'OutOfRange', '/k', 1, 7],
    ['acme: 1 of 0', 'OutOfRange', '/of', 1, 12],
    ['1 of (b, a, b)', 'DuplicateMember', '/of/2', 1, 13],
    ['1 of (acme/1, acme: 1 of (2, 1, 1))', 'DuplicateMember', '/of/1/of/2', 1, 33],
    ['acme: 2 of 9999999', 'TooLarge', '/', 1, 12],
    [`1 of (${'a, '.repeat(10_000)}b)`, 'TooLarge', '/of/9999', 1, 30004],
    [`${'1 of ('.repeat(32)}a${')'.repeat(32)}`, 'TooDeep', '/of/0'.repeat(32), 1, 193],
    ['('.repeat(100_000), 'TooDeep', '/', 1, 33],
    ['1 of ('.repeat(100_000), 'TooDeep', '/of/0'.repeat(32), 1, 193],
    [' '.repeat(maxTextLength + 1), 'TooLarge', '/', 1, 1],
  ];

  it.each(
    cases.map(([text, code, path, line, column]) => ({ start: text.slice(0, 40), text, code, path, line, column })),
  )('$start is $code', ({ text, code, path, line, column }) => {
    expect(refusal(parsePolicy(text))).toMatchObject({ _tag: 'ParseError', code, path, line, column });
  });

  it('is not one at the bounds', () => {
    expect(E.isRight(parsePolicy(`${'1 of ('.repeat(31)}a${')'.repeat(31)}`))).toBe(true);
    expect(E.isRight(parsePolicy('acme: 2 of 9999'))).toBe(true);
    expect(E.isRight(parsePolicy(`a${' '.repeat(maxTextLength - 1)}`))).toBe(true);
    expect(E.isRight(parsePolicy('2 of (a, 1 of (a, b))'))).toBe(true);
  });
});

describe('a bad trust text', () => {
  it.each([
    ['f=1 t=2 of (a, b)', 'OutOfRange', '/t', 7],
    ['f=2 of (a, b)', 'OutOfRange', '/f', 3],
    ['f=1 of (a, b: f=1 of 1)', 'OutOfRange', '/of/1/f', 17],
    ['t=1 of (a, b)', 'Syntax', '/', 1],
    ['f 1 of (a, b)', 'Syntax', '/', 3],
    ['2 of (a, b)', 'Syntax', '/', 1],
    ['f=1 of (a, f=0 of (b, a))', 'DuplicateMember', '/of/1/of/1', 23],
    ['f=1 of (a, b) leaders (c)', 'UnknownMember', '/leaders/0', 24],
    ['f=1 of (a, b) leaders (a, b, a)', 'DuplicateMember', '/leaders/2', 30],
    ['f=1 of (a, x: f=0 of 2) leaders (x/1, x)', 'DuplicateMember', '/leaders/1', 39],
    ['f=1 of (a, b) leaders ()', 'Syntax', '/leaders/0', 24],
    ['f=1 of (a, b) leader (a)', 'Syntax', '/', 15],
  ])('%s is %s at %s', (text, code, path, column) => {
    expect(refusal(parseTrust(text))).toMatchObject({ code, path, line: 1, column });
  });

  it.each([
    ['f=0 of (acme: f=1 of 3)', 'WrongServerCount', '/of/0/of', 22],
    ['f=0 of (acme: f=1 of (1, 5))', 'UnknownMember', '/of/0/of/1', 26],
    ['f=0 of (acme)', 'WrongServerCount', '/of/0', 9],
    ['f=0 of (hooli)', 'UnknownMember', '/of/0', 9],
    ['f=0 of (hooli: f=1 of 4)', 'UnknownMember', '/of/0', 9],
    ['f=0 of (acme/5)', 'UnknownMember', '/of/0', 9],
    ['f=1 of (initech, initech/main)', 'DuplicateMember', '/of/1', 18],
  ])('%s, in an alliance, is %s at %s', (text, code, path, column) => {
    expect(refusal(parseTrust(text, membership))).toMatchObject({ code, path, line: 1, column });
  });
});

describe('the complaint', () => {
  it('shows the line and a caret', () => {
    const text = '2 of (acme,\n  globex globex)';
    expect(formatParseError(refusal(parsePolicy(text)), text)).toBe(
      'line 2, column 10: expected "," or ")", not "globex"\n    globex globex)\n           ^',
    );
  });

  it('of a long line shows the part that matters, and no control characters', () => {
    const text = `1 of (${'a, '.repeat(500)}\u001b[31m)`;
    const [, line = '', caret = ''] = formatParseError(refusal(parsePolicy(text)), text).split('\n');
    expect(line.length).toBeLessThan(110);
    expect(line[caret.length - 1]).toBe('?');
    expect(formatParseError(refusal(parsePolicy(text)), text)).not.toContain('\u001b');
  });
});

describe('whatever is written', () => {
  const good = [
    '2 of (acme: 2 of 3, globex: 3 of (g1, g2, g3, g4, g5), initech)',
    'all of (majority of (a, b, c, d), any of (a, b))',
    'weight >= 67 of (acme*30, globex: 2 of 3 *25, (a and b or c)*5)',
    '2 of orgs (any of servers and 1) or acme: all of servers',
    'weight f=30 t=10 of (acme*30, globex: f=1 of 4 *25, initech*45)',
    'sets ({a, b}, {c}) slow ({a}) of (a, b, c, d, e)',
    'f=1 t=1 of (acme, globex: f=1 of 4, f=0 of (x, y)) leaders (acme, globex) # all',
  ];
  const piece = fc.oneof(
    fc.constantFrom(
      'f=1',
      't=1',
      '=',
      ' of ',
      '(',
      ')',
      ',',
      ':',
      'leaders',
      'weight',
      '>=',
      '*2',
      ' and ',
      ' or ',
      'sets',
      'slow',
      '{',
      '}',
      'orgs',
      'servers',
      'acme',
      '3',
      '#',
      '\n',
      '/',
      '99999999999',
    ),
    fc.string({ unit: 'binary', maxLength: 3 }),
  );
  const mutated = fc
    .tuple(
      fc.constantFrom(...good),
      fc.array(fc.tuple(fc.nat({ max: 80 }), fc.nat({ max: 3 }), piece), { maxLength: 3 }),
    )
    .map(([text, cuts]) =>
      cuts.reduce((all, [at, length, by]) => all.slice(0, at) + by + all.slice(at + length), text),
    );

  it('parses to a value that reads back, or is refused with a place inside the text', () => {
    let readCount = 0;
    const property = fc.property(
      fc.oneof(
        mutated,
        fc.array(piece).map((pieces) => pieces.join('')),
        fc.string({ unit: 'binary' }),
      ),
      (text) => {
        const readers = [
          (written: string) => E.map(printPolicyRule)(parsePolicyRule(written)),
          (written: string) => E.map(printPolicy)(parsePolicy(written, membership)),
          (written: string) => E.map(printTrust)(parseTrust(written)),
          (written: string) => E.map(printTrust)(parseTrust(written, membership)),
        ];
        for (const read of readers) {
          const result = read(text);
          if (E.isRight(result)) {
            readCount += 1;
            expect(read(result.right)).toEqual(result);
            continue;
          }
          const { line, column } = result.left;
          const lines = text.split('\n');
          expect(line).toBeLessThanOrEqual(lines.length);
          expect(column).toBeLessThanOrEqual((lines[line - 1] ?? '').length + 1);
          expect(formatParseError(result.left, text).split('\n')).toHaveLength(3);
        }
      },
    );
    fc.assert(property, { numRuns: 800 });
    expect(readCount).toBeGreaterThan(50);
  });
});

describe('a trust model made in code', () => {
  it('refuses what no quorum system can be made of', () => {
    const cyclic = { _tag: 'gate' as const, f: 0, t: 0, of: [] as TrustTree[] };
    cyclic.of.push(cyclic);
    const codes = [
      trustModel(cyclic),
      trustModel({ _tag: 'gate', f: 0, t: 0, of: [] }),
      trustModel({ _tag: 'gate', f: 0.5, t: 0, of: [member('a'), member('b')] }),
      trustModel({ _tag: 'gate', f: Number.NaN, t: 0, of: [member('a'), member('b')] }),
      trustModel(member('a'), []),
    ].map((result) => (E.isLeft(result) ? result.left.code : 'accepted'));
    expect(codes).toEqual(['TooDeep', 'OutOfRange', 'OutOfRange', 'OutOfRange', 'OutOfRange']);
  });
});
