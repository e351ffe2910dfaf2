/** Our own known answers (spec/vectors/bls.json): numbering, scale, encodings, key ids and shares, as another implementation would need them. */
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { bytesToBigInt, fromHex, toHex } from '../../../src/prelude/bytes.js';
import { decode } from '../../../src/prelude/codec.js';
import { present } from '../../../src/prelude/invariant.js';
import { policyCodec } from '../../../src/quorum/policy/policy-codec.js';
import { groupOrder } from '../../../src/schemes/bls/ciphersuite.js';
import { keyGroupOver } from '../../../src/schemes/bls/commitment-group.js';
import { type BlsPublicKey, dealingDigestOf, keyIdOf } from '../../../src/schemes/bls/key.js';
import { blsPublicKeyCodec } from '../../../src/schemes/bls/key-codec.js';
import { loadKey } from '../../../src/schemes/bls/loaded-key.js';
import { makeBlsSigner } from '../../../src/schemes/bls/signer.js';
import { LinearKeyShare } from '../../../src/schemes/contract/linear-key-share.js';
import { rowProduct } from '../../../src/schemes/sharing/dealing.js';
import { residue } from '../../../src/schemes/sharing/integers.js';
import { reconstruction } from '../../../src/schemes/sharing/reconstruction.js';
import { right } from '../../support/right.js';
import { blst, id, mcl, pairingOf, universe } from './setup.js';

interface Answer {
  readonly name: string;
  readonly publicKey: unknown;
  readonly secret: string;
  /** ρ by column. */
  readonly coefficients: readonly string[];
  /** D. */
  readonly scale: string;
  readonly keyId: string;
  readonly dealingDigest: string;
  readonly message: string;
  readonly shares: readonly {
    readonly process: string;
    readonly rows: readonly { readonly row: number; readonly secret: string }[];
    readonly signatureShare: string;
  }[];
  /** Which processes sign, and λ by row. */
  readonly signers: readonly string[];
  readonly lambda: readonly (readonly [number, string])[];
  readonly signature: string;
}

const file = new URL('../../../spec/vectors/bls.json', import.meta.url);
const answers = (JSON.parse(readFileSync(file, 'utf8')) as { readonly answers: readonly Answer[] }).answers;
const bytes = (hex: string) => present(fromHex(hex), 'hexadecimal');

describe.each(answers)('known answers, $name', (answer) => {
  const publicKey: BlsPublicKey = right(decode(blsPublicKeyCodec, answer.publicKey));
  const backends = publicKey.suite === 'min-pk-pop' ? [blst, mcl] : [mcl];
  const pairings = backends.map((backend) => pairingOf(backend, publicKey.suite));

  it('the ids of the key and of its dealing', () => {
    expect(toHex(keyIdOf(publicKey))).toBe(answer.keyId);
    expect(toHex(dealingDigestOf(publicKey))).toBe(answer.dealingDigest);
    expect(right(decode(policyCodec, policyCodec.encode(publicKey.policy)))).toEqual(publicKey.policy);
  });

  it('commitments, rows and shares follow from the coefficients', () => {
    const coefficients = answer.coefficients.map((coefficient) => bytesToBigInt(bytes(coefficient)));
    for (const pairing of pairings) {
      const { sharing } = right(loadKey(publicKey, universe, pairing));
      const group = keyGroupOver(pairing);
      expect(sharing.scale).toBe(BigInt(answer.scale));
      expect(coefficients.map((coefficient) => toHex(group.encode(group.commit(coefficient))))).toEqual(
        publicKey.commitments.map(toHex),
      );
      expect(residue(sharing.scale * (coefficients[0] ?? 0n), groupOrder)).toBe(bytesToBigInt(bytes(answer.secret)));
      for (const { process, rows } of answer.shares) {
        for (const { row, secret } of rows) {
          const found = present(sharing.rows[row], 'a row');
          expect(found.owner).toBe(process);
          expect(residue(rowProduct(found, coefficients), groupOrder)).toBe(bytesToBigInt(bytes(secret)));
        }
      }
      const lambda = reconstruction(sharing, (process) => answer.signers.includes(process));
      expect([...(lambda ?? [])].map(([row, factor]) => [row, factor.toString()])).toEqual(answer.lambda);
    }
  });

  it('signature shares and the signature', () => {
    const message = bytes(answer.message);
    for (const pairing of pairings) {
      const signers = answer.shares.map(({ process, rows }) => {
        const secrets = rows.map(({ row, secret }) => ({ row, secret: bytes(secret) }));
        const share = new LinearKeyShare('bls', keyIdOf(publicKey), publicKey.epoch, id(process), secrets);
        return right(makeBlsSigner(publicKey, share, universe, { pairing }));
      });
      const shares = new Map(signers.map((signer) => [signer.me, right(signer.signShare(message))] as const));
      expect([...shares].map(([, share]) => toHex(share))).toEqual(answer.shares.map((share) => share.signatureShare));
      const used = new Map([...shares].filter(([process]) => answer.signers.includes(process)));
      const [signer] = signers;
      expect(toHex(right(present(signer, 'a signer').combine(message, used)).signature)).toBe(answer.signature);
    }
  });
});
