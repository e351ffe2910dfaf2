import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  bigIntToBytes,
  bytesToBigInt,
  concatBytes,
  equalBytes,
  fromHex,
  fromUtf8,
  startsWith,
  toHex,
  utf8,
} from '../../src/prelude/bytes.js';
import { InvariantViolation } from '../../src/prelude/invariant.js';

const anyBytes = fc.uint8Array({ maxLength: 40 });

describe('bytes', () => {
  it('go to hexadecimal and back', () => {
    fc.assert(
      fc.property(anyBytes, (bytes) => {
        expect(toHex(bytes)).toBe(Buffer.from(bytes).toString('hex'));
        expect(fromHex(toHex(bytes))).toEqual(bytes);
      }),
    );
  });

  it.each(['0', 'zz', 'AB', '0x', ' 00', '00 '])('are not read from %j', (text) => {
    expect(fromHex(text)).toBeUndefined();
  });

  it('are equal only if all of them are', () => {
    fc.assert(
      fc.property(anyBytes, anyBytes, (a, b) => {
        expect(equalBytes(a, b)).toBe(toHex(a) === toHex(b));
        expect(startsWith(concatBytes(a, b), a)).toBe(true);
        expect(startsWith(a, concatBytes(a, Uint8Array.of(0)))).toBe(false);
      }),
    );
  });

  it('hold integers of their length, and refuse longer ones as a bug', () => {
    fc.assert(
      fc.property(fc.bigInt(0n, 2n ** 128n - 1n), (value) => {
        const bytes = bigIntToBytes(value, 17);
        expect(bytes).toHaveLength(17);
        expect(bytesToBigInt(bytes)).toBe(value);
      }),
    );
    expect(bytesToBigInt(new Uint8Array(0))).toBe(0n);
    expect(() => bigIntToBytes(256n, 1)).toThrow(InvariantViolation);
    expect(() => bigIntToBytes(-1n, 1)).toThrow(InvariantViolation);
  });

  it('are UTF-8 only if they are well-formed, byte order marks included', () => {
    expect(fromUtf8(utf8('κοινόν'))).toBe('κοινόν');
    expect(fromUtf8(Uint8Array.of(0xc3, 0x28))).toBeUndefined();
    expect(fromUtf8(Uint8Array.of(0xef, 0xbb, 0xbf, 0x61))).toBe('\ufeffa');
  });
});
