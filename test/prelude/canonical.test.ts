import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Reader, readAll, Writer } from '../../src/prelude/canonical.js';
import { E } from '../../src/prelude/fp.js';
import { InvariantViolation } from '../../src/prelude/invariant.js';

interface Sample {
  readonly small: number;
  readonly large: number;
  readonly flag: boolean;
  readonly name: string;
  readonly parts: readonly Uint8Array[];
  readonly extra: number | undefined;
}

const sample: fc.Arbitrary<Sample> = fc.record({
  small: fc.nat(0xffff),
  large: fc.nat({ max: Number.MAX_SAFE_INTEGER }),
  flag: fc.boolean(),
  name: fc.string({ unit: 'binary', maxLength: 10 }),
  parts: fc.array(fc.uint8Array({ maxLength: 5 }), { maxLength: 4 }),
  extra: fc.option(fc.nat(255), { nil: undefined }),
});

function encode({ small, large, flag, name, parts, extra }: Sample): Uint8Array {
  const writer = new Writer().u16(small).u64(large).bool(flag).text(name);
  return writer
    .list(parts, (inner, part) => inner.bytes(part))
    .option(extra, (inner, value) => inner.u8(value))
    .finish();
}

function read(reader: Reader): Sample {
  return {
    small: reader.u16(),
    large: reader.u64(),
    flag: reader.bool(),
    name: reader.text(100),
    parts: reader.list(4, (inner) => inner.bytes(5)),
    extra: reader.option((inner) => inner.u8()),
  };
}

describe('the canonical encoding', () => {
  it('is read back as it was written', () => {
    fc.assert(
      fc.property(sample, (value) => {
        expect(readAll(encode(value), read)).toEqual(E.right(value));
      }),
    );
  });

  it('has one form for each value: other bytes are refused, or are another value’s form', () => {
    fc.assert(
      fc.property(sample, fc.nat(), fc.nat(255), (value, at, byte) => {
        const bytes = Uint8Array.from(encode(value));
        bytes[at % bytes.length] = byte;
        const decoded = readAll(bytes, read);
        if (E.isRight(decoded)) expect(encode(decoded.right)).toEqual(bytes);
      }),
    );
  });

  it('is refused when it is cut short or goes on', () => {
    fc.assert(
      fc.property(sample, fc.nat(), (value, at) => {
        const bytes = encode(value);
        expect(E.isLeft(readAll(bytes.subarray(0, at % bytes.length), read))).toBe(true);
        expect(E.isLeft(readAll(Uint8Array.of(...bytes, 0), read))).toBe(true);
      }),
    );
  });

  it.each<[string, readonly number[], (reader: Reader) => unknown]>([
    ['a bool of 2', [2], (reader: Reader) => reader.bool()],
    ['an integer beyond 2^53', [0, 0x20, 0, 0, 0, 0, 0, 0], (reader: Reader) => reader.u64()],
    ['a longer byte string than allowed', [0, 0, 0, 2, 1, 1], (reader: Reader) => reader.bytes(1)],
    ['a longer list than allowed', [0xff, 0xff, 0xff, 0xff], (reader: Reader) => reader.list(3, (inner) => inner.u8())],
    ['text that is no UTF-8', [0, 0, 0, 1, 0xff], (reader: Reader) => reader.text(1)],
  ])('refuses %s', (_, bytes, read) => {
    expect(E.isLeft(readAll(Uint8Array.from(bytes), read))).toBe(true);
  });

  it('lets errors of others through', () => {
    const broken = () => {
      throw new RangeError('not mine');
    };
    expect(() => readAll(new Uint8Array(0), broken)).toThrow(RangeError);
  });

  it.each([256, -1, 0.5, Number.NaN])('takes %d in one byte for a bug', (value) => {
    expect(() => new Writer().u8(value)).toThrow(InvariantViolation);
  });
});
