/**
 * What koinon's Ed25519 signatures are made of, and the one rule by which they are valid, whichever backend judges
 * (RFC 8032 made strict, after Chalkias, Garillot and Nikolaenko, "Taming the many EdDSAs", SSR 2020):
 *
 * - the encodings of A (public key) and R are canonical: y < p, and no sign bit where x is 0;
 * - neither A nor R is of small order;
 * - S < L;
 * - [S]B = R + [k]A without the cofactor, where k = SHA-512(R ‖ A ‖ M) mod L.
 *
 * Replicas that judged by different rules would disagree on which certificates are quorum certificates.
 */

declare const publicKeyBrand: unique symbol;
declare const seedBrand: unique symbol;

/** 32 bytes: the encoding of A. Not to be changed: backends cache by identity what they parsed. */
export type Ed25519PublicKey = Uint8Array & { readonly [publicKeyBrand]: true };

/** 32 secret bytes from which RFC 8032 derives the signing key. Not to be changed. */
export type Ed25519Seed = Uint8Array & { readonly [seedBrand]: true };

/** Whether `signature` is one by `publicKey` over `message` under the rule above; never throws, whatever the bytes. */
export type Ed25519Verify = (publicKey: Ed25519PublicKey, message: Uint8Array, signature: Uint8Array) => boolean;

/** Who judges by that rule, and signs. */
export interface Ed25519Backend {
  readonly verify: Ed25519Verify;
  /** The 64 bytes of the signature over `message`; deterministic. */
  readonly sign: (seed: Ed25519Seed, message: Uint8Array) => Uint8Array;
}

export const pointLength = 32;
export const publicKeyLength = 32;
export const seedLength = 32;
export const signatureLength = 64;

/** Copies received bytes; `undefined` unless they are the canonical encoding of a y that no small-order point has. */
export function ed25519PublicKey(bytes: Uint8Array): Ed25519PublicKey | undefined {
  return isAdmissiblePoint(bytes) ? (new Uint8Array(bytes) as Ed25519PublicKey) : undefined;
}

/** Copies 32 secret bytes; `undefined` for any other number of them. */
export function ed25519Seed(bytes: Uint8Array): Ed25519Seed | undefined {
  return bytes.length === seedLength ? (new Uint8Array(bytes) as Ed25519Seed) : undefined;
}

const p = 2n ** 255n - 19n;

/** The y of the points of order 8, up to sign: the root of d·y⁴ + 2·y² − 1, whose double has y = 0. */
const yOfOrder8 = 0x7a03ac9277fdc74ec6cc392cfa53202a0f67100d760b3cba4fd84d3d706a17c7n;

/** The y coordinates of the eight points of small order (orders 1, 2, 4 and 8), little-endian. */
const smallOrderYs = [1n, p - 1n, 0n, yOfOrder8, p - yOfOrder8].map(littleEndian);

/**
 * Whether `bytes` canonically encode a y coordinate below p that belongs to no point of small order. That the point is on
 * the curve is not checked. The encodings with x = 0 and a sign bit are of small order, hence refused too.
 */
export function isAdmissiblePoint(bytes: Uint8Array): boolean {
  return bytes.length === pointLength && isBelowP(bytes) && !smallOrderYs.some((y) => hasY(bytes, y));
}

/** y < p = 2^255 − 19: false only where all but the lowest byte are ones and that byte is at least 0xed. */
function isBelowP(bytes: Uint8Array): boolean {
  if ((bytes[31] ?? 0) % 128 !== 127) return true;
  for (let index = 30; index > 0; index--) if (bytes[index] !== 0xff) return true;
  return (bytes[0] ?? 0) < 0xed;
}

function hasY(bytes: Uint8Array, y: Uint8Array): boolean {
  for (let index = 0; index < 31; index++) if (bytes[index] !== y[index]) return false;
  return (bytes[31] ?? 0) % 128 === y[31];
}

function littleEndian(value: bigint): Uint8Array {
  return Uint8Array.from({ length: pointLength }, (_, index) => Number((value >> BigInt(8 * index)) & 0xffn));
}
