/**
 * Ed25519 over @noble/curves: the backend of clients, which runs where there is no Node. Its own `verify` has the cofactor
 * in its equation and is not used: the rule in `encoding` is applied to points here. Agrees with `ed25519` bit for bit.
 */
import { ed25519 } from '@noble/curves/ed25519.js';
import { sha512 } from '../../prelude/digest.js';
import { type Ed25519PublicKey, type Ed25519Seed, pointLength, publicKeyLength, signatureLength } from './encoding.js';

const { Point } = ed25519;
type Point = InstanceType<typeof Point>;

/** Whether `signature` is one by `publicKey` over `message`; never throws, whatever the bytes. About 2 ms. */
export function ed25519VerifyPortable(
  publicKey: Ed25519PublicKey,
  message: Uint8Array,
  signature: Uint8Array,
): boolean {
  if (publicKey.length !== publicKeyLength || signature.length !== signatureLength) return false;
  const encodedR = signature.subarray(0, pointLength);
  const s = littleEndian(signature.subarray(pointLength));
  const [a, r] = [decodePoint(publicKey), decodePoint(encodedR)];
  if (a === undefined || r === undefined || s >= Point.Fn.ORDER) return false;
  const k = littleEndian(sha512(encodedR, publicKey, message)) % Point.Fn.ORDER;
  return Point.BASE.multiplyUnsafe(s).equals(r.add(a.multiplyUnsafe(k)));
}

/** The 64 bytes of the signature over `message`; deterministic. */
export function ed25519SignPortable(seed: Ed25519Seed, message: Uint8Array): Uint8Array {
  return ed25519.sign(message, seed);
}

/** The point of a canonical encoding; `undefined` for any other bytes and for a point of small order. */
function decodePoint(bytes: Uint8Array): Point | undefined {
  try {
    const point = Point.fromBytes(bytes);
    return point.isSmallOrder() ? undefined : point;
  } catch {
    return undefined;
  }
}

function littleEndian(bytes: Uint8Array): bigint {
  return bytes.reduceRight((value, byte) => (value << 8n) | BigInt(byte), 0n);
}
