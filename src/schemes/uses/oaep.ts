/**
 * EME-OAEP of RFC 8017, section 7.1, with SHA-256 for both of its hashes and MGF1: what RSA-OAEP-256 (RFC 7518), openssl and
 * WebCrypto make. Decoding runs in time that depends on the lengths of block and message alone, up to what the runtime does:
 * whoever learnt why a block is refused could decrypt with a million questions (Manger, CRYPTO 2001).
 */
import { xorBytes } from '../../prelude/bytes.js';
import { digest, digestLength } from '../../prelude/digest.js';
import { mgf1 } from '../shoup-rsa/mgf1.js';

/**
 * The message in a block as long as the modulus; `undefined` for every block that is wrong, in whatever way: too short a block has
 * no room for the one before the message.
 */
export function decodeOaep(block: Uint8Array, label: Uint8Array): Uint8Array | undefined {
  const [maskedSeed, maskedData] = [block.subarray(1, 1 + digestLength), block.subarray(1 + digestLength)];
  const seed = xorBytes(maskedSeed, mgf1(maskedData, digestLength));
  const data = xorBytes(maskedData, mgf1(seed, maskedData.length));
  const { start, isBad } = findMessage(data.subarray(digestLength));
  const wrong = (block[0] ?? 1) | difference(data.subarray(0, digestLength), digest(label)) | isBad;
  return wrong === 0 ? data.slice(digestLength + start) : undefined;
}

/** Where the message begins behind zeros and a one, looking at every byte; `isBad` is not 0 where there is no such place. */
function findMessage(padded: Uint8Array): { readonly start: number; readonly isBad: number } {
  let [start, isLooking, isBad] = [0, 1, 0];
  for (const [index, byte] of padded.entries()) {
    const isOne = isEqual(byte, 1);
    isBad |= isLooking & (isOne ^ 1) & (isEqual(byte, 0) ^ 1);
    start |= -(isLooking & isOne) & (index + 1);
    isLooking &= isOne ^ 1;
  }
  return { start, isBad: isBad | isLooking };
}

/** 1 if two bytes are equal, otherwise 0, without a branch. */
function isEqual(a: number, b: number): number {
  return ((a ^ b) - 1) >>> 31;
}

/** 0 if two byte strings of one length are equal. */
function difference(a: Uint8Array, b: Uint8Array): number {
  let bits = 0;
  for (const [index, byte] of a.entries()) bits |= byte ^ (b[index] ?? 0);
  return bits;
}
