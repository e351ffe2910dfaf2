/**
 * One position of the log: what has lasted its term, the act that stands there, and what follows from it. All that whoever carries
 * governance calls.
 */
import { E } from '../../prelude/fp.js';
import { invariant } from '../../prelude/invariant.js';
import { decodeAct } from '../acts/act.js';
import { following, passed } from './consequences.js';
import { decide } from './decide.js';
import type { ManagementError } from './errors.js';
import type { GovernanceEvent } from './event.js';
import { evolve } from './evolve.js';
import type { Governance } from './governance.js';
import type { Judging, LogPosition } from './position.js';

export interface Taken {
  readonly governance: Governance;
  /** In their order: for listeners, and for the controls of consensus among them. */
  readonly events: readonly GovernanceEvent[];
  /** Why the act came to nothing. */
  readonly error?: ManagementError;
}

/** What an act came to; what has been examined leaves events though it comes to nothing. */
type Judged = Pick<Taken, 'events' | 'error'>;

/** No position has more consequences: each thing goes through one row of its table. */
const maxConsequences = 100_000;

/** @param act - the bytes of an act, whole. */
export function takeAct(governance: Governance, act: Uint8Array, at: LogPosition, judging: Judging): Taken {
  const before = settle({ governance, events: [] }, at, passed);
  const decided = judge(before.governance, act, at, judging);
  const taken = withEvents(before, decided.events);
  const after = settle(taken, at, following);
  return decided.error === undefined ? after : { ...after, error: decided.error };
}

/** After consensus has taken what governance told it: what follows from that. */
export function takeReadiness(governance: Governance, at: LogPosition): Taken {
  return settle({ governance, events: [] }, at, following);
}

/** The first slot of the epoch that the change leads to has begun. */
export function takeEpoch(governance: Governance): Taken {
  return withEvents({ governance, events: [] }, [{ _tag: 'enacted' }]);
}

function judge(governance: Governance, bytes: Uint8Array, at: LogPosition, judging: Judging): Judged {
  const act = decodeAct(bytes);
  if (E.isLeft(act)) return { events: [], error: act.left };
  const decided = decide(governance, act.right, at, judging);
  if (E.isLeft(decided)) return { events: [], error: decided.left };
  const refused = decided.right.find((event) => event._tag === 'proposal-refused');
  return { events: decided.right, ...(refused === undefined ? {} : { error: refused.error }) };
}

function withEvents({ governance, events }: Taken, more: readonly GovernanceEvent[]): Taken {
  return { governance: more.reduce(evolve, governance), events: [...events, ...more] };
}

function settle(
  start: Taken,
  at: LogPosition,
  next: (governance: Governance, at: LogPosition) => readonly GovernanceEvent[],
): Taken {
  let taken = start;
  for (let step = 0; ; step++) {
    invariant(step < maxConsequences, 'what follows from an act comes to an end');
    const events = next(taken.governance, at);
    if (events.length === 0) return taken;
    taken = withEvents(taken, events);
  }
}
