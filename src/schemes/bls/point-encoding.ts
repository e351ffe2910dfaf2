/**
 * How points are written: the encoding that Zcash introduced and draft-irtf-cfrg-pairing-friendly-curves (appendix C) describes.
 * Big-endian coordinates of 48 bytes, those of the quadratic extension with the imaginary part first, and three flags in the
 * highest bits. What is checked here is all that can be wrong without knowing the curve, so that every backend sees the same
 * bytes only, whatever it would make of others.
 */
import { bigIntToBytes, bytesToBigInt, equalBytes } from '../../prelude/bytes.js';
import type { GroupName } from './ciphersuite.js';

/** `compressed`: x and the sign of y. `uncompressed`: x and y; twice as long, and read without a square root. */
export type PointForm = 'compressed' | 'uncompressed';

/** Bytes of an element of the prime field. */
const elementLength = 48;

const fieldPrime = 0x1a0111ea397fe69a4b1ba7b6434bacd764774b84f38512bf6730d2a0f6b0f6241eabfffeb153ffffb9feffffffffaaabn;
const fieldPrimeBytes = bigIntToBytes(fieldPrime, elementLength);

const flags = { compressed: 0x80, identity: 0x40, sign: 0x20 } as const;
const allFlags = flags.compressed | flags.identity | flags.sign;

/** Bytes of a point of `group` in `form`. */
export function pointLength(group: GroupName, form: PointForm): number {
  return elementLength * (group === 'G1' ? 1 : 2) * (form === 'compressed' ? 1 : 2);
}

/** Whether `bytes` have the length, the flags and the field elements of a point in `form`: the one way to write it. */
export function isWellFormed(group: GroupName, form: PointForm, bytes: Uint8Array): boolean {
  if (bytes.length !== pointLength(group, form)) return false;
  const found = (bytes[0] ?? 0) & allFlags;
  const expected = form === 'compressed' ? flags.compressed : 0;
  if (isIdentityEncoding(bytes)) return equalBytes(bytes, identityEncoding(group, form));
  const signs = form === 'compressed' ? flags.sign : 0;
  return (found & ~signs) === expected && hasReducedElements(bytes);
}

/** The identity's encoding. */
export function identityEncoding(group: GroupName, form: PointForm): Uint8Array {
  const bytes = new Uint8Array(pointLength(group, form));
  bytes[0] = flags.identity | (form === 'compressed' ? flags.compressed : 0);
  return bytes;
}

/** Whether well-formed bytes are the identity's. */
export function isIdentityEncoding(bytes: Uint8Array): boolean {
  return ((bytes[0] ?? 0) & flags.identity) !== 0;
}

/** The encoding of -P, given that of P, which is not the identity, uncompressed. */
export function negatedEncoding(uncompressed: Uint8Array): Uint8Array {
  const negated = new Uint8Array(uncompressed);
  for (let offset = negated.length / 2; offset < negated.length; offset += elementLength) {
    const element = bytesToBigInt(uncompressed.subarray(offset, offset + elementLength));
    if (element !== 0n) negated.set(bigIntToBytes(fieldPrime - element, elementLength), offset);
  }
  return negated;
}

/** Whether every element is less than the field's prime, flags aside. */
function hasReducedElements(bytes: Uint8Array): boolean {
  for (let offset = 0; offset < bytes.length; offset += elementLength) {
    if (!isReduced(bytes, offset)) return false;
  }
  return true;
}

function isReduced(bytes: Uint8Array, offset: number): boolean {
  for (const [index, limit] of fieldPrimeBytes.entries()) {
    const byte = bytes[offset + index] ?? 0;
    const digit = offset + index === 0 ? byte & ~allFlags : byte;
    if (digit !== limit) return digit < limit;
  }
  return false;
}
