/** The public key as other software knows it: PEM for openssl, JWK (RFC 7517), and node:crypto's own verification. */
import { constants, createPublicKey, type KeyObject, publicEncrypt, verify } from 'node:crypto';
import { bigIntToBytes, bytesToBigInt } from '../../prelude/bytes.js';
import type { KeyUsage } from '../contract/distributed-signer.js';
import { type RsaAlgorithm, unsignedBytes } from './key.js';
import { saltLength } from './rsa-pss.js';
import { modulusLength, type RsaPublicKey, type RsaVerificationKey } from './rsa-verify.js';

/** SubjectPublicKeyInfo in PEM, as `openssl dgst -sha256 -verify` reads it. */
export function publicKeyPem(key: RsaPublicKey): string {
  return nodePublicKey(key).export({ type: 'spki', format: 'pem' }).toString();
}

/** A public key in JSON (RFC 7517, RFC 7518). */
export interface RsaJwk {
  readonly kty: 'RSA';
  readonly use: 'sig' | 'enc';
  readonly alg: RsaAlgorithm;
  readonly n: string;
  readonly e: string;
}

export function publicKeyJwk(key: RsaVerificationKey & { readonly usage: KeyUsage }): RsaJwk {
  const use = key.usage === 'decryption' ? 'enc' : 'sig';
  return { kty: 'RSA', use, alg: key.algorithm, ...base64UrlNumbers(key) };
}

/** Verification by node:crypto, with the key prepared once. A key for OAEP has no signatures. */
export function nodeRsaVerifier(key: RsaVerificationKey): (message: Uint8Array, signature: Uint8Array) => boolean {
  if (key.algorithm === 'RSA-OAEP-256') return () => false;
  const padding =
    key.algorithm === 'RS256'
      ? { padding: constants.RSA_PKCS1_PADDING }
      : { padding: constants.RSA_PKCS1_PSS_PADDING, saltLength };
  const prepared = { key: nodePublicKey(key), ...padding };
  const length = modulusLength(key);
  return (message, signature) => signature.length === length && verify('sha256', message, prepared, signature);
}

/** The power of e, of numbers below N: RSA without any padding, by node:crypto, with the key prepared once. */
export function nodeRsaPower(key: RsaPublicKey): (value: bigint) => bigint {
  const prepared = { key: nodePublicKey(key), padding: constants.RSA_NO_PADDING };
  const length = modulusLength(key);
  return (value) => bytesToBigInt(publicEncrypt(prepared, bigIntToBytes(value, length)));
}

function nodePublicKey(key: RsaPublicKey): KeyObject {
  return createPublicKey({ format: 'jwk', key: { kty: 'RSA', ...base64UrlNumbers(key) } });
}

function base64UrlNumbers({ modulus, exponent }: RsaPublicKey): { readonly n: string; readonly e: string } {
  const base64Url = (value: bigint) => Buffer.from(unsignedBytes(value)).toString('base64url');
  return { n: base64Url(modulus), e: base64Url(exponent) };
}
