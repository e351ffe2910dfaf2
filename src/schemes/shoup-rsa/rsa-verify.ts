/** RS256: RSASSA-PKCS1-v1_5 with SHA-256 (RFC 8017, section 8.2). No node: import: clients without Node use it too. */
import { bigIntToBytes, bytesToBigInt, concatBytes, equalBytes, fromHex } from '../../prelude/bytes.js';
import { digest, type Digest, digestLength } from '../../prelude/digest.js';
import { present } from '../../prelude/invariant.js';
import { bitLength } from '../sharing/integers.js';
import { modularPower } from './modular-power.js';

/** An ordinary RSA public key. */
export interface RsaPublicKey {
  readonly modulus: bigint;
  readonly exponent: bigint;
}

/** DER of DigestInfo for SHA-256, up to the digest. */
const digestInfo = present(fromHex('3031300d060960864801650304020105000420'), 'hexadecimal');

/** Longer moduli are refused, before anything is computed with them. */
export const maxModulusBits = 4096;

/** A smaller modulus has no room for the encoding: 11 bytes of padding, DigestInfo and the digest. */
export const minModulusBits = 8 * (11 + digestInfo.length + digestLength - 1) + 1;

/** The length of signatures: that of the modulus, in bytes. */
export function modulusLength({ modulus }: Pick<RsaPublicKey, 'modulus'>): number {
  return Math.ceil(bitLength(modulus) / 8);
}

/** EMSA-PKCS1-v1_5 of a message's digest as the integer below N that is signed. */
export function encodeRs256(messageDigest: Digest, length: number): bigint {
  const padding = new Uint8Array(length - digestInfo.length - digestLength - 3).fill(0xff);
  return bytesToBigInt(concatBytes(Uint8Array.of(0, 1), padding, Uint8Array.of(0), digestInfo, messageDigest));
}

/** Whether `signature` is an RS256 signature over `message`; never throws, whatever the bytes. */
export function verifyRs256(key: RsaPublicKey, message: Uint8Array, signature: Uint8Array): boolean {
  const length = modulusLength(key);
  const bits = bitLength(key.modulus);
  if (bits < minModulusBits || bits > maxModulusBits || key.modulus % 2n === 0n || signature.length !== length)
    return false;
  const value = bytesToBigInt(signature);
  if (value >= key.modulus) return false;
  const opened = bigIntToBytes(modularPower(value, key.exponent, key.modulus), length);
  return equalBytes(opened, bigIntToBytes(encodeRs256(digest(message), length), length));
}
