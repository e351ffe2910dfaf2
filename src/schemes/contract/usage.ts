/**
 * The usage rule that all schemes share (spec/uses.md): a key signs koinon's tagged statements or
 * what people bring, never both, since a file could otherwise be a forged decision. Signers call this before they sign.
 */
import { E, type Either } from '../../prelude/fp.js';
import { isStatement } from '../../prelude/statement.js';
import type { KeyUsage, SignRefused } from './distributed-signer.js';

/** Every usage, in the order in which help texts name them. */
export const keyUsages = [
  'statement',
  'document',
  'beacon',
  'time-lock',
  'decryption',
] as const satisfies readonly KeyUsage[];

/** Whether what a key makes is signatures. Of other keys nothing is ever valid as one, whatever it is over. */
export function isForSigning(usage: KeyUsage): boolean {
  return usage === 'statement' || usage === 'document';
}

/** Refuses a `message` that a key of this `usage` must not sign; otherwise returns it. */
export function checkUsage(usage: KeyUsage, message: Uint8Array): Either<SignRefused, Uint8Array> {
  const allowed = usage === (isStatement(message) ? 'statement' : 'document');
  return allowed ? E.right(message) : E.left({ _tag: 'WrongUsage', usage });
}
