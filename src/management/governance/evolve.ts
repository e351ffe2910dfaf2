/** Takes an event in. Total: whatever `decide` returned, on whatever governance it returned it for. */
import { type Digest, digest } from '../../prelude/digest.js';
import { assertNever } from '../../prelude/invariant.js';
import { organizationOf, type ProcessId } from '../../prelude/process.js';
import { type Alliance, serversOf } from '../alliance.js';
import { keysOf } from '../alliance-succession.js';
import type { Sharing } from '../proposals/sharing.js';
import { inNextEpoch } from './agreed-time.js';
import { sharingsOfMoves, withoutShares } from './change-moves.js';
import { enactedSigning } from './enacted.js';
import type { GovernanceEvent } from './event.js';
import { encodeRecord } from './proposal-record.js';
import {
  type Change,
  type ChangeOrigin,
  type ClosedProposal,
  type Governance,
  governanceLimits,
  keyOf,
  type Proposal,
  type Schedule,
  type Signing,
} from './governance.js';
import { begun, setBack, type Term, termOf } from './term.js';

type EventOf<Tag extends GovernanceEvent['_tag']> = Extract<GovernanceEvent, { _tag: Tag }>;

export function evolve(governance: Governance, event: GovernanceEvent): Governance {
  switch (event._tag) {
    case 'time-agreed':
      return timeAgreed(governance, event);
    case 'number-used':
      return { ...governance, numbers: withEntry(governance.numbers, event.authority, event.number) };
    case 'proposed':
      return proposed(governance, event);
    case 'proposal-opened':
      return {
        ...governance,
        proposalCount: event.proposal.number,
        proposals: withEntry(governance.proposals, keyOf(event.proposal.id), event.proposal),
      };
    case 'ballot-cast':
      return changeProposal(governance, event.proposal, (proposal) => ({
        ...proposal,
        ballots: withEntry(proposal.ballots, event.organization, event.ballot),
      }));
    case 'proposal-accepted':
      return changeProposal(governance, event.proposal, (proposal) => ({ ...proposal, state: 'accepted' }));
    case 'proposal-ended':
      return endProposal(governance, event);
    case 'suspended':
      return {
        ...governance,
        suspensions: withEntry(governance.suspensions, event.organization, termOf(event.lengthMs)),
      };
    case 'suspension-ended':
      return { ...governance, suspensions: without(governance.suspensions, event.organization) };
    case 'hold-ended':
      return { ...governance, held: without(governance.held, event.organization) };
    case 'signing-begun':
      return signingBegun(governance, event);
    case 'share-taken':
      return shareTaken(governance, event);
    case 'change-opened':
      return changeOpened(governance, event);
    case 'turn-missed':
      return { ...governance, schedule: missed(governance) };
    case 'examined-again':
      return examinedAgain(governance, event);
    case 'acknowledged':
      return inChange(governance, (change) => ({
        ...change,
        acknowledged: new Set([...change.acknowledged, event.organization]),
      }));
    case 'joined':
      return inChange(governance, (change) => ({
        ...change,
        joined: withEntry(change.joined, event.server, event.joined),
      }));
    case 'moving':
      return inChange(governance, (change) => ({
        ...termsOf(change),
        state: 'moving',
        moves: event.moves,
        term: termOf(governance.document.governance.terms.changeMs),
      }));
    case 'moved-on':
      return inChange(governance, (change) =>
        change.state === 'gathering' ? change : { ...change, moves: event.moves },
      );
    case 'prepared':
      return inChange(governance, (change) => {
        if (change.state !== 'moving') return change;
        const { next, configuration } = event;
        const term = termOf(governance.document.governance.terms.readyMs);
        return { ...change, state: 'prepared', term, next, configuration };
      });
    case 'activated':
      return inChange(governance, (change) =>
        change.state === 'prepared' ? { ...change, state: 'activated' } : change,
      );
    case 'change-abandoned':
      return changeAbandoned(governance, event);
    case 'enacted':
      return enacted(governance);
    case 'erased':
      return {
        ...governance,
        sharings: governance.sharings.map((sharing) =>
          keyOf(sharing.id) === keyOf(event.sharing)
            ? { ...sharing, erased: new Set([...sharing.erased, event.holder]) }
            : sharing,
        ),
      };
    case 'proposal-refused':
      return governance;
    case 'ready':
      return readySaid(governance, event);
    default:
      return assertNever(event);
  }
}

function withEntry<K, V>(map: ReadonlyMap<K, V>, key: K, value: V): ReadonlyMap<K, V> {
  return new Map(map).set(key, value);
}

function without<K, V>(map: ReadonlyMap<K, V>, key: K): ReadonlyMap<K, V> {
  return new Map([...map].filter(([each]) => each !== key));
}

/** The newest of a list. */
function newest<A>(items: readonly A[], count: number): readonly A[] {
  return items.slice(Math.max(0, items.length - count));
}

/** Terms begin, or are shifted where the time was set back. */
function timeAgreed(before: Governance, { time, reader }: EventOf<'time-agreed'>): Governance {
  const governance = { ...before, heard: withEntry(before.heard, reader, time.rounds) };
  const { nowMs } = time;
  // Readings that say nothing new begin no term.
  if (nowMs === governance.time.nowMs && time.isOfThisEpoch === governance.time.isOfThisEpoch)
    return { ...governance, time };
  const byMs = Math.max(0, governance.time.nowMs - nowMs);
  const adjusted = (term: Term): Term => begun(byMs === 0 ? term : setBack(term, byMs), nowMs);
  const each = (terms: ReadonlyMap<string, Term>) => new Map([...terms].map(([key, term]) => [key, adjusted(term)]));
  const { change, proposals, suspensions, held, schedule } = governance;
  return {
    ...governance,
    time,
    // When something was proposed says nothing after the time was set back.
    proposed: byMs > 0 ? new Map() : governance.proposed,
    proposals: new Map([...proposals].map(([key, proposal]) => [key, { ...proposal, term: adjusted(proposal.term) }])),
    suspensions: each(suspensions),
    held: each(held),
    schedule: {
      ...schedule,
      enactedMs: schedule.enactedMs === 0 ? nowMs : Math.min(schedule.enactedMs, nowMs),
      missedMs: Math.min(schedule.missedMs, nowMs),
    },
    change: change === undefined ? undefined : { ...change, term: adjusted(change.term) },
  };
}

function readySaid(governance: Governance, { position }: EventOf<'ready'>): Governance {
  const { change, heard, time } = governance;
  const id = change?.state === 'prepared' ? change.next.trust.system.processes.universe.at(position) : undefined;
  return id === undefined ? governance : { ...governance, heard: withEntry(heard, id, time.rounds) };
}

function examinedAgain(governance: Governance, event: EventOf<'examined-again'>): Governance {
  const { proposal: id, requirements, slot } = event;
  const unexamined = new Set([...governance.unexamined].filter((key) => key !== keyOf(id)));
  const examined = { ...governance, dryRunSlot: slot, unexamined };
  return changeProposal(examined, id, (proposal) => ({ ...proposal, requirements }));
}

function proposed(governance: Governance, { organization, slot }: EventOf<'proposed'>): Governance {
  const { proposed: before, time } = governance;
  const times = newest([...(before.get(organization) ?? []), time.nowMs], governanceLimits.proposalsPerHour);
  return { ...governance, dryRunSlot: slot, proposed: withEntry(before, organization, times) };
}

function changeProposal(governance: Governance, id: Digest, change: (proposal: Proposal) => Proposal): Governance {
  const proposal = governance.proposals.get(keyOf(id));
  return proposal === undefined
    ? governance
    : { ...governance, proposals: withEntry(governance.proposals, keyOf(id), change(proposal)) };
}

function endProposal(governance: Governance, { proposal: id, ending, why }: EventOf<'proposal-ended'>): Governance {
  const proposal = governance.proposals.get(keyOf(id));
  if (proposal === undefined) return governance;
  const { number, author } = proposal;
  const closed: ClosedProposal = { id, number, author, ending, why: why.slice(0, governanceLimits.whyLength) };
  return {
    ...governance,
    proposals: without(governance.proposals, keyOf(id)),
    unexamined: new Set([...governance.unexamined].filter((key) => key !== keyOf(id))),
    closed: newest([...governance.closed, closed], governanceLimits.closedProposals),
    history: digest(encodeRecord(governance.history, proposal, ending)),
  };
}

function signingBegun(governance: Governance, { proposal, role, message }: EventOf<'signing-begun'>): Governance {
  const number = governance.proposals.get(keyOf(proposal))?.number ?? 0;
  const signing: Signing = { proposal: number, message, role, shares: new Map(), barred: new Set() };
  const all = [...governance.signings, [keyOf(proposal), signing] as const];
  return { ...governance, signings: new Map(newest(all, governanceLimits.signings)) };
}

function shareTaken(governance: Governance, { of, ...taken }: EventOf<'share-taken'>): Governance {
  if (of._tag === 'enacted') return { ...governance, enacted: withShare(governance.enacted, taken) };
  const key = keyOf(of.proposal);
  const signing = governance.signings.get(key);
  if (signing === undefined) return governance;
  return { ...governance, signings: withEntry(governance.signings, key, withShare(signing, taken)) };
}

function withShare(
  signing: Signing,
  { server, share, signature, barred, dropped = [] }: Omit<EventOf<'share-taken'>, '_tag' | 'of'>,
): Signing {
  // Once it is signed, the shares have served.
  const shares = signature === undefined ? new Map(signing.shares).set(server, share) : new Map<ProcessId, never>();
  for (const process of [...barred, ...dropped]) shares.delete(process);
  return {
    ...signing,
    shares,
    barred: new Set([...signing.barred, ...barred]),
    ...(signature === undefined ? {} : { signature }),
  };
}

function changeOpened(governance: Governance, event: EventOf<'change-opened'>): Governance {
  const { origin, draft, draftDigest, slot: openedSlot } = event;
  const number = governance.changeCount + 1;
  const term = termOf(governance.document.governance.terms.changeMs);
  const change: Change = {
    state: 'gathering',
    number,
    origin,
    draft,
    draftDigest,
    openedSlot,
    term,
    acknowledged: new Set(),
    joined: new Map(),
  };
  const opened = { ...governance, change, changeCount: number };
  return origin._tag === 'proposal'
    ? changeProposal(opened, origin.proposal, (proposal) => ({ ...proposal, state: 'executing' }))
    : opened;
}

function inChange(governance: Governance, next: (change: Change) => Change): Governance {
  const { change } = governance;
  return change === undefined ? governance : { ...governance, change: next(change) };
}

function termsOf({ number, origin, draft, draftDigest, openedSlot, term, acknowledged, joined }: Change) {
  return { number, origin, draft, draftDigest, openedSlot, term, acknowledged, joined };
}

function changeAbandoned(governance: Governance, { why, sharings }: EventOf<'change-abandoned'>): Governance {
  const { change, document, held } = governance;
  if (change === undefined) return governance;
  const ended: Governance = {
    ...governance,
    change: undefined,
    culprits: new Set([...governance.culprits, ...culpritsOf(change)]),
    schedule: change.origin._tag === 'repair' ? repairedInVain(governance) : missed(governance),
    sharings: withSharings(governance.sharings, sharings),
  };
  if (change.origin._tag !== 'proposal') return ended;
  const proposal = governance.proposals.get(keyOf(change.origin.proposal));
  const failed = endProposal(ended, {
    _tag: 'proposal-ended',
    proposal: change.origin.proposal,
    ending: 'failed',
    why,
  });
  if (proposal?.isAutonomous !== true) return failed;
  return { ...failed, held: withEntry(held, proposal.author, termOf(document.governance.terms.proposalMs)) };
}

/** Who was proven wrong in its ceremonies; of a change that went on from there they are in no later one of the epoch. */
function culpritsOf(change: Change): readonly ProcessId[] {
  return change.state === 'gathering' ? [] : change.moves.outcome.culprits.map(({ process }) => process);
}

/** The newest are kept; those that everybody has erased say nothing any more. */
function withSharings(before: readonly Sharing[], more: readonly Sharing[]): readonly Sharing[] {
  const kept = [...before, ...more].filter(({ holders, erased }) => holders.some(({ key }) => !erased.has(key)));
  return newest(kept, governanceLimits.sharings);
}

/** The epoch of the change has begun. */
function enacted(governance: Governance): Governance {
  const { change, document, time } = governance;
  if (change?.state !== 'activated') return governance;
  const { next, configuration, moves, origin } = change;
  const left = withoutShares(moves);
  const begunEpoch: Governance = {
    ...governance,
    document: next,
    configuration,
    time: inNextEpoch(time),
    // Whoever lacks a share is repaired when it is there again.
    heard: new Map(
      [...governance.heard].filter(([id]) => next.trust.system.processes.universe.has(id) && !left.includes(id)),
    ),
    change: undefined,
    schedule: { ...scheduleAfter(governance, origin, left), enactedMs: time.nowMs },
    enacted: enactedSigning(next, configuration),
    signings: new Map([...governance.signings].map(([key, signing]) => [key, begunAgain(signing)])),
    unexamined: new Set(governance.proposals.keys()),
    sharings: withSharings(governance.sharings, sharingsOfMoves(moves, change)),
    culprits: new Set(),
    formerKeys: newest([...governance.formerKeys, keysOf(document)], governanceLimits.formerKeys),
    without: left,
    applicationCounts: countedApplications(governance.applicationCounts, document, next),
    gone: goneAfter(governance.gone, document, next),
    proposed: new Map([...governance.proposed].filter(([name]) => isMember(next, name))),
    suspensions: new Map([...governance.suspensions].filter(([name]) => isMember(next, name))),
  };
  if (origin._tag !== 'proposal') return begunEpoch;
  const why = `it is part of the document of epoch ${next.epoch}`;
  return endProposal(begunEpoch, { _tag: 'proposal-ended', proposal: origin.proposal, ending: 'enacted', why });
}

/** Whoever is left without a share once more, whatever the change was for, is not to make the others change epochs for ever. */
function scheduleAfter(governance: Governance, origin: ChangeOrigin, left: readonly ProcessId[]): Schedule {
  const { schedule } = governance;
  if (left.length === 0) return { ...schedule, missedMs: 0, vainRepairs: 0 };
  if (origin._tag === 'repair') return repairedInVain(governance);
  return schedule.vainRepairs > 0 ? schedule : { ...schedule, missedMs: 0 };
}

function repairedInVain(governance: Governance): Schedule {
  const { vainRepairs, ...others } = missed(governance);
  return { ...others, vainRepairs: vainRepairs + 1 };
}

function missed({ schedule, time }: Governance): Schedule {
  return { ...schedule, missedMs: time.nowMs };
}

/** Shares of two epochs do not combine: what is not signed yet is asked for again. */
function begunAgain(signing: Signing): Signing {
  return signing.signature === undefined ? { ...signing, shares: new Map(), barred: new Set() } : signing;
}

function isMember({ organizations }: Alliance, name: string): boolean {
  return organizations.some((organization) => organization.name === name);
}

function countedApplications(
  counts: Governance['applicationCounts'],
  before: Alliance,
  after: Alliance,
): Governance['applicationCounts'] {
  const known = new Set<string>(before.applications.map(({ id }) => id));
  const all = new Map(counts);
  for (const { id } of after.applications) {
    if (known.has(id)) continue;
    const owner = organizationOf(id);
    all.set(owner, (all.get(owner) ?? 0) + 1);
  }
  return all;
}

function goneAfter({ organizations, servers }: Governance['gone'], before: Alliance, after: Alliance) {
  const [names, ids] = [namesOf(after), new Set(serversOf(after).map(({ id }) => id))];
  const goneNames = [...organizations, ...namesOf(before)].filter((name) => !names.has(name));
  const goneIds = [...servers, ...serversOf(before).map(({ id }) => id)].filter((id) => !ids.has(id));
  return {
    organizations: new Set(newest([...new Set(goneNames)], governanceLimits.gone)),
    servers: new Set(newest([...new Set(goneIds)], governanceLimits.gone)),
  };
}

function namesOf({ organizations }: Alliance): ReadonlySet<string> {
  return new Set(organizations.map(({ name }) => name));
}
