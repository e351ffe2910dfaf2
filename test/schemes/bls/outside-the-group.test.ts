/**
 * Points of the curve outside the group. In G1 a signature with such a part satisfies the equation, so that nothing but the
 * check of the group refuses it; in G2 the pairing that libraries compute is no pairing there, and refuses as well.
 */
import { describe, expect, it } from 'vitest';
import { E } from '../../../src/prelude/fp.js';
import { present } from '../../../src/prelude/invariant.js';
import type { BlsSuite } from '../../../src/schemes/bls/ciphersuite.js';
import type { PairingBackend } from '../../../src/schemes/bls/pairing.js';
import type { PointForm } from '../../../src/schemes/bls/point-encoding.js';
import { makeBlsVerifier } from '../../../src/schemes/bls/verifier.js';
import type { Signature, SignatureShare } from '../../../src/schemes/contract/distributed-signer.js';
import { right } from '../../support/right.js';
import { gate } from '../sharing/policies.js';
import { blst, id, mcl, message, noble, pairingOf, sharesOf, smallOrder, testKey, universe } from './setup.js';

const cases: readonly (readonly [string, BlsSuite, PairingBackend])[] = [
  ['blst', 'min-pk-pop', blst],
  ['mcl', 'min-pk-pop', mcl],
  ['noble', 'min-pk-pop', noble],
  ['mcl', 'min-sig-nul', mcl],
  ['noble', 'min-sig-nul', noble],
];

describe.each(cases)('a point outside the group, to %s in %s', (_, suite, backend) => {
  const pairing = pairingOf(backend, suite);
  const { keys, signatures } = pairing;
  /** Noble writes no such point, so that another backend writes them all. */
  const writer = pairingOf(mcl, suite);
  const key = testKey(gate(1, 'a', 'b'), { suite }, pairing);
  const shares = sharesOf(key, message, 'a');
  const { signature } = right(key.verifier.combine(message, shares));

  /** The signature with a part of small order, in a form of it. */
  function spoiltIn(form: PointForm): Uint8Array {
    const points = [
      writer.signatures.decode(signature, 'compressed'),
      writer.signatures.decodeUnchecked(smallOrder[signatures.name], 'uncompressed'),
    ].map((point) => ({ point: present(point, 'a point of the curve'), factor: 1n }));
    return writer.signatures.encode(writer.signatures.sum(points), form);
  }

  it('added to a signature is refused by verification, and where points of the group are read', () => {
    const spoilt = spoiltIn('compressed') as Signature;
    expect(signatures.decode(spoilt, 'compressed')).toBeUndefined();
    expect(signatures.decode(spoiltIn('uncompressed'), 'uncompressed')).toBeUndefined();
    expect([signature, spoilt].map((bytes) => key.verifier.verify(message, bytes))).toEqual([true, false]);
    const groupKey = present(keys.decode(key.publicKey.groupKey, 'compressed'), 'a key');
    const point = present(signatures.decodeUnchecked(spoiltIn('uncompressed'), 'uncompressed'), 'a point of the curve');
    expect(pairing.verify(groupKey, pairing.hash(message), point)).toBe(false);
  });

  it('added to a share is refused, and combines to nothing', () => {
    const spoilt = spoiltIn('uncompressed') as SignatureShare;
    expect(key.verifier.verifyShare(message, id('a'), spoilt)).toBe('invalid');
    const expected = { _tag: 'NotQualified', signers: universe.none, invalid: universe.of([id('a')]) };
    expect(key.verifier.combine(message, new Map([[id('a'), spoilt]]))).toEqual(E.left(expected));
  });

  it('is no key', () => {
    const outside = present(writer.keys.decodeUnchecked(smallOrder[keys.name], 'uncompressed'), 'a point of the curve');
    for (const form of ['compressed', 'uncompressed'] as const) {
      expect(keys.decode(writer.keys.encode(outside, form), form)).toBeUndefined();
    }
    const groupKey = writer.keys.encode(outside, 'compressed');
    const loaded = makeBlsVerifier({ ...key.publicKey, groupKey }, universe, { pairing });
    expect(loaded).toEqual(E.left({ _tag: 'BadGroupKey' }));
    const commitments = [groupKey];
    const committed = makeBlsVerifier({ ...key.publicKey, commitments }, universe, { pairing });
    expect(committed).toEqual(E.left({ _tag: 'BadCommitments', expectedCount: 1 }));
  });
});
