/** Why key material of the BLS scheme is refused. */
import type { Either } from '../../prelude/fp.js';
import type { ProcessId } from '../../prelude/process.js';
import type { checkPolicy } from '../../quorum/policy/policy.js';
import type { KeyUsage } from '../contract/distributed-signer.js';
import type { DealingFault } from '../sharing/commitments.js';
import type { CompileError } from '../sharing/compile.js';

type PolicyError = ReturnType<typeof checkPolicy> extends Either<infer Reason, unknown> ? Reason : never;

/** Why a key is not dealt. */
export type BlsDealError =
  /** No BLS key has this usage. */
  | { readonly _tag: 'UnsupportedUsage'; readonly usage: KeyUsage }
  /** The policy is none, or too large to be shared along. */
  | { readonly _tag: 'UnshareablePolicy'; readonly reason: PolicyError | CompileError }
  /** A member of the policy is no process of the universe. */
  | { readonly _tag: 'StrangerHoldsShare'; readonly process: ProcessId }
  /** A secret that was brought along is not 32 bytes of a number from 1 to r - 1. */
  | { readonly _tag: 'BadSecret' };

/** Why a public key, or a share of it, is not one. */
export type BlsKeyError =
  | Exclude<BlsDealError, { readonly _tag: 'BadSecret' }>
  /** There is not one commitment for each column, or one is no point of the group of keys, in its compressed form. */
  | { readonly _tag: 'BadCommitments'; readonly expectedCount: number }
  /** The group key is no point of its group, the identity, or not what is committed to. */
  | { readonly _tag: 'BadGroupKey' }
  /** The share was dealt for another key or epoch, or to a process that holds no rows of this one. */
  | { readonly _tag: 'ShareOfAnotherKey'; readonly process: ProcessId }
  | { readonly _tag: 'BadShare'; readonly process: ProcessId; readonly fault: DealingFault };
