import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decode, decodeJson } from '../../src/prelude/codec.js';
import { E } from '../../src/prelude/fp.js';
import { policyCodec } from '../../src/quorum/policy/policy-codec.js';
import { trustModelCodec } from '../../src/quorum/trust/trust-codec.js';
import { trustModel } from '../../src/quorum/trust/trust-model.js';
import { printTrust } from '../../src/quorum/trust/trust-text.js';
import { arbitraryTree } from '../support/quorum.js';
import { policy, trust } from '../support/trust.js';

describe('JSON of trust models and policies', () => {
  it('has this form', () => {
    expect(trustModelCodec.encode(trust('f=1 t=1 of (a, b, c: f=0 of 2, d) leaders (a)'))).toEqual({
      tree: { f: 1, t: 1, of: ['a', 'b', { f: 0, t: 0, of: ['c/1', 'c/2'] }, 'd'] },
      leaders: ['a'],
    });
    expect(trustModelCodec.encode(trust('f=0 of (a)'))).toEqual({ tree: { f: 0, t: 0, of: ['a'] } });
    expect(policyCodec.encode(policy('2 of (a, any of (b, c))'))).toEqual({
      k: 2,
      of: ['a', { k: 1, of: ['b', 'c'] }],
    });
  });

  it('reads back', () => {
    const property = fc.property(arbitraryTree(5), (tree) => {
      const made = trustModel(tree);
      if (E.isLeft(made)) return expect.fail('a trust model');
      const again = decodeJson(trustModelCodec, JSON.stringify(trustModelCodec.encode(made.right)));
      expect(E.map(printTrust)(again)).toEqual(E.right(printTrust(made.right)));
    });
    fc.assert(property, { numRuns: 200 });
    const rule = policy('2 of (acme: 2 of 3, globex: 3 of (g1, g2, g3, g4, g5), initech)');
    expect(decode(policyCodec, policyCodec.encode(rule))).toEqual(E.right(rule));
  });

  const nested = (depth: number): unknown => (depth === 1 ? 'a' : { k: 1, of: [nested(depth - 1)] });

  it.each([
    [{ k: 1, of: ['a'], note: 1 }, '/note'],
    [{ k: 1 }, '/of'],
    [{ k: 1, of: [] }, '/of'],
    [{ k: 3, of: ['a', 'b'] }, '/k'],
    [{ k: 0, of: ['a', 'b'] }, '/k'],
    [{ k: 1.5, of: ['a', 'b'] }, '/k'],
    [{ k: '1', of: ['a', 'b'] }, '/k'],
    [{ k: 1, of: ['a', { k: 2, of: ['b', 'c/d/e'] }] }, '/of/1/of/1'],
    [{ k: 1, of: ['a', { k: 2, of: ['b', 'b'] }] }, '/of/1/of/1'],
    [{ k: 1, of: ['a', { k: 2, of: ['b'] }] }, '/of/1/k'],
    [{ k: 1, of: ['a', 7] }, '/of/1'],
    [{ k: 1, of: 'a' }, '/of'],
    ['a-b', '/'],
    [null, '/'],
    [[], '/'],
    [nested(33), `/${'of/0/'.repeat(32).slice(0, -1)}`],
    [nested(5000), '/'],
    [{ k: 1, of: Array.from({ length: 10_001 }, (_, index) => `s${index}`) }, '/of'],
    [{ k: 1, of: Array.from({ length: 10_000 }, (_, index) => `s${index}`) }, '/'],
  ])('of a bad policy (%#) is refused at its place', (value, path) => {
    expect(decode(policyCodec, value)).toMatchObject({ left: { path } });
  });

  it.each([
    [{ tree: { f: 1, t: 1, of: ['a', 'b'] }, leaders: ['c'] }, '/leaders/0'],
    [{ tree: { f: 1, t: 1, of: ['a', 'b'] }, leaders: ['a', 'a'] }, '/leaders/1'],
    [{ tree: { f: 1, t: 1, of: ['a', 'b'] }, leaders: [] }, '/leaders'],
    [{ tree: { f: 0, t: 1, of: ['a', 'b'] } }, '/tree/t'],
    [{ tree: { f: 1, of: ['a', 'b'] } }, '/tree/t'],
    [{ tree: { f: 1, t: 0, of: ['a', { f: 0, t: 0, of: ['a'] }] } }, '/tree/of/1/of/0'],
    [{ tree: { f: 1, t: 0, of: ['a', 'b'] }, weights: [] }, '/weights'],
    [{ f: 1, t: 0, of: ['a', 'b'] }, '/f'],
  ])('of a bad trust model (%#) is refused at its place', (value, path) => {
    expect(decode(trustModelCodec, value)).toMatchObject({ left: { path } });
  });

  it('of anything at all is refused or read, never thrown at', () => {
    const key = fc.constantFrom('k', 'f', 't', 'of', 'tree', 'leaders', '__proto__');
    const anything = fc.object({
      key,
      values: [fc.integer({ min: -1, max: 3 }), fc.constantFrom('a', 'a/b', '')],
      maxDepth: 6,
    });
    const property = fc.property(fc.oneof(anything, fc.anything()), (value) => {
      decode(policyCodec, value);
      decode(trustModelCodec, value);
    });
    fc.assert(property, { numRuns: 500 });
  });
});
