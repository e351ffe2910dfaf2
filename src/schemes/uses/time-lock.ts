/**
 * Time-lock encryption: anybody encrypts to a round or a label, and nobody can decrypt until a qualified set has signed it,
 * from when on everybody can (Boneh and Franklin's identity-based encryption, as drand's tlock has it). Rounds are drand's,
 * so ciphertexts to them are tlock's. No node: import: encrypting and decrypting need no share of anything.
 */
import { concatBytes, fromUtf8, utf8 } from '../../prelude/bytes.js';
import { Writer } from '../../prelude/canonical.js';
import { type Digest, digest } from '../../prelude/digest.js';
import { E, type Either } from '../../prelude/fp.js';
import { assertNever } from '../../prelude/invariant.js';
import type { RandomBytes } from '../../prelude/random.js';
import {
  decryptWithIdentityKey,
  encryptToIdentity,
  type IdentityCiphertext,
  identityMessageLengths,
} from '../bls/boneh-franklin.js';
import { type BlsSuite, ciphersuiteOf } from '../bls/ciphersuite.js';
import { identityPairing } from '../bls/identity-pairing.js';
import { roundMessage } from './drand-rounds.js';

/** Who signs what opens: an alliance's time-lock key, or any unchained network of drand. */
export interface TimeLockAuthority {
  readonly suite: BlsSuite;
  /** Compressed. */
  readonly publicKey: Uint8Array;
}

/** When to open: a round of drand's numbering, or whatever the members agree that a label means. */
export type TimeLockTarget =
  | { readonly _tag: 'round'; readonly round: number }
  | { readonly _tag: 'label'; readonly label: string };

/** Why nothing was encrypted or decrypted. */
export type TimeLockError =
  /** There are no rounds before 1 nor labels that are no text or longer than {@link maxLabelLength} bytes. */
  | { readonly _tag: 'BadTarget' }
  /** What is encrypted directly has 16 or 32 bytes. */
  | { readonly _tag: 'BadMessageLength'; readonly allowed: readonly number[] }
  | { readonly _tag: 'BadPublicKey' }
  /** No ciphertext, or one for another key or target, or one that was not made as it should be: which of them is not told. */
  | { readonly _tag: 'DoesNotOpen' };

/** In UTF-8. */
export const maxLabelLength = 1024;

const labelTag = 'koinon time-lock label v1';

/** What is signed for a target: 32 bytes, never the same for a round and a label. `undefined` where there is no such target. */
export function timeLockIdentity(target: TimeLockTarget): Digest | undefined {
  switch (target._tag) {
    case 'round':
      return roundMessage('bls-unchained-g1-rfc9380', { round: target.round });
    case 'label': {
      const label = utf8(target.label);
      if (label.length > maxLabelLength || fromUtf8(label) !== target.label) return undefined;
      return digest(new Writer().text(labelTag).bytes(label).finish());
    }
    default:
      return assertNever(target);
  }
}

/**
 * Encrypts a message of 16 or 32 bytes, such as a key, in the form that tlock has in an age file: U ‖ V ‖ W. For messages of
 * other lengths see `sealTimeLocked`.
 */
export function timeLockEncrypt(
  { suite, publicKey }: TimeLockAuthority,
  target: TimeLockTarget,
  message: Uint8Array,
  random: RandomBytes,
): Either<TimeLockError, Uint8Array> {
  const identity = timeLockIdentity(target);
  if (identity === undefined) return E.left({ _tag: 'BadTarget' });
  if (!identityMessageLengths.includes(message.length))
    return E.left({ _tag: 'BadMessageLength', allowed: identityMessageLengths });
  const pairing = identityPairing(ciphersuiteOf(suite));
  const ciphertext = encryptToIdentity(pairing, { publicKey, identity, message }, random);
  if (ciphertext === undefined) return E.left({ _tag: 'BadPublicKey' });
  return E.right(concatBytes(ciphertext.u, ciphertext.v, ciphertext.w));
}

/**
 * Opens what {@link timeLockEncrypt} or tlock made.
 *
 * @param signature - the authority's over the target's identity: drand's signature of the round, or `TimeLock.combine`.
 */
export function timeLockDecrypt(
  { suite }: Pick<TimeLockAuthority, 'suite'>,
  ciphertext: Uint8Array,
  signature: Uint8Array,
): Either<TimeLockError, Uint8Array> {
  const pairing = identityPairing(ciphersuiteOf(suite));
  const message = decryptWithIdentityKey(pairing, split(ciphertext, pairing.keyLength), signature);
  return message === undefined ? E.left({ _tag: 'DoesNotOpen' }) : E.right(message);
}

/** The parts of U ‖ V ‖ W; V and W are of different lengths where that is impossible. */
function split(ciphertext: Uint8Array, keyLength: number): IdentityCiphertext {
  const middle = keyLength + Math.floor((ciphertext.length - keyLength) / 2);
  return {
    u: ciphertext.subarray(0, keyLength),
    v: ciphertext.subarray(keyLength, middle),
    w: ciphertext.subarray(middle),
  };
}
