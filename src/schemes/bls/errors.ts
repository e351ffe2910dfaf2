/** Why key material of the BLS scheme is refused. */
import type { ProcessId } from '../../prelude/process.js';
import type { KeyUsage } from '../contract/distributed-signer.js';
import type { DealingFault } from '../sharing/commitments.js';
import type { PolicySharingError } from '../sharing/policy-sharing.js';

/** Why there is no key of such terms. */
export type BlsTermsError =
  /** No BLS key has this usage. */
  { readonly _tag: 'UnsupportedUsage'; readonly usage: KeyUsage } | PolicySharingError;

/** Why a key is not dealt. */
export type BlsDealError =
  | BlsTermsError
  /** A secret that was brought along is not 32 bytes of a number from 1 to r - 1. */
  | { readonly _tag: 'BadSecret' };

/** Why a public key, or a share of it, is not one. */
export type BlsKeyError =
  | BlsTermsError
  /** There is not one commitment for each column, or one is no point of the group of keys, in its compressed form. */
  | { readonly _tag: 'BadCommitments'; readonly expectedCount: number }
  /** The group key is no point of its group, the identity, or not what is committed to. */
  | { readonly _tag: 'BadGroupKey' }
  /** The share was dealt for another key or epoch, or to a process that holds no rows of this one. */
  | { readonly _tag: 'ShareOfAnotherKey'; readonly process: ProcessId }
  | { readonly _tag: 'BadShare'; readonly process: ProcessId; readonly fault: DealingFault };
