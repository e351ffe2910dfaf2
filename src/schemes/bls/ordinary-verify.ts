/** Verification as of any BLS signature, by whoever knows nothing but a public key. No node: import here or below. */
import { pairingFor } from './backends.js';
import { type BlsSuite, type Ciphersuite, ciphersuiteOf } from './ciphersuite.js';

/** Whether `signature` is the key's over `message` in a suite, all of them compressed. Never throws, whatever the bytes. */
export function verifyBls(suite: BlsSuite, groupKey: Uint8Array, message: Uint8Array, signature: Uint8Array): boolean {
  return verifyIn(ciphersuiteOf(suite), groupKey, message, signature);
}

/** The same in any ciphersuite. */
export function verifyIn(
  ciphersuite: Ciphersuite,
  groupKey: Uint8Array,
  message: Uint8Array,
  signature: Uint8Array,
): boolean {
  const pairing = pairingFor(ciphersuite);
  const key = pairing.keys.decode(groupKey, 'compressed');
  const point = pairing.signatures.decodeUnchecked(signature, 'compressed');
  return key !== undefined && point !== undefined && pairing.verify(key, pairing.hash(message), point);
}
