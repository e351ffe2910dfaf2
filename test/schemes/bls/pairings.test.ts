/** Every backend does the same, in every ciphersuite. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { bigIntToBytes, bytesToBigInt, concatBytes, toHex, utf8 } from '../../../src/prelude/bytes.js';
import { present } from '../../../src/prelude/invariant.js';
import { groupOrder } from '../../../src/schemes/bls/ciphersuite.js';
import type { Pairing, PointGroup } from '../../../src/schemes/bls/pairing.js';
import { identityEncoding, pointLength } from '../../../src/schemes/bls/point-encoding.js';
import { residue } from '../../../src/schemes/sharing/integers.js';
import { flipBit } from '../../../spec/laws/tampered-shares.js';
import { backends, ciphersuites, noble, pairings, smallOrder } from './setup.js';

const secret = bigIntToBytes(0x1234567890abcdef1234567890abcdefn, 32);
const otherSecret = bigIntToBytes(groupOrder - 1n, 32);
const texts = [new Uint8Array(0), utf8('x'), new Uint8Array(100_000).fill(7)];
const forms = ['compressed', 'uncompressed'] as const;
/** Noble's suites differ by their tags alone: two of them are enough where it is slow. */
const titled = pairings
  .filter(({ backend, ciphersuite }) => backend !== 'noble' || [0, 3].includes(ciphersuites.indexOf(ciphersuite)))
  .map(
    (pairing) =>
      [pairing.backend, `${pairing.ciphersuite.signatureGroup} ${pairing.ciphersuite.dst}`, pairing] as const,
  );

/** Points of the curve outside the group (the smallest x of such), and bytes of none, all well-formed. */
const outside = {
  G1: [compressed(48, 4), compressed(48, 1)],
  G2: [compressed(96, 2), compressed(96, 1)],
};

function sumOf<P>(group: PointGroup<P>, ...points: readonly P[]): P {
  return group.sum(points.map((point) => ({ point, factor: 1n })));
}

function compressed(length: number, x: number): Uint8Array {
  const bytes = new Uint8Array(length);
  bytes[0] = 0x80;
  bytes[length - 1] = x;
  return bytes;
}

describe('the backends', () => {
  it('between them have every ciphersuite, and noble has all', () => {
    expect(backends.map(({ name }) => name)).toEqual(['blst', 'mcl', 'noble']);
    const counts = backends.map(
      (backend) => ciphersuites.filter((suite) => backend.pairing(suite) !== undefined).length,
    );
    expect(counts).toEqual([1, ciphersuites.length, ciphersuites.length]);
  });

  it.each(ciphersuites)('give the same bytes: $signatureGroup $dst', (ciphersuite) => {
    const [expected, ...others] = pairings
      .filter(
        (pairing) =>
          pairing.ciphersuite.dst === ciphersuite.dst &&
          pairing.ciphersuite.signatureGroup === ciphersuite.signatureGroup,
      )
      .reverse();
    const reference = present(expected, 'noble');
    expect(reference.backend).toBe('noble');
    expect(others.length).toBeGreaterThan(0);
    for (const pairing of others) {
      for (const one of [secret, otherSecret]) expect(keysOf(pairing, one)).toEqual(keysOf(reference, one));
      for (const text of texts) {
        expect(signaturesOf(pairing, secret, text), `${text.length} bytes`).toEqual(
          signaturesOf(reference, secret, text),
        );
      }
    }
  });
});

const keysOf = (pairing: Pairing, one: Uint8Array) =>
  forms.map((form) => toHex(pairing.keys.encode(pairing.keyOf(one), form)));
const signaturesOf = (pairing: Pairing, one: Uint8Array, text: Uint8Array) =>
  forms.map((form) => toHex(pairing.signatures.encode(pairing.sign(one, pairing.hash(text)), form)));

describe.each(titled)('%s, signatures in %s', (_backend, _suite, pairing) => {
  const { keys, signatures } = pairing;
  const key = pairing.keyOf(secret);
  const message = pairing.hash(texts[1] ?? utf8('x'));
  const signature = pairing.sign(secret, message);

  it('verifies what it signed, and nothing else', () => {
    expect(pairing.verify(key, message, signature)).toBe(true);
    expect(pairing.verify(key, pairing.hash(utf8('y')), signature)).toBe(false);
    expect(pairing.verify(pairing.keyOf(otherSecret), message, signature)).toBe(false);
    expect(pairing.verify(key, message, pairing.sign(otherSecret, message))).toBe(false);
  });

  it('verifies nothing with an identity', () => {
    expect(pairing.verify(keys.identity, message, signatures.identity)).toBe(false);
    expect(pairing.verify(keys.identity, message, signature)).toBe(false);
    expect(pairing.verify(key, message, signatures.identity)).toBe(false);
  });

  it('verifies no signature outside the group, were it right otherwise', () => {
    const small = present(
      signatures.decodeUnchecked(smallOrder[signatures.name], 'uncompressed'),
      'a point of the curve',
    );
    const shifted = sumOf(signatures, signature, small);
    expect([signature, small, shifted].map((point) => signatures.isInSubgroup(point))).toEqual([true, false, false]);
    expect(signatures.isIdentity(small)).toBe(false);
    expect(pairing.verify(key, message, shifted)).toBe(false);
    const back = sumOf(signatures, shifted, signatures.sum([{ point: small, factor: -1n }]));
    expect(pairing.verify(key, message, back)).toBe(true);
  });

  const checkGroup = <P>(group: PointGroup<P>, point: P): void => {
    for (const form of forms) {
      const bytes = group.encode(point, form);
      expect(group.equals(present(group.decode(bytes, form), 'a point'), point)).toBe(true);
      expect(toHex(group.encode(group.identity, form))).toBe(toHex(identityEncoding(group.name, form)));
      expect(group.isIdentity(present(group.decode(identityEncoding(group.name, form), form), 'the identity'))).toBe(
        true,
      );
      expect(group.decode(bytes.subarray(1), form)).toBeUndefined();
      expect(group.decode(concatBytes(bytes, Uint8Array.of(0)), form)).toBeUndefined();
      expect(group.decode(flipBit(bytes, 7), form)).toBeUndefined();
      if (form === 'uncompressed')
        expect(group.decodeUnchecked(flipBit(bytes, 8 * bytes.length - 8), form)).toBeUndefined();
    }
    expect(group.isIdentity(point)).toBe(false);
    const [onCurve, offCurve] = outside[group.name];
    expect(group.decode(present(onCurve, 'bytes'), 'compressed')).toBeUndefined();
    const read = group.decodeUnchecked(present(onCurve, 'bytes'), 'compressed');
    if (pairing.backend !== 'noble') expect(read !== undefined && !group.isInSubgroup(read)).toBe(true);
    expect(group.decodeUnchecked(present(offCurve, 'bytes'), 'compressed')).toBeUndefined();
    expect(group.isInSubgroup(group.identity)).toBe(true);
  };

  it('reads and writes points of the group of keys', () => {
    checkGroup(keys, key);
  });

  it('reads and writes points of the group of signatures', () => {
    checkGroup(signatures, signature);
  });

  it('keeps points on a journey through the other form', () => {
    const bytes = signatures.encode(signature, 'uncompressed');
    const read = present(signatures.decodeUnchecked(bytes, 'uncompressed'), 'a point');
    expect(signatures.isInSubgroup(read)).toBe(true);
    expect(signatures.encode(read, 'compressed')).toEqual(signatures.encode(signature, 'compressed'));
  });

  it('sums with factors of every kind', () => {
    const small = fc.oneof(
      fc.bigInt(-1000n, 1000n),
      fc.bigInt(-(2n ** 128n), 2n ** 128n),
      fc.constantFrom(0n, 1n, -1n, groupOrder, -groupOrder - 3n),
    );
    const base = bytesToBigInt(secret);
    const property = fc.property(fc.array(small, { maxLength: 5 }), (factors) => {
      const terms = factors.map((factor, index) => ({
        point: pairing.keyOf(bigIntToBytes(base * BigInt(index + 1), 32)),
        factor,
      }));
      const total = residue(
        factors.reduce((sum, factor, index) => sum + factor * base * BigInt(index + 1), 0n),
        groupOrder,
      );
      const expected = total === 0n ? keys.identity : pairing.keyOf(bigIntToBytes(total, 32));
      expect(keys.equals(keys.sum(terms), expected)).toBe(true);
    });
    fc.assert(property, { numRuns: pairing.backend === 'noble' ? 2 : 10 });
    const terms = [3n, -5n, 3n].map((factor) => ({ point: signature, factor }));
    expect(signatures.equals(signatures.sum(terms), signature)).toBe(true);
    expect(signatures.isIdentity(signatures.sum([]))).toBe(true);
    expect(signatures.isIdentity(signatures.sum([{ point: signatures.identity, factor: -9n }]))).toBe(true);
    const cancelled = signatures.sum([
      { point: signature, factor: 77n },
      { point: signature, factor: -77n },
    ]);
    expect(signatures.isIdentity(cancelled)).toBe(true);
    const again = signatures.sum([
      { point: cancelled, factor: -2n },
      { point: signature, factor: 1n },
    ]);
    expect(signatures.equals(again, signature)).toBe(true);
  });

  it('never takes two encodings for one point', () => {
    const property = fc.property(fc.uint8Array({ minLength: 192, maxLength: 192 }), (bytes) => {
      for (const form of forms) {
        expectOneEncoding(keys, bytes.subarray(0, pointLength(keys.name, form)), form);
        expectOneEncoding(signatures, bytes.subarray(0, pointLength(signatures.name, form)), form);
      }
    });
    fc.assert(property, { numRuns: pairing.backend === 'noble' ? 5 : 30 });
  });
});

function expectOneEncoding<P>(group: PointGroup<P>, bytes: Uint8Array, form: (typeof forms)[number]): void {
  const marked = new Uint8Array(bytes);
  marked[0] = form === 'compressed' ? 0x80 | ((bytes[0] ?? 0) & 0x2f) : (bytes[0] ?? 0) & 0x0f;
  const point = group.decodeUnchecked(marked, form);
  if (point !== undefined) expect(group.encode(point, form)).toEqual(marked);
}

describe('noble', () => {
  it('reads uncompressed points without looking at the group', () => {
    const pairing = present(noble.pairing(present(ciphersuites[0], 'a suite')), 'noble has it');
    const mcl = present(
      pairings.find(({ backend, ciphersuite }) => backend === 'mcl' && ciphersuite === ciphersuites[0]),
      'mcl',
    );
    const stray = present(mcl.signatures.decodeUnchecked(compressed(96, 2), 'compressed'), 'a point');
    const bytes = mcl.signatures.encode(stray, 'uncompressed');
    const read = present(pairing.signatures.decodeUnchecked(bytes, 'uncompressed'), 'a point of the curve');
    expect(pairing.signatures.isInSubgroup(read)).toBe(false);
    expect(pairing.signatures.decode(bytes, 'uncompressed')).toBeUndefined();
  });
});
