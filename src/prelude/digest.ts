/** SHA-256 (FIPS 180-4), the one hash of koinon, and the 32 bytes that it yields; SHA-512 where Ed25519 prescribes it. */
import { hkdf } from '@noble/hashes/hkdf.js';
import { sha256, sha512 as nobleSha512 } from '@noble/hashes/sha2.js';
import { concatBytes, toHex } from './bytes.js';

declare const digestBrand: unique symbol;

/** 32 bytes of SHA-256. */
export type Digest = Uint8Array & { readonly [digestBrand]: true };

export const digestLength = 32;

/** The part of node:crypto that is used where it is there, of Node's globals: several times as fast as anything in JavaScript. */
interface NodeCrypto {
  hash(algorithm: 'sha256', data: Uint8Array, encoding: 'latin1'): string;
}

const { process: node } = globalThis as {
  readonly process?: { readonly getBuiltinModule?: (name: 'node:crypto') => NodeCrypto | undefined };
};
const native = node?.getBuiltinModule?.('node:crypto');

/** SHA-256 of the concatenation of `parts`. Callers make the concatenation injective (`prelude/canonical`). */
export function digest(...parts: readonly Uint8Array[]): Digest {
  const [first] = parts;
  const whole = parts.length === 1 && first !== undefined ? first : concatBytes(...parts);
  return (native === undefined ? sha256(whole) : fromLatin1(native.hash('sha256', whole, 'latin1'))) as Digest;
}

/** A character is a byte. Half as long on the way as Node's own byte arrays, whose memory is outside of the heap. */
function fromLatin1(text: string): Uint8Array {
  const bytes = new Uint8Array(text.length);
  for (let index = 0; index < bytes.length; index++) bytes[index] = text.charCodeAt(index);
  return bytes;
}

/** SHA-512 of the concatenation of `parts`: for the challenge of Ed25519 (RFC 8032) alone. */
export function sha512(...parts: readonly Uint8Array[]): Uint8Array {
  return nobleSha512(concatBytes(...parts));
}

/** 32 bytes of HKDF-SHA-256 (RFC 5869), of input that is public. */
export function expandedDigest(input: Uint8Array, salt: Uint8Array, info: Uint8Array): Uint8Array {
  return hkdf(sha256, input, salt, info, digestLength);
}

/** Narrows received bytes; `undefined` unless there are 32 of them. */
export function asDigest(bytes: Uint8Array): Digest | undefined {
  return bytes.length === digestLength ? (bytes as Digest) : undefined;
}

/** The first 16 hexadecimal digits, for people. */
export function shortHex(value: Digest): string {
  return toHex(value.subarray(0, 8));
}
