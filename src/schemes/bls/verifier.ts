/** The public half of a BLS key as a distributed verifier. */
import { E, type Either } from '../../prelude/fp.js';
import type { ProcessId, ProcessSet, Universe } from '../../prelude/process.js';
import type {
  CombineResult,
  DistributedVerifier,
  KeyId,
  ShareVerdict,
  Signature,
  SignatureShare,
} from '../distributed-signer.js';
import type { BlsKeyError } from './errors.js';
import { type BlsPublicKey, blsSchemeId } from './key.js';
import { type BlsMapVerifier, blsMapVerifier, type BlsOptions } from './threshold-map.js';

/** Loads a public key for verifying. Its members must be processes of the universe, which may have others. */
export function makeBlsVerifier(
  publicKey: BlsPublicKey,
  universe: Universe,
  options: BlsOptions = {},
): Either<BlsKeyError, BlsVerifier> {
  return E.map((map: BlsMapVerifier) => new BlsVerifier(map))(blsMapVerifier(publicKey, universe, options));
}

export class BlsVerifier implements DistributedVerifier {
  readonly schemeId = blsSchemeId;
  readonly keyId: KeyId;
  readonly epoch: number;

  constructor(private readonly publicMap: BlsMapVerifier) {
    this.keyId = publicMap.keyId;
    this.epoch = publicMap.epoch;
  }

  canCombine(signers: ProcessSet): boolean {
    return this.publicMap.canCombine(signers);
  }

  /** Never `unattributable`: the pairing tells good from bad. That is not to say who made a good one (`threshold-map`). */
  verifyShare(message: Uint8Array, from: ProcessId, share: SignatureShare): ShareVerdict {
    return this.publicMap.verifyPartial(message, from, share);
  }

  combine(message: Uint8Array, shares: ReadonlyMap<ProcessId, SignatureShare>): CombineResult {
    return this.publicMap.combine(message, shares);
  }

  verify(message: Uint8Array, signature: Signature): boolean {
    return this.publicMap.verify(message, signature);
  }
}
