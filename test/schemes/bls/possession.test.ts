import { bls12_381 as curve } from '@noble/curves/bls12-381.js';
import { beforeAll, describe, expect, it } from 'vitest';
import { bigIntToBytes, toHex } from '../../../src/prelude/bytes.js';
import { E } from '../../../src/prelude/fp.js';
import { loadBackends } from '../../../src/schemes/bls/load-backends.js';
import { possessionProver, verifyPossession } from '../../../src/schemes/bls/possession.js';
import type { ProcessId } from '../../../src/prelude/process.js';
import type { SignatureShare } from '../../../src/schemes/contract/distributed-signer.js';
import { right } from '../../support/right.js';
import { gate } from '../sharing/policies.js';
import { sharesOf, testKey, universe } from './setup.js';

const secret = bigIntToBytes(31337n, 32);
const policy = gate(2, 'a', 'b', 'c');

beforeAll(() => loadBackends());

describe.each([
  ['min-pk-pop', curve.longSignatures, 'BLS_POP_BLS12381G2_XMD:SHA-256_SSWU_RO_POP_'],
  ['min-sig-pop', curve.shortSignatures, 'BLS_POP_BLS12381G1_XMD:SHA-256_SSWU_RO_POP_'],
] as const)('a proof of possession, %s', (suite, scheme, tag) => {
  it('is the signature of the key over itself under its own tag, made by a quorum', () => {
    const key = testKey(policy, { suite, secret });
    const provers = [...key.shares].map(
      ([id, share]) => [id, right(possessionProver(key.publicKey, share, universe))] as const,
    );
    const shares = new Map<ProcessId, SignatureShare>(provers.map(([id, prover]) => [id, prover.share()]));
    const [[, prover]] = provers as [readonly [ProcessId, (typeof provers)[number][1]]];
    const { signature } = right(prover.combine(new Map([...shares].slice(1))));
    const hashed = scheme.hash(key.publicKey.groupKey, tag);
    expect(toHex(signature)).toBe(toHex(scheme.sign(hashed as never, secret).toBytes()));
    expect(verifyPossession(key.publicKey, signature)).toBe(true);
    const other = testKey(policy, { suite });
    expect(verifyPossession(other.publicKey, signature)).toBe(false);
    expect(verifyPossession({ ...key.publicKey, groupKey: new Uint8Array(3) }, signature)).toBe(false);
    expect(verifyPossession(key.publicKey, signature.subarray(1))).toBe(false);
    const signed = right(
      key.verifier.combine(key.publicKey.groupKey, sharesOf(key, key.publicKey.groupKey, 'a', 'b')),
    ).signature;
    expect(verifyPossession(key.publicKey, signed)).toBe(false);
    expect(key.verifier.verify(key.publicKey.groupKey, signature)).toBe(false);
  });
});

describe('suites without proofs of possession', () => {
  it('have none', () => {
    for (const suite of ['min-pk-nul', 'min-sig-nul', 'min-sig-fastnet'] as const) {
      const key = testKey(policy, { suite });
      const [share] = key.shares.values();
      expect(share && possessionProver(key.publicKey, share, universe)).toEqual(
        E.left({ _tag: 'NoPossessionProof', suite }),
      );
      expect(verifyPossession(key.publicKey, new Uint8Array(96))).toBe(false);
    }
  });

  it('are refused shares of other keys like signers are', () => {
    const [one, two] = [testKey(policy, { secret }), testKey(policy)];
    const [share] = two.shares.values();
    const refused = share && possessionProver(one.publicKey, share, universe);
    expect(refused && E.isLeft(refused) && refused.left._tag).toBe('ShareOfAnotherKey');
  });
});
