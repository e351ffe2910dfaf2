import { inspect } from 'node:util';
import { describe, expect, it } from 'vitest';
import { bigIntToBytes, bytesToBigInt, equalBytes, toHex } from '../../../src/prelude/bytes.js';
import { decode } from '../../../src/prelude/codec.js';
import { E } from '../../../src/prelude/fp.js';
import { present } from '../../../src/prelude/invariant.js';
import { Universe } from '../../../src/prelude/process.js';
import { blsSuites, groupOrder } from '../../../src/schemes/bls/ciphersuite.js';
import { dealBls } from '../../../src/schemes/bls/dealer.js';
import { type BlsKeyShare, type BlsPublicKey, dealingDigestOf, keyIdOf } from '../../../src/schemes/bls/key.js';
import { blsKeyShareCodec, blsPublicKeyCodec } from '../../../src/schemes/bls/key-codec.js';
import { identityEncoding } from '../../../src/schemes/bls/point-encoding.js';
import { makeBlsSigner } from '../../../src/schemes/bls/signer.js';
import { makeBlsVerifier } from '../../../src/schemes/bls/verifier.js';
import type { KeyUsage } from '../../../src/schemes/contract/distributed-signer.js';
import { LinearKeyShare, type SecretRow } from '../../../src/schemes/contract/linear-key-share.js';
import { right } from '../../support/right.js';
import { gate } from '../sharing/policies.js';
import {
  blst,
  id,
  message,
  noble,
  pairingOf,
  seededRandom,
  sharesOf,
  testKey,
  threeOfFive,
  universe,
} from './setup.js';

const pairing = pairingOf(blst, 'min-pk-pop');
const options = { pairing };
const key = testKey(threeOfFive);
const load = (change: Partial<BlsPublicKey>) => makeBlsVerifier({ ...key.publicKey, ...change }, universe, options);
const encoded = (secret: bigint) => pairing.keys.encode(pairing.keyOf(bigIntToBytes(secret, 32)), 'compressed');

describe('a BLS public key', () => {
  const { commitments, groupKey } = key.publicKey;
  const [first, second] = [present(commitments[0], 'C_0'), present(commitments[1], 'C_1')];
  const outside = new Uint8Array(48);
  outside.set([0x80]);
  outside.set([4], 47);

  it('loads as it was dealt', () => {
    expect(E.isRight(load({}))).toBe(true);
    expect(commitments.length).toBe(3);
  });

  it.each<[string, readonly Uint8Array[]]>([
    ['one commitment too many', [...commitments, second]],
    ['one commitment too few', commitments.slice(0, -1)],
    ['no commitments', []],
    ['a commitment outside the group', [first, outside, second]],
    ['a commitment that is too short', [first, second.subarray(1), second]],
    ['a commitment in the other form', [first, new Uint8Array(96), second]],
    ['a commitment with a wrong flag', [first, new Uint8Array(48), second]],
  ])('is refused with %s', (_, changed) => {
    expect(load({ commitments: changed })).toEqual(E.left({ _tag: 'BadCommitments', expectedCount: 3 }));
  });

  it.each<[string, Partial<BlsPublicKey>]>([
    ['another group key', { groupKey: encoded(3n) }],
    ['the negative of its group key', { groupKey: negated(groupKey) }],
    ['a group key that is C_0 itself', { groupKey: first }],
    ['another C_0', { commitments: [second, second, present(commitments[2], 'C_2')] }],
    ['a group key outside the group', { groupKey: outside }],
    [
      'an identity as its group key',
      {
        groupKey: identityEncoding('G1', 'compressed'),
        commitments: [identityEncoding('G1', 'compressed'), ...commitments.slice(1)],
      },
    ],
    ['a group key of the other group', { groupKey: new Uint8Array(96) }],
    ['an empty group key', { groupKey: new Uint8Array(0) }],
  ])('is refused with %s', (_, change) => {
    expect(load(change)).toEqual(E.left({ _tag: 'BadGroupKey' }));
  });

  it('is refused along a policy that it was not dealt along', () => {
    expect(load({ policy: gate(4, 'a', 'b', 'c', 'd', 'e') })).toEqual(
      E.left({ _tag: 'BadCommitments', expectedCount: 4 }),
    );
    expect(load({ policy: gate(3, 'a', 'b', 'c', 'd') })).toEqual(E.left({ _tag: 'BadGroupKey' }));
  });

  it('is refused along what is no policy, or with strangers, or for decryption', () => {
    const few = new Universe([id('a'), id('b')]);
    expect(makeBlsVerifier(key.publicKey, few, options)).toEqual(
      E.left({ _tag: 'StrangerHoldsShare', process: id('c') }),
    );
    const bad = load({ policy: gate(3, 'a', 'b') });
    expect(E.isLeft(bad) && bad.left._tag).toBe('UnshareablePolicy');
    const large = load({ policy: gate(2, ...Array.from({ length: 256 }, (_, index) => `p${index}`)) });
    expect(E.isLeft(large) && large.left).toMatchObject({
      _tag: 'UnshareablePolicy',
      reason: { _tag: 'PolicyTooLarge' },
    });
    expect(load({ usage: 'decryption' })).toEqual(E.left({ _tag: 'UnsupportedUsage', usage: 'decryption' }));
  });

  function negated(bytes: Uint8Array): Uint8Array {
    const copy = new Uint8Array(bytes);
    copy[0] = (copy[0] ?? 0) ^ 0x20;
    return copy;
  }
});

describe('the id of a BLS key', () => {
  const keyId = toHex(keyIdOf(key.publicKey));

  it('names suite, usage and group key', () => {
    const others = [{ usage: 'statement' as const }, { suite: 'min-pk-nul' as const }, { groupKey: encoded(5n) }];
    for (const change of others) expect(toHex(keyIdOf({ ...key.publicKey, ...change }))).not.toBe(keyId);
  });

  it('outlives policy, epoch and commitments, which the dealing digest names', () => {
    const changes: readonly Partial<BlsPublicKey>[] = [
      { policy: gate(3, 'a', 'b', 'c', 'd', 'f') },
      { epoch: 2 },
      { commitments: [...key.publicKey.commitments].reverse() },
      { commitments: key.publicKey.commitments.slice(1) },
    ];
    const dealing = toHex(dealingDigestOf(key.publicKey));
    for (const change of changes) {
      expect(toHex(keyIdOf({ ...key.publicKey, ...change }))).toBe(keyId);
      expect(toHex(dealingDigestOf({ ...key.publicKey, ...change }))).not.toBe(dealing);
    }
    expect(toHex(dealingDigestOf({ ...key.publicKey, usage: 'beacon' }))).not.toBe(dealing);
    const reordered = gate(3, 'e', 'd', 'c', 'b', 'a');
    expect(toHex(dealingDigestOf({ ...key.publicKey, policy: reordered }))).toBe(dealing);
  });
});

describe('a BLS key share', () => {
  const share = present(key.shares.get(id('a')), 'a share');
  const withRows = (rows: readonly SecretRow[], process = share.process, epoch = 1): BlsKeyShare =>
    new LinearKeyShare('bls', share.keyId, epoch, process, rows);
  const open = (one: BlsKeyShare) => makeBlsSigner(key.publicKey, one, universe, options);
  const [row] = share.rows;
  const { row: index, secret } = present(row, 'a row');
  const fault = (tag: string) => E.left({ _tag: 'BadShare', process: share.process, fault: { _tag: tag, row: index } });
  const plus = (value: bigint, length = 32) => bigIntToBytes(bytesToBigInt(secret) + value, length);

  it('opens a signer of its process', () => {
    expect(right(open(share)).me).toBe(share.process);
  });

  it.each<[string, Uint8Array, string]>([
    ['another number', plus(1n), 'ShareNotCommitted'],
    ['its negative', bigIntToBytes(groupOrder - bytesToBigInt(secret), 32), 'ShareNotCommitted'],
    ['zero', new Uint8Array(32), 'ShareOutOfRange'],
    ['r', bigIntToBytes(groupOrder, 32), 'ShareOutOfRange'],
    ['one byte more', plus(0n, 33), 'ShareOutOfRange'],
    ['no bytes', new Uint8Array(0), 'ShareOutOfRange'],
    ['all ones', new Uint8Array(32).fill(0xff), 'ShareOutOfRange'],
  ])('is refused with %s for a secret', (_, changed, expected) => {
    expect(open(withRows([{ row: index, secret: changed }]))).toEqual(fault(expected));
  });

  it('is refused with a number congruent to its own', () => {
    const small = { policy: gate(1, 'a'), secret: bigIntToBytes(7n, 32) };
    const tiny = testKey(small.policy, small);
    const own = present(tiny.shares.get(id('a')), 'a share');
    const congruent = new LinearKeyShare('bls', own.keyId, 1, id('a'), [
      { row: 0, secret: bigIntToBytes(7n + groupOrder, 32) },
    ]);
    expect(E.isRight(makeBlsSigner(tiny.publicKey, own, universe, options))).toBe(true);
    const opened = makeBlsSigner(tiny.publicKey, congruent, universe, options);
    expect(E.isLeft(opened) && opened.left).toMatchObject({ _tag: 'BadShare', fault: { _tag: 'ShareOutOfRange' } });
  });

  it('is refused for another process, epoch or key, or with other rows', () => {
    const b = present(key.shares.get(id('b')), 'a share');
    const elsewhere = testKey(threeOfFive, { random: seededRandom('another') });
    const wrong = [
      withRows(share.rows, id('b')),
      withRows(share.rows, id('f')),
      withRows(share.rows, share.process, 2),
      withRows(b.rows),
      withRows([]),
      withRows([...share.rows, ...b.rows]),
      withRows([...share.rows, ...share.rows]),
      present(elsewhere.shares.get(id('a')), 'a share'),
    ];
    for (const one of wrong) {
      const opened = open(one);
      expect(E.isLeft(opened) && opened.left._tag).toBe('ShareOfAnotherKey');
    }
  });

  it('of several rows is checked in every one of them', () => {
    const several = testKey(gate(2, gate(2, 'a', 'b'), gate(2, 'a', 'c'), 'a'));
    const own = present(several.shares.get(id('a')), 'a share');
    expect(own.rows.length).toBe(3);
    expect(E.isRight(makeBlsSigner(several.publicKey, own, universe, options))).toBe(true);
    const reversed = new LinearKeyShare('bls', own.keyId, own.epoch, own.process, [...own.rows].reverse());
    const signer = right(makeBlsSigner(several.publicKey, reversed, universe, options));
    expect(signer.signShare(message)).toEqual(
      right(makeBlsSigner(several.publicKey, own, universe, options)).signShare(message),
    );
    for (const spoilt of own.rows) {
      const rows = own.rows.map((one) => (one === spoilt ? { ...one, secret: plus(1n) } : one));
      const opened = makeBlsSigner(
        several.publicKey,
        new LinearKeyShare('bls', own.keyId, 1, own.process, rows),
        universe,
        options,
      );
      expect(E.isLeft(opened) && opened.left).toMatchObject({
        _tag: 'BadShare',
        fault: { _tag: 'ShareNotCommitted', row: spoilt.row },
      });
    }
    const [one, other, third] = own.rows.map(({ row: at, secret: bytes }) => ({
      row: at,
      secret: bytesToBigInt(bytes),
    }));
    const shifted = [
      { row: present(one, 'a row').row, secret: bigIntToBytes(present(one, 'a row').secret + 1n, 32) },
      { row: present(other, 'a row').row, secret: bigIntToBytes(present(other, 'a row').secret - 1n, 32) },
      { row: present(third, 'a row').row, secret: bigIntToBytes(present(third, 'a row').secret, 32) },
    ];
    expect(
      E.isLeft(
        makeBlsSigner(
          several.publicKey,
          new LinearKeyShare('bls', own.keyId, 1, own.process, shifted),
          universe,
          options,
        ),
      ),
    ).toBe(true);
  });

  it('shows nothing of its secret', () => {
    const shown =
      inspect(share, { depth: null }) +
      JSON.stringify(share) +
      inspect(right(open(share)), { depth: null, showHidden: true });
    expect(shown).not.toContain(toHex(secret));
    expect(shown).not.toContain(bytesToBigInt(secret).toString());
  });
});

describe('the dealer', () => {
  const terms = { usage: 'document', policy: threeOfFive, universe, epoch: 1, random: seededRandom('dealer') } as const;

  it('deals in every suite a key whose shares open', () => {
    for (const suite of blsSuites) {
      const dealt = right(dealBls({ ...terms, suite, policy: gate(2, 'a', 'b', 'c') }));
      expect(dealt.publicKey.suite).toBe(suite);
      for (const share of dealt.shares.values())
        expect(E.isRight(makeBlsSigner(dealt.publicKey, share, universe, { pairing: pairingOf(noble, suite) }))).toBe(
          true,
        );
    }
  });

  it('deals a key that exists, whose public key it keeps', () => {
    const secret = bigIntToBytes(0xdeadbeefn, 32);
    expect(right(dealBls({ ...terms, secret })).publicKey.groupKey).toEqual(encoded(0xdeadbeefn));
    for (const value of [1n, groupOrder - 1n])
      expect(E.isRight(dealBls({ ...terms, secret: bigIntToBytes(value, 32) }))).toBe(true);
  });

  it.each<[string, Uint8Array]>([
    ['zero', new Uint8Array(32)],
    ['r', bigIntToBytes(groupOrder, 32)],
    ['short', new Uint8Array(31).fill(1)],
    ['long', bigIntToBytes(5n, 33)],
  ])('refuses a secret that is %s', (_, secret) => {
    expect(dealBls({ ...terms, secret })).toEqual(E.left({ _tag: 'BadSecret' }));
  });

  it('draws another secret and other coefficients each time', () => {
    const random = seededRandom('twice');
    const [one, two] = [right(dealBls({ ...terms, random })), right(dealBls({ ...terms, random }))];
    expect(one.publicKey.groupKey).not.toEqual(two.publicKey.groupKey);
    const secret = bigIntToBytes(77n, 32);
    const [three, four] = [right(dealBls({ ...terms, random, secret })), right(dealBls({ ...terms, random, secret }))];
    expect(three.publicKey.groupKey).toEqual(four.publicKey.groupKey);
    expect(three.publicKey.commitments[1]).not.toEqual(four.publicKey.commitments[1]);
  });

  it('refuses what cannot be dealt', () => {
    expect(dealBls({ ...terms, usage: 'decryption' })).toEqual(
      E.left({ _tag: 'UnsupportedUsage', usage: 'decryption' }),
    );
    expect(dealBls({ ...terms, universe: new Universe([id('a')]) })).toEqual(
      E.left({ _tag: 'StrangerHoldsShare', process: id('b') }),
    );
    expect(E.isLeft(dealBls({ ...terms, policy: gate(6, 'a', 'b') }))).toBe(true);
  });
});

describe('BLS keys as JSON', () => {
  const json = (value: unknown): unknown => JSON.parse(JSON.stringify(value));
  const publicJson = json(blsPublicKeyCodec.encode(key.publicKey)) as Record<string, unknown>;
  const share = present(key.shares.get(id('a')), 'a share');
  const shareJson = json(blsKeyShareCodec.encode(share)) as Record<string, unknown>;

  it('are read as they were written', () => {
    const read = right(decode(blsPublicKeyCodec, publicJson));
    expect(read).toEqual(key.publicKey);
    const readShare = right(decode(blsKeyShareCodec, shareJson));
    expect(E.isRight(makeBlsSigner(read, readShare, universe, options))).toBe(true);
    expect(equalBytes(readShare.keyId, share.keyId)).toBe(true);
  });

  it.each<[string, unknown]>([
    ['another tag', { ...publicJson, _tag: 'shoup-rsa' }],
    ['an unknown key', { ...publicJson, extra: 1 }],
    ['an unknown suite', { ...publicJson, suite: 'min-pk-aug' }],
    ['a suite by a method of objects', { ...publicJson, suite: 'toString' }],
    ['a usage that it has not', { ...publicJson, usage: 'decryption' }],
    ['a group key that is too long', { ...publicJson, groupKey: '00'.repeat(97) }],
    ['a group key in upper case', { ...publicJson, groupKey: 'AA'.repeat(48) }],
    ['no commitments', { ...publicJson, commitments: [] }],
    ['too many commitments', { ...publicJson, commitments: Array.from({ length: 1025 }, () => '00') }],
    ['a negative epoch', { ...publicJson, epoch: -1 }],
    ['no group key', { ...publicJson, groupKey: undefined }],
  ])('are refused with %s', (_, value) => {
    expect(E.isLeft(decode(blsPublicKeyCodec, json(value)))).toBe(true);
  });

  it('are refused with shares that are too long, or of another scheme', () => {
    const rows = [{ row: 0, secret: '00'.repeat(33) }];
    for (const value of [
      { ...shareJson, rows },
      { ...shareJson, _tag: 'shoup-rsa' },
      { ...shareJson, rows: [] },
    ])
      expect(E.isLeft(decode(blsKeyShareCodec, value))).toBe(true);
  });
});

describe('what a BLS key may sign', () => {
  const uses: readonly (readonly [KeyUsage, boolean, boolean])[] = [
    ['document', true, false],
    ['statement', false, true],
    ['beacon', false, false],
    ['time-lock', false, false],
  ];
  const statement = new Uint8Array([0, ...Buffer.from('koinon statement v1'), 0, 1, 2, 3]);

  it.each(uses)('T5: as a share of a key for %s', (usage, documents, statements) => {
    const dealt = testKey(gate(1, 'a', 'b'), { usage });
    const signer = present(dealt.signers.get(id('a')), 'a signer');
    const refused = E.left({ _tag: 'WrongUsage', usage });
    const round = new Uint8Array(32).fill(1);
    for (const document of [message, round, new Uint8Array(0)]) {
      if (documents) expect(E.isRight(signer.signShare(document))).toBe(true);
      else expect(signer.signShare(document)).toEqual(refused);
    }
    if (statements) expect(E.isRight(signer.signShare(statement))).toBe(true);
    else expect(signer.signShare(statement)).toEqual(refused);
  });

  it('T5: never for another usage of the same secret', () => {
    const secret = bigIntToBytes(1234567n, 32);
    const [document, statementKey] = [
      testKey(threeOfFive, { secret }),
      testKey(threeOfFive, { secret, usage: 'statement' }),
    ];
    expect(equalBytes(keyIdOf(document.publicKey), keyIdOf(statementKey.publicKey))).toBe(false);
    const share = present(document.shares.get(id('a')), 'a share');
    const opened = makeBlsSigner(statementKey.publicKey, share, universe, options);
    expect(E.isLeft(opened) && opened.left._tag).toBe('ShareOfAnotherKey');
    expect(sharesOf(document, message, 'a').size).toBe(1);
  });
});
