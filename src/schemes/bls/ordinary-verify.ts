/** Verification as of any BLS signature, by whoever knows nothing but a public key. No node: import here or below. */
import { pairingFor } from './backends.js';
import { type BlsSuite, type Ciphersuite, ciphersuiteOf } from './ciphersuite.js';

/** Whether `signature` is the key's over `message`. Never throws, whatever the bytes. */
type Verification = (message: Uint8Array, signature: Uint8Array) => boolean;

/** Verification under a compressed public key, which is decoded once; of what is no such key nothing verifies. */
export function blsVerification(suite: BlsSuite, groupKey: Uint8Array): Verification {
  return verificationIn(ciphersuiteOf(suite), groupKey);
}

/** The same in any ciphersuite. */
export function verificationIn(ciphersuite: Ciphersuite, groupKey: Uint8Array): Verification {
  const pairing = pairingFor(ciphersuite);
  const key = pairing.keys.decode(groupKey, 'compressed');
  if (key === undefined) return () => false;
  return (message, signature) => {
    const point = pairing.signatures.decodeUnchecked(signature, 'compressed');
    return point !== undefined && pairing.verify(key, pairing.hash(message), point);
  };
}

/** One verification under a key that is not used again. */
export function verifyBls(suite: BlsSuite, groupKey: Uint8Array, message: Uint8Array, signature: Uint8Array): boolean {
  return blsVerification(suite, groupKey)(message, signature);
}
