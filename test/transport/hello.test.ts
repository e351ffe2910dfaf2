/** The hello: one encoding, and no bytes that make its reader throw. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { concatBytes, utf8 } from '../../src/prelude/bytes.js';
import type { Digest } from '../../src/prelude/digest.js';
import { E } from '../../src/prelude/fp.js';
import type { ProcessId } from '../../src/prelude/process.js';
import { decodeHello, difference, encodeHello, type Hello } from '../../src/transport/hello.js';
import { identityUri, parseIdentityUri } from '../../src/transport/identity.js';

const digest32 = fc.uint8Array({ minLength: 32, maxLength: 32 }).map((bytes) => bytes as Digest);
const hello: fc.Arbitrary<Hello> = fc.record({
  identity: fc.record({
    role: fc.constantFrom('server', 'client'),
    id: fc.constantFrom('acme/1', 'a', 'x_y.z/0').map((id) => id as ProcessId),
  }),
  allianceId: digest32,
  configurationDigest: digest32,
  epoch: fc.nat().map((number) => number + 1),
});

describe('a hello', () => {
  it('is read as it was written', () => {
    fc.assert(
      fc.property(hello, (value) => {
        expect(decodeHello(encodeHello(value))).toEqual(E.right(value));
        expect(difference(value, value)).toBeUndefined();
      }),
    );
  });

  it('has the layout of spec/wire.md', () => {
    const identity = { role: 'client', id: 'acme/shop' as ProcessId } as const;
    const bytes = encodeHello({
      identity,
      allianceId: new Uint8Array(32).fill(1) as Digest,
      configurationDigest: new Uint8Array(32).fill(2) as Digest,
      epoch: 258,
    });
    const expected = concatBytes(
      utf8('koinon'),
      Uint8Array.of(0, 1, 1, 0, 0, 0, 9),
      utf8('acme/shop'),
      new Uint8Array(32).fill(1),
      new Uint8Array(32).fill(2),
      Uint8Array.of(0, 0, 0, 0, 0, 0, 1, 2),
    );
    expect(bytes).toEqual(expected);
  });

  it('is refused with one byte more or less, in any other version, and as garbage', () => {
    fc.assert(
      fc.property(hello, fc.uint8Array({ maxLength: 120 }), (value, garbage) => {
        const bytes = encodeHello(value);
        expect(E.isLeft(decodeHello(bytes.subarray(1)))).toBe(true);
        expect(decodeHello(bytes.subarray(0, -1))).toEqual(E.left('the hello is malformed'));
        expect(decodeHello(concatBytes(bytes, Uint8Array.of(0)))).toEqual(E.left('the hello is malformed'));
        expect(E.isLeft(decodeHello(garbage))).toBe(true);
        const later = concatBytes(utf8('koinon'), Uint8Array.of(1, 0), garbage);
        expect(decodeHello(later)).toEqual(
          E.left('protocol version 256 meets protocol version 1: update the older koinon'),
        );
      }),
    );
  });

  it('with a bad name or role is malformed', () => {
    const bytes = encodeHello({
      identity: { role: 'server', id: 'a/b' as ProcessId },
      allianceId: new Uint8Array(32) as Digest,
      configurationDigest: new Uint8Array(32) as Digest,
      epoch: 1,
    });
    const change = (at: number, byte: number): Uint8Array => bytes.map((old, index) => (index === at ? byte : old));
    expect(E.isRight(decodeHello(bytes))).toBe(true);
    expect(E.isLeft(decodeHello(change(8, 2)))).toBe(true);
    expect(E.isLeft(decodeHello(change(14, 0x0a)))).toBe(true);
    expect(E.isLeft(decodeHello(change(bytes.length - 1, 0)))).toBe(true);
  });

  it('compares configurations of one epoch alone: servers of different epochs have different ones', () => {
    const mine: Hello = {
      identity: { role: 'server', id: 'a/b' as ProcessId },
      allianceId: new Uint8Array(32) as Digest,
      configurationDigest: new Uint8Array(32) as Digest,
      epoch: 1,
    };
    const other = new Uint8Array(32).fill(7) as Digest;
    expect(difference(mine, { ...mine, configurationDigest: other })).toMatch(/alliance.json differs/);
    expect(difference(mine, { ...mine, configurationDigest: other, epoch: 2 })).toBeUndefined();
    expect(difference(mine, { ...mine, allianceId: other, epoch: 2 })).toMatch(/belongs to alliance/);
  });
});

describe('an identity URI', () => {
  it('has one form', () => {
    const identity = { role: 'server', id: 'acme/1' as ProcessId } as const;
    expect(parseIdentityUri(identityUri(identity))).toEqual(identity);
    for (const uri of [
      'koinon:server/acme/1/2',
      'koinon:server/acme-1',
      'Koinon:server/acme/1',
      'koinon:peer/acme/1',
      'koinon:server/',
      'koinon:server/acme/1\n',
      '',
    ]) {
      expect(parseIdentityUri(uri)).toBeUndefined();
    }
  });
});
