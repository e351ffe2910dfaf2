/** All of governance at a glance. */
import { toHex } from '../../prelude/bytes.js';
import type { Digest } from '../../prelude/digest.js';
import { type ProcessId, Universe } from '../../prelude/process.js';
import { isQualified, policyMembers } from '../../quorum/policy/policy.js';
import { keyIdOf } from '../../schemes/public-key.js';
import { authorityKeyId } from '../../management/acts/authority.js';
import type { Alliance, OrganizationEntry } from '../../management/alliance.js';
import { waitsFor } from '../../management/governance/consequences.js';
import type { Change, ChangeOrigin, Governance, Proposal, Signing } from '../../management/governance/governance.js';
import { organizationStates, serverStates } from '../../management/governance/member-states.js';
import { stillNeeded } from '../../management/governance/votes.js';
import { conflictsAmong } from '../../management/proposals/conflicts.js';
import { keyOfRole, roleName, rolesOf } from '../../management/proposals/key-roles.js';
import type { Sharing } from '../../management/proposals/sharing.js';
import type {
  Overview,
  ShownChange,
  ShownConflict,
  ShownMove,
  ShownOrganization,
  ShownProposal,
  ShownSharing,
  ShownSignature,
} from './view-shapes.js';

/** Of those that have ended: as many as are shown beside the rest. */
const shownClosed = 16;

/** @param ready - places of the servers whose READY consensus has taken. */
export function overviewOf(governance: Governance, ready: readonly number[]): Overview {
  const { document, configuration, time, change, closed, history, without, proposalCount, changeCount } = governance;
  const proposals = [...governance.proposals.values()];
  return {
    epoch: document.epoch,
    configuration,
    timeMs: time.nowMs,
    enacted: governance.enacted.signature !== undefined,
    organizations: shownOrganizations(governance),
    servers: inOrder(Object.entries(serverStates(governance))).map(([id, state]) => ({ id: id as ProcessId, state })),
    without,
    proposalCount,
    changeCount,
    proposals: proposals.map((proposal) => shownProposal(governance, proposal)),
    conflicts: shownConflicts(proposals),
    closed: closed.slice(-shownClosed),
    history,
    ...(change === undefined ? {} : { change: shownChange(governance, change, ready) }),
    signatures: [...governance.signings.values()].map(shownSigning),
    sharings: shownSharings(governance),
    ...refreshDue(governance),
  };
}

function inOrder<A>(entries: readonly (readonly [string, A])[]): readonly (readonly [string, A])[] {
  return [...entries].sort(([a], [b]) => (a < b ? -1 : 1));
}

function shownOrganizations(governance: Governance): readonly ShownOrganization[] {
  const { document, change, suspensions } = governance;
  const entries = [...(change?.draft.document.organizations ?? []), ...document.organizations];
  const speaking = new Map(entries.map((entry) => [entry.name, entry]));
  return inOrder(Object.entries(organizationStates(governance))).map(([name, state]) => {
    const untilMs = suspensions.get(name)?.endMs;
    const until = untilMs === undefined ? {} : { suspendedUntilMs: untilMs };
    return { name, state, number: lastNumber(governance, speaking.get(name)), ...until };
  });
}

function lastNumber({ numbers }: Governance, entry: OrganizationEntry | undefined): number {
  return entry === undefined ? 0 : (numbers.get(toHex(authorityKeyId(entry))) ?? 0);
}

export function shownProposal(governance: Governance, proposal: Proposal): ShownProposal {
  const { id, number, author, state, actions, overrides, ballots, term, isAutonomous } = proposal;
  return {
    id,
    number,
    author,
    state,
    kinds: actions.map(({ _tag }) => _tag),
    overrides,
    ballots: [...ballots].map(([organization, { accepts }]) => ({ organization, accepts })),
    isAutonomous,
    stillNeeded: state === 'open' ? stillNeeded(governance, proposal) : [],
    lengthMs: term.lengthMs,
    ...(term.endMs === undefined ? {} : { endMs: term.endMs }),
  };
}

function shownConflicts(proposals: readonly Proposal[]): readonly ShownConflict[] {
  return conflictsAmong(proposals.map(({ number, actions }) => ({ id: number, actions })));
}

function shownChange(governance: Governance, change: Change, ready: readonly number[]): ShownChange {
  const { number, state, origin, draft, draftDigest, acknowledged, joined, term } = change;
  const { admitted, removed, joining, replaced, leaving } = draft;
  const from = originOf(governance, origin);
  return {
    number,
    state,
    ...(from === undefined ? {} : { proposal: from.number }),
    why: describeOrigin(origin, from),
    draft: draftDigest,
    waitsFor: waitsFor(change, { slot: 0, readyFor: configurationOf(change), ready }),
    admitted,
    acknowledged: [...acknowledged].sort(),
    removed,
    joining,
    replaced,
    joined: [...joined.keys()].sort(),
    leaving,
    moves: shownMoves(change),
    ...attemptOf(change),
    culprits: change.state === 'moving' ? culpritsOf(change) : [...governance.culprits].sort(),
    ...('configuration' in change ? { configuration: change.configuration } : {}),
    ...(term.endMs === undefined ? {} : { endMs: term.endMs }),
  };
}

function originOf({ proposals }: Governance, origin: ChangeOrigin): Proposal | undefined {
  return origin._tag === 'proposal' ? proposals.get(toHex(origin.proposal)) : undefined;
}

function describeOrigin(origin: ChangeOrigin, from: Proposal | undefined): string {
  if (origin._tag === 'refresh') return 'new shares, as scheduled';
  if (origin._tag === 'repair') return `new shares, since ${origin.without.join(', ')} have none`;
  return from === undefined ? 'a proposal' : `proposal ${from.number}`;
}

function shownMoves(change: Change): readonly ShownMove[] {
  const isOver = change.state === 'prepared' || change.state === 'activated';
  const made = change.state === 'moving' ? change.moves.outcome.keys : undefined;
  return change.draft.moves.map(({ role, kind }) => {
    const key = roleName(role);
    return { key, kind, isDone: isOver || kind === 'keep' || made?.has(key) === true };
  });
}

function attemptOf(change: Change): Pick<ShownChange, 'attempt'> {
  if (change.state !== 'moving' || change.moves.outcome._tag !== 'running') return {};
  const { role, attempt, round, awaited } = change.moves.outcome;
  return { attempt: { key: role, attempt, round, awaited } };
}

function culpritsOf({ moves }: Extract<Change, { state: 'moving' }>): readonly ProcessId[] {
  return [...new Set(moves.outcome.culprits.map(({ process }) => process))].sort();
}

function shownSigning({ proposal, role, signature, shares }: Signing): Overview['signatures'][number] {
  return { proposal, role, signed: [...shares.keys()], isSigned: signature !== undefined };
}

/** What consensus has been told of. */
function configurationOf(change: Change): Digest | undefined {
  return change.state === 'prepared' || change.state === 'activated' ? change.configuration : undefined;
}

export function shownSignature(signing: Signing): ShownSignature {
  const { message, signature } = signing;
  return { ...shownSigning(signing), message, ...(signature === undefined ? {} : { signature }) };
}

/** Shares of keys in force, and those besides with which their holders could still sign. */
function shownSharings({ document, sharings }: Governance): readonly ShownSharing[] {
  const current = currentSharings(document, sharings);
  return sharings.flatMap((sharing) => {
    const { id, role, keyId, epoch, policy, holders, erased } = sharing;
    const unerased = holders.filter(({ key }) => !erased.has(key)).map((holder) => holder.id);
    const isEnough = isQualified(policy, new Universe(policyMembers(policy)).of(unerased));
    const isInForce = current.has(sharing);
    if (!isInForce && !isEnough) return [];
    return [{ id, role, keyId, epoch, isInForce, unerased, isQualified: isEnough }];
  });
}

/** The newest that is of a key's epoch: an earlier one of it came to nothing. */
function currentSharings(document: Alliance, sharings: readonly Sharing[]): ReadonlySet<Sharing> {
  const found = rolesOf(document).flatMap((role) => {
    const key = keyOfRole(document, role);
    if (key === undefined) return [];
    const id = toHex(keyIdOf(key));
    return sharings.findLast((each) => toHex(each.keyId) === id && each.epoch === key.epoch) ?? [];
  });
  return new Set(found);
}

function refreshDue({ document, schedule, change }: Governance): Pick<Overview, 'refreshMs'> {
  const { refreshMs } = document.governance.terms;
  const isScheduled = refreshMs > 0 && schedule.enactedMs > 0 && change === undefined;
  return isScheduled ? { refreshMs: schedule.enactedMs + refreshMs } : {};
}
