import * as t from 'io-ts';
import { describe, expect, it } from 'vitest';
import {
  canonicalJson,
  decode,
  decodeJson,
  hexBytes,
  hexDigest,
  integer,
  list,
  record,
  text,
} from '../../src/prelude/codec.js';
import { E } from '../../src/prelude/fp.js';
import { InvariantViolation } from '../../src/prelude/invariant.js';

const inner = record('inner', { k: integer(1, 5) });
const codec = record('outer', { name: text(3), of: list(inner, 2, 1) }, { note: t.string });

describe('the door for untrusted JSON', () => {
  it('lets in what it should', () => {
    const value = { name: 'abc', of: [{ k: 1 }, { k: 5 }], note: 'x' };
    expect(decode(codec, value)).toEqual(E.right(value));
    expect(decode(codec, { name: '', of: [{ k: 2 }] })).toEqual(E.right({ name: '', of: [{ k: 2 }] }));
  });

  it.each([
    [{ name: 'abcd', of: [{ k: 1 }] }, '/name'],
    [{ name: 'abc', of: [] }, '/of'],
    [{ name: 'abc', of: [{ k: 1 }, { k: 1 }, { k: 1 }] }, '/of'],
    [{ name: 'abc', of: [{ k: 0 }] }, '/of/0/k'],
    [{ name: 'abc', of: [{ k: 1.5 }] }, '/of/0/k'],
    [{ name: 'abc', of: [{ k: 2 ** 60 }] }, '/of/0/k'],
    [{ name: 'abc', of: [{ k: 1, more: 1 }] }, '/of/0/more'],
    [{ name: 'abc', of: [{ k: 1 }], other: 1 }, '/other'],
    [{ name: 'abc', of: [{ k: 1 }], note: 7 }, '/note'],
    [{ of: [{ k: 1 }] }, '/name'],
    [null, '/'],
    [[], '/'],
  ])('refuses %j and names %s', (value, path) => {
    const decoded = decode(codec, value);
    expect(E.isLeft(decoded) ? decoded.left.path : decoded).toBe(path);
  });

  it('refuses what is no JSON', () => {
    expect(E.isLeft(decodeJson(codec, '{'))).toBe(true);
    expect(E.isLeft(decodeJson(codec, ''))).toBe(true);
  });

  it('reads hexadecimal within bounds', () => {
    expect(decode(hexBytes(2), 'beef')).toEqual(E.right(Uint8Array.of(0xbe, 0xef)));
    for (const bad of ['beefed', 'be e', 'BEEF', 7]) expect(E.isLeft(decode(hexBytes(2), bad))).toBe(true);
    expect(E.isRight(decode(hexDigest, '00'.repeat(32)))).toBe(true);
    expect(E.isLeft(decode(hexDigest, '00'.repeat(31)))).toBe(true);
  });
});

describe('canonical JSON', () => {
  it('does not depend on the order of keys', () => {
    expect(canonicalJson({ b: [1, { d: null, c: 'x' }], a: true })).toBe('{"a":true,"b":[1,{"c":"x","d":null}]}');
    expect(canonicalJson({ a: undefined, b: 1 })).toBe('{"b":1}');
  });

  it('holds no numbers that readers might round', () => {
    expect(() => canonicalJson({ a: 0.5 })).toThrow(InvariantViolation);
    expect(() => canonicalJson(2 ** 53)).toThrow(InvariantViolation);
  });
});
