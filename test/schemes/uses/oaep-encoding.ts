/** EME-OAEP encoding, as RFC 8017 has it, with every part of the block at the caller's mercy. */
import { concatBytes } from '../../../src/prelude/bytes.js';
import { digest } from '../../../src/prelude/digest.js';
import { mgf1 } from '../../../src/schemes/shoup-rsa/mgf1.js';

/** What is in a block before it is masked; the defaults are right. */
export interface OaepParts {
  readonly first?: number;
  readonly label?: Uint8Array;
  /** What stands between the label's digest and the message: zeros, then a one. */
  readonly separator?: (length: number) => Uint8Array;
}

/** The block of `blockLength` bytes that hides `message`. */
export function encodeOaep(message: Uint8Array, blockLength: number, parts: OaepParts = {}): Uint8Array {
  const { first = 0, label = new Uint8Array(0), separator = zerosThenOne } = parts;
  const seed = digest(message, Uint8Array.of(7));
  const data = concatBytes(digest(label), separator(blockLength - 65 - message.length), message);
  const maskedData = xor(data, mgf1(seed, data.length));
  return concatBytes(Uint8Array.of(first), xor(seed, mgf1(maskedData, 32)), maskedData);
}

function zerosThenOne(length: number): Uint8Array {
  return concatBytes(new Uint8Array(length - 1), Uint8Array.of(1));
}

function xor(a: Uint8Array, b: Uint8Array): Uint8Array {
  return a.map((byte, index) => byte ^ (b[index] ?? 0));
}
