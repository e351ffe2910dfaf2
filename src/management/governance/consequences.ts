/**
 * What follows by itself at a position, one step after another, until nothing does (spec/management.md, "At one position"):
 * first what has lasted its term, then what ballots, acknowledgements and shares have come to.
 */
import { equalBytes } from '../../prelude/bytes.js';
import { E } from '../../prelude/fp.js';
import { configurationDigestOf } from '../alliance-codec.js';
import { describeAllianceError } from '../errors.js';
import { describeMoveError } from '../changes/moves-errors.js';
import { needsChange } from '../proposals/action-mixture.js';
import { finishDraft } from '../proposals/draft.js';
import { tally } from '../proposals/approval.js';
import { votesOn } from './votes.js';
import { beginChangeMoves } from './change-moves.js';
import { encodeTranscript, transcriptDigest } from './transcript.js';
import { nextTurn } from './turns.js';
import type { GovernanceEvent } from './event.js';
import { describeManagementError } from './errors.js';
import { examine } from './examination.js';
import {
  type Change,
  type Governance,
  keyOf,
  type MovingChange,
  type PreparedChange,
  type Proposal,
} from './governance.js';
import { checkImmediate, immediateEvents, sharingsSoFar } from './immediate.js';
import { mustJoin } from './decide-change.js';
import type { LogPosition } from './position.js';
import { hasPassed } from './term.js';

/** The first thing whose term has passed; nothing if there is none. */
export function passed(governance: Governance, at: LogPosition): readonly GovernanceEvent[] {
  const { time, suspensions, held, proposals, change } = governance;
  for (const [organization, term] of suspensions)
    if (hasPassed(term, time.nowMs)) return [{ _tag: 'suspension-ended', organization }];
  for (const [organization, term] of held)
    if (hasPassed(term, time.nowMs)) return [{ _tag: 'hold-ended', organization }];
  for (const proposal of proposals.values()) {
    if (proposal.state !== 'executing' && hasPassed(proposal.term, time.nowMs))
      return [{ _tag: 'proposal-ended', proposal: proposal.id, ending: 'expired', why: 'its term has passed' }];
  }
  if (change === undefined || change.state === 'activated' || !hasPassed(change.term, time.nowMs)) return [];
  if (change.state === 'prepared' && isReadyEnough(change, at)) return [{ _tag: 'activated' }];
  return [
    { _tag: 'change-abandoned', why: `its term has passed: ${waitsFor(change, at)}`, sharings: sharingsSoFar(change) },
  ];
}

/** The next thing that follows from what is there. */
export function following(governance: Governance, at: LogPosition): readonly GovernanceEvent[] {
  for (const proposal of governance.proposals.values()) {
    const isExamined = !governance.unexamined.has(keyOf(proposal.id));
    const events = isExamined ? followingProposal(governance, proposal) : examineAgain(governance, proposal, at);
    if (events.length > 0) return events;
  }
  return governance.change === undefined
    ? nextTurn(governance, at)
    : followingChange(governance, governance.change, at);
}

/** One a slot: an enactment makes as many dry runs as there are proposals. */
function examineAgain(
  governance: Governance,
  { id, actions, effect, overrides }: Proposal,
  { slot }: LogPosition,
): readonly GovernanceEvent[] {
  if (governance.dryRunSlot === slot) return [];
  const examined = examine(governance, actions, overrides);
  const requirements = E.isRight(examined) ? examined.right.requirements : [];
  const again = { _tag: 'examined-again', proposal: id, requirements, slot } as const;
  if (E.isRight(examined) && equalBytes(examined.right.effect, effect)) return [again];
  const why = E.isLeft(examined) ? describeManagementError(examined.left) : 'it would have another effect now';
  return [again, { _tag: 'proposal-ended', proposal: id, ending: 'superseded', why }];
}

function followingProposal(governance: Governance, proposal: Proposal): readonly GovernanceEvent[] {
  const { id, state, actions } = proposal;
  if (state === 'open') {
    const over = changeThatIsOver(governance, proposal);
    if (over !== undefined)
      return [{ _tag: 'proposal-ended', proposal: id, ending: 'superseded', why: `change ${over} is over` }];
    if (proposal.isAutonomous) return [{ _tag: 'proposal-accepted', proposal: id }];
    const result = tally(proposal.requirements, votesOn(governance, proposal));
    if (result === 'won') return [{ _tag: 'proposal-accepted', proposal: id }];
    if (result === 'pending') return [];
    return [{ _tag: 'proposal-ended', proposal: id, ending: 'rejected', why: 'too many voted against it' }];
  }
  if (state !== 'accepted' || needsChange(actions)) return [];
  const refused = checkImmediate(governance, actions);
  if (refused !== undefined)
    return [{ _tag: 'proposal-ended', proposal: id, ending: 'failed', why: describeManagementError(refused) }];
  const effects = actions.flatMap((action) => immediateEvents(governance, action, id));
  return [...effects, { _tag: 'proposal-ended', proposal: id, ending: 'enacted', why: 'it took effect at once' }];
}

/** Which the proposal would abandon. */
function changeThatIsOver({ change }: Governance, { actions }: Proposal): number | undefined {
  return actions
    .flatMap((action) => (action._tag === 'abandon' ? [action.change] : []))
    .find((number) => number !== change?.number);
}

function followingChange(governance: Governance, change: Change, at: LogPosition): readonly GovernanceEvent[] {
  switch (change.state) {
    case 'gathering':
      if (mustGiveWay(governance, change))
        return [{ _tag: 'change-abandoned', why: 'a proposal that was voted on needs its place', sharings: [] }];
      return isGathered(change) ? beginChangeMoves(governance, change) : [];
    case 'moving':
      return afterMoves(governance, change);
    case 'prepared':
      return isEverybodyReady(change, at) ? [{ _tag: 'activated' }] : [];
    case 'activated':
      return [];
  }
}

/** What is one organization's own business holds up nobody. */
function mustGiveWay({ proposals }: Governance, { origin }: Change): boolean {
  if (origin._tag !== 'proposal' || proposals.get(keyOf(origin.proposal))?.isAutonomous !== true) return false;
  return [...proposals.values()].some(
    ({ state, isAutonomous, actions }) => state === 'accepted' && !isAutonomous && needsChange(actions),
  );
}

function isGathered(change: Change): boolean {
  const { draft, acknowledged, joined } = change;
  const servers = draft.document.trust.system.processes.universe.ids;
  const due = servers.filter((id) => mustJoin(change, id));
  return draft.admitted.every((name) => acknowledged.has(name)) && due.every((id) => joined.has(id));
}

function afterMoves(governance: Governance, change: MovingChange): readonly GovernanceEvent[] {
  const moved = change.moves.outcome;
  if (moved._tag === 'running') return [];
  const sharings = sharingsSoFar(change);
  if (moved._tag === 'failed') return [{ _tag: 'change-abandoned', why: describeMoveError(moved.why), sharings }];
  const transcript = transcriptDigest(encodeTranscript(governance, change));
  const next = finishDraft(change.draft, moved.keys, transcript);
  if (E.isLeft(next)) return [{ _tag: 'change-abandoned', why: describeAllianceError(next.left), sharings }];
  const configuration = configurationDigestOf(next.right);
  return [{ _tag: 'prepared', next: next.right, configuration }];
}

function readyServers({ next, configuration }: PreparedChange, { readyFor, ready }: LogPosition) {
  const { universe } = next.trust.system.processes;
  // A change may take the place of another at one position, before consensus is told of it.
  if (readyFor === undefined || !equalBytes(readyFor, configuration)) return universe.none;
  return universe.of(ready.flatMap((position) => universe.at(position) ?? []));
}

function isEverybodyReady(change: PreparedChange, at: LogPosition): boolean {
  return readyServers(change, at).size === change.next.trust.system.processes.universe.size;
}

function isReadyEnough(change: PreparedChange, at: LogPosition): boolean {
  return change.next.trust.system.isRecoveryQuorum(readyServers(change, at));
}

/** Whom a change waits for, for people. */
export function waitsFor(change: Change, at: LogPosition): string {
  switch (change.state) {
    case 'gathering': {
      const { draft, acknowledged, joined } = change;
      const names = draft.admitted.filter((name) => !acknowledged.has(name)).map((name) => `${name} (to acknowledge)`);
      const ids = draft.document.trust.system.processes.universe.ids.filter(
        (id) => mustJoin(change, id) && !joined.has(id),
      );
      return [...names, ...ids.map((id) => `${id} (to join)`)].join(', ');
    }
    case 'moving': {
      const moved = change.moves.outcome;
      return moved._tag === 'running' ? `${moved.role}: ${moved.awaited.join(', ')}` : 'nobody';
    }
    case 'prepared':
    case 'activated': {
      const ready = readyServers(change, at);
      return `${ready.complement().toString()} (to be ready)`;
    }
  }
}
