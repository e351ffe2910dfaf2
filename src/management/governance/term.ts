/** How long something may take, in agreed time: a length that begins with the first time agreed after it was opened. */

export interface Term {
  readonly lengthMs: number;
  /** Fixed when it begins. */
  readonly endMs?: number;
}

export function termOf(lengthMs: number): Term {
  return { lengthMs };
}

/** The term at `nowMs`: begun, if it had not. */
export function begun(term: Term, nowMs: number): Term {
  return term.endMs === undefined ? { ...term, endMs: nowMs + term.lengthMs } : term;
}

export function hasPassed({ endMs }: Term, nowMs: number): boolean {
  return endMs !== undefined && nowMs >= endMs;
}

/** The same remaining length, where the time was set back by `byMs`. */
export function setBack(term: Term, byMs: number): Term {
  return term.endMs === undefined ? term : { ...term, endMs: term.endMs - byMs };
}
