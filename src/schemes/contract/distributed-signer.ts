/**
 * Signing along a policy: many hold a share each, a qualified set of signature shares combines into one signature, and
 * whoever verifies needs one public key. The one interface behind multisignatures, Shoup RSA and BLS.
 */
import type { Digest } from '../../prelude/digest.js';
import { E, type Either } from '../../prelude/fp.js';
import type { ProcessId, ProcessSet } from '../../prelude/process.js';

declare const shareBrand: unique symbol;
declare const signatureBrand: unique symbol;

/** One process's contribution to a signature, in its scheme's encoding. */
export type SignatureShare = Uint8Array & { readonly [shareBrand]: true };

/** A combined signature, in its scheme's encoding. */
export type Signature = Uint8Array & { readonly [signatureBrand]: true };

/** Names a key: digest of suite, usage, algorithm and public part. */
export type KeyId = Digest;

/**
 * The one thing that a key is for; part of its identity. `statement`: koinon's own tagged statements. `document`: what people
 * bring. `beacon`: rounds of a public random beacon. `time-lock`: keys to ciphertexts for a label. `decryption`: RSA-OAEP
 * ciphertexts. Never two: a file could otherwise be a forged decision, or the key to a future (spec/uses.md, "One use for each key").
 */
export type KeyUsage = 'statement' | 'document' | 'beacon' | 'time-lock' | 'decryption';

/** `unattributable`: nothing can be shown about the share, good or bad: it has no proof, or its key allows none. */
export type ShareVerdict = 'valid' | 'invalid' | 'unattributable';

/** Why shares did not combine. */
export type CombineError =
  /** The senders of valid shares may not sign together. `invalid` names senders of shares that were left out. */
  | { readonly _tag: 'NotQualified'; readonly signers: ProcessSet; readonly invalid: ProcessSet }
  /** Some share is bad, and the scheme cannot tell whose. */
  | { readonly _tag: 'BadShares'; readonly suspects: ProcessSet };

/** A verified signature, and whose shares were found bad on the way; or why there is none. */
export type CombineResult = Either<CombineError, { readonly signature: Signature; readonly invalid: ProcessSet }>;

/** Whose shares are of no use to another attempt: found bad, or, where the scheme cannot tell, suspected. */
export function rejectedSenders(result: CombineResult): ProcessSet {
  if (E.isRight(result)) return result.right.invalid;
  return result.left._tag === 'BadShares' ? result.left.suspects : result.left.invalid;
}

/** Why a signer did not sign. */
export type SignRefused =
  /** A document signer was given a statement, a statement signer something else, or the key is for no signatures at all. */
  { readonly _tag: 'WrongUsage'; readonly usage: KeyUsage };

/** Public material only: what a client or a combiner holds. */
export interface DistributedVerifier {
  /** The scheme's registered name, such as `shoup-rsa` or `multisig`. */
  readonly schemeId: string;
  readonly keyId: KeyId;
  readonly epoch: number;

  /** Whether valid shares of all of `signers` combine. A predicate, not a number. */
  canCombine(signers: ProcessSet): boolean;

  /** Judges one share; never throws, whatever the bytes. */
  verifyShare(message: Uint8Array, from: ProcessId, share: SignatureShare): ShareVerdict;

  /**
   * Combines optimistically: shares are judged one by one only where the result does not verify. What is returned has been
   * verified, and `invalid` names every sender whose share was found bad on the way, on success as on failure.
   *
   * @param message - the whole message, never a digest.
   */
  combine(message: Uint8Array, shares: ReadonlyMap<ProcessId, SignatureShare>): CombineResult;

  /** Whether `signature` is this key's over `message`; never throws, whatever the bytes. */
  verify(message: Uint8Array, signature: Signature): boolean;
}

/** As much of a key as judges one share. */
export type ShareJudge = Pick<DistributedVerifier, 'schemeId' | 'keyId' | 'verifyShare'>;

/** A verifier that also holds one process's key share. */
export interface DistributedSigner extends DistributedVerifier {
  readonly me: ProcessId;
  /** Signs a whole message. The key's usage decides whether it must be or must not be a statement. */
  signShare(message: Uint8Array): Either<SignRefused, SignatureShare>;
  /** The same, with all that the key allows to show it right: for whoever could not combine shares that were `unattributable`. */
  proveShare(message: Uint8Array): Either<SignRefused, SignatureShare>;
}
