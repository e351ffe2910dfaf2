/**
 * Identity-based encryption of short messages, made secure against chosen ciphertexts by Fujisaki and Okamoto's transformation
 * (Boneh and Franklin, CRYPTO 2001, section 4.2), byte for byte as drand's time-lock has it (drand/kyber, `encrypt/ibe`). The
 * key to an identity is the BLS signature over it.
 */
import { bytesToBigInt, equalBytes, utf8, xorBytes } from '../../prelude/bytes.js';
import { Writer } from '../../prelude/canonical.js';
import { digest } from '../../prelude/digest.js';
import { invariant } from '../../prelude/invariant.js';
import type { RandomBytes } from '../../prelude/random.js';
import { groupOrder } from './ciphersuite.js';
import type { IdentityPairing, TargetElement } from './identity-pairing.js';

/** U = rP, V = σ ⊕ H2(e(Q, P_pub)^r), W = m ⊕ H4(σ), where r = H3(σ, m). */
export interface IdentityCiphertext {
  /** Compressed, in the group of public keys. */
  readonly u: Uint8Array;
  /** As long as the message. */
  readonly v: Uint8Array;
  /** As long as the message. */
  readonly w: Uint8Array;
}

/**
 * Lengths of messages, in bytes; σ is as long. Shorter ones, which the scheme would allow, could be had by trying every σ; longer
 * ones than a hash it has no mask for. 16 is what age and with it tlock encrypt, 32 what koinon does.
 */
export const identityMessageLengths: readonly number[] = [16, 32];

/**
 * Encrypts so that only a signature over `identity` opens it.
 *
 * @param publicKey - compressed; `undefined` is returned where it is no valid one.
 */
export function encryptToIdentity(
  pairing: IdentityPairing,
  { publicKey, identity, message }: Record<'publicKey' | 'identity' | 'message', Uint8Array>,
  random: RandomBytes,
): IdentityCiphertext | undefined {
  invariant(identityMessageLengths.includes(message.length), 'a message has one of the lengths');
  const sigma = random(message.length);
  const r = hashToScalar(sigma, message);
  const shared = pairing.encapsulate(publicKey, identity, r);
  if (shared === undefined) return undefined;
  const v = xorBytes(sigma, hashOfTarget(shared).subarray(0, message.length));
  return { u: pairing.generatorTimes(r), v, w: xorBytes(message, hashOfSigma(sigma).subarray(0, message.length)) };
}

/**
 * Opens a ciphertext with a signature over its identity. `undefined` for every ciphertext that was not honestly made for this
 * key and this identity, whoever made it: U is computed again.
 */
export function decryptWithIdentityKey(
  pairing: IdentityPairing,
  { u, v, w }: IdentityCiphertext,
  signature: Uint8Array,
): Uint8Array | undefined {
  if (v.length !== w.length || !identityMessageLengths.includes(w.length)) return undefined;
  const shared = pairing.decapsulate(signature, u);
  if (shared === undefined) return undefined;
  const sigma = xorBytes(v, hashOfTarget(shared).subarray(0, v.length));
  const message = xorBytes(w, hashOfSigma(sigma).subarray(0, w.length));
  return equalBytes(pairing.generatorTimes(hashToScalar(sigma, message)), u) ? message : undefined;
}

function hashOfTarget(element: TargetElement): Uint8Array {
  return digest(utf8('IBE-H2'), element);
}

/** H3: the first digest of (counter ‖ seed) below the group's order, the counter from 1 in two bytes, little-endian. */
function hashToScalar(sigma: Uint8Array, message: Uint8Array): bigint {
  const seed = digest(utf8('IBE-H3'), sigma, message);
  for (let counter = 1; ; counter++) {
    const candidate = digest(new Writer().u16(counter).finish().reverse(), seed);
    // The order has 255 bits; kyber shifts the first byte alone.
    candidate[0] = (candidate[0] ?? 0) >> 1;
    const scalar = bytesToBigInt(candidate);
    if (scalar < groupOrder) return scalar;
  }
}

function hashOfSigma(sigma: Uint8Array): Uint8Array {
  return digest(utf8('IBE-H4'), sigma);
}
