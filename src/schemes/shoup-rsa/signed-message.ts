/** A message as the number that its signature is the e-th root of. */
import { utf8 } from '../../prelude/bytes.js';
import { type Digest, digest, expandedDigest } from '../../prelude/digest.js';
import { isForSigning } from '../contract/usage.js';
import type { RsaAlgorithm } from './key.js';
import type { LoadedKey } from './loaded-key.js';
import { encodePs256 } from './rsa-pss.js';
import { encodeRs256 } from './rsa-verify.js';
import type { MapInput } from './share-proof.js';

/** The role of signing, in every proof of a signature share. */
const signatureRole = 'signature share';

const saltInfo = utf8('koinon shoup-rsa pss salt v1');

/** The input for a whole message; `undefined` for a key that is not for signing. */
export function signedMessage(key: LoadedKey, message: Uint8Array): MapInput | undefined {
  const { algorithm, usage } = key.publicKey;
  const encode = isForSigning(usage) ? encodings[algorithm] : undefined;
  if (encode === undefined) return undefined;
  const messageDigest = digest(message);
  return { role: signatureRole, digest: messageDigest, value: encode(key, messageDigest) };
}

type Encoding = (key: LoadedKey, messageDigest: Digest) => bigint;

const encodings: Readonly<Record<RsaAlgorithm, Encoding | undefined>> = {
  RS256: (key, messageDigest) => encodeRs256(messageDigest, key.modulusLength),
  PS256: (key, messageDigest) => encodePs256(messageDigest, saltOf(key, messageDigest), key.publicKey.modulus),
  'RSA-OAEP-256': undefined,
};

/**
 * The salt of a PS256 signature: HKDF-SHA-256 (RFC 5869) of key and message. Every signer computes it, in whatever epoch, and
 * nobody chooses it or sends it (spec/schemes.md, "The message").
 */
export function saltOf({ keyId }: Pick<LoadedKey, 'keyId'>, messageDigest: Digest): Uint8Array {
  return expandedDigest(messageDigest, keyId, saltInfo);
}
