/** What can be wrong with an access policy or a trust model that somebody wrote. */

export type PolicyErrorCode =
  | 'Syntax'
  | 'InvalidName'
  | 'UnknownMember'
  | 'WrongServerCount'
  | 'DuplicateMember'
  | 'OutOfRange'
  | 'NoMembership'
  | 'TooDeep'
  | 'TooLarge';

/** What is wrong with a tree that was built in code or decoded from JSON. */
export interface PolicyError {
  readonly _tag: 'PolicyError';
  readonly code: PolicyErrorCode;
  /** Where: `/of/1/k` is the k of the second child of the root. */
  readonly path: string;
  /** Completes "expected …". */
  readonly expected: string;
}

/** What is wrong with a text, and where in it. */
export interface ParseError {
  readonly _tag: 'ParseError';
  readonly code: PolicyErrorCode;
  readonly path: string;
  readonly expected: string;
  /** From 1. */
  readonly line: number;
  /** From 1, in UTF-16 units. */
  readonly column: number;
}

export function policyError(code: PolicyErrorCode, path: string, expected: string): PolicyError {
  return { _tag: 'PolicyError', code, path: path === '' ? '/' : path, expected };
}

/** One line for people. */
export function formatPolicyError({ path, expected }: PolicyError): string {
  return `at ${path}: expected ${expected}`;
}

const shownColumns = 100;

/** The complaint, the line it is about, and a caret under the place. Long lines are cut, control characters hidden. */
export function formatParseError(error: ParseError, text: string): string {
  const line = text.split('\n', error.line)[error.line - 1] ?? '';
  const start = Math.max(0, error.column - 1 - shownColumns / 2);
  const shown = line.slice(start, start + shownColumns).replace(/[^\x20-\x7e]/g, '?');
  const caret = ' '.repeat(error.column - 1 - start);
  return `line ${error.line}, column ${error.column}: expected ${error.expected}\n  ${shown}\n  ${caret}^`;
}
