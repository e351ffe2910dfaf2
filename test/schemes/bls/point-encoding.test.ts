import { describe, expect, it } from 'vitest';
import { concatBytes } from '../../../src/prelude/bytes.js';
import {
  identityEncoding,
  isIdentityEncoding,
  isWellFormed,
  negatedEncoding,
  pointLength,
} from '../../../src/schemes/bls/point-encoding.js';
import { flipBit } from '../../../spec/laws/tampered-shares.js';
import { noble, pairingOf } from './setup.js';

const groups = ['G1', 'G2'] as const;
const forms = ['compressed', 'uncompressed'] as const;
const pairing = pairingOf(noble, 'min-pk-pop');
const sample = {
  G1: (form: (typeof forms)[number]) => pairing.keys.encode(pairing.keyOf(new Uint8Array(32).fill(5)), form),
  G2: (form: (typeof forms)[number]) =>
    pairing.signatures.encode(pairing.sign(new Uint8Array(32).fill(5), pairing.hash(new Uint8Array(3))), form),
};
/** p, big-endian. */
const prime = Uint8Array.from(
  Buffer.from(
    '1a0111ea397fe69a4b1ba7b6434bacd764774b84f38512bf6730d2a0f6b0f6241eabfffeb153ffffb9feffffffffaaab',
    'hex',
  ),
);
const cases = groups.flatMap((group) => forms.map((form) => [group, form] as const));

describe.each(cases)('encodings of points of %s, %s', (group, form) => {
  const good = sample[group](form);
  const flagged = (flags: number, bytes: Uint8Array = good): Uint8Array => {
    const copy = new Uint8Array(bytes);
    copy[0] = ((copy[0] ?? 0) & 0x1f) | flags;
    return copy;
  };

  it('have one length', () => {
    expect(good.length).toBe(pointLength(group, form));
    expect(pointLength(group, form)).toBe((group === 'G1' ? 48 : 96) * (form === 'compressed' ? 1 : 2));
    expect(isWellFormed(group, form, good)).toBe(true);
    for (const bytes of [
      good.subarray(1),
      good.subarray(0, -1),
      concatBytes(good, Uint8Array.of(0)),
      new Uint8Array(0),
    ])
      expect(isWellFormed(group, form, bytes)).toBe(false);
  });

  it('are not those of the other form, nor of the other group', () => {
    for (const [otherGroup, otherForm] of cases.filter((other) => other[0] !== group || other[1] !== form))
      expect(isWellFormed(otherGroup, otherForm, good)).toBe(false);
  });

  it('have the flags of their form alone', () => {
    const allowed = form === 'compressed' ? [0x80, 0xa0] : [0];
    for (const flags of [0, 0x20, 0x40, 0x60, 0x80, 0xa0, 0xc0, 0xe0])
      expect(isWellFormed(group, form, flagged(flags)), flags.toString(16)).toBe(allowed.includes(flags));
  });

  it('have one identity', () => {
    const identity = identityEncoding(group, form);
    expect(isWellFormed(group, form, identity)).toBe(true);
    expect(isIdentityEncoding(identity)).toBe(true);
    expect(isIdentityEncoding(good)).toBe(false);
    for (const bit of [5, 8, 8 * identity.length - 1])
      expect(isWellFormed(group, form, flipBit(identity, bit)), `bit ${bit}`).toBe(false);
  });

  it('have elements below the prime', () => {
    for (let offset = 0; offset < good.length; offset += 48) {
      const withElement = (element: Uint8Array): Uint8Array => {
        const copy = new Uint8Array(good);
        copy.set(element, offset);
        return offset === 0 ? flagged(form === 'compressed' ? 0x80 : 0, copy) : copy;
      };
      const below = new Uint8Array(prime);
      below[47] = (below[47] ?? 0) - 1;
      const above = new Uint8Array(prime);
      above[47] = (above[47] ?? 0) + 1;
      expect(isWellFormed(group, form, withElement(below))).toBe(true);
      expect(isWellFormed(group, form, withElement(prime))).toBe(false);
      expect(isWellFormed(group, form, withElement(above))).toBe(false);
      const marked = new Uint8Array(48);
      for (const mark of [0x80, 0x40, 0x20, 0xff]) {
        marked.fill(mark, 0, 1);
        if (offset > 0) expect(isWellFormed(group, form, withElement(marked))).toBe(false);
      }
    }
  });
});

describe('the negative of a point', () => {
  it.each(groups)('of %s is on the curve, and its negative is the point', (name) => {
    const group = name === 'G1' ? pairing.keys : pairing.signatures;
    const good = sample[name]('uncompressed');
    const negative = negatedEncoding(good);
    expect(group.decodeUnchecked(negative, 'uncompressed')).toBeDefined();
    expect(negative).not.toEqual(good);
    expect(negatedEncoding(negative)).toEqual(good);
    expect(negative.subarray(0, good.length / 2)).toEqual(good.subarray(0, good.length / 2));
  });

  it('leaves elements that are zero', () => {
    const bytes = new Uint8Array(192);
    bytes[191] = 1;
    expect(negatedEncoding(bytes).subarray(96, 144)).toEqual(new Uint8Array(48));
  });
});
