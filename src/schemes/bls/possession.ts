/**
 * Proofs of possession (draft-irtf-cfrg-bls-signature, section 3.3): a signature over the public key itself, under a tag of its
 * own, without which keys must not be added up with those of strangers. A distributed key proves itself by a quorum.
 */
import { E, type Either } from '../../prelude/fp.js';
import type { ProcessId, Universe } from '../../prelude/process.js';
import type { CombineResult, SignatureShare } from '../contract/distributed-signer.js';
import { pairingFor } from './backends.js';
import { type BlsSuite, possessionCiphersuiteOf } from './ciphersuite.js';
import type { BlsKeyError } from './errors.js';
import type { BlsKeyShare, BlsPublicKey } from './key.js';
import { verificationIn } from './ordinary-verify.js';
import { type BlsMap, blsMap, type BlsOptions } from './threshold-map.js';

/** The suite has no proofs of possession. */
export interface NoPossessionProof {
  readonly _tag: 'NoPossessionProof';
  readonly suite: BlsSuite;
}

/** What a holder of a share does for its key's proof. */
export interface PossessionProver {
  share(): SignatureShare;
  combine(shares: ReadonlyMap<ProcessId, SignatureShare>): CombineResult;
}

/** A prover for the key; its usage does not matter, since nothing but the key itself is ever signed under that tag. */
export function possessionProver(
  publicKey: BlsPublicKey,
  share: BlsKeyShare,
  universe: Universe,
  { random }: Pick<BlsOptions, 'random'> = {},
): Either<BlsKeyError | NoPossessionProof, PossessionProver> {
  const { suite, groupKey } = publicKey;
  const ciphersuite = possessionCiphersuiteOf(suite);
  if (ciphersuite === undefined) return E.left({ _tag: 'NoPossessionProof', suite });
  const pairing = pairingFor(ciphersuite);
  const options = random === undefined ? { pairing } : { pairing, random };
  return E.map((map: BlsMap) => ({
    share: () => map.partial(groupKey),
    combine: (shares: ReadonlyMap<ProcessId, SignatureShare>) => map.combine(groupKey, shares),
  }))(blsMap(publicKey, share, universe, options));
}

/** Whether `proof` is one for the key; `false` in suites that have none. Never throws, whatever the bytes. */
export function verifyPossession(
  { suite, groupKey }: Pick<BlsPublicKey, 'suite' | 'groupKey'>,
  proof: Uint8Array,
): boolean {
  const ciphersuite = possessionCiphersuiteOf(suite);
  return ciphersuite !== undefined && verificationIn(ciphersuite, groupKey)(groupKey, proof);
}
