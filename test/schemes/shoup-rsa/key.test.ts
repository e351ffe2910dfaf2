/** Dealing, loading, and the JSON of keys: what is refused, and that nothing secret shows. */
import { inspect } from 'node:util';
import { describe, expect, it } from 'vitest';
import { toHex } from '../../../src/prelude/bytes.js';
import { decode } from '../../../src/prelude/codec.js';
import { E } from '../../../src/prelude/fp.js';
import { present } from '../../../src/prelude/invariant.js';
import { Universe } from '../../../src/prelude/process.js';
import { modularInverse } from '../../../src/schemes/sharing/modular-inverse.js';
import { bitLength } from '../../../src/schemes/sharing/integers.js';
import { dealShoupRsa, type DealRequest } from '../../../src/schemes/shoup-rsa/dealer.js';
import { deriveBase } from '../../../src/schemes/shoup-rsa/derived-base.js';
import { LinearKeyShare, secretsOf } from '../../../src/schemes/contract/linear-key-share.js';
import {
  keyIdOf,
  type ShoupRsaKeyShare,
  type ShoupRsaPublicKey,
  unsignedBytes,
} from '../../../src/schemes/shoup-rsa/key.js';
import { shoupRsaKeyShareCodec, shoupRsaPublicKeyCodec } from '../../../src/schemes/shoup-rsa/key-codec.js';
import { checkModulus, prepareSharing } from '../../../src/schemes/shoup-rsa/key-checks.js';
import { loadKey } from '../../../src/schemes/shoup-rsa/loaded-key.js';
import { modularPower } from '../../../src/schemes/shoup-rsa/modular-power.js';
import { jacobi } from '../../../src/schemes/shoup-rsa/jacobi.js';
import { makeShoupRsaSigner } from '../../../src/schemes/shoup-rsa/signer.js';
import { makeShoupRsaVerifier } from '../../../src/schemes/shoup-rsa/verifier.js';
import { right } from '../../support/right.js';
import { otherSafePrimes1024, safePrimes1024 } from '../../support/rsa-keys.js';
import { gate } from '../sharing/policies.js';
import { id, message, names, seededRandom, sharesOf, signerOf, testKey, threeOfFive, universe } from './setup.js';

const material = { _tag: 'safe-primes', ...safePrimes1024 } as const;
const key = testKey(threeOfFive);
const { publicKey, shares } = key;
const modulus = publicKey.modulus;
const shareOf = (name: string) => present(shares.get(id(name)), 'a share');

const deal = (change: Partial<DealRequest>) =>
  dealShoupRsa({
    material,
    policy: threeOfFive,
    universe,
    usage: 'document',
    epoch: 1,
    random: seededRandom('x'),
    ...change,
  });
const load = (change: Partial<ShoupRsaPublicKey>, among = universe) =>
  makeShoupRsaVerifier({ ...publicKey, ...change }, among);

describe('dealing', () => {
  it('refuses primes that are not safe, composites, and twice the same', () => {
    const { p, q } = safePrimes1024;
    // 2^521 - 1 is a prime, and not a safe one; 2^607 - 1 is 3 modulo 4 as safe primes are.
    const mersenne = { p: 2n ** 521n - 1n, q: 2n ** 607n - 1n };
    expect(deal({ material: { _tag: 'safe-primes', ...mersenne } })).toEqual(E.left({ _tag: 'NotSafePrimes' }));
    expect(deal({ material: { _tag: 'safe-primes', p, q: p } })).toEqual(E.left({ _tag: 'NotSafePrimes' }));
    expect(deal({ material: { _tag: 'safe-primes', p, q: q + 4n } })).toEqual(E.left({ _tag: 'NotSafePrimes' }));
    expect(deal({ material: { _tag: 'imported-primes', p, q: q + 4n } })).toEqual(E.left({ _tag: 'NotPrimes' }));
    expect(E.isRight(deal({ material: { _tag: 'imported-primes', ...mersenne } }))).toBe(true);
  });

  it('refuses moduli that are too short or too long, before it looks at them', () => {
    expect(deal({ material: { _tag: 'safe-primes', p: 23n, q: 47n } })).toMatchObject(E.left({ _tag: 'BadModulus' }));
    const long = 2n ** 3000n + 3n;
    expect(deal({ material: { _tag: 'safe-primes', p: long, q: long } })).toMatchObject(E.left({ _tag: 'BadModulus' }));
  });

  it('refuses exponents that are even, composite, out of range, or factors of the order', () => {
    for (const exponent of [0n, 1n, 2n, 9n, 65536n, 65537n ** 2n, 2n ** 32n + 15n, -3n]) {
      expect(deal({ exponent })).toEqual(E.left({ _tag: 'BadExponent', exponent }));
    }
    // 3 divides 2^607 - 2.
    const imported = { _tag: 'imported-primes', p: 2n ** 521n - 1n, q: 2n ** 607n - 1n } as const;
    const divides = 'the order';
    expect(deal({ material: imported, exponent: 3n, policy: gate(5, ...names) })).toEqual(
      E.left({ _tag: 'BadExponent', exponent: 3n, divides }),
    );
  });

  it('T16: refuses an exponent that divides the scale: e = 3 goes along all-of gates only', () => {
    const divides = 'the scale of the policy';
    expect(deal({ exponent: 3n, policy: gate(2, 'a', 'b', 'c') })).toEqual(
      E.left({ _tag: 'BadExponent', exponent: 3n, divides }),
    );
    expect(deal({ exponent: 5n })).toEqual(E.left({ _tag: 'BadExponent', exponent: 5n, divides }));
    expect(E.isRight(deal({ exponent: 7n }))).toBe(true);
    const cube = testKey(gate(3, 'a', 'b', 'c'), { exponent: 3n });
    const { signature } = right(cube.verifier.combine(message, sharesOf(cube, message, 'a', 'b', 'c')));
    expect(cube.verifier.verify(message, signature)).toBe(true);
  });

  it.each([
    ['statement', 'RSA-OAEP-256'],
    ['document', 'RSA-OAEP-256'],
    ['beacon', 'PS256'],
    ['beacon', 'RSA-OAEP-256'],
    ['decryption', 'RS256'],
    ['decryption', 'PS256'],
    ['time-lock', 'RS256'],
    ['time-lock', 'RSA-OAEP-256'],
  ] as const)('refuses a key for %s with %s, and so does loading', (usage, algorithm) => {
    const error = E.left({ _tag: 'BadAlgorithm', usage, algorithm });
    expect(deal({ usage, algorithm })).toEqual(error);
    expect(load({ usage, algorithm })).toEqual(error);
  });

  it.each([
    ['statement', 'RS256'],
    ['document', 'RS256'],
    ['beacon', 'RS256'],
    ['decryption', 'RSA-OAEP-256'],
  ] as const)('gives a key for %s the algorithm %s where none is asked for', (usage, algorithm) => {
    expect(right(deal({ usage })).publicKey.algorithm).toBe(algorithm);
  });

  it.each([
    ['RS256', 489],
    ['PS256', 522],
    ['RSA-OAEP-256', 521],
  ] as const)('takes no modulus for %s of fewer than %i bits', (algorithm, bits) => {
    const odd = (length: number) => (1n << BigInt(length - 1)) + 1n;
    expect(checkModulus(odd(bits), algorithm, true)).toBeUndefined();
    expect(checkModulus(odd(bits - 1), algorithm, true)).toEqual({ _tag: 'BadModulus', modulusBits: bits - 1 });
    expect(checkModulus(odd(4096), algorithm, true)).toBeUndefined();
    expect(checkModulus(odd(4097), algorithm, true)).toEqual({ _tag: 'BadModulus', modulusBits: 4097 });
  });

  it('refuses policies that are none, and members that are strangers', () => {
    expect(deal({ policy: gate(3, 'a', 'b') })).toMatchObject(E.left({ _tag: 'UnshareablePolicy' }));
    expect(deal({ policy: gate(1, 'a', 'zoe') })).toEqual(E.left({ _tag: 'StrangerHoldsShare', process: 'zoe' }));
  });

  it('gives everyone shares of a fixed length, whatever was drawn', () => {
    const policy = gate(2, gate(2, 'a', 'b', 'c'), gate(2, 'd', 'e'), gate(1, 'a', 'd'));
    const lengths = Array.from({ length: 4 }, (_, index) => {
      const dealt = right(deal({ policy, random: seededRandom(`draw ${index}`) }));
      return [...dealt.shares.values()].flatMap((share) => [...secretsOf(share).values()].map(bitLength));
    });
    for (const drawn of lengths) expect(drawn).toEqual(lengths[0]);
    expect(Math.max(...(lengths[0] ?? []))).toBeLessThan(1024 + 240);
  });

  it('deals other shares each time, and the same key', () => {
    const again = right(deal({ random: seededRandom('again') }));
    expect(again.publicKey.commitments).not.toEqual(publicKey.commitments);
    expect(keyIdOf(again.publicKey)).toEqual(keyIdOf(publicKey));
  });
});

describe('a key id', () => {
  it('names usage, algorithm, modulus and exponent, and neither policy nor epoch', () => {
    const other = otherSafePrimes1024.p * otherSafePrimes1024.q;
    for (const change of [
      { usage: 'statement' as const },
      { algorithm: 'PS256' as const },
      { modulus: other },
      { exponent: 3n },
    ]) {
      expect(keyIdOf({ ...publicKey, ...change })).not.toEqual(keyIdOf(publicKey));
    }
    expect(keyIdOf({ ...publicKey, ...{ epoch: 9, policy: gate(1, 'a') } })).toEqual(keyIdOf(publicKey));
    expect(key.verifier.keyId).toEqual(keyIdOf(publicKey));
  });
});

describe('loading a public key', () => {
  const base = present(deriveBase(modulus, publicKey.exponent), 'a base');
  const [root = 0n, ...others] = publicKey.commitments;
  const outsider =
    Array.from({ length: 50 }, (_, index) => BigInt(index + 2)).find((x) => jacobi(x, modulus) === -1) ?? 0n;
  const bad = E.left({ _tag: 'BadCommitments', expectedCount: 3 });
  const untied = E.left({ _tag: 'CommittedToAnotherSecret' });

  it('T14: derives v again from modulus and exponent, and takes none from anybody', () => {
    expect(right(loadKey(publicKey, universe, seededRandom('x'))).group.base).toBe(base);
    // With v = 1, and with v the square of a known root, everything else would check.
    const [p, q] = [safePrimes1024.p, safePrimes1024.q].map((prime) => (prime - 1n) / 2n);
    const knownRoot = 4n;
    const square = knownRoot * knownRoot;
    const d = present(modularInverse(publicKey.exponent, (p ?? 0n) * (q ?? 0n)), 'an inverse');
    for (const chosen of [1n, square]) {
      const power = modularPower(chosen, d, modulus);
      const tied = power <= modulus / 2n ? power : modulus - power;
      expect([chosen, modulus - chosen]).toContain(modularPower(tied, publicKey.exponent, modulus));
      expect(load({ commitments: [tied, ...others] })).toEqual(untied);
    }
  });

  it('T16: refuses a scale that a plain reshare must not have left', () => {
    const cube = testKey(gate(3, 'a', 'b', 'c'), { exponent: 3n }).publicKey;
    expect(E.isRight(makeShoupRsaVerifier(cube, universe))).toBe(true);
    expect(makeShoupRsaVerifier({ ...cube, secretScale: 36n }, universe)).toEqual(
      E.left({ _tag: 'BadExponent', exponent: 3n, divides: 'the scale of the policy' }),
    );
    expect(prepareSharing(cube.policy, universe, 3n, 36n)).toEqual(
      E.left({ _tag: 'BadExponent', exponent: 3n, divides: 'the scale of the policy' }),
    );
  });

  it('accepts it as dealt, for a larger universe and a policy in another order too', () => {
    expect(E.isRight(load({}))).toBe(true);
    const larger = new Universe([...names, 'x', 'y'].map(id).reverse());
    const verifier = right(load({ policy: gate(3, 'e', 'c', 'a', 'b', 'd') }, larger));
    const { signature } = right(verifier.combine(message, sharesOf(key, message, 'b', 'c', 'e')));
    expect(verifier.verify(message, signature)).toBe(true);
  });

  it.each([
    ['none', [], bad],
    ['too few', [root], bad],
    ['too many', [...publicKey.commitments, 1n], bad],
    ['one that is zero', [root, 0n, ...others.slice(1)], bad],
    ['one beyond N/2', [root, ...others.map((one, index) => (index === 0 ? modulus - one : one))], bad],
    ['one of Jacobi symbol -1', [root, outsider, ...others.slice(1)], bad],
    ['one that shares a factor with N', [root, safePrimes1024.p, ...others.slice(1)], bad],
    ['those of the base 1', [1n, ...others], untied],
    ['the base itself for a root', [base, ...others], untied],
    [
      'others of the group for a root',
      [
        (base * base) % modulus <= modulus / 2n ? (base * base) % modulus : modulus - ((base * base) % modulus),
        ...others,
      ],
      untied,
    ],
  ] as const)('refuses commitments: %s', (_, commitments, expected) => {
    expect(load({ commitments: [...commitments] })).toEqual(expected);
  });

  it.each([
    ['another modulus', { modulus: otherSafePrimes1024.p * otherSafePrimes1024.q }],
    ['another exponent', { exponent: 257n }],
    ['another scale of the secret', { secretScale: 7n }],
  ])('refuses %s', (_, change) => {
    expect(['CommittedToAnotherSecret', 'BadCommitments']).toContain(E.isLeft(load(change)) && leftTag(load(change)));
  });

  it.each([
    ['even', modulus + 1n],
    ['3 modulo 4', modulus + 6n],
    ['short', 3n * 5n],
    ['long', modulus ** 5n],
    ['a multiple of 3', 3n * (2n ** 1000n + 3n)],
    ['a square', (2n ** 500n + 1n) ** 2n],
    ['zero', 0n],
    ['negative', -modulus],
  ])('refuses a modulus that is %s', (_, other) => {
    expect(load({ modulus: other })).toMatchObject(E.left({ _tag: 'BadModulus' }));
  });

  it('refuses a modulus with a factor that anybody finds, whatever its dealer says of it', () => {
    for (const provenSafePrimes of [true, false]) {
      const error = E.left({ _tag: 'SmallFactor' });
      expect(load({ modulus: 23n * safePrimes1024.p, provenSafePrimes })).toEqual(error);
    }
  });

  it('refuses ranges whose shares no ceremony would make, and takes wider ones of another dealing for another dealing', () => {
    const { ranges } = publicKey;
    if (ranges._tag !== 'integers') throw new Error('integers');
    const wide = { low: 0n, high: 1n << 16_384n };
    expect(load({ ranges: { ...ranges, coefficients: wide } })).toEqual(E.left({ _tag: 'BadRanges' }));
    const digests = [ranges, { ...ranges, secret: { ...ranges.secret, high: ranges.secret.high + 1n } }].map(
      (box) => right(loadKey({ ...publicKey, ranges: box }, universe, seededRandom('x'))).dealingDigest,
    );
    expect(digests[0]).not.toEqual(digests[1]);
    const negative = { low: -ranges.secret.high, high: 5n };
    expect(E.isRight(load({ ranges: { ...ranges, coefficients: negative, secret: negative } }))).toBe(true);
  });

  it('refuses a secret that nothing shifts, below any-of gates alone, of which a share might not be positive', () => {
    const alone = testKey(gate(1, 'a', 'b'));
    const { ranges } = alone.publicKey;
    if (ranges._tag !== 'integers') throw new Error('integers');
    for (const low of [-ranges.secret.high, -1n, 0n, 1n]) {
      const box = { ...ranges, secret: { ...ranges.secret, low } };
      const loaded = loadKey({ ...alone.publicKey, ranges: box }, universe, seededRandom('x'));
      expect(E.isLeft(loaded) && loaded.left._tag).toBe(low > 0n ? false : 'BadRanges');
    }
  });

  it('refuses bad exponents, scales that undo them, policies and members', () => {
    expect(load({ exponent: 4n })).toMatchObject(E.left({ _tag: 'BadExponent' }));
    expect(load({ secretScale: 65537n })).toMatchObject(E.left({ _tag: 'BadExponent' }));
    expect(load({ policy: gate(9, 'a') })).toMatchObject(E.left({ _tag: 'UnshareablePolicy' }));
    expect(load({}, new Universe(names.slice(1).map(id)))).toEqual(
      E.left({ _tag: 'StrangerHoldsShare', process: 'a' }),
    );
  });
});

function leftTag(either: ReturnType<typeof load>): string {
  return E.isLeft(either) ? either.left._tag : 'Right';
}

describe('loading a share', () => {
  const share = shareOf('a');
  const [first] = share.rows;
  const own = present(first, 'a row');
  const with_ = (change: Partial<Pick<ShoupRsaKeyShare, 'keyId' | 'epoch' | 'process' | 'rows'>>) =>
    new LinearKeyShare(
      'shoup-rsa',
      change.keyId ?? share.keyId,
      change.epoch ?? share.epoch,
      change.process ?? share.process,
      change.rows ?? share.rows,
    );
  const loadShare = (given: ShoupRsaKeyShare, pub = publicKey) => makeShoupRsaSigner(pub, given, universe);
  const changed = (index: number) => own.secret.map((byte, at) => (at === index ? byte ^ 1 : byte));

  it.each([
    ['key', with_({ keyId: keyIdOf({ ...publicKey, usage: 'statement' }) })],
    ['epoch', with_({ epoch: 2 })],
    ['process', with_({ process: id('zoe') })],
    ['row', with_({ rows: [{ ...own, row: 3 }] })],
    ['number of rows', with_({ rows: [own, { row: 1, secret: own.secret }] })],
    ['number of rows, none', with_({ rows: [] })],
    ['number of rows, twice the same', with_({ rows: [own, own] })],
  ])('refuses one of another %s', (_, given) => {
    expect(loadShare(given)).toEqual(E.left({ _tag: 'ShareOfAnotherKey', process: given.process }));
  });

  it('refuses one that is not committed to: of another process, another dealing, or with a bit changed', () => {
    const fault = { _tag: 'ShareNotCommitted', row: 0 };
    for (const secret of [present(shareOf('b').rows[0], 'a row').secret, changed(30), changed(own.secret.length - 1)]) {
      const loaded = loadShare(with_({ rows: [{ row: 0, secret }] }));
      expect(E.isLeft(loaded) && loaded.left._tag).toBe('BadShare');
    }
    const again = present(right(deal({ random: seededRandom('again') })).shares.get(id('a')), 'a share');
    expect(loadShare(again)).toEqual(E.left({ _tag: 'BadShare', process: 'a', fault }));
  });

  it('refuses one out of range, congruent or not', () => {
    const order = ((safePrimes1024.p - 1n) * (safePrimes1024.q - 1n)) / 4n;
    const value = (secretsOf(share).get(0) ?? 0n) + order * 2n ** 300n;
    const secret = Uint8Array.from(Buffer.from(value.toString(16).padStart(400, '0'), 'hex'));
    const fault = { _tag: 'ShareOutOfRange', row: 0 };
    for (const one of [secret, new Uint8Array(0), own.secret.map(() => 255)]) {
      expect(loadShare(with_({ rows: [{ row: 0, secret: one }] }))).toEqual(
        E.left({ _tag: 'BadShare', process: 'a', fault }),
      );
    }
  });

  it('names the row that is wrong where a process has several', () => {
    const several = testKey(gate(2, gate(2, 'a', 'b'), gate(2, 'a', 'c'), 'd'));
    const mine = present(several.shares.get(id('a')), 'a share');
    const second = present(mine.rows[1], 'a second row');
    const rows = [
      ...mine.rows.slice(0, 1),
      { ...second, secret: second.secret.map((byte, at) => (at === 40 ? byte ^ 4 : byte)) },
    ];
    const fault = { _tag: 'ShareNotCommitted', row: second.row };
    const wrong = new LinearKeyShare('shoup-rsa', mine.keyId, mine.epoch, mine.process, rows);
    expect(makeShoupRsaSigner(several.publicKey, wrong, universe)).toEqual(
      E.left({ _tag: 'BadShare', process: 'a', fault }),
    );
  });
});

describe('a key share', () => {
  it('shows no secret to inspect and JSON', () => {
    const share = shareOf('a');
    const secret = present(share.rows[0], 'a row').secret;
    const signer = signerOf(key, 'a');
    for (const text of [inspect(share), JSON.stringify(share), inspect(signer, { depth: 9, showHidden: true })]) {
      expect(text).not.toContain(toHex(secret).slice(2, 20));
      expect(text).not.toContain(secret.slice(1, 6).join(', '));
      expect(text).not.toContain((secretsOf(share).get(0) ?? 0n).toString().slice(0, 20));
    }
  });

  it('can be erased', () => {
    const share = present(right(deal({})).shares.get(id('b')), 'a share');
    share.erase();
    expect([...secretsOf(share).values()]).toEqual([0n]);
  });
});

describe('the JSON of keys', () => {
  const publicJson = (): Record<string, unknown> =>
    JSON.parse(JSON.stringify(shoupRsaPublicKeyCodec.encode(publicKey))) as Record<string, unknown>;
  const shareJson = (): Record<string, unknown> =>
    JSON.parse(JSON.stringify(shoupRsaKeyShareCodec.encode(shareOf('a')))) as Record<string, unknown>;

  it('is read back as it was written', () => {
    expect(right(decode(shoupRsaPublicKeyCodec, publicJson()))).toEqual(publicKey);
    const negative = {
      _tag: 'integers',
      secret: { low: -258n, high: 0n },
      coefficients: { low: -1n, high: 256n },
    } as const;
    for (const ranges of [negative, { _tag: 'modular' } as const]) {
      const json: unknown = JSON.parse(JSON.stringify(shoupRsaPublicKeyCodec.encode({ ...publicKey, ranges })));
      expect(right(decode(shoupRsaPublicKeyCodec, json))).toEqual({ ...publicKey, ranges });
    }
    const share = right(decode(shoupRsaKeyShareCodec, shareJson()));
    expect(share).toBeInstanceOf(LinearKeyShare);
    expect(secretsOf(share)).toEqual(secretsOf(shareOf('a')));
    expect(E.isRight(makeShoupRsaSigner(publicKey, share, universe))).toBe(true);
  });

  it.each(['statement', 'document', 'beacon', 'decryption'] as const)('is read back for a key of usage %s', (usage) => {
    const dealt = right(deal({ usage })).publicKey;
    expect(right(decode(shoupRsaPublicKeyCodec, shoupRsaPublicKeyCodec.encode(dealt)))).toEqual(dealt);
  });

  const number = (bytes: number) => `a positive number in hexadecimal, at most ${bytes} bytes, without leading zeros`;
  const range = (low: unknown, high: unknown) => ({
    _tag: 'integers',
    secret: { low, high },
    coefficients: { low: '00', high: '02' },
  });
  const end = 'a number in hexadecimal with a minus sign if negative, at most 3072 bytes, without leading zeros';

  it.each([
    ['/modulus', { modulus: '' }, number(512)],
    ['/modulus', { modulus: '00ff' }, number(512)],
    ['/exponent', { exponent: '' }, number(4)],
    ['/exponent', { exponent: '00' }, number(4)],
    ['/secretScale', { secretScale: 7 }, number(1024)],
    ['/ranges/secret/low', { ranges: range(5, '02') }, end],
    ['/ranges/secret/low', { ranges: range('--02', '02') }, end],
    ['/ranges/secret/high', { ranges: range('00', '-00') }, end],
    ['/ranges/secret', { ranges: range('02', '02') }, 'a range that is not empty'],
    ['/algorithm', { algorithm: 'RS512' }, 'an algorithm (RS256, PS256, RSA-OAEP-256)'],
    ['/', { commitments: ['01', toHex(unsignedBytes(modulus))] }, 'a Shoup RSA key with commitments below its modulus'],
    ['/', { modulus: '02', commitments: ['01', '01', '02'] }, 'a Shoup RSA key with commitments below its modulus'],
  ])('of a public key says what is wrong at %s in %o', (path, change, expected) => {
    const error = { _tag: 'DecodeError', path, expected };
    expect(decode(shoupRsaPublicKeyCodec, { ...publicJson(), ...change })).toEqual(E.left(error));
  });

  it('is that of keys whose numbers it could write, and of nothing else', () => {
    const { ranges } = publicKey;
    const isKey = (change: Record<string, unknown>) => shoupRsaPublicKeyCodec.is({ ...publicKey, ...change });
    const negative = { _tag: 'integers', secret: { low: -2n, high: 0n }, coefficients: { low: 0n, high: 1n } };
    for (const change of [{}, { ranges: { _tag: 'modular' } }, { ranges: negative }]) expect(isKey(change)).toBe(true);
    for (const change of [
      { exponent: 0n },
      { exponent: -3n },
      { exponent: '03' },
      { ranges: { ...ranges, secret: { low: '00', high: 1n } } },
      { ranges: { ...ranges, secret: { low: 0n, high: '02' } } },
      { ranges: { ...ranges, secret: { low: 2n, high: 2n } } },
      { commitments: [1n, modulus] },
    ]) {
      expect(isKey(change)).toBe(false);
    }
  });

  it.each([
    ['_tag', 'multisig'],
    ['usage', 'anything'],
    ['modulus', ''],
    ['modulus', '00ff'],
    ['modulus', 'FF'],
    ['modulus', 'f'.repeat(1026)],
    ['modulus', 12],
    ['exponent', '0100000001'],
    ['exponent', '-3'],
    ['epoch', -1],
    ['epoch', 1.5],
    ['secretScale', '00'],
    ['provenSafePrimes', 1],
    ['algorithm', 'RS512'],
    ['algorithm', 'toString'],
    ['usage', 'time-lock'],
    ['ranges', { _tag: 'none' }],
    ['ranges', { _tag: 'modular', secret: 1 }],
    ['ranges', { _tag: 'integers', secret: { low: '00', high: '00' }, coefficients: { low: '00', high: '02' } }],
    ['ranges', { _tag: 'integers', secret: { low: '02', high: '01' }, coefficients: { low: '00', high: '02' } }],
    ['ranges', { _tag: 'integers', secret: { low: '-00', high: '01' }, coefficients: { low: '00', high: '02' } }],
    ['ranges', { _tag: 'integers', secret: { low: '0', high: '01' }, coefficients: { low: '00', high: '02' } }],
    ['ranges', { _tag: 'integers', secret: { low: '--02', high: '01' }, coefficients: { low: '00', high: '02' } }],
    ['ranges', { _tag: 'integers', secret: { low: '00', high: '01' } }],
    [
      'ranges',
      { _tag: 'integers', secret: { low: '00', high: 'f'.repeat(9000) }, coefficients: { low: '00', high: '02' } },
    ],
    ['commitments', []],
    ['commitments', Array.from({ length: 1025 }, () => '02')],
    ['commitments', ['xy']],
    ['policy', { threshold: 3, of: [{ member: 'a' }, { member: 'b' }] }],
    ['extra', 1],
  ])('of a public key is refused where %s is %s', (name, value) => {
    expect(E.isLeft(decode(shoupRsaPublicKeyCodec, { ...publicJson(), [name]: value }))).toBe(true);
  });

  it.each([
    ['keyId', 'ab'],
    ['process', 'a-b'],
    ['rows', []],
    ['rows', [{ row: -1, secret: '01' }]],
    ['rows', [{ row: 0, secret: 'f'.repeat(10_000) }]],
    ['extra', 1],
  ])('of a share is refused where %s is %s', (name, value) => {
    expect(E.isLeft(decode(shoupRsaKeyShareCodec, { ...shareJson(), [name]: value }))).toBe(true);
  });
});
