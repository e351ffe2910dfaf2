import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decode, decodeJson } from '../../../src/prelude/codec.js';
import { E } from '../../../src/prelude/fp.js';
import { trustModelCodec } from '../../../src/quorum/trust/trust-codec.js';
import { trustModel } from '../../../src/quorum/trust/trust-model.js';
import { printTrust } from '../../../src/quorum/trust/trust-text.js';
import { arbitraryTree } from '../../support/quorum.js';
import { trust } from '../../support/trust.js';

function m(...ids: readonly string[]): readonly { readonly member: string }[] {
  return ids.map((member) => ({ member }));
}

describe('the JSON of a trust model', () => {
  it('has this form', () => {
    expect(trustModelCodec.encode(trust('f=1 t=1 of (a, b, c: f=1 of 2, d) leaders (a)'))).toEqual({
      tree: { f: 1, t: 1, of: [...m('a', 'b'), { org: 'c', tree: { f: 1, of: m('c/1', 'c/2') } }, ...m('d')] },
      leaders: ['a'],
    });
    expect(trustModelCodec.encode(trust('f=0 of (a)'))).toEqual({ tree: { f: 0, of: m('a') } });
    expect(trustModelCodec.encode(trust('weight f=3 t=1 of (a*3, b*2)'))).toEqual({
      tree: { f: 3, t: 1, weighted: [3, 2].map((weight, index) => ({ weight, of: m('a', 'b')[index] })) },
    });
    expect(trustModelCodec.encode(trust('sets ({a, b}, {c}) slow ({a}) of (a, b, c, d) leaders (d)'))).toEqual({
      sets: { byzantine: [['a', 'b'], ['c']], slow: [['a']], of: ['a', 'b', 'c', 'd'] },
      leaders: ['d'],
    });
    expect(trustModelCodec.encode(trust('sets () of (a)'))).toEqual({ sets: { byzantine: [], of: ['a'] } });
  });

  it('reads back, as its text does', () => {
    const property = fc.property(arbitraryTree(5), (tree) => {
      const made = trustModel(tree);
      if (E.isLeft(made)) return expect.fail('a trust model');
      const again = decodeJson(trustModelCodec, JSON.stringify(trustModelCodec.encode(made.right)));
      expect(E.map(({ rule }: typeof made.right) => rule)(again)).toEqual(E.right(tree));
    });
    fc.assert(property, { numRuns: 200 });
    for (const text of [
      'sets ({a, b}, {c}) slow ({a}) of (a, b, c, d) leaders (d)',
      'weight f=3 of (a*3, b: f=1 of (1, 2)*4)',
    ]) {
      const again = decodeJson(trustModelCodec, JSON.stringify(trustModelCodec.encode(trust(text))));
      expect(E.map(printTrust)(again)).toEqual(E.right(text));
    }
  });

  const sets = (byzantine: unknown, slow: unknown = []): unknown => ({
    sets: { byzantine, slow, of: ['a', 'b', 'c'] },
  });

  it.each([
    [{ tree: { f: 1, t: 1, of: m('a', 'b') }, leaders: ['c'] }, '/leaders/0'],
    [{ tree: { f: 1, t: 1, of: m('a', 'b') }, leaders: ['a', 'a'] }, '/leaders/1'],
    [{ tree: { f: 1, t: 1, of: m('a', 'b') }, leaders: [] }, '/leaders'],
    [{ tree: { f: 0, t: 1, of: m('a', 'b') } }, '/tree/t'],
    [{ tree: { t: 1, of: m('a', 'b') } }, '/tree/f'],
    [{ tree: { f: 2, of: m('a', 'b') } }, '/tree/f'],
    [{ tree: { f: Number.NaN, of: m('a', 'b') } }, '/tree/f'],
    [{ tree: { f: 1, t: null, of: m('a', 'b') } }, '/tree/t'],
    [{ tree: { f: 1, of: [...m('a'), { f: 0, of: m('a') }] } }, '/tree/of/1/of/0'],
    [{ tree: { f: 1, of: [...m('a'), { org: 'b', tree: { f: 0, of: m('1', 'b/1') } }] } }, '/tree/of/1/tree/of/1'],
    [{ tree: { f: 1, of: [...m('a'), { org: 'b', tree: { f: 0, of: m('c/1') } }] } }, '/tree/of/1/tree/of/0/member'],
    [{ tree: { f: 1, of: [{ org: 'b', policy: { f: 0, of: m('1') } }] } }, '/tree/of/0/policy'],
    [{ tree: { f: 1, weighted: [{ weight: 1, of: { member: 'a' } }] } }, '/tree/f'],
    [{ tree: { f: 1, of: [...m('a', 'b'), 'c'] } }, '/tree/of/2'],
    [{ tree: { f: 1, t: 0, of: m('a', 'b') }, weights: [] }, '/weights'],
    [{ f: 1, t: 0, of: m('a', 'b') }, '/f'],
    [sets([['a'], ['a', 'b']]), '/sets/byzantine/1'],
    [sets([['a', 'b', 'c']]), '/sets/byzantine/0'],
    [sets([['a', 'x']]), '/sets/byzantine/0/1'],
    [sets([['a', 'a']]), '/sets/byzantine/0/1'],
    [sets([[]]), '/sets/byzantine/0'],
    [sets([['a']], [['a', 7]]), '/sets/slow/0/1'],
    [sets([['a']], [['x']]), '/sets/slow/0/0'],
    [sets(Array.from({ length: 257 }, () => ['a'])), '/sets/byzantine'],
    [{ sets: { byzantine: [], of: [] } }, '/sets/of'],
    [{ sets: { byzantine: [], of: ['a', 'b', 'a'] } }, '/sets/of/2'],
    [{ sets: { byzantine: [], of: Array.from({ length: 257 }, (_, index) => `s${index}`) } }, '/sets/of'],
    [{ sets: { byzantine: [['a']], of: ['a', 'b'] }, leaders: ['c'] }, '/leaders/0'],
    [{ sets: { byzantine: [['a']], of: ['a', 'b'] }, tree: { member: 'a' } }, '/tree'],
    [{}, '/tree'],
    ['f=1 of (a, b)', '/'],
  ])('that is bad (%#) is refused at its place', (value, path) => {
    expect(decode(trustModelCodec, value)).toMatchObject({ left: { path } });
  });

  it('of any kind is refused or read, never thrown at', () => {
    const key = fc.constantFrom(
      'f',
      't',
      'of',
      'tree',
      'org',
      'member',
      'weighted',
      'weight',
      'sets',
      'byzantine',
      'leaders',
      '__proto__',
    );
    const values = [fc.integer({ min: -1, max: 3 }), fc.constantFrom('a', 'a/b', '')];
    const property = fc.property(fc.oneof(fc.object({ key, values, maxDepth: 6 }), fc.anything()), (value) => {
      decode(trustModelCodec, value);
      decode(trustModelCodec, { tree: value });
      decode(trustModelCodec, { sets: value });
    });
    fc.assert(property, { numRuns: 400 });
  });
});
