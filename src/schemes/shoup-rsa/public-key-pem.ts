/** The public key as other software knows it: PEM for openssl, and node:crypto's own verification. */
import { constants, createPublicKey, type KeyObject, verify } from 'node:crypto';
import { unsignedBytes } from './key.js';
import type { RsaPublicKey } from './rsa-verify.js';

/** SubjectPublicKeyInfo in PEM, as `openssl dgst -sha256 -verify` reads it. */
export function publicKeyPem(key: RsaPublicKey): string {
  return nodePublicKey(key).export({ type: 'spki', format: 'pem' }).toString();
}

/** RS256 verification by node:crypto, with the key prepared once. */
export function nodeRsaVerifier(key: RsaPublicKey): (message: Uint8Array, signature: Uint8Array) => boolean {
  const prepared = { key: nodePublicKey(key), padding: constants.RSA_PKCS1_PADDING };
  return (message, signature) => verify('sha256', message, prepared, signature);
}

function nodePublicKey({ modulus, exponent }: RsaPublicKey): KeyObject {
  const base64url = (value: bigint) => Buffer.from(unsignedBytes(value)).toString('base64url');
  return createPublicKey({ format: 'jwk', key: { kty: 'RSA', n: base64url(modulus), e: base64url(exponent) } });
}
