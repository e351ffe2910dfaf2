/** How a command ends, and what it tells the shell (design: "Commands"). */
import { E, type Either } from '../prelude/fp.js';
import type { Safety } from '../quorum/verdict.js';

export const exitCodes = {
  success: 0,
  /** The answer is no: a signature does not verify, a trust model does not hold. */
  no: 1,
  /** Bad input or usage. */
  badInput: 2,
  /** Nobody answers, no quorum, out of time. */
  unavailable: 3,
  /** koinon itself is wrong. */
  bug: 70,
} as const;

export type ExitCode = (typeof exitCodes)[keyof typeof exitCodes];

/** Why a command did not do what it was asked; the message is one line: what, where, and how to mend it. */
export interface Failure {
  readonly exitCode: ExitCode;
  readonly message: string;
}

/** A command's own exit code where it ran to its end, success or no; otherwise its failure. */
export type Outcome = Either<Failure, ExitCode>;

export const succeeded: Outcome = E.right(exitCodes.success);

/** The command ran, and its answer is no. */
export const answeredNo: Outcome = E.right(exitCodes.no);

/** What a judgement is to the shell; nothing more is said. */
export function outcomeOf(safety: Safety): Outcome {
  if (safety === 'UNSAFE') return answeredNo;
  return safety === 'UNKNOWN' ? E.right(exitCodes.unavailable) : succeeded;
}

export function badInput(message: string): Either<Failure, never> {
  return E.left({ exitCode: exitCodes.badInput, message });
}

export function unavailable(message: string): Either<Failure, never> {
  return E.left({ exitCode: exitCodes.unavailable, message });
}
