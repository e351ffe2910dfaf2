import { describe, expect, it } from 'vitest';
import { present } from '../../../src/prelude/invariant.js';
import { choosePairing, offerBackend, pairingFor } from '../../../src/schemes/bls/backends.js';
import { blsSuites, ciphersuiteOf, groupOrder } from '../../../src/schemes/bls/ciphersuite.js';
import { loadBackends, offerUntilServed } from '../../../src/schemes/bls/load-backends.js';
import type { KeyPoint, Pairing, PairingBackend, SignaturePoint } from '../../../src/schemes/bls/pairing.js';
import { passesSelfTest } from '../../../src/schemes/bls/self-test.js';
import { blst, ciphersuites, mcl, pairingOf } from './setup.js';

const suite = ciphersuiteOf('min-pk-pop');
const sound = pairingOf(blst, 'min-pk-pop');

/** The sound backend with some of its functions replaced. */
function spoilt(change: Partial<Pairing>): PairingBackend {
  return { name: 'blst', pairing: () => ({ ...sound, ...change }) };
}

/** The same groups with some of their methods replaced. */
const keys = (change: object) => ({ keys: Object.assign(Object.create(sound.keys) as Pairing['keys'], change) });
const signatures = (change: object) => ({
  signatures: Object.assign(Object.create(sound.signatures) as Pairing['signatures'], change),
});

const times = (point: KeyPoint, factor: bigint) => sound.keys.sum([{ point, factor }]);
const anotherKey = sound.keyOf(new Uint8Array(32).fill(9));
const anotherSignature = sound.sign(new Uint8Array(32).fill(9), sound.hash(new Uint8Array(1)));

describe('the self-test', () => {
  it('is passed by all that ships, in every ciphersuite', () => {
    for (const ciphersuite of ciphersuites) {
      for (const backend of [blst, mcl]) {
        const pairing = backend.pairing(ciphersuite);
        if (pairing !== undefined) expect(passesSelfTest(pairing), `${backend.name} ${ciphersuite.dst}`).toBe(true);
      }
    }
  });

  it('is failed in a ciphersuite that no key has', () => {
    expect(passesSelfTest({ ...sound, ciphersuite: { ...suite, dst: 'another' } })).toBe(false);
    expect(passesSelfTest({ ...sound, ciphersuite: ciphersuiteOf('min-pk-nul') })).toBe(false);
    expect(passesSelfTest({ ...sound, ciphersuite: ciphersuiteOf('min-sig-pop') })).toBe(false);
  });

  const sum = (of: 'keys' | 'signatures') => sound[of].sum.bind(sound[of]) as (terms: unknown) => unknown;
  it.each<[string, Partial<Pairing>]>([
    ['another key', { keyOf: () => anotherKey }],
    ['another signature', { sign: () => anotherSignature }],
    ['verification of everything', { verify: () => true }],
    ['verification of nothing', { verify: () => false }],
    [
      'verification of every message',
      {
        verify: (key) => !sound.keys.isIdentity(key),
      },
    ],
    [
      'another generator',
      {
        keyOf: (secret) => times(sound.keyOf(secret), 2n),
        verify: (key, message, signature) => sound.verify(times(key, (groupOrder + 1n) / 2n), message, signature),
      },
    ],
    ['verification of identities', { verify: (...all) => sound.keys.isIdentity(all[0]) || sound.verify(...all) }],
    [
      'a throw',
      {
        hash: () => {
          throw new Error('broken');
        },
      },
    ],
    ['sums of keys that forget', keys({ sum: (terms: readonly unknown[]) => sum('keys')(terms.slice(1)) })],
    [
      'sums of signatures that forget',
      signatures({ sum: (terms: readonly unknown[]) => sum('signatures')(terms.slice(1)) }),
    ],
    [
      'sums without signs',
      signatures({
        sum: (terms: readonly { factor: bigint }[]) =>
          sum('signatures')(terms.map((term) => ({ ...term, factor: term.factor < 0n ? -term.factor : term.factor }))),
      }),
    ],
    [
      'encodings that differ',
      signatures({ encode: (point: SignaturePoint) => sound.signatures.encode(point, 'uncompressed') }),
    ],
    ['a group of keys without bounds', keys({ isInSubgroup: () => true })],
    ['a group of signatures without bounds', signatures({ isInSubgroup: () => true })],
    ['keys that are not read', keys({ decode: () => undefined })],
    ['signatures that are not read', signatures({ decode: () => undefined })],
    ['keys that are all equal', keys({ decode: () => anotherKey, equals: (a: KeyPoint) => a === anotherKey })],
  ])('is failed by %s', (_, change) => {
    const broken = spoilt(change);
    expect(passesSelfTest(present(broken.pairing(suite), 'a pairing'))).toBe(false);
    expect(choosePairing([broken], suite).backend).toBe('noble');
    expect(choosePairing([broken, mcl], suite).backend).toBe('mcl');
  });
});

describe('the choice of a backend', () => {
  it('takes the first that has the ciphersuite', () => {
    expect(choosePairing([blst, mcl], suite).backend).toBe('blst');
    expect(choosePairing([blst, mcl], ciphersuiteOf('min-sig-nul')).backend).toBe('mcl');
    expect(choosePairing([blst], ciphersuiteOf('min-sig-nul')).backend).toBe('noble');
    expect(choosePairing([], suite).backend).toBe('noble');
  });

  it('passes over packages that are missing or broken, and loads no more than needed', async () => {
    expect(blsSuites.map((name) => pairingFor(ciphersuiteOf(name)).backend)).toEqual(blsSuites.map(() => 'noble'));
    const missing = () => Promise.reject(new Error('Cannot find package'));
    await offerUntilServed([missing, () => Promise.resolve(spoilt({ verify: () => true }))], ['min-pk-pop']);
    expect(pairingFor(suite).backend).toBe('noble');
    let calls = 0;
    const counted = () => {
      calls += 1;
      return Promise.resolve(mcl);
    };
    await offerUntilServed([missing, () => Promise.resolve(blst), counted], ['min-pk-pop']);
    expect([pairingFor(suite).backend, calls]).toEqual(['blst', 0]);
    expect(pairingFor(ciphersuiteOf('min-sig-nul')).backend).toBe('noble');
    await offerUntilServed([missing, () => Promise.resolve(blst), counted], blsSuites);
    expect([pairingFor(suite).backend, calls]).toEqual(['blst', 1]);
    expect(pairingFor(ciphersuiteOf('min-sig-nul')).backend).toBe('mcl');
  });

  it('is kept until another backend is offered', () => {
    const before = pairingFor(suite);
    offerBackend(blst);
    expect(pairingFor(suite)).toBe(before);
  });

  it('serves every suite from native code or WebAssembly after loading', async () => {
    await loadBackends();
    const served = blsSuites.map((name) => pairingFor(ciphersuiteOf(name)).backend);
    expect(served).toEqual(['blst', 'mcl', 'mcl', 'mcl', 'mcl']);
  });
});
