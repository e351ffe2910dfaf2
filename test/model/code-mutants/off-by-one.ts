/** Quorums that are one process too small, or too large. */
import type { ProcessSet } from '../../../src/prelude/process.js';

type Ask = (set: ProcessSet) => boolean;

/** Content where one more process would make it true. */
export function oneFewer(ask: Ask, set: ProcessSet): boolean {
  return ask(set) || [...set.complement()].some((process) => ask(set.with(process)));
}

/** Content only where any one process could be missing. */
export function oneMore(ask: Ask, set: ProcessSet): boolean {
  return ask(set) && [...set].every((process) => ask(set.without(process)));
}

/** A value stays possible with one process more against it. */
export function oneMoreAgainst(ask: Ask, against: ProcessSet): boolean {
  return ask(against) || [...against].some((process) => ask(against.without(process)));
}

/** A value is held for impossible one process too early. */
export function oneFewerAgainst(ask: Ask, against: ProcessSet): boolean {
  return ask(against) && [...against.complement()].every((process) => ask(against.with(process)));
}
