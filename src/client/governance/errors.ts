/** Why nothing is known of governance, or an act came to nothing. */
import { assertNever } from '../../prelude/invariant.js';
import type { ViewKind } from '../../services/membership/view-shapes.js';

/** A command did not come back with a result. */
export type Unanswered =
  /** It was never decided, or nobody knows. */
  | { readonly _tag: 'Unanswered'; readonly reason: string }
  /** It was decided, but no servers of which one must be correct said what came of it. */
  | { readonly _tag: 'ResultUnknown'; readonly slot: number }
  /** The servers say something that this version of koinon does not read. */
  | { readonly _tag: 'NotUnderstood'; readonly what: string };

export type AskError =
  | Unanswered
  | { readonly _tag: 'NothingThere'; readonly kind: ViewKind; readonly number: number }
  /** Its parts were of different states, each time. */
  | { readonly _tag: 'KeepsChanging'; readonly kind: ViewKind };

export type SayError =
  | Unanswered
  | { readonly _tag: 'ActTooLong'; readonly bytes: number; readonly mostBytes: number }
  /** By governance: `error` names it, `says` is for people. */
  | { readonly _tag: 'Refused'; readonly error: string; readonly says: string };

/** One line for people. */
export function describeAskError(error: AskError): string {
  switch (error._tag) {
    case 'NothingThere':
      return nothingThere[error.kind](error.number);
    case 'KeepsChanging':
      return `the ${error.kind} changed each time before all of it was read: ask again`;
    default:
      return describeUnanswered(error);
  }
}

const nothingThere: Readonly<Record<ViewKind, (number: number) => string>> = {
  overview: () => 'the servers show no overview',
  document: () => 'the servers show no document',
  'next-document': () => 'no change is so far that the next document is known',
  proposal: (number) => `proposal ${number}: there is none, or it ended too long ago to be remembered`,
  signature: (number) => `proposal ${number}: it has nothing signed, or is not accepted yet`,
  closed: () => 'the servers remember no proposals',
};

export function describeSayError(error: SayError): string {
  switch (error._tag) {
    case 'ActTooLong':
      return `it has ${error.bytes} bytes, and the log takes ${error.mostBytes}`;
    case 'Refused':
      return error.says;
    default:
      return describeUnanswered(error);
  }
}

function describeUnanswered(error: Unanswered): string {
  switch (error._tag) {
    case 'Unanswered':
      return `no answer: ${error.reason}`;
    case 'ResultUnknown':
      return `it is decided in slot ${error.slot}, but too few servers said what came of it: look before you try again`;
    case 'NotUnderstood':
      return `the servers answer with ${error.what} that this koinon does not read: is it of another version?`;
    default:
      return assertNever(error);
  }
}
