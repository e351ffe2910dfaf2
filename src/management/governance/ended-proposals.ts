/** The records of proposals that have ended, as they follow from events. */
import { equalBytes } from '../../prelude/bytes.js';
import { present } from '../../prelude/invariant.js';
import type { GovernanceEvent } from './event.js';
import { evolve } from './evolve.js';
import { type ClosedProposal, type Governance, keyOf } from './governance.js';
import { encodeRecord } from './proposal-record.js';

export interface EndedProposal {
  readonly closed: ClosedProposal;
  /** See {@link encodeRecord}. */
  readonly record: Uint8Array;
}

/** @param before - what the events have happened to. */
export function endedProposals(before: Governance, events: readonly GovernanceEvent[]): readonly EndedProposal[] {
  const ended: EndedProposal[] = [];
  let now = before;
  for (const event of events) {
    const next = evolve(now, event);
    if (!equalBytes(next.history, now.history)) {
      const closed = present(next.closed.at(-1), 'what has ended is closed');
      const proposal = present(now.proposals.get(keyOf(closed.id)), 'what ends was there');
      ended.push({ closed, record: encodeRecord(now.history, proposal, closed.ending) });
    }
    now = next;
  }
  return ended;
}
