/** Why key material of the Shoup RSA scheme is refused. */
import type { ProcessId } from '../../prelude/process.js';
import type { KeyUsage } from '../contract/distributed-signer.js';
import type { DealingFault } from '../sharing/commitments.js';
import type { PolicySharingError } from '../sharing/policy-sharing.js';
import type { RsaAlgorithm } from './key.js';

/** Why a public key, or a share of it, is not one. */
export type ShoupRsaKeyError =
  | BadAlgorithm
  | BadModulus
  | SmallFactor
  | BadExponent
  | PolicySharingError
  /** Shares from such ranges would be longer than any ceremony makes them, or might not be positive. */
  | { readonly _tag: 'BadRanges' }
  /** Modulo an order that may have small factors, shares would show the secret modulo these. */
  | { readonly _tag: 'ModularNeedsSafePrimes' }
  /** There is not one commitment for each column, or one is no group element. */
  | { readonly _tag: 'BadCommitments'; readonly expectedCount: number }
  /** The commitments are not to the private exponent of this modulus and exponent. */
  | { readonly _tag: 'CommittedToAnotherSecret' }
  /** The share was dealt for another key or epoch, or to a process that holds no rows of this one. */
  | { readonly _tag: 'ShareOfAnotherKey'; readonly process: ProcessId }
  | { readonly _tag: 'BadShare'; readonly process: ProcessId; readonly fault: DealingFault };

/** Why a key is not dealt. */
export type ShoupRsaDealError =
  /** The numbers are not two distinct safe primes, neither far shorter than the other. Other keys are dealt only where they are imported by name. */
  | { readonly _tag: 'NotSafePrimes' }
  /** The numbers are not two distinct odd primes. */
  | { readonly _tag: 'NotPrimes' }
  | ShoupRsaKeyError;

/** Too short, too long, even, or not what a product of safe primes is modulo 4. */
export interface BadModulus {
  readonly _tag: 'BadModulus';
  readonly modulusBits: number;
}

/** The modulus has a prime factor below 4096. */
export interface SmallFactor {
  readonly _tag: 'SmallFactor';
}

/** The exponent is not an odd prime below 2^32, or divides a factor that combining has to undo (`divides`). */
export interface BadExponent {
  readonly _tag: 'BadExponent';
  readonly exponent: bigint;
  readonly divides?: 'the order' | 'the scale of the policy';
}

/** Keys of this usage have no such algorithm. */
export interface BadAlgorithm {
  readonly _tag: 'BadAlgorithm';
  readonly usage: KeyUsage;
  readonly algorithm: RsaAlgorithm;
}
