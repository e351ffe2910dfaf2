/** The states of organizations and servers, read off what governance holds (spec/management.md, "States"). */
import { serversOf } from '../alliance.js';
import type { Governance, Proposal } from './governance.js';

export const organizationStateNames = [
  'invited',
  'accepted',
  'acknowledged',
  'active',
  'suspended',
  'leaving',
  'removed',
] as const;

export type OrganizationState = (typeof organizationStateNames)[number];

export const serverStateNames = ['registered', 'learner', 'active', 'draining', 'retired'] as const;

export type ServerState = (typeof serverStateNames)[number];

/** By name; of those that have been, the newest. */
export function organizationStates(governance: Governance): Readonly<Record<string, OrganizationState>> {
  const { document, change, suspensions, gone, proposals } = governance;
  const states = new Map<string, OrganizationState>([...gone.organizations].map((name) => [name, 'removed']));
  for (const proposal of proposals.values())
    for (const name of admittedBy(proposal)) states.set(name, proposal.state === 'open' ? 'invited' : 'accepted');
  for (const name of change?.acknowledged ?? []) states.set(name, 'acknowledged');
  const leaving = new Set([...proposals.values()].filter(({ state }) => state !== 'open').flatMap(removedBy));
  for (const { name } of document.organizations)
    states.set(name, suspensions.has(name) ? 'suspended' : leaving.has(name) ? 'leaving' : 'active');
  return Object.fromEntries(states);
}

function admittedBy({ actions }: Proposal): readonly string[] {
  return actions.flatMap((action) => (action._tag === 'admit' ? [action.organization.name] : []));
}

function removedBy({ actions }: Proposal): readonly string[] {
  return actions.flatMap((action) => (action._tag === 'remove' ? [action.organization] : []));
}

export function serverStates({ document, change, gone }: Governance): Readonly<Record<string, ServerState>> {
  const states = new Map<string, ServerState>([...gone.servers].map((id) => [id, 'retired']));
  const next = change === undefined ? undefined : new Set(serversOf(change.draft.document).map(({ id }) => id));
  for (const id of next ?? []) states.set(id, change?.joined.has(id) === true ? 'learner' : 'registered');
  for (const { id } of serversOf(document)) states.set(id, next === undefined || next.has(id) ? 'active' : 'draining');
  return Object.fromEntries(states);
}
