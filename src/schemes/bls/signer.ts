/** One process's half of a BLS key: signing shares. */
import { E, type Either } from '../../prelude/fp.js';
import type { ProcessId, Universe } from '../../prelude/process.js';
import type { DistributedSigner, SignatureShare, SignRefused } from '../contract/distributed-signer.js';
import { checkUsage } from '../contract/usage.js';
import type { BlsKeyError } from './errors.js';
import type { BlsKeyShare, BlsPublicKey } from './key.js';
import { type BlsMap, blsMap, type BlsOptions } from './threshold-map.js';
import { BlsVerifier } from './verifier.js';

/** Loads a process's share of a key, after checking every row of it against the key's commitments. */
export function makeBlsSigner(
  publicKey: BlsPublicKey,
  share: BlsKeyShare,
  universe: Universe,
  options: BlsOptions = {},
): Either<BlsKeyError, BlsSigner> {
  return E.map((map: BlsMap) => new BlsSigner(map))(blsMap(publicKey, share, universe, options));
}

export class BlsSigner extends BlsVerifier implements DistributedSigner {
  readonly me: ProcessId;

  constructor(private readonly map: BlsMap) {
    super(map);
    this.me = map.me;
  }

  /** Keys for beacons and time-locks sign nothing here: what they sign is made by `schemes/uses`. */
  signShare(message: Uint8Array): Either<SignRefused, SignatureShare> {
    return E.map((allowed: Uint8Array) => this.map.partial(allowed))(checkUsage(this.map.usage, message));
  }

  /** Every share shows itself right, by a pairing. */
  proveShare(message: Uint8Array): Either<SignRefused, SignatureShare> {
    return this.signShare(message);
  }
}
