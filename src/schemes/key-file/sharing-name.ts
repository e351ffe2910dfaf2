/** What tells the sharings of one key apart: those of its epochs, and those that come of dealing it twice. */
import type { Digest } from '../../prelude/digest.js';
import { assertNever } from '../../prelude/invariant.js';
import { dealingDigestOf as blsDealing } from '../bls/key.js';
import { type AlliancePublicKey, keyIdOf } from '../public-key.js';
import { dealingDigestOf as shoupRsaDealing } from '../shoup-rsa/dealing-digest.js';

/** Names a sharing among all. In a multisignature nothing is shared, so the key's own id will do. */
export function sharingNameOf(key: AlliancePublicKey): Digest {
  switch (key._tag) {
    case 'multisig':
      return keyIdOf(key);
    case 'shoup-rsa':
      return shoupRsaDealing(key, keyIdOf(key));
    case 'bls':
      return blsDealing(key);
    default:
      return assertNever(key);
  }
}
