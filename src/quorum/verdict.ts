/** Answers of an analysis: never a bare boolean, never a number that was not reached. */
import type { ProcessSet } from '../prelude/process.js';

/** One set of 𝓩 (`byzantine`) or of 𝓣 (`slow`). */
export interface FaultSet {
  readonly kind: 'byzantine' | 'slow';
  readonly members: ProcessSet;
}

/** Whether a condition holds; `W` is what shows that it does not. */
export type Verdict<W = readonly FaultSet[]> =
  | { readonly _tag: 'holds' }
  | {
      readonly _tag: 'violated';
      /** Undefined where none was sought, or where the rule that is relied on refuses though no counterexample exists. */
      readonly witness: W | undefined;
      /** Why there is no witness, where there is none and it is known. */
      readonly reason?: string;
    }
  | { readonly _tag: 'unknown'; readonly reason: string };

/** A value, or how far the search for it came. */
export type Figure<A> =
  | { readonly _tag: 'exact'; readonly value: A }
  | {
      readonly _tag: 'unknown';
      readonly reason: string;
      /** Bounds that hold all the same. */
      readonly atLeast?: A;
      readonly atMost?: A;
    };

export function exact<A>(value: A): Figure<A> {
  return { _tag: 'exact', value };
}

/** The same figure of what `change` makes of its value and its bounds. */
export function mapFigure<A, B>(figure: Figure<A>, change: (value: A) => B): Figure<B> {
  if (figure._tag === 'exact') return exact(change(figure.value));
  const { reason, atLeast, atMost } = figure;
  return {
    _tag: 'unknown',
    reason,
    ...(atLeast === undefined ? {} : { atLeast: change(atLeast) }),
    ...(atMost === undefined ? {} : { atMost: change(atMost) }),
  };
}

/** The time an analysis may take. Pure code reads no clock but this. */
export interface Budget {
  /** Whether the time is used up. Cheap enough for inner loops when asked every few thousand steps. */
  isSpent(): boolean;
  readonly limitMs: number;
  elapsedMs(): number;
}

/** @param nowMs - a monotonic clock. */
export function budgetOf(limitMs: number, nowMs: () => number): Budget {
  const start = nowMs();
  const elapsedMs = (): number => nowMs() - start;
  return { limitMs, elapsedMs, isSpent: () => elapsedMs() >= limitMs };
}

/** For questions that are small by construction. */
export const unlimited: Budget = { limitMs: Infinity, elapsedMs: () => 0, isSpent: () => false };

/** For verdicts that must be the same on every machine: bounded by the steps that a search takes, never by a clock. */
export function stepBudget(maxSteps: number): Budget {
  let steps = 0;
  return { limitMs: Infinity, elapsedMs: () => 0, isSpent: () => ++steps > maxSteps };
}

/** Why an answer is unknown, with the time spent on it. */
export function outOfTime(budget: Budget, what: string): { readonly _tag: 'unknown'; readonly reason: string } {
  return { _tag: 'unknown', reason: `${what}: not finished after ${Math.round(budget.elapsedMs())} ms` };
}

/** The answer, where there is time left when the question is put. */
export function inTime<A>(
  budget: Budget,
  what: string,
  answer: () => A,
): A | { readonly _tag: 'unknown'; readonly reason: string } {
  return budget.isSpent() ? outOfTime(budget, what) : answer();
}

/**
 * The one-word judgement of a report: UNSAFE, something is violated; UNKNOWN, nothing found so, and not all decided; FRAGILE, all holds,
 * but not where it should be expected to; SAFE.
 */
export type Safety = 'SAFE' | 'FRAGILE' | 'UNSAFE' | 'UNKNOWN';
