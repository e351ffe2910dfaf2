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
} from '../contract/distributed-signer.js';
import { isForSigning } from '../contract/usage.js';
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

/** A key that is not for signing has no valid shares and no signatures here, and nobody can sign with it; see `uses`. */
export class BlsVerifier implements DistributedVerifier {
  readonly schemeId = blsSchemeId;
  readonly keyId: KeyId;
  readonly epoch: number;

  private readonly isForSigning: boolean;

  constructor(private readonly publicMap: BlsMapVerifier) {
    this.isForSigning = isForSigning(publicMap.usage);
    this.keyId = publicMap.keyId;
    this.epoch = publicMap.epoch;
  }

  canCombine(signers: ProcessSet): boolean {
    return this.isForSigning && this.publicMap.canCombine(signers);
  }

  /** Never `unattributable`: the pairing tells good from bad. That is not to say who made a good one (`threshold-map`). */
  verifyShare(message: Uint8Array, from: ProcessId, share: SignatureShare): ShareVerdict {
    return this.isForSigning ? this.publicMap.verifyPartial(message, from, share) : 'invalid';
  }

  combine(message: Uint8Array, shares: ReadonlyMap<ProcessId, SignatureShare>): CombineResult {
    return this.publicMap.combine(message, this.isForSigning ? shares : new Map());
  }

  verify(message: Uint8Array, signature: Signature): boolean {
    return this.isForSigning && this.publicMap.verify(message, signature);
  }
}
