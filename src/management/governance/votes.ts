/** The ballots of a proposal as its requirements see them. */
import { stillNeeded as stillNeededFor, type Votes } from '../proposals/approval.js';
import type { Governance, Proposal } from './governance.js';

export function votesOn({ suspensions }: Governance, { ballots, overrides }: Proposal): Votes {
  const cast = [...ballots].map(([organization, ballot]) => ({ organization, ...ballot }));
  return { ballots: cast, suspended: new Set(suspensions.keys()), overrides };
}

/** Who can still decide it, in words. */
export function stillNeeded(governance: Governance, proposal: Proposal): readonly string[] {
  return proposal.isAutonomous ? [] : stillNeededFor(proposal.requirements, votesOn(governance, proposal));
}
