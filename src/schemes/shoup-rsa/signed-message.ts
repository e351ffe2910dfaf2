/** A message as the number that its signature is the e-th root of. */
import { utf8 } from '../../prelude/bytes.js';
import { type Digest, digest, expandedDigest } from '../../prelude/digest.js';
import { assertNever } from '../../prelude/invariant.js';
import { isForSigning } from '../contract/usage.js';
import type { LoadedKey } from './loaded-key.js';
import { encodePs256 } from './rsa-pss.js';
import { encodeRs256 } from './rsa-verify.js';
import type { MapInput } from './share-proof.js';

/** The role of signing, in every proof of a signature share. */
const signatureRole = 'signature share';

const saltInfo = utf8('koinon shoup-rsa pss salt v1');

/** The input for a whole message; `undefined` for a key that is not for signing. */
export function signedMessage(key: LoadedKey, message: Uint8Array): MapInput | undefined {
  const { algorithm, modulus, usage } = key.publicKey;
  if (!isForSigning(usage)) return undefined;
  const messageDigest = digest(message);
  const input = (value: bigint): MapInput => ({ role: signatureRole, digest: messageDigest, value });
  switch (algorithm) {
    case 'RS256':
      return input(encodeRs256(messageDigest, key.modulusLength));
    case 'PS256':
      return input(encodePs256(messageDigest, saltOf(key, messageDigest), modulus));
    case 'RSA-OAEP-256':
      return undefined;
    default:
      return assertNever(algorithm);
  }
}

/**
 * The salt of a PS256 signature: HKDF-SHA-256 (RFC 5869) of key and message. Every signer computes it, in whatever epoch, and
 * nobody chooses it or sends it (spec/schemes.md, "The message").
 */
export function saltOf({ keyId }: Pick<LoadedKey, 'keyId'>, messageDigest: Digest): Uint8Array {
  return expandedDigest(messageDigest, keyId, saltInfo);
}
