/** Whose yes a proposal needs, and what its ballots come to (spec/management.md, "Who accepts"). */
import { equalBytes, toHex } from '../../prelude/bytes.js';
import { groupedBy } from '../../prelude/grouping.js';
import { assertNever } from '../../prelude/invariant.js';
import type { ProcessId } from '../../prelude/process.js';
import { describeMissing } from '../../quorum/policy/missing-description.js';
import type { Policy } from '../../quorum/policy/policy.js';
import { policyDigest } from '../../quorum/policy/policy-digest.js';
import { PolicyStructure } from '../../quorum/policy/policy-structure.js';
import type { VoteState, VoteTracker } from '../../quorum/policy/vote-tracker.js';
import type { Alliance } from '../alliance.js';
import type { Action } from './action.js';
import { type ActionKind, actionKinds } from './action-kinds.js';
import type { Draft } from './draft-shape.js';
import type { GateName } from './gate-names.js';
import { amendmentOf, approvalOf, emergencyOf, type Governed } from './governing-policies.js';

/** A policy over organizations that the yes ballots of a proposal have to satisfy. */
export interface Requirement {
  readonly policy: Policy;
  /** What people call it. */
  readonly says: string;
  /** Organizations that count as having said yes. */
  readonly assumed: readonly string[];
}

/** What was asked, beside the actions themselves. */
export interface Asked {
  /** Undefined where the actions need no change. */
  readonly draft: Draft | undefined;
  readonly overrides: readonly GateName[];
  /** Whether the change that is to be abandoned came from a proposal that was voted for. */
  readonly abandonsVoted?: boolean;
}

/** What the actions ask for, each policy once; all of it is needed. */
export function requirementsOf(
  alliance: Alliance,
  actions: readonly Action[],
  { draft, overrides, abandonsVoted = false }: Asked,
): readonly Requirement[] {
  const ofActions = actions.map((action) => ofAction(alliance, action, abandonsVoted));
  const ofGates =
    overrides.length === 0 ? [] : [required('amendment policy', amendmentOf(alliance)), emergency(alliance)];
  const ofNext = draft === undefined ? [] : replacedAmendments(alliance, draft);
  const all = [...ofActions, ...ofGates, ...ofNext];
  const alike = groupedBy(all, ({ policy, assumed }) => `${toHex(policyDigest(policy))} ${assumed.join(' ')}`);
  return [...alike.values()].flatMap(([first]) => first ?? []);
}

function required(says: string, policy: Policy, assumed: readonly string[] = []): Requirement {
  return { says, policy, assumed };
}

function emergency(alliance: Alliance): Requirement {
  return required('emergency policy', emergencyOf(alliance));
}

function ofAction(alliance: Alliance, action: Action, abandonsVoted: boolean): Requirement {
  switch (action._tag) {
    case 'suspend':
    case 'restore':
      return emergency(alliance);
    case 'abandon':
      return abandonsVoted ? ofKind(alliance, action._tag) : emergency(alliance);
    case 'sign':
      return required(`approval for "${action.key}"`, approvalOf(alliance, action.key));
    case 'admit':
    case 'remove':
    case 'organization':
    case 'trust':
    case 'policy':
    case 'enrol':
    case 'dismiss':
    case 'parameters':
    case 'scheme':
    case 'document-key':
    case 'drop-document-key':
    case 'refresh':
      return ofKind(alliance, action._tag);
    default:
      return assertNever(action);
  }
}

function ofKind(alliance: Governed, kind: ActionKind): Requirement {
  const isOwn = alliance.governance.amendmentOf.has(kind);
  return required(isOwn ? `amendment policy for "${kind}"` : 'amendment policy', amendmentOf(alliance, kind));
}

/** Whoever is to amend in the future agrees to it, where a policy that was written down is given up; derived ones follow members. */
function replacedAmendments(alliance: Alliance, { document, admitted }: Draft): readonly Requirement[] {
  return [undefined, ...actionKinds].flatMap((kind) => {
    const before = statedAmendment(alliance, kind);
    const after = amendmentOf(document, kind);
    if (before === undefined || equalBytes(policyDigest(before), policyDigest(after))) return [];
    const what = kind === undefined || !document.governance.amendmentOf.has(kind) ? '' : ` for "${kind}"`;
    return [required(`next amendment policy${what}`, after, admitted)];
  });
}

function statedAmendment({ governance }: Alliance, kind: ActionKind | undefined): Policy | undefined {
  return (kind === undefined ? undefined : governance.amendmentOf.get(kind)) ?? governance.amendment;
}

/** One organization's yes or no. */
export interface Ballot {
  readonly organization: string;
  readonly accepts: boolean;
  /** The gates that a yes names. */
  readonly overrides: readonly GateName[];
}

/** Whether a yes names exactly the gates that the proposal overrides; without that it counts as a no. */
export function namesGates({ overrides }: Ballot, wanted: readonly GateName[]): boolean {
  const named = new Set(overrides);
  return named.size === new Set(wanted).size && wanted.every((gate) => named.has(gate));
}

/** What has been said on a proposal. */
export interface Votes {
  /** At most one of each organization. */
  readonly ballots: readonly Ballot[];
  /** Organizations whose ballots count as not cast while it lasts. */
  readonly suspended: ReadonlySet<string>;
  /** Those of the proposal. */
  readonly overrides: readonly GateName[];
}

/** Won when all is satisfied; lost as soon as something cannot be any more, whoever else says yes. */
export function tally(requirements: readonly Requirement[], votes: Votes): VoteState {
  const states = requirements.map((requirement) => counted(requirement, votes).tracker.state);
  if (states.includes('lost')) return 'lost';
  return states.every((state) => state === 'won') ? 'won' : 'pending';
}

/** Who can still decide, in words; a line for each policy that is not satisfied yet. */
export function stillNeeded(requirements: readonly Requirement[], votes: Votes): readonly string[] {
  return requirements.flatMap((requirement) => {
    const { structure, tracker } = counted(requirement, votes);
    if (tracker.state === 'won') return [];
    return [`${requirement.says}: ${describeMissing(structure.missing(tracker.accepted, tracker.rejected))}`];
  });
}

function counted(
  { policy, assumed }: Requirement,
  { ballots, suspended, overrides }: Votes,
): { readonly structure: PolicyStructure; readonly tracker: VoteTracker } {
  const structure = new PolicyStructure(policy);
  const tracker = structure.tracker();
  for (const name of assumed) tracker.accept(name as ProcessId);
  for (const ballot of ballots) {
    const { organization, accepts } = ballot;
    if (suspended.has(organization)) continue;
    if (accepts && namesGates(ballot, overrides)) tracker.accept(organization as ProcessId);
    else tracker.reject(organization as ProcessId);
  }
  return { structure, tracker };
}
