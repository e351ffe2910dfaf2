/** What a process can be proven to have done wrong in a ceremony, and how a ceremony can fail. */
import type { MalformedBytes } from '../../prelude/canonical.js';
import type { ProcessId } from '../../prelude/process.js';
import type { MaskFault } from './quotient/mask.js';
import type { QuotientFault } from './quotient/statement.js';
import type { MessageKind } from './rounds/message-kind.js';

/** A fault is proven by entries of the log. No honest process commits one, whatever the others do and however late it is. */
export type CeremonyFault =
  /** A message of this ceremony that no honest process writes: not canonical, or with something that is no group element. */
  | MalformedBytes
  /** A dealing of something else than what had to be dealt. Dealings of one dealer count from 0. */
  | { readonly _tag: 'WrongRoot'; readonly dealing: number }
  /** What was dealt is not what was committed to before. */
  | { readonly _tag: 'NotAsCommitted' }
  /** No knowledge was shown of the secret that was dealt. */
  | { readonly _tag: 'NoProofOfKnowledge' }
  /** What was sealed for a receiver is not what was committed to. */
  | { readonly _tag: 'BadBox'; readonly receiver: ProcessId; readonly why: BoxFault }
  /** A mask sealed for a contributor is not what was committed to. */
  | { readonly _tag: 'BadMask'; readonly receiver: ProcessId; readonly why: MaskFault }
  /** Remainder, high part and dealing are not those of the contributor's shares. */
  | { readonly _tag: 'WrongQuotient'; readonly why: QuotientFault }
  /** A complaint of what was right, or with a key that was never announced. */
  | { readonly _tag: 'FalseComplaint'; readonly against: ProcessId };

/** What is wrong with what a box holds. */
export type BoxFault =
  | { readonly _tag: 'DoesNotOpen' }
  /** Rows count from 0. */
  | { readonly _tag: 'OutOfRange'; readonly row: number }
  | { readonly _tag: 'NotCommitted'; readonly row: number };

/** A process that did wrong, and the positions in the log, from 0, of the entries that prove it. */
export interface Culprit {
  readonly process: ProcessId;
  readonly fault: CeremonyFault;
  readonly evidence: readonly number[];
}

/** Why a ceremony ended without a new key. The old key and its shares stay as they were. */
export type AbortReason =
  /** Too few were there when a round was closed, whoever is to blame. */
  | { readonly _tag: 'TooFew'; readonly round: MessageKind; readonly missing: readonly ProcessId[] }
  /** One whose part cannot be done without did wrong: to be tried again without it. */
  | { readonly _tag: 'CulpritNeeded'; readonly processes: readonly ProcessId[] }
  /** What was dealt would be another key. Nobody can be named; happens only where someone knows the order of the group. */
  | { readonly _tag: 'KeyWouldChange' }
  /** Shares of the next key would be longer than those of any key that is loaded. Plans that lead there are refused. */
  | { readonly _tag: 'SharesTooLong' }
  /** The old shares are not known to add up over the integers, or turned out not to: the key needs one plain reshare. */
  | { readonly _tag: 'NotExact' };
