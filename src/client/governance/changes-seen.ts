/** What has happened between two looks at governance. */
import { toHex } from '../../prelude/bytes.js';
import type { ClosedProposal } from '../../management/governance/governance.js';
import type { OrganizationState, ServerState } from '../../management/governance/member-states.js';
import type { Overview, ShownChange, ShownProposal } from '../../services/membership/view-shapes.js';

export type GovernanceChange =
  | { readonly _tag: 'proposal-opened'; readonly proposal: ShownProposal }
  | {
      readonly _tag: 'ballot-cast';
      readonly proposal: number;
      readonly organization: string;
      readonly accepts: boolean;
    }
  /** It was accepted, or its turn has come. */
  | { readonly _tag: 'proposal-moved'; readonly proposal: number; readonly state: ShownProposal['state'] }
  | { readonly _tag: 'proposal-ended'; readonly proposal: ClosedProposal }
  | { readonly _tag: 'organization-moved'; readonly organization: string; readonly state: OrganizationState }
  | { readonly _tag: 'server-moved'; readonly server: string; readonly state: ServerState }
  | { readonly _tag: 'change-opened'; readonly change: ShownChange }
  /** It waits for somebody else, or goes on. */
  | { readonly _tag: 'change-moved'; readonly change: ShownChange }
  /** Enacted, or abandoned. */
  | { readonly _tag: 'change-ended'; readonly change: number; readonly isEnacted: boolean }
  | { readonly _tag: 'epoch-begun'; readonly epoch: number }
  /** The keys of the epoch have been seen to work. */
  | { readonly _tag: 'epoch-enacted'; readonly epoch: number }
  | { readonly _tag: 'document-signed'; readonly proposal: number };

/** In the order in which people would tell it: proposals, the change, members. */
export function changesBetween(before: Overview, after: Overview): readonly GovernanceChange[] {
  return [
    ...proposalChanges(before, after),
    ...changeOfEpoch(before, after),
    ...memberChanges(before, after),
    ...after.signatures.flatMap(({ proposal, isSigned }): readonly GovernanceChange[] => {
      const wasSigned = before.signatures.some((each) => each.proposal === proposal && each.isSigned);
      return isSigned && !wasSigned ? [{ _tag: 'document-signed', proposal }] : [];
    }),
  ];
}

function proposalChanges(before: Overview, after: Overview): readonly GovernanceChange[] {
  const old = new Map(before.proposals.map((proposal) => [proposal.number, proposal]));
  const known = new Set(before.closed.map(({ number }) => number));
  const ended = after.closed.filter(({ number }) => number > 0 && !known.has(number) && isNewlyEnded(before, number));
  return [
    ...after.proposals.flatMap((proposal) => oneProposal(old.get(proposal.number), proposal)),
    ...ended.map((proposal): GovernanceChange => ({ _tag: 'proposal-ended', proposal })),
  ];
}

/** One that had ended long before is shown anew where newer ones are forgotten: never, but nothing rests on it. */
function isNewlyEnded({ proposals, proposalCount }: Overview, number: number): boolean {
  return number > proposalCount || proposals.some((proposal) => proposal.number === number);
}

function oneProposal(before: ShownProposal | undefined, after: ShownProposal): readonly GovernanceChange[] {
  const { number, state, ballots } = after;
  const opened: readonly GovernanceChange[] =
    before === undefined ? [{ _tag: 'proposal-opened', proposal: after }] : [];
  const voted = new Set(before?.ballots.map(({ organization }) => organization));
  const cast = ballots
    .filter(({ organization }) => !voted.has(organization))
    .map((ballot): GovernanceChange => ({ _tag: 'ballot-cast', proposal: number, ...ballot }));
  const moved: readonly GovernanceChange[] =
    before !== undefined && before.state !== state ? [{ _tag: 'proposal-moved', proposal: number, state }] : [];
  return [...opened, ...cast, ...moved];
}

function changeOfEpoch(before: Overview, after: Overview): readonly GovernanceChange[] {
  const [old, now] = [before.change, after.change];
  const isOver = old !== undefined && old.number !== now?.number;
  const isEnacted = after.epoch > before.epoch;
  return [
    ...(isOver ? [{ _tag: 'change-ended', change: old.number, isEnacted } as const] : []),
    ...(isEnacted ? [{ _tag: 'epoch-begun', epoch: after.epoch } as const] : []),
    ...(after.enacted && (isEnacted || !before.enacted)
      ? [{ _tag: 'epoch-enacted', epoch: after.epoch } as const]
      : []),
    ...(now === undefined ? [] : ongoing(old, now)),
  ];
}

function ongoing(before: ShownChange | undefined, now: ShownChange): readonly GovernanceChange[] {
  if (before?.number !== now.number) return [{ _tag: 'change-opened', change: now }];
  return progressOf(before) === progressOf(now) ? [] : [{ _tag: 'change-moved', change: now }];
}

/** What of a change people follow. */
export function progressOf({ state, waitsFor, attempt, moves, culprits, configuration }: ShownChange): string {
  const next = configuration === undefined ? '' : toHex(configuration);
  return JSON.stringify([state, waitsFor, attempt, moves, culprits, next]);
}

function memberChanges(before: Overview, after: Overview): readonly GovernanceChange[] {
  const organizations = new Map(before.organizations.map(({ name, state }) => [name, state]));
  const servers = new Map(before.servers.map(({ id, state }) => [id, state]));
  return [
    ...after.organizations
      .filter(({ name, state }) => organizations.get(name) !== state)
      .map(({ name, state }): GovernanceChange => ({ _tag: 'organization-moved', organization: name, state })),
    ...after.servers
      .filter(({ id, state }) => servers.get(id) !== state)
      .map(({ id, state }): GovernanceChange => ({ _tag: 'server-moved', server: id, state })),
  ];
}
