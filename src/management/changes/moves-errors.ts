/** Why keys cannot be moved as planned, or were not. */
import { assertNever } from '../../prelude/invariant.js';
import type { ProcessId } from '../../prelude/process.js';
import type { AbortReason } from '../../schemes/ceremony/fault.js';
import type { CeremonyRefused } from '../../schemes/ceremony/plan.js';
import type { SharedNumbers } from '../../schemes/key-ring.js';

/** Keys that must not stand beside one another, or after one another. */
export type KeysClash =
  | SharedNumbers
  /** A slow key serves one epoch. */
  | { readonly _tag: 'ReusedKey'; readonly path: string };

/** Said before anything is posted. */
export type MoveRefused =
  | KeysClash
  | { readonly _tag: 'MovedTwice'; readonly role: string }
  /** There is no key of this role, or none that is shared. */
  | { readonly _tag: 'NothingToMove'; readonly role: string }
  | { readonly _tag: 'KeyNotBrought'; readonly role: string; readonly process: ProcessId }
  /** A dealt key is shared along another policy than the draft says, or is none that is shared. */
  | { readonly _tag: 'DealtOtherwise'; readonly role: string }
  /** What is to be a new key is one that the alliance has. */
  | { readonly _tag: 'NotANewKey'; readonly role: string; readonly present: string }
  | { readonly _tag: 'MessagesTooLong'; readonly role: string; readonly longest: number; readonly max: number }
  | { readonly _tag: 'CeremonyRefused'; readonly role: string; readonly refused: CeremonyRefused };

/** The change cannot be completed; what was in force stays. */
export type MoveFailure =
  | KeysClash
  /** A later attempt cannot be made. */
  | Extract<MoveRefused, { readonly _tag: 'CeremonyRefused' | 'MessagesTooLong' }>
  /** After as many attempts as there may be. */
  | { readonly _tag: 'NoAttemptLeft'; readonly role: string; readonly last: AbortReason }
  /** What no further attempt can mend: the key has to be replaced. */
  | { readonly _tag: 'Unmovable'; readonly role: string; readonly reason: AbortReason };

/** One line for people. */
export function describeMoveError(error: MoveRefused | MoveFailure): string {
  switch (error._tag) {
    case 'SharedNumbers':
      return `${error.names.join(' and ')} have the same public numbers (${error.keyIds.join(', ')}): one secret, one use`;
    case 'ReusedKey':
      return `${error.path} was in use in an earlier epoch: a slow key serves one`;
    case 'MovedTwice':
      return `the ${error.role} key is to be moved twice`;
    case 'NothingToMove':
      return `there is no ${error.role} key that could be moved so`;
    case 'KeyNotBrought':
      return `${error.process} has brought no key for its part of the ${error.role} key`;
    case 'DealtOtherwise':
      return `the ${error.role} key that was dealt is not shared as the draft says`;
    case 'NotANewKey':
      return `the new ${error.role} key is the present ${error.present} key`;
    case 'MessagesTooLong':
      return `moving the ${error.role} key takes messages of ${error.longest} bytes, and the log takes ${error.max}`;
    case 'CeremonyRefused':
      return `the ${error.role} key cannot be moved so: ${error.refused._tag}`;
    case 'NoAttemptLeft':
      return `the ${error.role} key was not moved after all attempts, the last of which ended with ${error.last._tag}`;
    case 'Unmovable':
      return `the ${error.role} key cannot be moved (${error.reason._tag}): it has to be replaced`;
    default:
      return assertNever(error);
  }
}
