/** SHA-256 (FIPS 180-4), the one hash of koinon, and the 32 bytes that it yields; SHA-512 where Ed25519 prescribes it. */
import { hkdf } from '@noble/hashes/hkdf.js';
import { sha256, sha512 as nobleSha512 } from '@noble/hashes/sha2.js';
import { concatBytes, toHex } from './bytes.js';

declare const digestBrand: unique symbol;

/** 32 bytes of SHA-256. */
export type Digest = Uint8Array & { readonly [digestBrand]: true };

export const digestLength = 32;

/** SHA-256 of the concatenation of `parts`. Callers make the concatenation injective (`prelude/canonical`). */
export function digest(...parts: readonly Uint8Array[]): Digest {
  return sha256(parts.length === 1 && parts[0] !== undefined ? parts[0] : concatBytes(...parts)) as Digest;
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
