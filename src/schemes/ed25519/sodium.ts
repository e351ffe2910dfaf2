/**
 * Ed25519 over libsodium (sodium-native): the quickest backend, half as long for each operation as OpenSSL. libsodium has changed
 * between the equation with the cofactor and without it, so a library is believed after the self-test alone; encodings are checked
 * before it is asked, as for OpenSSL.
 */
import type Sodium from 'sodium-native';
import {
  type Ed25519Backend,
  type Ed25519Seed,
  isAdmissiblePoint,
  pointLength,
  publicKeyLength,
  seedLength,
  signatureLength,
} from './encoding.js';

/** @param library - what `import('sodium-native')` gives. */
export function sodiumBackend(library: typeof Sodium): Ed25519Backend {
  /** Secret keys as libsodium has them, as long as their seeds are alive. */
  const secretKeys = new WeakMap<Ed25519Seed, Uint8Array>();
  const secretKeyOf = (seed: Ed25519Seed): Uint8Array => {
    const known = secretKeys.get(seed);
    if (known !== undefined) return known;
    const secretKey = new Uint8Array(seedLength + publicKeyLength);
    library.crypto_sign_seed_keypair(new Uint8Array(publicKeyLength), secretKey, seed);
    secretKeys.set(seed, secretKey);
    return secretKey;
  };
  return {
    verify: (publicKey, message, signature) =>
      signature.length === signatureLength &&
      isAdmissiblePoint(publicKey) &&
      isAdmissiblePoint(signature.subarray(0, pointLength)) &&
      library.crypto_sign_verify_detached(signature, message, publicKey),
    sign: (seed, message) => {
      const signature = new Uint8Array(signatureLength);
      library.crypto_sign_detached(signature, message, secretKeyOf(seed));
      return signature;
    },
  };
}
