/** Beacons: real rounds of the League of Entropy verify, and rounds along policies verify by the same rules. */
import { bls12_381 } from '@noble/curves/bls12-381.js';
import { describe, expect, it } from 'vitest';
import { concatBytes, toHex } from '../../../src/prelude/bytes.js';
import { decode } from '../../../src/prelude/codec.js';
import { digest } from '../../../src/prelude/digest.js';
import { E } from '../../../src/prelude/fp.js';
import { present } from '../../../src/prelude/invariant.js';
import { blsSuites } from '../../../src/schemes/bls/ciphersuite.js';
import type { AllianceKeyShare } from '../../../src/schemes/registry.js';
import { beaconChain, beaconMember, randomBeacon, type RoundRequest } from '../../../src/schemes/uses/beacon.js';
import {
  chainHash,
  chainInfo,
  type DrandChainInfo,
  roundAt,
  timeOfRound,
} from '../../../src/schemes/uses/drand-chain.js';
import { beaconCodec, drandChainCodec } from '../../../src/schemes/uses/drand-chain-codec.js';
import {
  type Beacon,
  beaconSchemeOf,
  type DrandScheme,
  drandSchemes,
  randomnessOf,
  roundMessage,
  suiteOfScheme,
  verifyRound,
} from '../../../src/schemes/uses/drand-rounds.js';
import { right } from '../../support/right.js';
import { vectors } from '../../support/vectors.js';
import { blsKey, hex, id, ownVectors, partialsOf, shareOf, universe, type UseTestKey } from './setup.js';

interface RoundVector {
  readonly scheme: string;
  readonly round: number;
  readonly public_key: string;
  readonly signature: string;
  readonly previous_signature: string;
  readonly randomness?: string;
}

const own = ownVectors() as { chains: { origin: string; info: DrandChainInfo }[]; rounds: RoundVector[] };
const league = vectors('drand/beacons.json') as { beacons: RoundVector[] } | undefined;

function isOurs({ scheme }: RoundVector): boolean {
  return drandSchemes.some((known) => known === scheme);
}

function readRound(vector: RoundVector): { scheme: DrandScheme; publicKey: Uint8Array; beacon: Beacon } {
  const previous = vector.previous_signature === '' ? {} : { previousSignature: hex(vector.previous_signature) };
  const beacon = { round: vector.round, signature: hex(vector.signature), ...previous };
  return { scheme: vector.scheme as DrandScheme, publicKey: hex(vector.public_key), beacon };
}

const rounds = [...(league?.beacons ?? []).filter(isOurs), ...own.rounds];

describe('rounds of drand', () => {
  it.skipIf(league === undefined)('are of every scheme', () => {
    expect(new Set(rounds.map(({ scheme }) => scheme))).toEqual(new Set(drandSchemes));
    expect(rounds.length).toBe(13 + own.rounds.length);
  });

  it.each(rounds)('verify: $scheme, round $round', (vector) => {
    const { scheme, publicKey, beacon } = readRound(vector);
    expect(verifyRound({ scheme, publicKey }, beacon)).toBe(true);
    if (vector.randomness !== undefined) expect(toHex(randomnessOf(beacon.signature))).toBe(vector.randomness);
  });

  it('do not verify under another scheme, with another previous signature, or without one', () => {
    const [unchained, chained] = [own.rounds[0], own.rounds[1]].map((vector) => readRound(present(vector, 'a round')));
    const { scheme, publicKey, beacon } = present(unchained, 'a round');
    expect(verifyRound({ scheme, publicKey }, beacon)).toBe(true);
    expect(verifyRound({ scheme, publicKey }, { ...beacon, round: beacon.round + 1 })).toBe(false);
    expect(verifyRound({ scheme: 'bls-unchained-on-g1', publicKey }, beacon)).toBe(false);
    expect(verifyRound({ scheme, publicKey }, { ...beacon, previousSignature: new Uint8Array(96) })).toBe(false);
    expect(verifyRound({ scheme, publicKey: publicKey.subarray(1) }, beacon)).toBe(false);
    const chain = present(chained, 'a round');
    const { signature, round, previousSignature = new Uint8Array(0) } = chain.beacon;
    const [first = 0, ...rest] = previousSignature;
    const wrong = [Uint8Array.of(first ^ 1, ...rest), previousSignature.subarray(1), new Uint8Array(0)];
    expect(verifyRound(chain, chain.beacon)).toBe(true);
    expect(verifyRound(chain, { round, signature })).toBe(false);
    for (const other of wrong) expect(verifyRound(chain, { round, signature, previousSignature: other })).toBe(false);
  });
});

describe('the scheme of a suite', () => {
  it('is the one whose suite it is; drand has chained schemes of one suite alone, and none of those of documents', () => {
    const schemes = [false, true].map((isChained) => blsSuites.map((suite) => beaconSchemeOf(suite, isChained)));
    expect(schemes).toEqual([
      [undefined, 'pedersen-bls-unchained', undefined, 'bls-unchained-g1-rfc9380', 'bls-unchained-on-g1'],
      [undefined, 'pedersen-bls-chained', undefined, undefined, undefined],
    ]);
  });
});

describe('messages of rounds', () => {
  const unchained = 'bls-unchained-g1-rfc9380';
  const chained = 'pedersen-bls-chained';

  it('are digests of the number, behind the previous signature where there is one', () => {
    const number = hex('0000000000000102');
    expect(roundMessage(unchained, { round: 258 })).toEqual(digest(number));
    const previousSignature = new Uint8Array(96).fill(7);
    expect(roundMessage(chained, { round: 258, previousSignature })).toEqual(digest(previousSignature, number));
    const seed = new Uint8Array(32).fill(8);
    const first = roundMessage(chained, { round: 1, previousSignature: seed });
    expect(first).toEqual(digest(seed, hex('0000000000000001')));
  });

  it('do not exist for rounds that do not', () => {
    for (const round of [0, -1, 0.5, Number.NaN, Number.POSITIVE_INFINITY, 2 ** 53]) {
      expect(roundMessage(unchained, { round })).toBeUndefined();
    }
    expect(roundMessage(unchained, { round: 1, previousSignature: new Uint8Array(32) })).toBeUndefined();
    expect(roundMessage(chained, { round: 1 })).toBeUndefined();
    expect(roundMessage(chained, { round: 1, previousSignature: new Uint8Array(96) })).toBeUndefined();
    expect(roundMessage(chained, { round: 2, previousSignature: new Uint8Array(32) })).toBeUndefined();
    expect(roundMessage(chained, { round: 2, previousSignature: new Uint8Array(97) })).toBeUndefined();
  });
});

describe('chains', () => {
  it.each(own.chains)('have the hash that drand gives them: $origin', ({ info }) => {
    const chain = right(decode(drandChainCodec, info));
    expect(toHex(chainHash(chain))).toBe(info.hash);
    expect(chainInfo(chain)).toEqual(info);
    expect(drandChainCodec.encode(chain)).toEqual(info);
  });

  it('are refused where anything in them was changed, so that the hash is not theirs', () => {
    const { info } = present(own.chains[0], 'a chain');
    const changes: readonly Partial<Record<keyof DrandChainInfo, unknown>>[] = [
      { period: 4 },
      { genesis_time: info.genesis_time + 1 },
      { public_key: info.public_key.replace(/^83/, 'a3') },
      { groupHash: info.hash },
      { hash: info.groupHash },
      { metadata: { beaconID: 'default' } },
    ];
    for (const change of changes) {
      const decoded = decode(drandChainCodec, { ...info, ...change });
      expect(decoded).toEqual(E.left({ _tag: 'DecodeError', path: '/hash', expected: 'the hash of this chain' }));
    }
  });

  it('are refused where they are malformed', () => {
    const { info } = present(own.chains[0], 'a chain');
    const { period, ...without } = info;
    const wrong = [
      without,
      { ...info, period: 0 },
      { ...info, period: 2 ** 32 },
      { ...info, period: `${period}` },
      { ...info, schemeID: 'bls-bn254-unchained-on-g1' },
      { ...info, genesis_time: -1 },
      { ...info, public_key: '0'.repeat(194) },
      { ...info, metadata: {} },
      { ...info, metadata: { beaconID: 'x'.repeat(65) } },
      { ...info, more: 1 },
      null,
    ];
    for (const json of wrong) expect(E.isLeft(decode(drandChainCodec, json))).toBe(true);
  });

  it('know when rounds are due', () => {
    const chain = right(decode(drandChainCodec, own.chains[0]?.info));
    expect([1, 2, 1000].map((round) => timeOfRound(chain, round))).toEqual([1692803367, 1692803370, 1692806364]);
    const times = [0, 1692803366.9, 1692803367, 1692803369.9, 1692803370, 1692806364];
    expect(times.map((time) => roundAt(chain, time))).toEqual([0, 0, 1, 1, 2, 1000]);
  });
});

describe('rounds as JSON', () => {
  const json = { round: 5, randomness: toHex(digest(new Uint8Array(48))), signature: '00'.repeat(48) };

  it('are what drand publishes', () => {
    const beacon = right(decode(beaconCodec, json));
    expect(beacon).toEqual({ round: 5, signature: new Uint8Array(48) });
    expect(beaconCodec.encode(beacon)).toEqual(json);
    const chained = { ...json, previous_signature: '01' };
    expect(beaconCodec.encode(right(decode(beaconCodec, chained)))).toEqual(chained);
    expect(right(decode(beaconCodec, { ...json, previous_signature: '' }))).toEqual(beacon);
  });

  it('are refused with a random value that is not theirs, and malformed', () => {
    const wrong = [
      { ...json, randomness: '00'.repeat(32) },
      { ...json, round: 0 },
      { ...json, signature: '0' },
      { ...json, signature: '00'.repeat(97) },
      { ...json, more: 1 },
      { round: 5 },
    ];
    for (const value of wrong) expect(E.isLeft(decode(beaconCodec, value))).toBe(true);
  });
});

describe('a beacon along a policy', () => {
  const terms = { periodSeconds: 30, genesisTimeSeconds: 1_800_000_000, beaconId: 'league' };

  it.each(drandSchemes)('makes rounds that drand verifies (%s)', (scheme) => {
    const key = blsKey('beacon', suiteOfScheme(scheme));
    const chain = right(beaconChain(key.publicKey, { scheme, ...terms }));
    const isChained = scheme === 'pedersen-bls-chained';
    const first = combined(key, scheme, isChained ? { round: 1, previousSignature: chain.genesisSeed } : { round: 1 });
    const second = combined(key, scheme, isChained ? { round: 2, previousSignature: first.signature } : { round: 2 });
    for (const beacon of [first, second]) {
      expect(verifyRound(chain, beacon)).toBe(true);
      expect(verifiesByNoble(scheme, chain.publicKey, beacon)).toBe(true);
    }
    expect(right(decode(drandChainCodec, chainInfo(chain)))).toEqual(chain);
  });

  function combined(key: UseTestKey, scheme: DrandScheme, request: RoundRequest): Beacon {
    const beacon = right(randomBeacon(key.publicKey, scheme, universe));
    const parts = partialsOf(key, memberOf(key, scheme), request, 'b', 'c', 'e');
    const { output, invalid } = right(beacon.combine(request, parts));
    expect(invalid.isEmpty).toBe(true);
    return output;
  }

  const scheme = 'bls-unchained-g1-rfc9380';
  const key = blsKey('beacon');
  const beacon = right(randomBeacon(key.publicKey, scheme, universe));
  const parts = (round: number, ...names: readonly string[]) =>
    partialsOf(key, memberOf(key, scheme), { round }, ...names);

  it('names whose part is bad, and combines the rest; says who is missing', () => {
    const request = { round: 9 };
    const given = parts(9, 'a', 'b', 'c', 'd');
    const late = present(parts(8, 'c').get(id('c')), 'a part');
    expect(beacon.verifyPartial(request, id('c'), present(given.get(id('c')), 'a part'))).toBe('valid');
    expect(beacon.verifyPartial(request, id('c'), late)).toBe('invalid');
    given.set(id('c'), late);
    const { output, invalid } = right(beacon.combine(request, given));
    expect([...invalid]).toEqual(['c']);
    expect(verifyRound({ scheme, publicKey: groupKeyOf(key) }, output)).toBe(true);
    given.delete(id('a'));
    const signers = universe.of([id('b'), id('d')]);
    const missing = { _tag: 'NotQualified', signers, invalid: universe.of([id('c')]) };
    expect(beacon.combine(request, given)).toEqual(E.left(missing));
    expect([beacon.canCombine(signers), beacon.canCombine(signers.with(id('e')))]).toEqual([false, true]);
  });

  it('answers for no round that does not exist', () => {
    const request = { round: 0 };
    const member = right(beaconMember(key.publicKey, shareOf(key, 'a'), scheme, universe));
    expect(member.me).toBe('a');
    expect(member.partial(request)).toEqual(E.left({ _tag: 'BadRequest' }));
    expect(beacon.combine(request, new Map())).toEqual(E.left({ _tag: 'BadRequest' }));
    const part = present(parts(1, 'a').get(id('a')), 'a part');
    expect(beacon.verifyPartial(request, id('a'), part)).toBe('invalid');
  });

  it('is not made with a key of another suite, and has no chain with impossible terms', () => {
    for (const other of drandSchemes) {
      const expected = suiteOfScheme(other) === 'min-sig-nul';
      expect(E.isRight(randomBeacon(key.publicKey, other, universe))).toBe(expected);
      expect(E.isRight(beaconMember(key.publicKey, shareOf(key, 'a'), other, universe))).toBe(expected);
      expect(E.isRight(beaconChain(key.publicKey, { scheme: other, ...terms }))).toBe(expected);
    }
    const refused = E.left({ _tag: 'AnotherSuite', scheme: 'pedersen-bls-chained' });
    expect(randomBeacon(key.publicKey, 'pedersen-bls-chained', universe)).toEqual(refused);
    const wrong = [
      { periodSeconds: 0 },
      { periodSeconds: 1.5 },
      { periodSeconds: 2 ** 32 },
      { genesisTimeSeconds: -1 },
      { genesisTimeSeconds: 0.5 },
      { beaconId: 'x'.repeat(65) },
    ];
    for (const change of wrong) {
      const chain = beaconChain(key.publicKey, { scheme, ...terms, ...change });
      expect(chain).toEqual(E.left({ _tag: 'BadChainTerms' }));
    }
  });

  it('has a genesis of its own for every key and every term', () => {
    const seeds = [
      right(beaconChain(key.publicKey, { scheme, ...terms })),
      right(beaconChain(key.publicKey, { scheme, ...terms, periodSeconds: 31 })),
      right(beaconChain(key.publicKey, { scheme, ...terms, genesisTimeSeconds: 1 })),
      right(beaconChain(key.publicKey, { scheme, ...terms, beaconId: 'other' })),
      right(beaconChain(blsKey('beacon', 'min-sig-nul', new Uint8Array(32).fill(1)).publicKey, { scheme, ...terms })),
      right(beaconChain(blsKey('beacon', 'min-pk-nul').publicKey, { ...terms, scheme: 'pedersen-bls-chained' })),
      right(beaconChain(blsKey('beacon', 'min-pk-nul').publicKey, { ...terms, scheme: 'pedersen-bls-unchained' })),
    ].map(({ genesisSeed }) => toHex(genesisSeed));
    expect(new Set(seeds).size).toBe(seeds.length);
  });
});

const memberOf =
  ({ publicKey }: UseTestKey, scheme: DrandScheme) =>
  (share: AllianceKeyShare) =>
    beaconMember(publicKey, share, scheme, universe);

function groupKeyOf({ publicKey }: UseTestKey): Uint8Array {
  return publicKey._tag === 'bls' ? publicKey.groupKey : new Uint8Array(0);
}

/** The same verdict from noble's own functions, with drand's tags written out again. */
function verifiesByNoble(scheme: DrandScheme, publicKey: Uint8Array, beacon: Beacon): boolean {
  const number = Buffer.alloc(8);
  number.writeBigUInt64BE(BigInt(beacon.round));
  const message = digest(concatBytes(beacon.previousSignature ?? new Uint8Array(0), number));
  const tag = (group: 'G1' | 'G2') => `BLS_SIG_BLS12381${group}_XMD:SHA-256_SSWU_RO_NUL_`;
  if (scheme.startsWith('pedersen')) {
    const long = bls12_381.longSignatures;
    return long.verify(beacon.signature, long.hash(message, tag('G2')), publicKey);
  }
  const short = bls12_381.shortSignatures;
  return short.verify(
    beacon.signature,
    short.hash(message, tag(scheme === 'bls-unchained-on-g1' ? 'G2' : 'G1')),
    publicKey,
  );
}
