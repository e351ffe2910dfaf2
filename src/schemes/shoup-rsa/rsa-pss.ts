/**
 * PS256: RSASSA-PSS with SHA-256, MGF1 and a salt of 32 bytes (RFC 8017, sections 8.1 and 9.1; RFC 7518, section 3.5).
 * No node: import: clients without Node use it too.
 */
import { bigIntToBytes, bytesToBigInt, concatBytes, xorBytes } from '../../prelude/bytes.js';
import { type Digest, digest, digestLength } from '../../prelude/digest.js';
import { bitLength } from '../sharing/integers.js';
import { mgf1 } from './mgf1.js';

export const saltLength = digestLength;

const zeroes = new Uint8Array(8);
const trailer = 0xbc;

/** EMSA-PSS of a message's digest as the integer that is signed: one bit shorter than the modulus, at most. */
export function encodePs256(messageDigest: Digest, salt: Uint8Array, modulus: bigint): bigint {
  const { length, unusedBits } = blockOf(modulus);
  const seed = digest(zeroes, messageDigest, salt);
  const padding = new Uint8Array(length - 2 * digestLength - 2);
  const data = concatBytes(padding, Uint8Array.of(1), salt);
  const masked = withoutBits(xorBytes(data, mgf1(seed, data.length)), unusedBits);
  return bytesToBigInt(concatBytes(masked, seed, Uint8Array.of(trailer)));
}

/** Whether an opened signature, an integer below the modulus, encodes the digest with some salt of 32 bytes. */
export function isPs256Encoding(opened: bigint, messageDigest: Digest, modulus: bigint): boolean {
  const { length, unusedBits } = blockOf(modulus);
  if (bitLength(opened) > 8 * length) return false;
  const block = bigIntToBytes(opened, length);
  const [masked, seed] = [block.subarray(0, length - digestLength - 1), block.subarray(length - digestLength - 1, -1)];
  const data = withoutBits(xorBytes(masked, mgf1(seed, masked.length)), unusedBits);
  const salt = data.subarray(data.length - saltLength);
  return opened === encodePs256(messageDigest, salt, modulus);
}

/** Bytes of the encoded message, which is one bit shorter than the modulus, and its bits that are never set. */
function blockOf(modulus: bigint): { readonly length: number; readonly unusedBits: number } {
  const bits = bitLength(modulus) - 1;
  const length = Math.ceil(bits / 8);
  return { length, unusedBits: 8 * length - bits };
}

/** With the highest bits cleared. */
function withoutBits(bytes: Uint8Array, count: number): Uint8Array {
  return concatBytes(Uint8Array.of((bytes[0] ?? 0) & (0xff >> count)), bytes.subarray(1));
}
