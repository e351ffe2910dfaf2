/** The public keys of all schemes: what an alliance document holds and a client trusts. No node: import here or below. */
import { assertNever } from '../prelude/invariant.js';
import { policyDigest } from '../quorum/policy/policy-digest.js';
import { ciphersuiteOf } from './bls/ciphersuite.js';
import { type BlsPublicKey, keyIdOf as blsKeyId } from './bls/key.js';
import type { KeyId } from './contract/distributed-signer.js';
import { multisigLength } from './multisig/certificate.js';
import type { MultisigPublicKey } from './multisig/key.js';
import { multisigKeyId } from './multisig/multisig-verifier.js';
import { keyIdOf as shoupRsaKeyId, type ShoupRsaPublicKey } from './shoup-rsa/key.js';
import { bitLength } from './sharing/integers.js';

export type AlliancePublicKey = MultisigPublicKey | ShoupRsaPublicKey | BlsPublicKey;

/** The key of a threshold scheme: one secret, shared along its policy. */
export type ThresholdPublicKey = Exclude<AlliancePublicKey, MultisigPublicKey>;

/** Of points of BLS12-381, in bytes. */
const compressedLength = { G1: 48, G2: 96 } as const;

/** What names a key in every statement that it signs. */
export function keyIdOf(publicKey: AlliancePublicKey): KeyId {
  switch (publicKey._tag) {
    case 'multisig':
      return multisigKeyId({ ...publicKey, ruleDigest: policyDigest(publicKey.policy) });
    case 'shoup-rsa':
      return shoupRsaKeyId(publicKey);
    case 'bls':
      return blsKeyId(publicKey);
    default:
      return assertNever(publicKey);
  }
}

/** How long a signature can be, in bytes. */
export function longestSignature(publicKey: AlliancePublicKey): number {
  switch (publicKey._tag) {
    case 'multisig':
      return multisigLength(publicKey.publicKeys.size);
    case 'shoup-rsa':
      return Math.ceil(bitLength(publicKey.modulus) / 8);
    case 'bls':
      return compressedLength[ciphersuiteOf(publicKey.suite).signatureGroup];
    default:
      return assertNever(publicKey);
  }
}
