/** The public half of a Shoup RSA key: judging signature shares, combining them, verifying signatures with node:crypto. */
import { randomBytes } from 'node:crypto';
import { E, type Either } from '../../prelude/fp.js';
import type { ProcessId, ProcessSet, Universe } from '../../prelude/process.js';
import type { RandomBytes } from '../../prelude/random.js';
import type {
  CombineResult,
  DistributedVerifier,
  KeyId,
  ShareVerdict,
  Signature,
  SignatureShare,
} from '../contract/distributed-signer.js';
import { shoupRsaSuite } from './derived-base.js';
import type { ShoupRsaKeyError } from './errors.js';
import type { ShoupRsaPublicKey } from './key.js';
import type { LoadedKey } from './loaded-key.js';
import { makeRsaMapVerifier } from './loaded-share.js';
import { nodeRsaVerifier } from './public-key-pem.js';
import type { RsaMapVerifier } from './rsa-map.js';
import { isForSigning } from '../contract/usage.js';
import { signedMessage } from './signed-message.js';

/** Loads a public key for verifying. Its members must be processes of the universe, which may have others. */
export function makeShoupRsaVerifier(
  publicKey: ShoupRsaPublicKey,
  universe: Universe,
  random: RandomBytes = randomBytes,
): Either<ShoupRsaKeyError, ShoupRsaVerifier> {
  return E.map((map: RsaMapVerifier) => new ShoupRsaVerifier(map))(makeRsaMapVerifier(publicKey, universe, random));
}

/** A key that is not for signing has no valid shares and no signatures here, and nobody can sign with it; see `uses`. */
export class ShoupRsaVerifier implements DistributedVerifier {
  readonly schemeId = shoupRsaSuite;
  readonly keyId: KeyId;
  readonly epoch: number;
  protected readonly key: LoadedKey;
  private readonly verifySignature: (message: Uint8Array, signature: Uint8Array) => boolean;

  constructor(private readonly map: RsaMapVerifier) {
    this.key = map.key;
    this.keyId = this.key.keyId;
    this.epoch = this.key.publicKey.epoch;
    this.verifySignature = nodeRsaVerifier(this.key.publicKey);
  }

  canCombine(signers: ProcessSet): boolean {
    return isForSigning(this.key.publicKey.usage) && this.map.canCombine(signers);
  }

  verifyShare(message: Uint8Array, from: ProcessId, share: SignatureShare): ShareVerdict {
    const input = signedMessage(this.key, message);
    return input === undefined ? 'invalid' : this.map.verifyPartial(input, from, share);
  }

  combine(message: Uint8Array, shares: ReadonlyMap<ProcessId, SignatureShare>): CombineResult {
    const { universe } = this.key;
    const input = signedMessage(this.key, message);
    if (input === undefined) {
      return E.left({ _tag: 'NotQualified', signers: universe.none, invalid: universe.of(shares.keys()) });
    }
    return this.map.combine(input, shares);
  }

  verify(message: Uint8Array, signature: Signature): boolean {
    return isForSigning(this.key.publicKey.usage) && this.verifySignature(message, signature);
  }
}
