/**
 * Ed25519 over OpenSSL (node:crypto): the backend of servers where none is quicker. OpenSSL checks S < L and the equation without the cofactor, by
 * comparing encodings, so a non-canonical R never passes; what it lacks of the rule in `encoding` is checked before it is asked.
 */
import { createPrivateKey, createPublicKey, type KeyObject, sign, verify } from 'node:crypto';
import { concatBytes } from '../../prelude/bytes.js';
import { present } from '../../prelude/invariant.js';
import {
  type Ed25519Backend,
  type Ed25519PublicKey,
  ed25519PublicKey,
  type Ed25519Seed,
  isAdmissiblePoint,
  pointLength,
  signatureLength,
} from './encoding.js';

/** What precedes the 32 bytes in DER (RFC 8410): a SubjectPublicKeyInfo, and a PKCS #8 private key. */
const spkiPrefix = Uint8Array.of(0x30, 0x2a, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70, 0x03, 0x21, 0x00);
const pkcs8Prefix = Uint8Array.of(
  ...[0x30, 0x2e, 0x02, 0x01, 0x00, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70, 0x04, 0x22, 0x04, 0x20],
);

/** Parsed keys, as long as their bytes are alive (parsing costs twice a verification); `undefined`: nothing is valid. */
const publicKeys = new WeakMap<Ed25519PublicKey, { readonly parsed: KeyObject | undefined }>();
const privateKeys = new WeakMap<Ed25519Seed, KeyObject>();

export const opensslBackend: Ed25519Backend = { verify: verifySignature, sign: signMessage };

function verifySignature(publicKey: Ed25519PublicKey, message: Uint8Array, signature: Uint8Array): boolean {
  if (signature.length !== signatureLength || !isAdmissiblePoint(signature.subarray(0, pointLength))) return false;
  const key = parsedPublicKey(publicKey);
  return key !== undefined && verify(null, message, key, signature);
}

function signMessage(seed: Ed25519Seed, message: Uint8Array): Uint8Array {
  return new Uint8Array(sign(null, message, parsedSeed(seed)));
}

/** The public key that belongs to `seed`. */
export function publicKeyFromSeed(seed: Ed25519Seed): Ed25519PublicKey {
  const spki = createPublicKey(parsedSeed(seed)).export({ format: 'der', type: 'spki' });
  return present(ed25519PublicKey(spki.subarray(spkiPrefix.length)), 'a derived public key is admissible');
}

function parsedPublicKey(publicKey: Ed25519PublicKey): KeyObject | undefined {
  const known = publicKeys.get(publicKey);
  if (known !== undefined) return known.parsed;
  const parsed = isAdmissiblePoint(publicKey) ? parsePublicKey(publicKey) : undefined;
  publicKeys.set(publicKey, { parsed });
  return parsed;
}

/** That this OpenSSL takes points off the curve, and lets verification fail, is nothing it promises: hence the `catch`. */
function parsePublicKey(publicKey: Ed25519PublicKey): KeyObject | undefined {
  try {
    return createPublicKey({ key: Buffer.from(concatBytes(spkiPrefix, publicKey)), format: 'der', type: 'spki' });
  } catch {
    return undefined;
  }
}

function parsedSeed(seed: Ed25519Seed): KeyObject {
  const known = privateKeys.get(seed);
  if (known !== undefined) return known;
  const parsed = createPrivateKey({ key: Buffer.from(concatBytes(pkcs8Prefix, seed)), format: 'der', type: 'pkcs8' });
  privateKeys.set(seed, parsed);
  return parsed;
}
