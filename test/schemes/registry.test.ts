import { beforeAll, describe, expect, it } from 'vitest';
import { utf8 } from '../../src/prelude/bytes.js';
import { decode } from '../../src/prelude/codec.js';
import { E } from '../../src/prelude/fp.js';
import type { ProcessId } from '../../src/prelude/process.js';
import { dealMultisig } from '../../src/schemes/multisig/policy-key.js';
import { alliancePublicKeyCodec } from '../../src/schemes/public-key-codec.js';
import {
  type AllianceKeyShare,
  allianceKeyShareCodec,
  type AlliancePublicKey,
  findScheme,
  keyIdOf,
  makeSigner,
  makeVerifier,
  schemeIds,
} from '../../src/schemes/registry.js';
import { defaultBlsSuite } from '../../src/schemes/bls/ciphersuite.js';
import { loadBackends } from '../../src/schemes/bls/load-backends.js';
import { right } from '../support/right.js';
import { testKey as blsTestKey } from './bls/setup.js';
import { seededRandom, testKey, universe } from './shoup-rsa/setup.js';
import { gate } from './sharing/policies.js';

const policy = gate(2, 'a', 'b', 'c');
const message = utf8('document');

interface Key {
  readonly publicKey: AlliancePublicKey;
  readonly shares: ReadonlyMap<ProcessId, AllianceKeyShare>;
}

const multisig: Key = dealMultisig({ usage: 'document', epoch: 1, policy }, seededRandom('multisig'));
const shoupRsa: Key = testKey(policy);
const bls: Key = blsTestKey(policy);
const keys = [
  ['multisig', multisig],
  ['shoup-rsa', shoupRsa],
  ['bls', bls],
] as const;

beforeAll(() => loadBackends([defaultBlsSuite]));

/** What became of a value written as JSON and read back. */
const json = (value: unknown): unknown => JSON.parse(JSON.stringify(value));

describe.each(keys)('a %s key from the registry', (scheme, key) => {
  it('signs and verifies after a journey through JSON', () => {
    const publicKey = right(decode(alliancePublicKeyCodec, json(alliancePublicKeyCodec.encode(key.publicKey))));
    const verifier = right(makeVerifier(publicKey, universe));
    const shares = [...key.shares.values()].map((share) => {
      const read = right(decode(allianceKeyShareCodec, json(allianceKeyShareCodec.encode(share))));
      const signer = right(makeSigner(publicKey, read, universe));
      return [signer.me, right(signer.signShare(message))] as const;
    });
    const { signature } = right(verifier.combine(message, new Map(shares.slice(1))));
    expect(right(makeVerifier(key.publicKey, universe)).verify(message, signature)).toBe(true);
    expect(verifier.schemeId).toBe(scheme);
  });

  it('has the key id that its verifiers and signers have', () => {
    const [share] = key.shares.values();
    expect(keyIdOf(key.publicKey)).toEqual(right(makeVerifier(key.publicKey, universe)).keyId);
    expect(share && right(makeSigner(key.publicKey, share, universe)).keyId).toEqual(keyIdOf(key.publicKey));
  });

  it('has another key id for another usage', () => {
    expect(keyIdOf({ ...key.publicKey, usage: 'statement' })).not.toEqual(keyIdOf(key.publicKey));
  });

  it('is found by its name', () => {
    expect(findScheme(scheme)).toEqual(E.right(scheme));
  });
});

describe('the registry', () => {
  it('knows these schemes', () => {
    expect(schemeIds).toEqual(keys.map(([scheme]) => scheme));
  });

  it('tells which schemes it knows instead of another', () => {
    for (const name of ['rsa', '', 'Multisig', 'toString', '__proto__']) {
      expect(findScheme(name)).toEqual(
        E.left({ _tag: 'UnknownScheme', name, known: ['multisig', 'shoup-rsa', 'bls'] }),
      );
    }
  });

  it('refuses a share of another scheme', () => {
    const pairs = keys.flatMap((one) => keys.flatMap((two) => (one === two ? [] : [[one, two] as const])));
    for (const [[, one], [, two]] of pairs) {
      const [share] = two.shares.values();
      const error = { _tag: 'ShareOfAnotherScheme', key: one.publicKey._tag, share: two.publicKey._tag };
      expect(share && makeSigner(one.publicKey, share, universe)).toEqual(E.left(error));
    }
  });

  it.each([
    ['frost', { _tag: 'frost' }],
    ['no tag', {}],
    ['a method of objects', { _tag: 'constructor' }],
    ['a list', ['multisig']],
    ['text', 'multisig'],
    ['nothing', null],
  ])('refuses a key or share of an unknown scheme, naming those it knows: %s', (_, value) => {
    for (const error of [decode(alliancePublicKeyCodec, value), decode(allianceKeyShareCodec, value)]) {
      expect(E.isLeft(error) && error.left.path).toBe('/_tag');
      expect(E.isLeft(error) && error.left.expected).toContain('(multisig, shoup-rsa, bls)');
    }
  });

  it('refuses a key that claims to be of the other scheme', () => {
    for (const [, { publicKey }] of keys) {
      const encoded = alliancePublicKeyCodec.encode(publicKey) as object;
      for (const other of schemeIds.filter((id) => id !== publicKey._tag)) {
        expect(E.isLeft(decode(alliancePublicKeyCodec, { ...encoded, _tag: other }))).toBe(true);
      }
    }
  });

  it('tells its own values from others', () => {
    const [share] = multisig.shares.values();
    expect(keys.map(([, { publicKey }]) => publicKey).every((key) => alliancePublicKeyCodec.is(key))).toBe(true);
    expect([share, null, { _tag: 'frost' }].some((value) => alliancePublicKeyCodec.is(value))).toBe(false);
    expect(allianceKeyShareCodec.is(share)).toBe(true);
  });
});
