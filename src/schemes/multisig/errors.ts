/** Why key material of the multisignature scheme is refused. */
import type { ProcessId } from '../../prelude/process.js';

export type MultisigKeyError =
  /** A holder of the key is no process of the universe. */
  | { readonly _tag: 'StrangerHoldsKey'; readonly process: ProcessId }
  /** The key's policy names a process that has no public key in it. */
  | { readonly _tag: 'MemberWithoutKey'; readonly process: ProcessId }
  /** The share's process has no public key in this key, or another one. */
  | { readonly _tag: 'ShareOfAnotherKey'; readonly process: ProcessId };
