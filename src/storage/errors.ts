/** What can be wrong with what a server keeps on disk. */
import { assertNever } from '../prelude/invariant.js';

export type StorageError =
  /** Another running process uses the directory. */
  | { readonly _tag: 'Locked'; readonly path: string; readonly holder: number }
  /** Written by a later koinon than this one. */
  | { readonly _tag: 'NewerVersion'; readonly path: string; readonly found: number; readonly supported: number }
  /** What was durable can no longer be read: the server has lost its disk. */
  | { readonly _tag: 'Corrupt'; readonly path: string; readonly offset: number; readonly detail: string }
  | { readonly _tag: 'NotAccessible'; readonly path: string; readonly detail: string }
  /** A write failed earlier, and nothing more is written until the store is opened again. */
  | { readonly _tag: 'WriteFailed'; readonly path: string; readonly detail: string }
  | { readonly _tag: 'RecordTooLarge'; readonly length: number; readonly maxLength: number }
  | { readonly _tag: 'Closed'; readonly path: string };

/** One line for people: what, where, and how to mend it. */
export function describeStorageError(error: StorageError): string {
  switch (error._tag) {
    case 'Locked':
      return `${error.path} is in use by process ${error.holder}: stop that server first`;
    case 'NewerVersion':
      return `${error.path} has format version ${error.found}, this koinon knows up to ${error.supported}: use the newer koinon`;
    case 'Corrupt':
      return (
        `${error.path} is damaged at byte ${error.offset} (${error.detail}): ` +
        'treat this server as one that lost its disk; it may not take part again under its old identity'
      );
    case 'NotAccessible':
      return `${error.path} cannot be used: ${error.detail}`;
    case 'WriteFailed':
      return `writing ${error.path} failed (${error.detail}): nothing more is written; free the disk and start the server again`;
    case 'RecordTooLarge':
      return `a record of ${error.length} bytes is larger than the ${error.maxLength} that a store accepts`;
    case 'Closed':
      return `${error.path} is closed`;
    default:
      return assertNever(error);
  }
}

/** A {@link StorageError} as the reason of a rejected promise. */
export class StorageFailure extends Error {
  override readonly name = 'StorageFailure';

  constructor(readonly fact: StorageError) {
    super(describeStorageError(fact));
  }
}

/** The fact behind whatever an operation on `path` was rejected with. */
export function storageErrorOf(reason: unknown, path: string): StorageError {
  if (reason instanceof StorageFailure) return reason.fact;
  return { _tag: 'NotAccessible', path, detail: reason instanceof Error ? reason.message : String(reason) };
}
