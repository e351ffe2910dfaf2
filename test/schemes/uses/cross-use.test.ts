/** A key serves the one use that it was dealt for, by whichever door one comes: every scheme, usage and operation. */
import { describe, expect, it } from 'vitest';
import { concatBytes, utf8 } from '../../../src/prelude/bytes.js';
import { E, type Either } from '../../../src/prelude/fp.js';
import { present } from '../../../src/prelude/invariant.js';
import type { ProcessId } from '../../../src/prelude/process.js';
import { statementTag } from '../../../src/prelude/statement.js';
import { dealBls } from '../../../src/schemes/bls/dealer.js';
import type { KeyUsage, Signature, SignatureShare } from '../../../src/schemes/contract/distributed-signer.js';
import { keyIdOf } from '../../../src/schemes/public-key.js';
import { publicVerifier } from '../../../src/schemes/public-verifier.js';
import { type AllianceKeyShare, makeSigner, makeVerifier, type SchemeId } from '../../../src/schemes/registry.js';
import { dealShoupRsa } from '../../../src/schemes/shoup-rsa/dealer.js';
import { keyUsages } from '../../../src/schemes/contract/usage.js';
import { beaconChain, beaconMember, randomBeacon } from '../../../src/schemes/uses/beacon.js';
import { coinMessage, verifyCoin } from '../../../src/schemes/uses/coin-value.js';
import { coinMember, commonCoin } from '../../../src/schemes/uses/common-coin.js';
import { roundMessage, verifyRound } from '../../../src/schemes/uses/drand-rounds.js';
import { interopDecrypter, interopDecryptionMember } from '../../../src/schemes/uses/interop-decrypter.js';
import { timeLockIdentity } from '../../../src/schemes/uses/time-lock.js';
import { timeLock, timeLockAuthority, timeLockMember } from '../../../src/schemes/uses/time-lock-member.js';
import { right } from '../../support/right.js';
import { safePrimes1024 } from '../../support/rsa-keys.js';
import { threeOfFive } from '../shoup-rsa/setup.js';
import { blsKey, id, multisigKey, partialsOf, rsaKey, shareOf, universe, type UseTestKey } from './setup.js';

const scheme = 'bls-unchained-g1-rfc9380';
const terms = { scheme, periodSeconds: 3, genesisTimeSeconds: 1, beaconId: 'x' } as const;
const roundOf7 = present(roundMessage(scheme, { round: 7 }), 'a message');
const statement = concatBytes(statementTag, utf8('decided'));

function signs(message: Uint8Array): (key: UseTestKey) => Either<unknown, SignatureShare> {
  return (key) => {
    const signer = makeSigner(key.publicKey, shareOf(key, 'a'), universe);
    return E.isLeft(signer) ? signer : signer.right.signShare(message);
  };
}

/** Every door, and the usages for which keys of each scheme pass it. */
const operations: readonly (readonly [
  name: string,
  allowed: Partial<Record<SchemeId, readonly KeyUsage[]>>,
  operation: (key: UseTestKey) => Either<unknown, unknown>,
])[] = [
  ['sign a document', allSchemes('document'), signs(utf8('a document'))],
  ['sign bytes that are a round', allSchemes('document'), signs(roundOf7)],
  ['sign bytes that are an identity', allSchemes('document'), signs(identityOf('a label'))],
  ['sign bytes that are a coin', allSchemes('document'), signs(coinBytes())],
  ['sign a statement', allSchemes('statement'), signs(statement)],
  ['make a beacon', { bls: ['beacon'] }, ({ publicKey }) => randomBeacon(publicKey, scheme, universe)],
  ['name a chain', { bls: ['beacon'] }, ({ publicKey }) => beaconChain(publicKey, terms)],
  [
    'take part in a beacon',
    { bls: ['beacon'] },
    (key) => beaconMember(key.publicKey, shareOf(key, 'a'), scheme, universe),
  ],
  ['combine coins', { bls: ['beacon'], 'shoup-rsa': ['beacon'] }, ({ publicKey }) => commonCoin(publicKey, universe)],
  [
    'toss coins',
    { bls: ['beacon'], 'shoup-rsa': ['beacon'] },
    (key) => coinMember(key.publicKey, shareOf(key, 'a'), universe),
  ],
  ['open time-locks', { bls: ['time-lock'] }, ({ publicKey }) => timeLock(publicKey, universe)],
  ['be locked to', { bls: ['time-lock'] }, ({ publicKey }) => timeLockAuthority(publicKey)],
  [
    'take part in opening time-locks',
    { bls: ['time-lock'] },
    (key) => timeLockMember(key.publicKey, shareOf(key, 'a'), universe),
  ],
  ['decrypt', { 'shoup-rsa': ['decryption'] }, ({ publicKey }) => interopDecrypter(publicKey, universe)],
  [
    'take part in decryption',
    { 'shoup-rsa': ['decryption'] },
    (key) => interopDecryptionMember(key.publicKey, shareOf(key, 'a'), universe),
  ],
];

function allSchemes(usage: KeyUsage): Record<SchemeId, readonly KeyUsage[]> {
  return { bls: [usage], 'shoup-rsa': [usage], multisig: [usage] };
}

function identityOf(label: string): Uint8Array {
  return present(timeLockIdentity({ _tag: 'label', label }), 'an identity');
}

function coinBytes(): Uint8Array {
  return present(coinMessage(roundOf7, utf8('a coin')), 'a message');
}

const usagesOf: Record<SchemeId, readonly KeyUsage[]> = {
  bls: ['statement', 'document', 'beacon', 'time-lock'],
  'shoup-rsa': ['statement', 'document', 'beacon', 'decryption'],
  multisig: ['statement', 'document'],
};

const makeKey: Record<SchemeId, (usage: KeyUsage) => UseTestKey> = {
  bls: blsKey,
  'shoup-rsa': rsaKey,
  multisig: multisigKey,
};

const cases = Object.entries(usagesOf).flatMap(([schemeId, usages]) =>
  usages.map((usage) => [schemeId as SchemeId, usage] as const),
);

describe.each(cases)('T5: a key of %s for the use %s', (schemeId, usage) => {
  const key = makeKey[schemeId](usage);

  it.each(operations)('%s: only if that is its use', (_, allowed, operation) => {
    const isAllowed = allowed[schemeId]?.includes(usage) ?? false;
    expect(E.isRight(operation(key))).toBe(isAllowed);
  });
});

describe('T5: usages', () => {
  it('that a scheme does not have are not dealt', () => {
    const material = { _tag: 'safe-primes', ...safePrimes1024 } as const;
    const request = { policy: threeOfFive, universe, epoch: 1 };
    for (const usage of keyUsages) {
      expect(E.isRight(dealBls({ ...request, usage }))).toBe(usagesOf.bls.includes(usage));
      expect(E.isRight(dealShoupRsa({ ...request, material, usage }))).toBe(usagesOf['shoup-rsa'].includes(usage));
    }
  });

  it('say which key they need', () => {
    const { publicKey } = blsKey('document');
    const refused = { _tag: 'KeyOfAnotherUsage', usage: 'document', needed: 'beacon' };
    expect(randomBeacon(publicKey, scheme, universe)).toEqual(E.left(refused));
    const unsuitable = { _tag: 'UnsuitableScheme', scheme: 'shoup-rsa', suitable: ['bls'] };
    expect(randomBeacon(rsaKey('beacon').publicKey, scheme, universe)).toEqual(E.left(unsuitable));
  });

  it('are part of what a share belongs to: one of the same secret for another use is refused', () => {
    const [documents, beacons] = [blsKey('document'), blsKey('beacon')];
    const wrong = beaconMember(beacons.publicKey, shareOf(documents, 'a'), scheme, universe);
    expect(wrong).toEqual(E.left({ _tag: 'ShareOfAnotherKey', process: 'a' }));
    const signer = makeSigner(documents.publicKey, shareOf(beacons, 'a'), universe);
    expect(signer).toEqual(E.left({ _tag: 'ShareOfAnotherKey', process: 'a' }));
  });
});

describe.each(['bls', 'shoup-rsa'] as const)('T5: a document equal to what is signed for a coin, of %s', (schemeId) => {
  it('makes no coin, though it is signed by the key that it names', async () => {
    const { publicKey, shares } = makeKey[schemeId]('document');
    const verifier = right(makeVerifier(publicKey, universe));
    const name = utf8('a coin');
    const message = present(coinMessage(verifier.keyId, name), 'a message');
    const share = (from: ProcessId) =>
      right(right(makeSigner(publicKey, present(shares.get(from), 'a share'), universe)).signShare(message));
    const signed = new Map(['a', 'b', 'c'].map((from) => [id(from), share(id(from))]));
    const { signature } = right(verifier.combine(message, signed));
    expect(verifier.verify(message, signature)).toBe(true);
    expect(await verifyCoin(publicKey, { name, signature })).toBeUndefined();
  });
});

describe('T5: a document equal to the message of a round', () => {
  it('is signed by a document key, and is no round of the beacon', () => {
    const documents = blsKey('document', 'min-sig-nul', new Uint8Array(32).fill(9));
    const beacons = blsKey('beacon');
    const signer = (name: string) => right(makeSigner(documents.publicKey, shareOf(documents, name), universe));
    const shares = new Map(['a', 'b', 'c'].map((name) => [id(name), right(signer(name).signShare(roundOf7))]));
    const verifier = right(makeVerifier(documents.publicKey, universe));
    const { signature } = right(verifier.combine(roundOf7, shares));
    const { publicKey } = right(beaconChain(beacons.publicKey, terms));
    expect(verifyRound({ scheme, publicKey }, { round: 7, signature })).toBe(false);
    const beacon = right(randomBeacon(beacons.publicKey, scheme, universe));
    for (const [from, share] of shares) expect(beacon.verifyPartial({ round: 7 }, from, share)).toBe('invalid');
    expect(E.isLeft(beacon.combine({ round: 7 }, shares))).toBe(true);
  });

  it('would be one if both keys had one secret, which is why no two keys have', async () => {
    const [documents, beacons] = [blsKey('document'), blsKey('beacon')];
    const member = (share: Parameters<typeof beaconMember>[1]) =>
      beaconMember(beacons.publicKey, share, scheme, universe);
    const beacon = right(randomBeacon(beacons.publicKey, scheme, universe));
    const parts = partialsOf(beacons, member, { round: 7 }, 'a', 'b', 'c');
    const { signature } = right(beacon.combine({ round: 7 }, parts)).output;
    const verifier = right(makeVerifier(documents.publicKey, universe));
    expect(verifier.verify(roundOf7, signature as never)).toBe(true);
    expect(await verifyCoin(beacons.publicKey, { name: roundOf7, signature })).toBeUndefined();
  });

  it('is shorter than what is signed for any coin, and differs from every identity of a label', () => {
    const shortest = present(coinMessage(roundOf7, new Uint8Array(0)), 'a message');
    expect(shortest.length).toBeGreaterThan(roundOf7.length);
    expect(timeLockIdentity({ _tag: 'round', round: 7 })).toEqual(roundOf7);
    expect(identityOf('7')).not.toEqual(roundOf7);
  });
});

describe('T5: what a key makes for another use', () => {
  it('is no signature: of a coin, its parts and their combination', async () => {
    for (const key of [blsKey('beacon'), rsaKey('beacon')]) {
      const name = utf8('a coin');
      const message = present(coinMessage(keyIdOf(key.publicKey), name), 'a message');
      const coin = right(commonCoin(key.publicKey, universe));
      const join = (share: AllianceKeyShare) => coinMember(key.publicKey, share, universe);
      const all = partialsOf(key, join, name, 'a', 'b', 'c');
      const { signature } = right(coin.combine(name, all)).output;
      expect(await verifyCoin(key.publicKey, { name, signature })).toBeDefined();
      const verifier = right(makeVerifier(key.publicKey, universe));
      expect(verifier.canCombine(universe.all)).toBe(false);
      expect(verifier.verify(message, signature as Signature)).toBe(false);
      expect(verifier.verifyShare(message, id('a'), present(all.get(id('a')), 'a part'))).toBe('invalid');
      expect(E.isLeft(verifier.combine(message, all))).toBe(true);
      expect(await publicVerifier(key.publicKey)(message, signature)).toBe(false);
      expect(await publicVerifier(key.publicKey, null)(message, signature)).toBe(false);
    }
  });
});
