/** One process's half of a Shoup RSA key: signing shares. */
import { randomBytes } from 'node:crypto';
import { E, type Either } from '../../prelude/fp.js';
import type { ProcessId, Universe } from '../../prelude/process.js';
import type { RandomBytes } from '../../prelude/random.js';
import type { DistributedSigner, SignatureShare, SignRefused } from '../contract/distributed-signer.js';
import { checkUsage } from '../contract/usage.js';
import type { ShoupRsaKeyError } from './errors.js';
import type { ShoupRsaKeyShare, ShoupRsaPublicKey } from './key.js';
import { makeRsaMap, type RsaMapOptions } from './loaded-share.js';
import type { RsaMap } from './rsa-map.js';
import { signedMessage } from './signed-message.js';
import { ShoupRsaVerifier } from './verifier.js';

export type ShoupRsaSignerOptions = RsaMapOptions;

/** Loads a process's share of a key, after checking every row of it against the key's commitments. */
export function makeShoupRsaSigner(
  publicKey: ShoupRsaPublicKey,
  share: ShoupRsaKeyShare,
  universe: Universe,
  random: RandomBytes = randomBytes,
  options: ShoupRsaSignerOptions = {},
): Either<ShoupRsaKeyError, ShoupRsaSigner> {
  return E.map((map: RsaMap) => new ShoupRsaSigner(map))(makeRsaMap(publicKey, share, universe, random, options));
}

export class ShoupRsaSigner extends ShoupRsaVerifier implements DistributedSigner {
  readonly me: ProcessId;
  readonly #map: RsaMap;

  constructor(map: RsaMap) {
    super(map);
    this.me = map.me;
    this.#map = map;
  }

  signShare(message: Uint8Array): Either<SignRefused, SignatureShare> {
    return this.sign(message);
  }

  /** Signs with proofs, whatever the options say. Keys of other than safe primes have none. */
  proveShare(message: Uint8Array): Either<SignRefused, SignatureShare> {
    return this.sign(message, true);
  }

  /** Makes the commitment halves of up to `count` proofs ahead; see {@link RsaMap.precompute}. */
  precompute(count: number): number {
    return this.#map.precompute(count);
  }

  private sign(message: Uint8Array, withProof?: boolean): Either<SignRefused, SignatureShare> {
    const { usage } = this.key.publicKey;
    const isAllowed = E.isRight(checkUsage(usage, message));
    const input = isAllowed ? signedMessage(this.key, message) : undefined;
    if (input === undefined) return E.left({ _tag: 'WrongUsage', usage });
    return E.right(this.#map.partial(input, withProof));
  }
}
