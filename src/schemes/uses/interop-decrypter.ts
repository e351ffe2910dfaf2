/**
 * Decryption of RSA-OAEP ciphertexts along a policy, for encryptors that know nothing of policies: openssl, WebCrypto, JWE with
 * `RSA-OAEP-256`.
 *
 * **For interoperation only: not secure against chosen ciphertexts in the threshold setting.** Nobody can see of an OAEP ciphertext
 * whether it was made as it should be until it is decrypted, so members compute roots of whatever number they are asked for, and
 * whoever combines sees the root before the padding is checked. Whoever they answer has an RSA oracle, and can decrypt any
 * ciphertext by asking for numbers related to it. So: a key of its own that signs nothing (its usage sees to that); each request
 * authorised, by its digest, before a member answers it; combining by those only who may read every plaintext of the key.
 */
import { randomBytes } from 'node:crypto';
import { bytesToBigInt, empty } from '../../prelude/bytes.js';
import { digest } from '../../prelude/digest.js';
import { E, type Either, pipe } from '../../prelude/fp.js';
import type { Universe } from '../../prelude/process.js';
import type { RandomBytes } from '../../prelude/random.js';
import type { AllianceKeyShare, AlliancePublicKey } from '../registry.js';
import type { ShoupRsaPublicKey } from '../shoup-rsa/key.js';
import type { RsaMapVerifier } from '../shoup-rsa/rsa-map.js';
import type { MapInput } from '../shoup-rsa/share-proof.js';
import { decodeOaep } from './oaep.js';
import { rsaUse } from './scheme-use.js';
import type { Use, UseHolder, UseRules } from './use.js';
import { keyFor, type UseKeyError } from './use-key.js';

/** What is to be decrypted. */
export interface OaepCiphertext {
  /** As long as the modulus. */
  readonly ciphertext: Uint8Array;
  /** What the encryptor called `oaep label`; none if absent. Members do not see whether it is right: only who combines does. */
  readonly label?: Uint8Array;
}

/** Who combines; its output is the plaintext. */
export type InteropDecrypter = Use<OaepCiphertext, Uint8Array>;

/** A member; its parts carry proofs where the key is of safe primes. */
export type InteropDecryptionMember = UseHolder<OaepCiphertext, Uint8Array>;

/** @param random - for the weights of batch checks. */
export function interopDecrypter(
  publicKey: AlliancePublicKey,
  universe: Universe,
  random: RandomBytes = randomBytes,
): Either<UseKeyError, InteropDecrypter> {
  return pipe(
    decryptionKey(publicKey),
    E.chain((key) => decryption.use(key, universe, random)),
  );
}

/** @param random - for the nonces of proofs. */
export function interopDecryptionMember(
  publicKey: AlliancePublicKey,
  share: AllianceKeyShare,
  universe: Universe,
  random: RandomBytes = randomBytes,
): Either<UseKeyError, InteropDecryptionMember> {
  return pipe(
    decryptionKey(publicKey),
    E.chain((key) => decryption.holder(key, share, universe, random)),
  );
}

function decryptionKey(publicKey: AlliancePublicKey): Either<UseKeyError, ShoupRsaPublicKey> {
  return keyFor(publicKey, 'decryption', ['shoup-rsa']);
}

const decryption = rsaUse(decryptionRules);

/** The role of decryption in proofs. */
const decryptionRole = 'partial decryption';

function decryptionRules(map: RsaMapVerifier): UseRules<OaepCiphertext, MapInput, Uint8Array> {
  const { modulusLength, publicKey } = map.key;
  return {
    input({ ciphertext }) {
      if (ciphertext.length !== modulusLength) return undefined;
      const value = bytesToBigInt(ciphertext);
      // 1 and -1 are their own roots.
      const isUsable = value > 1n && value < publicKey.modulus - 1n && map.isInput(value);
      if (!isUsable) return undefined;
      return { role: decryptionRole, digest: digest(ciphertext), value };
    },
    output: ({ label = empty }, block) => decodeOaep(block, label),
  };
}
