import { bls12_381 as curve } from '@noble/curves/bls12-381.js';
import { describe, expect, it } from 'vitest';
import { bigIntToBytes, bytesToBigInt, concatBytes, toHex, utf8 } from '../../../src/prelude/bytes.js';
import { E } from '../../../src/prelude/fp.js';
import { present } from '../../../src/prelude/invariant.js';
import { type ProcessId, Universe } from '../../../src/prelude/process.js';
import { blsSuites, ciphersuiteOf, groupOrder } from '../../../src/schemes/bls/ciphersuite.js';
import { dealBls } from '../../../src/schemes/bls/dealer.js';
import { loadKey, type LoadedKey } from '../../../src/schemes/bls/loaded-key.js';
import { verifyBls } from '../../../src/schemes/bls/ordinary-verify.js';
import type { Pairing, PointGroup, SignaturePoint } from '../../../src/schemes/bls/pairing.js';
import { decodeShare, type RowShare } from '../../../src/schemes/bls/share-encoding.js';
import { areValid, areValidTogether, findInvalid } from '../../../src/schemes/bls/share-judge.js';
import { makeBlsVerifier } from '../../../src/schemes/bls/verifier.js';
import type { Signature, SignatureShare } from '../../../src/schemes/contract/distributed-signer.js';
import { reconstruction } from '../../../src/schemes/sharing/reconstruction.js';
import { right } from '../../support/right.js';
import { gate } from '../sharing/policies.js';
import {
  blst,
  id,
  mcl,
  message,
  noble,
  pairingOf,
  seededRandom,
  sharesOf,
  smallOrder,
  testKey,
  type TestKey,
  threeOfFive,
  universe,
} from './setup.js';

const key = testKey(threeOfFive);
const pairing = pairingOf(blst, 'min-pk-pop');
const loaded = right(loadKey(key.publicKey, universe, pairing));
const { signatures } = pairing;
const hashed = pairing.hash(message);

const pointOf = (share: SignatureShare): SignaturePoint => present(signatures.decode(share, 'uncompressed'), 'a point');
const shareOf = (point: SignaturePoint): SignatureShare => signatures.encode(point, 'uncompressed') as SignatureShare;
const plus = (share: SignatureShare, point: SignaturePoint): SignatureShare =>
  shareOf(
    signatures.sum([
      { point: pointOf(share), factor: 1n },
      { point, factor: 1n },
    ]),
  );
const letters = (text: string) => Array.from(text);
const times = (point: SignaturePoint, factor: bigint) => signatures.sum([{ point, factor }]);
const set = (...names: readonly string[]) => universe.of(names.map(id));
/** A point of the group that nobody asked for. */
const stray = pairing.sign(bigIntToBytes(99n, 32), pairing.hash(utf8('stray')));

function changed(
  shares: Map<ProcessId, SignatureShare>,
  name: string,
  change: (share: SignatureShare) => SignatureShare,
) {
  return new Map([...shares, [id(name), change(present(shares.get(id(name)), 'a share'))] as const]);
}

describe('a combined signature', () => {
  const secret = bigIntToBytes(0x1f2e3d4c5b6a79887766554433221100n, 32);

  it.each(blsSuites)('is that of the undealt key, whoever signs, and verifies everywhere: %s', (suite) => {
    const dealt = testKey(threeOfFive, { suite, secret });
    const ciphersuite = ciphersuiteOf(suite);
    const scheme = ciphersuite.signatureGroup === 'G2' ? curve.longSignatures : curve.shortSignatures;
    const expected = scheme.sign(scheme.hash(message, ciphersuite.dst) as never, secret).toBytes();
    for (const names of ['abc', 'cde', 'ade', 'abcde'].map(letters)) {
      const { signature } = right(dealt.verifier.combine(message, sharesOf(dealt, message, ...names)));
      expect(toHex(signature)).toBe(toHex(expected));
    }
    expect(toHex(dealt.publicKey.groupKey)).toBe(toHex(scheme.getPublicKey(secret).toBytes()));
    expect(scheme.verify(expected, scheme.hash(message, ciphersuite.dst) as never, dealt.publicKey.groupKey)).toBe(
      true,
    );
    expect(verifyBls(suite, dealt.publicKey.groupKey, message, expected)).toBe(true);
    expect(verifyBls(suite, dealt.publicKey.groupKey, utf8('x'), expected)).toBe(false);
    expect(verifyBls(suite, dealt.publicKey.groupKey.subarray(1), message, expected)).toBe(false);
  });

  it('is the same by every backend, from the same shares', () => {
    const dealt = testKey(gate(2, gate(2, 'a', 'b', 'c'), gate(2, 'a', 'd'), 'e'), { secret });
    const shares = sharesOf(dealt, message, 'a', 'b', 'd');
    const signed = [blst, mcl, noble].map((backend) => {
      const verifier = right(makeBlsVerifier(dealt.publicKey, universe, { pairing: pairingOf(backend, 'min-pk-pop') }));
      return toHex(right(verifier.combine(message, shares)).signature);
    });
    expect(new Set(signed).size).toBe(1);
  });

  it('comes of many shares with long coefficients', () => {
    const names = Array.from({ length: 60 }, (_, index) => `p${index}`);
    const many = new Universe(names.map(id));
    const terms = { usage: 'document', policy: gate(31, ...names), universe: many, epoch: 1 } as const;
    const { publicKey, shares } = right(dealBls({ ...terms, secret, random: seededRandom('many') }));
    const verifier = right(makeBlsVerifier(publicKey, many, { pairing }));
    const used = [...shares.values()].filter((_, index) => index % 2 === 0 || index === 59);
    const { sharing } = right(loadKey(publicKey, many, pairing));
    const lambda = present(
      reconstruction(sharing, (process) => used.some((share) => share.process === process)),
      'a qualified set',
    );
    expect([...lambda.values()].some((factor) => factor > groupOrder || -factor > groupOrder)).toBe(true);
    const sent = used.map(({ process, rows: [row] }) => {
      return [process, shareOf(pairing.sign(present(row, 'a row').secret, hashed))] as const;
    });
    const { signature } = right(verifier.combine(message, new Map(sent)));
    expect(toHex(signature)).toBe(toHex(signatures.encode(pairing.sign(secret, hashed), 'compressed')));
  });

  it('is of the long messages that people bring as well', () => {
    const long = new Uint8Array(3_000_000).fill(5);
    for (const backend of [blst, mcl]) {
      const dealt = testKey(gate(1, 'a', 'b'), {}, pairingOf(backend, 'min-pk-pop'));
      expect(E.isRight(dealt.verifier.combine(long, sharesOf(dealt, long, 'b')))).toBe(true);
    }
  });
});

describe('bad shares', () => {
  const good = sharesOf(key, message, 'a', 'b', 'c', 'd', 'e');

  it.each<[string, (share: SignatureShare) => SignatureShare]>([
    ['another point of the group', (share) => plus(share, stray)],
    ['the negative', (share) => shareOf(signatures.sum([{ point: pointOf(share), factor: -1n }]))],
    ['a multiple', (share) => shareOf(signatures.sum([{ point: pointOf(share), factor: 2n }]))],
    ['a point of small order added', (share) => shareOf(withSmallOrder(pointOf(share)))],
    ['a point of small order', () => smallOrder.G2 as SignatureShare],
    ['the generator', () => generator()],
  ])('that are points are named, and only they: %s', (_, spoil) => {
    for (const victim of ['a', 'c', 'e']) {
      const shares = changed(good, victim, spoil);
      expect(key.verifier.verifyShare(message, id(victim), present(shares.get(id(victim)), 'it'))).toBe('invalid');
      const { signature, invalid } = right(key.verifier.combine(message, shares));
      expect(key.verifier.verify(message, signature)).toBe(true);
      // Shares of d and e are not needed where a, b and c are good.
      expect([...invalid]).toEqual(victim === 'e' ? [] : [id(victim)]);
      const needed = new Map([...shares].filter(([from]) => ['a', 'c', 'e'].includes(from)));
      expect(key.verifier.combine(message, needed)).toEqual(
        E.left({ _tag: 'NotQualified', signers: set('a', 'c', 'e').without(id(victim)), invalid: set(victim) }),
      );
    }
  });

  it.each<[string, (share: SignatureShare) => Uint8Array]>([
    ['the identity', () => new Uint8Array(192).fill(0x40, 0, 1)],
    ['the compressed form', (share) => signatures.encode(pointOf(share), 'compressed')],
    ['two points', (share) => concatBytes(share, share)],
    ['nothing', () => new Uint8Array(0)],
    ['no point', () => new Uint8Array(192).fill(1)],
  ])('that are none are named at once: %s', (_, spoil) => {
    for (const victim of ['a', 'e']) {
      const shares = changed(good, victim, (share) => spoil(share) as SignatureShare);
      expect([...right(key.verifier.combine(message, shares)).invalid]).toEqual([id(victim)]);
      expect(key.verifier.verifyShare(message, id(victim), present(shares.get(id(victim)), 'it'))).toBe('invalid');
    }
  });

  it('are told from good ones, however many there are', () => {
    for (const bad of ['ab', 'abe', 'de', 'abcde', 'ace'].map(letters)) {
      // On no polynomial that is 0 at 0: what combines to nothing would not be noticed, rightly.
      const spoil = (share: SignatureShare, index: number) =>
        plus(share, times(stray, [7n, 100n, 31n, 5n, 250n][index] ?? 1n));
      const shares = bad.reduce((kept, name, index) => changed(kept, name, (share) => spoil(share, index)), good);
      const combined = key.verifier.combine(message, shares);
      const remaining = set('a', 'b', 'c', 'd', 'e').minus(set(...bad));
      if (key.verifier.canCombine(remaining)) {
        const { invalid, signature } = right(combined);
        expect(key.verifier.verify(message, signature)).toBe(true);
        // Where a, b and c are good, nobody looks at d and e.
        expect([...invalid]).toEqual(bad.includes('d') ? [] : bad.map(id));
      } else {
        expect(combined).toEqual(E.left({ _tag: 'NotQualified', signers: remaining, invalid: set(...bad) }));
      }
    }
  });

  it('that cancel one another do not deceive whoever judges them together', () => {
    const back = signatures.sum([{ point: stray, factor: -1n }]);
    const rows = (shares: ReadonlyMap<ProcessId, SignatureShare>): readonly RowShare[] =>
      [...shares].flatMap(([from, share]) => decodeShare(loaded, from, share) ?? []);
    const cancelling = changed(
      changed(good, 'a', (share) => plus(share, stray)),
      'b',
      (share) => plus(share, back),
    );
    for (let toss = 0; toss < 8; toss++) {
      expect(areValidTogether(loaded, hashed, rows(good), seededRandom(`toss ${toss}`))).toBe(true);
      expect(areValidTogether(loaded, hashed, rows(cancelling), seededRandom(`toss ${toss}`))).toBe(false);
    }
    expect(areValidTogether(loaded, hashed, rows(cancelling).slice(2), seededRandom('rest'))).toBe(true);
  });

  it('in one of the rows of a sender are found', () => {
    const several = testKey(gate(2, gate(2, 'a', 'b'), gate(2, 'a', 'c')));
    const shares = sharesOf(several, message, 'a', 'b', 'c');
    const own = present(shares.get(id('a')), 'a share of two rows');
    expect(own.length).toBe(2 * 192);
    const swapped = concatBytes(own.subarray(192), own.subarray(0, 192)) as SignatureShare;
    expect(several.verifier.verifyShare(message, id('a'), own)).toBe('valid');
    expect(several.verifier.verifyShare(message, id('a'), swapped)).toBe('invalid');
    for (const half of [0, 192]) {
      const spoilt = new Uint8Array(own);
      spoilt.set(shareOf(stray), half);
      expect(several.verifier.verifyShare(message, id('a'), spoilt as SignatureShare)).toBe('invalid');
      const error = several.verifier.combine(
        message,
        new Map([...shares, [id('a'), spoilt as SignatureShare] as const]),
      );
      expect(error).toEqual(E.left({ _tag: 'NotQualified', signers: set('b', 'c'), invalid: set('a') }));
    }
  });

  it('of processes that hold no part of the key are ignored, and nobody is blamed', () => {
    const stranger = new Map([[id('f'), present(good.get(id('a')), 'a share')] as const]);
    expect([...right(key.verifier.combine(message, new Map([...stranger, ...good]))).invalid]).toEqual([]);
    const few = new Map([...stranger, ...[...good].slice(0, 2)]);
    const expected = { _tag: 'NotQualified', signers: set('a', 'b'), invalid: universe.none };
    expect(key.verifier.combine(message, few)).toEqual(E.left(expected));
    const bytes = present(good.get(id('a')), 'a share');
    expect(key.verifier.verifyShare(message, id('f'), bytes)).toBe('invalid');
  });

  function withSmallOrder(point: SignaturePoint): SignaturePoint {
    const small = present(signatures.decodeUnchecked(smallOrder.G2, 'uncompressed'), 'a point of the curve');
    return signatures.sum([
      { point, factor: 1n },
      { point: small, factor: 1n },
    ]);
  }

  function generator(): SignatureShare {
    return curve.G2.Point.BASE.toBytes(false) as SignatureShare;
  }
});

describe('the search for bad shares', () => {
  const names = Array.from({ length: 16 }, (_, index) => `p${index}`);
  const many = new Universe(names.map(id));

  /** A pairing that counts its verifications. */
  function counted(original: Pairing): { readonly pairing: Pairing; readonly count: () => number } {
    let calls = 0;
    const verify: Pairing['verify'] = (...all) => {
      calls += 1;
      return original.verify(...all);
    };
    return { pairing: { ...original, verify }, count: () => calls };
  }

  const dealt: TestKey = testKey(gate(9, ...names), { universe: many });

  function search(
    bad: readonly string[],
    isSuspected: boolean,
  ): { readonly found: readonly string[]; readonly calls: number } {
    const counting = counted(pairing);
    const one: LoadedKey = right(loadKey(dealt.publicKey, many, counting.pairing));
    const text = counting.pairing.hash(message);
    const shares = new Map(
      [...sharesOf(dealt, message, ...names)].map(([from, share]) => {
        const sent = bad.includes(from) ? plus(share, stray) : share;
        return [from, decodeShare(one, from, sent) ?? []] as const;
      }),
    );
    const found = findInvalid(one, text, shares, { isSuspected, random: seededRandom('search') });
    return { found, calls: counting.count() };
  }

  it('names exactly the bad ones', () => {
    for (const bad of [[], ['p0'], ['p15'], ['p3', 'p4'], ['p0', 'p8', 'p15'], names]) {
      for (const isSuspected of [true, false]) expect(search(bad, isSuspected).found).toEqual(bad);
    }
  });

  it('asks once where all is well, and seldom where little is wrong', () => {
    expect(search([], false).calls).toBe(1);
    expect(search(['p0'], false).calls).toBeLessThan(names.length - 4);
    expect(search(['p15'], true).calls).toBeLessThan(names.length - 4);
  });

  it('takes every backend to the same verdict', () => {
    const small = testKey(gate(2, 'a', 'b', 'c', 'd', 'e', 'f'), { suite: 'min-sig-nul' });
    const shares = sharesOf(small, message, 'a', 'b', 'c', 'd', 'e', 'f');
    const other = sharesOf(small, utf8('another'), 'a', 'd');
    const mixed = new Map([...shares, ...other]);
    for (const backend of [mcl, noble]) {
      const verifier = right(
        makeBlsVerifier(small.publicKey, universe, { pairing: pairingOf(backend, 'min-sig-nul') }),
      );
      const { invalid, signature } = right(verifier.combine(message, mixed));
      expect([...invalid]).toEqual(['a', 'd']);
      expect(small.verifier.verify(message, signature)).toBe(true);
    }
  });
});

describe('T21: a partial that was forged by interpolation', () => {
  const dealt = testKey(gate(2, 'a', 'b', 'c', 'd', 'e', 'f'));
  const one = right(loadKey(dealt.publicKey, universe, pairing));

  /** Row 3's point from those of rows 1 and 2: f(3) = 2 f(2) - f(1). */
  function forged(): SignatureShare {
    const shares = sharesOf(dealt, message, 'a', 'b');
    const [a, b] = ['a', 'b'].map((name) => pointOf(present(shares.get(id(name)), 'a share')));
    return shareOf(
      signatures.sum([
        { point: present(b, 'b'), factor: 2n },
        { point: present(a, 'a'), factor: -1n },
      ]),
    );
  }

  it('is the very share of the process that it is forged for, so nobody is ever blamed for it', () => {
    expect(toHex(forged())).toBe(toHex(present(sharesOf(dealt, message, 'c').get(id('c')), 'its own')));
    expect(dealt.verifier.verifyShare(message, id('c'), forged())).toBe('valid');
    const shares = new Map([...sharesOf(dealt, message, 'a'), [id('c'), forged()] as const]);
    expect([...right(dealt.verifier.combine(message, shares)).invalid]).toEqual([]);
    const beside = changed(new Map([...shares, ...sharesOf(dealt, message, 'b', 'd', 'e', 'f')]), 'a', (share) =>
      plus(share, stray),
    );
    expect([...right(dealt.verifier.combine(message, beside)).invalid]).toEqual([id('a')]);
    const rows = decodeShare(one, id('c'), forged()) ?? [];
    expect(areValid(one, hashed, rows)).toBe(true);
  });

  it('counts for one who did not sign, and what it combines to verifies all the same', () => {
    const signature = right(
      dealt.verifier.combine(message, new Map([...sharesOf(dealt, message, 'a'), [id('c'), forged()]])),
    ).signature;
    expect(dealt.verifier.verify(message, signature)).toBe(true);
    expect(toHex(signature)).toBe(
      toHex(right(dealt.verifier.combine(message, sharesOf(dealt, message, 'e', 'f'))).signature),
    );
  });
});

describe('verification', () => {
  const { signature } = right(key.verifier.combine(message, sharesOf(key, message, 'a', 'b', 'c')));

  it('refuses points of small order, identities and other forms', () => {
    const point = present(signatures.decode(signature, 'compressed'), 'a point');
    const others = [
      signatures.encode(point, 'uncompressed'),
      signatures.encode(signatures.identity, 'compressed'),
      signatures.encode(signatures.sum([{ point, factor: -1n }]), 'compressed'),
      new Uint8Array(0),
    ];
    for (const other of others) expect(key.verifier.verify(message, other as Signature)).toBe(false);
    expect(key.verifier.verify(message, signature)).toBe(true);
  });

  it('has the sums of sharing behind it: λ of a set times the shares is the secret', () => {
    const secret = bigIntToBytes(424242n, 32);
    const dealt = testKey(threeOfFive, { secret });
    const { sharing } = right(loadKey(dealt.publicKey, universe, pairing));
    const lambda = present(
      reconstruction(sharing, (process) => ['b', 'd', 'e'].includes(process)),
      'a qualified set',
    );
    const shares = new Map(
      [...dealt.shares.values()].flatMap((share) =>
        share.rows.map((row) => [row.row, bytesToBigInt(row.secret)] as const),
      ),
    );
    const sum = [...lambda].reduce((total, [row, factor]) => total + factor * (shares.get(row) ?? 0n), 0n);
    expect(((sum % groupOrder) + groupOrder) % groupOrder).toBe(424242n);
    const group: PointGroup<unknown> = pairing.keys;
    expect(group.name).toBe('G1');
  });
});
