/** Why a server does not start. */
import { assertNever } from '../prelude/invariant.js';
import { describeStorageError, type StorageError } from '../storage/errors.js';
import { describeLinkError, type ListenError } from '../transport/errors.js';
import { type DirectoryError, describeDirectoryError } from './directory/errors.js';
import type { HaltMark } from './halt-mark.js';

export type ServerError =
  | { readonly _tag: 'Storage'; readonly error: StorageError }
  | { readonly _tag: 'Link'; readonly error: ListenError }
  | { readonly _tag: 'Directory'; readonly error: DirectoryError }
  /** Something on disk is not what this server wrote: it must be treated as having lost its disk. */
  | { readonly _tag: 'CorruptData'; readonly path: string; readonly detail: string }
  /** It has stopped for good before, and nobody has said that it may go on. */
  | { readonly _tag: 'Halted'; readonly mark: HaltMark }
  /** The epoch of alliance.json follows another one than that which its operators gave it. */
  | { readonly _tag: 'WrongConfiguration'; readonly path: string; readonly epoch: number }
  /** What is replicated begins with the document of epoch 1, which is not there. */
  | { readonly _tag: 'NoFoundingDocument'; readonly path: string };

export function describeServerError(error: ServerError): string {
  switch (error._tag) {
    case 'Storage':
      return describeStorageError(error.error);
    case 'Link':
      return describeLinkError(error.error);
    case 'Directory':
      return describeDirectoryError(error.error);
    case 'CorruptData':
      return `${error.path}: ${error.detail}; this server has lost its disk and must not go on with it`;
    case 'Halted':
      return (
        `${error.mark.path}: this server has halted: ${error.mark.reason}; ` +
        'find out with the other organizations what is behind it, and remove this file only then, to let the server start'
      );
    case 'WrongConfiguration':
      return (
        `${error.path}: the HANDOFF of epoch ${error.epoch - 1} names another configuration of epoch ${error.epoch}: ` +
        'put the alliance.json there that was agreed on, with its keys'
      );
    case 'NoFoundingDocument':
      return `${error.path} is missing: put the alliance.json of epoch 1 there, as any other server or history.json has it`;
    default:
      return assertNever(error);
  }
}
