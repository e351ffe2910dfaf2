/**
 * Ed25519 over libsodium (sodium-native): the quickest backend, half as long for each operation as OpenSSL. libsodium has changed
 * between the equation with the cofactor and without it, so a library is believed after the self-test alone; encodings are checked
 * before it is asked, as for OpenSSL.
 */
import {
  type Ed25519Backend,
  type Ed25519Seed,
  isAdmissiblePoint,
  pointLength,
  publicKeyLength,
  seedLength,
  signatureLength,
} from './encoding.js';

/** libsodium’s detached signatures, as far as they are used. A secret key is the seed and the public key. */
export interface SodiumLibrary {
  crypto_sign_seed_keypair(publicKey: Uint8Array, secretKey: Uint8Array, seed: Uint8Array): void;
  crypto_sign_detached(signature: Uint8Array, message: Uint8Array, secretKey: Uint8Array): void;
  crypto_sign_verify_detached(signature: Uint8Array, message: Uint8Array, publicKey: Uint8Array): boolean;
}

export function sodiumBackend(library: SodiumLibrary): Ed25519Backend {
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
