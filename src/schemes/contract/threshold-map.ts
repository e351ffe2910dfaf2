/**
 * u ↦ u^s along a policy: the one map behind signatures, coins, beacons, time-locks and decryption. Inner to `schemes`: it asks
 * nothing about what u is, so whoever hands it to others has made an oracle. Signers and `uses` decide what u may be.
 */
import type { ProcessId, ProcessSet } from '../../prelude/process.js';
import type { CombineResult, KeyId, KeyUsage, ShareVerdict, Signature, SignatureShare } from './distributed-signer.js';

/** The public half. `Input` is what a scheme makes u of: a message for BLS, an encoded message or a ciphertext for RSA. */
export interface ThresholdMapVerifier<Input> {
  readonly keyId: KeyId;
  readonly usage: KeyUsage;
  readonly epoch: number;

  canCombine(signers: ProcessSet): boolean;

  /** Judges one process's u^(s_i); never throws, whatever the bytes. */
  verifyPartial(input: Input, from: ProcessId, partial: SignatureShare): ShareVerdict;

  /** u^s, checked against the public key; see `DistributedVerifier.combine`. */
  combine(input: Input, partials: ReadonlyMap<ProcessId, SignatureShare>): CombineResult;

  /** Whether `value` is u^s; never throws, whatever the bytes. */
  verify(input: Input, value: Signature): boolean;
}

/** The same with one process's share. */
export interface ThresholdMap<Input> extends ThresholdMapVerifier<Input> {
  readonly me: ProcessId;
  partial(input: Input): SignatureShare;
}
