/** Why a document is no alliance. */
import type { DecodeError } from '../prelude/codec.js';
import { assertNever } from '../prelude/invariant.js';

export type AllianceError =
  /** Not of the form of an alliance document. */
  | DecodeError
  /** Written by a newer koinon. */
  | { readonly _tag: 'NewerVersion'; readonly version: number; readonly newestKnown: number }
  /** Of the right form, but its parts contradict one another. `expected` completes "expected …". */
  | { readonly _tag: 'Inconsistent'; readonly path: string; readonly expected: string }
  /** The trust model does not satisfy its conditions; `report` says how, in the organizations' names. */
  | { readonly _tag: 'TrustRejected'; readonly report: readonly string[] };

/** One line for people. */
export function describeAllianceError(error: AllianceError): string {
  switch (error._tag) {
    case 'DecodeError':
    case 'Inconsistent':
      return `at ${error.path}: expected ${error.expected}`;
    case 'NewerVersion':
      return `it has version ${error.version}, this koinon knows version ${error.newestKnown}: update koinon`;
    case 'TrustRejected':
      return error.report.join(' ');
    default:
      return assertNever(error);
  }
}
