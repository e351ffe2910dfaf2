import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { repeatedKey } from '../../src/prelude/json-keys.js';

describe('repeatedKey', () => {
  it.each([
    ['{"a": 1, "a": 2}', '/a'],
    ['{"a": {"b": [0, {"c": 1, "d": 2, "c": 3}]}}', '/a/b/1/c'],
    ['{"a": 1, "\\u0061": 2}', '/a'],
    ['[[], {"x": "}", "y": "\\"", "x": ","}]', '/1/x'],
    ['{"": 1, "": 2}', '/'],
  ])('finds the second of %s', (text, path) => {
    expect(repeatedKey(text)).toBe(path);
  });

  it.each([
    '{"a": {"a": 1}, "b": {"a": 1}}',
    '[{"a": 1}, {"a": 1}]',
    '{"a": "b", "b": "a"}',
    '"a"',
    '[":", ":"]',
    '{}',
  ])('finds nothing in %s', (text) => {
    expect(repeatedKey(text)).toBeUndefined();
  });

  it('finds nothing in what a value was printed as, whatever it is', () => {
    const property = fc.property(fc.jsonValue(), fc.nat(3), (value, indent) => {
      expect(repeatedKey(JSON.stringify(value, null, indent))).toBeUndefined();
    });
    fc.assert(property, { numRuns: 300 });
  });

  it('finds a key wherever it is put a second time', () => {
    const property = fc.property(fc.dictionary(fc.string(), fc.jsonValue(), { minKeys: 1 }), fc.nat(), (value, at) => {
      const entries = Object.entries(value).map(([key, one]) => `${JSON.stringify(key)}:${JSON.stringify(one)}`);
      const again = entries[at % entries.length] ?? '';
      expect(repeatedKey(`[0,{${[...entries, again].join(',')}}]`)).toMatch(/^\/1\//);
    });
    fc.assert(property, { numRuns: 300 });
  });

  it.each(['a', '\\n', '\\\\', '\\"'])('reads strings as long as any: %s', (piece) => {
    const long = piece.repeat(1 << 22);
    expect(repeatedKey(`{"a":"${long}","b":"","a":0}`)).toBe('/a');
  });
});
