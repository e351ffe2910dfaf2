/**
 * RSA signatures with SHA-256 (RFC 8017): RS256, which is RSASSA-PKCS1-v1_5, and PS256, which is RSASSA-PSS.
 * No node: import: clients without Node use it too.
 */
import { bytesToBigInt, concatBytes, fromHex } from '../../prelude/bytes.js';
import { digest, type Digest, digestLength } from '../../prelude/digest.js';
import { present } from '../../prelude/invariant.js';
import { remembered } from '../../prelude/remembered.js';
import { bitLength } from '../sharing/integers.js';
import type { RsaAlgorithm } from './key.js';
import { modularPower } from './modular-power.js';
import { isPs256Encoding, saltLength } from './rsa-pss.js';

/** An ordinary RSA public key. */
export interface RsaPublicKey {
  readonly modulus: bigint;
  readonly exponent: bigint;
}

/** DER of DigestInfo for SHA-256, up to the digest. */
const digestInfo = present(fromHex('3031300d060960864801650304020105000420'), 'hexadecimal');

/** Longer moduli are refused, before anything is computed with them. */
export const maxModulusBits = 4096;

/**
 * A smaller modulus has no room for the encoding: for RS256 11 bytes of padding, DigestInfo and the digest; for PS256 digest,
 * salt and two bytes, of the first of them one bit; for OAEP two digests and two bytes.
 */
export const minModulusBits: Readonly<Record<RsaAlgorithm, number>> = {
  RS256: 8 * (11 + digestInfo.length + digestLength - 1) + 1,
  PS256: 8 * (digestLength + saltLength + 1) + 2,
  'RSA-OAEP-256': 8 * (2 * digestLength + 1) + 1,
};

/** The length of signatures: that of the modulus, in bytes. */
export function modulusLength({ modulus }: Pick<RsaPublicKey, 'modulus'>): number {
  return Math.ceil(bitLength(modulus) / 8);
}

/** EMSA-PKCS1-v1_5 of a message's digest as the integer below N that is signed. */
export function encodeRs256(messageDigest: Digest, length: number): bigint {
  return rs256Frame(length) + bytesToBigInt(messageDigest);
}

/** The encoding of a digest of zeros. */
const rs256Frame = remembered((length: number): bigint => {
  const padding = new Uint8Array(length - digestInfo.length - digestLength - 3).fill(0xff);
  const zeros = new Uint8Array(digestLength);
  return bytesToBigInt(concatBytes(Uint8Array.of(0, 1), padding, Uint8Array.of(0), digestInfo, zeros));
});

/** A public key that says what its signatures are. */
export interface RsaVerificationKey extends RsaPublicKey {
  readonly algorithm: RsaAlgorithm;
}

/** Whether `signature` is the key's over `message`; never throws, whatever the bytes. A key for OAEP has no signatures. */
export function verifyRsa(key: RsaVerificationKey, message: Uint8Array, signature: Uint8Array): boolean {
  const { algorithm, modulus } = key;
  if (algorithm === 'RSA-OAEP-256' || bitLength(modulus) < minModulusBits[algorithm]) return false;
  const opened = openSignature(key, signature);
  if (opened === undefined) return false;
  const messageDigest = digest(message);
  return algorithm === 'RS256'
    ? opened === encodeRs256(messageDigest, modulusLength(key))
    : isPs256Encoding(opened, messageDigest, modulus);
}

/** The signature to the power of e, if it is as long as the modulus and below it. */
function openSignature(key: RsaPublicKey, signature: Uint8Array): bigint | undefined {
  const { modulus, exponent } = key;
  if (bitLength(modulus) > maxModulusBits || modulus % 2n === 0n || signature.length !== modulusLength(key)) {
    return undefined;
  }
  const value = bytesToBigInt(signature);
  return value < modulus ? modularPower(value, exponent, modulus) : undefined;
}
