import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { adaptedTrust } from '../../../src/management/proposals/adapted-trust.js';
import { E } from '../../../src/prelude/fp.js';
import { trustModel } from '../../../src/quorum/trust/trust-model.js';
import { validateTrust } from '../../../src/quorum/trust/trust-report.js';
import { printTrust } from '../../../src/quorum/trust/trust-text.js';
import { right } from '../../support/right.js';
import { flat, id, trustOf } from './alliances.js';

function adapted(text: string, added: readonly string[], removed: readonly string[] = []): string {
  return printTrust(right(adaptedTrust(trustOf(text), { added: added.map(id), removed: removed.map(id) })));
}

describe('a trust model for other members', () => {
  it.each<readonly [string, string, readonly string[], readonly string[], string]>([
    [
      'has newcomers beside the others',
      'f=1 t=1 of (a/1, b/1, c/1, d/1)',
      ['e/1', 'f/1'],
      [],
      'f=1 t=1 of (a/1, b/1, c/1, d/1, e/1, f/1)',
    ],
    ['tolerates less where too few are left', 'f=1 t=1 of (a/1, b/1, c/1, d/1)', [], ['d/1'], 'f=0 of (a/1, b/1, c/1)'],
    [
      'lowers t before f',
      'f=2 t=2 of (a/1, b/1, c/1, d/1, e/1, f/1, g/1, h/1, i/1)',
      [],
      ['h/1', 'i/1'],
      'f=2 t=1 of (a/1, b/1, c/1, d/1, e/1, f/1, g/1)',
    ],
    [
      'has a server with its organization',
      'f=1 of (a: f=0 of (1, 2), b/1, c/1, d/1)',
      ['a/3'],
      [],
      'f=1 of (a: f=0 of (1, 2, 3), b/1, c/1, d/1)',
    ],
    [
      'makes an organization of a server',
      'f=1 of (a/1, b/1, c/1, d/1)',
      ['b/2'],
      [],
      'f=1 of (a/1, b: f=0 of (1, 2), c/1, d/1)',
    ],
    [
      'has servers alike where they are',
      'f=1 of (a/1, a/2, b/1, b/2)',
      ['a/3'],
      [],
      'f=1 of (a/1, a/2, b/1, b/2, a/3)',
    ],
    [
      'has as many leaders',
      'f=0 of (a/1, b/1, c/1) leaders (a/1, b/1)',
      ['d/1'],
      ['b/1'],
      'f=0 of (a/1, c/1, d/1) leaders (a/1)',
    ],
    [
      'goes on with other servers',
      'f=1 t=1 of (a/1, b/1, c/1, d/1)',
      ['d/2'],
      ['d/1'],
      'f=1 t=1 of (a/1, b/1, c/1, d/2)',
    ],
  ])('%s', (_, before, added, removed, after) => {
    expect(adapted(before, added, removed)).toBe(printTrust(trustOf(after)));
  });

  it('has listed sets without those who leave', () => {
    const of = ['a/1', 'a/2', 'b/1', 'c/1', 'd/1', 'e/1'].map(id);
    const listed = right(
      trustModel({ _tag: 'explicit', of, byzantine: [['a/1', 'a/2'].map(id), ['b/1', 'c/1'].map(id)], slow: [] }),
    );
    const { rule } = right(adaptedTrust(listed, { added: ['a/3', 'f/1'].map(id), removed: [id('b/1')] }));
    expect(rule).toMatchObject({ byzantine: [['a/1', 'a/2', 'a/3'], ['c/1'], ['f/1']] });
  });

  it('is none of nobody', () => {
    expect(E.isLeft(adaptedTrust(trustOf('f=0 of (a/1, b/1)'), { added: [], removed: ['a/1', 'b/1'].map(id) }))).toBe(
      true,
    );
  });

  it('holds, and has exactly the servers that it is to have', () => {
    const names = ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h'];
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 8 }),
        fc.nat(2),
        fc.nat(2),
        fc.subarray(names),
        fc.subarray(['x', 'y', 'z']),
        (count, f, t, out, more) => {
          const present = names.slice(0, count);
          const before = flat(Math.min(f, count - 1), Math.min(f, t, count - 1), present);
          const removed = out.filter((each) => present.includes(each)).map((each) => id(`${each}/1`));
          const added = more.map((each) => id(`${each}/1`));
          const next = adaptedTrust(before, { added, removed });
          const left = [...present.map((each) => id(`${each}/1`)).filter((each) => !removed.includes(each)), ...added];
          expect(E.isLeft(next)).toBe(left.length === 0);
          if (left.length === 0) return;
          expect(right(next).system.processes.universe.ids).toEqual(left);
          expect(validateTrust(right(next)).accepted).toBe(true);
        },
      ),
    );
  });
});
