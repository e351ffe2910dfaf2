/** What may stand in the way of a strategy. */
import { E, type Either } from '../../prelude/fp.js';
import { assertNever } from '../../prelude/invariant.js';
import type { ProcessId } from '../../prelude/process.js';
import type { Budget } from '../verdict.js';

export type StrategyError =
  | OutOfRange
  /** A read quorum and a write quorum without a common member. */
  | { readonly _tag: 'NotIntersecting'; readonly read: readonly ProcessId[]; readonly write: readonly ProcessId[] }
  /** No strategy keeps the limits, or no set is a quorum after so many failures. */
  | { readonly _tag: 'NoStrategy'; readonly reason: string }
  | { readonly _tag: 'TooLarge'; readonly reason: string }
  | UnfinishedStrategy
  | { readonly _tag: 'SolverFailed'; readonly reason: string };

/** A figure that was given. `expected` completes "expected …". */
export interface OutOfRange {
  readonly _tag: 'OutOfRange';
  readonly what: string;
  readonly expected: string;
}

export function outOfRange(what: string, expected: string): Either<OutOfRange, never> {
  return E.left({ _tag: 'OutOfRange', what, expected });
}

/** The time was up. The bounds, of the figure that was to be the least, hold all the same. */
export interface UnfinishedStrategy {
  readonly _tag: 'Unfinished';
  readonly what: string;
  readonly elapsedMs: number;
  readonly atLeast?: number;
  readonly atMost?: number;
}

export function unfinished(budget: Budget, what: string): UnfinishedStrategy {
  return { _tag: 'Unfinished', what, elapsedMs: Math.round(budget.elapsedMs()) };
}

/** One line for people. */
export function formatStrategyError(error: StrategyError): string {
  switch (error._tag) {
    case 'OutOfRange':
      return `${error.what}: expected ${error.expected}`;
    case 'NotIntersecting':
      return `read quorum {${error.read.join(', ')}} and write quorum {${error.write.join(', ')}} have no member in common`;
    case 'NoStrategy':
    case 'TooLarge':
    case 'SolverFailed':
      return error.reason;
    case 'Unfinished':
      return `${error.what}: not finished after ${error.elapsedMs} ms${boundsOf(error)}`;
    default:
      return assertNever(error);
  }
}

function boundsOf({ atLeast, atMost }: UnfinishedStrategy): string {
  const bounds = [
    ...(atLeast === undefined ? [] : [`at least ${atLeast}`]),
    ...(atMost === undefined ? [] : [`at most ${atMost}`]),
  ];
  return bounds.length === 0 ? '' : ` (${bounds.join(', ')})`;
}
