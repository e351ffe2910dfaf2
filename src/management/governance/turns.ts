/** Which change opens when none is under way (spec/management.md, "Whose turn it is"). */
import { equalBytes } from '../../prelude/bytes.js';
import { E } from '../../prelude/fp.js';
import { present } from '../../prelude/invariant.js';
import { type Draft, draftDigest } from '../proposals/draft.js';
import { needsChange } from '../proposals/action-mixture.js';
import type { StandingGate } from '../proposals/gates.js';
import { oldSharesAtLarge, quorumLost } from '../proposals/present-gates.js';
import { actionsOf } from './change-origin.js';
import { describeManagementError } from './errors.js';
import type { GovernanceEvent } from './event.js';
import { examine } from './examination.js';
import { type ChangeOrigin, type Governance, keyOf, type Proposal } from './governance.js';
import { isOwnBusiness, unoverridden } from './decide-proposals.js';
import type { LogPosition } from './position.js';

export function nextTurn(governance: Governance, { slot }: LogPosition): readonly GovernanceEvent[] {
  // The keys of this epoch have not been seen to work yet.
  if (governance.enacted.signature === undefined) return [];
  const waiting = [...governance.proposals.values()].filter(
    ({ id, state, actions }) => state === 'accepted' && needsChange(actions) && !governance.unexamined.has(keyOf(id)),
  );
  const voted = waiting.find(({ isAutonomous }) => !isAutonomous);
  if (voted !== undefined) return open(governance, voted, slot);
  const scheduled = scheduledChange(governance);
  if (scheduled !== undefined) return openScheduled(governance, scheduled, slot);
  const own = waiting.find(({ author }) => !governance.held.has(author) && !governance.suspensions.has(author));
  return own === undefined ? [] : open(governance, own, slot);
}

/** A proposal's change; or, where something stands against it now, its end. */
function open(governance: Governance, proposal: Proposal, slot: number): readonly GovernanceEvent[] {
  const { id, actions, overrides, effect } = proposal;
  const failed = (why: string): readonly GovernanceEvent[] => [
    { _tag: 'proposal-ended', proposal: id, ending: 'failed', why },
  ];
  const examined = examine(governance, actions, overrides);
  if (E.isLeft(examined)) return failed(describeManagementError(examined.left));
  const { draft } = examined.right;
  if (draft === undefined || !equalBytes(examined.right.effect, effect))
    return failed('it would have another effect now');
  if (proposal.isAutonomous && !isOwnBusiness(governance, proposal.author, actions, examined.right))
    return failed(`it is not ${proposal.author}'s own business any more: propose it to the others`);
  const gates = [...examined.right.gates, ...presentGates(governance, draft)];
  const against = unoverridden(gates, overrides);
  if (against.length > 0) return failed(describeManagementError({ _tag: 'GateStands', against }));
  return [
    { _tag: 'change-opened', origin: { _tag: 'proposal', proposal: id }, draft, draftDigest: draftDigest(draft), slot },
  ];
}

/** A server that has been silent while time was agreed so many times, for each server there is, may be gone. */
const silentRounds = 5;

function presentGates({ time, document, heard, sharings }: Governance, draft: Draft): readonly StandingGate[] {
  const longest = silentRounds * document.trust.system.processes.size;
  const there = [...heard].filter(([, round]) => time.rounds - round <= longest).map(([id]) => id);
  return [...quorumLost(draft, there), ...oldSharesAtLarge(draft, sharings)];
}

/** Of a repair after those that were in vain: at most 64 terms. */
function repairWaitMs({ schedule, document }: Governance): number {
  return document.governance.terms.changeMs * 2 ** Math.min(Math.max(schedule.vainRepairs - 1, 0), 6);
}

function scheduledChange(governance: Governance): ChangeOrigin | undefined {
  const { without, heard, schedule, document, time } = governance;
  const { refreshMs, changeMs } = document.governance.terms;
  const { enactedMs, missedMs } = schedule;
  // Before time is agreed nothing could be put off.
  if (time.nowMs === 0) return undefined;
  const waitedMs = missedMs > 0 ? time.nowMs - missedMs : Number.POSITIVE_INFINITY;
  if (waitedMs < changeMs) return undefined;
  const there = without.filter((id) => heard.has(id));
  if (there.length > 0 && waitedMs >= repairWaitMs(governance)) return { _tag: 'repair', without: there };
  return refreshMs > 0 && enactedMs > 0 && time.nowMs - enactedMs >= refreshMs ? { _tag: 'refresh' } : undefined;
}

function openScheduled(governance: Governance, origin: ChangeOrigin, slot: number): readonly GovernanceEvent[] {
  const actions = present(actionsOf(origin, governance.proposals), 'the schedule asks for no proposal');
  const examined = examine(governance, actions, governance.document.governance.overrides);
  const draft = E.isRight(examined) ? examined.right.draft : undefined;
  if (draft === undefined || presentGates(governance, draft).length > 0) return [{ _tag: 'turn-missed' }];
  return [{ _tag: 'change-opened', origin, draft, draftDigest: draftDigest(draft), slot }];
}
