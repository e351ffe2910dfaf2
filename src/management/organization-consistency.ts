/** What organizations and applications of a document must satisfy beyond their form: names, addresses, who speaks for whom. */
import { organizationOf, type ProcessId } from '../prelude/process.js';
import { isName } from '../prelude/process.js';
import { strangerInRule } from './acts/authority.js';
import { type Alliance, type OrganizationEntry, type ServerEntry, serversOf } from './alliance.js';
import type { AllianceError } from './errors.js';
import { checkDistinct, inconsistent } from './inconsistency.js';

type Members = Pick<Alliance, 'organizations' | 'applications'>;

/** Of organizations that stand alone, with their applications. */
export function findInconsistentMembers(members: Members): AllianceError | undefined {
  return checkOrganizations(members) ?? checkApplications(members) ?? checkAddresses(members);
}

export function checkOrganizations({ organizations }: Members): AllianceError | undefined {
  const at = (index: number): string => `/organizations/${index}`;
  for (const [index, organization] of organizations.entries()) {
    if (!isName(organization.name)) {
      return inconsistent(`${at(index)}/name`, 'a name of letters, digits, "_" and "."');
    }
    const complaint = checkServers(organization, at(index)) ?? checkAdministrators(organization, at(index));
    if (complaint !== undefined) return complaint;
  }
  const names = organizations.map(({ name }, index) => ({ path: `${at(index)}/name`, value: name }));
  const authorities = organizations.map(({ certificateAuthority }, index) => ({
    path: `${at(index)}/certificateAuthority`,
    value: certificateAuthority,
  }));
  return (
    checkDistinct(names, 'a name that no other organization has') ??
    checkDistinct(authorities, 'a certificate authority of its own')
  );
}

function checkServers({ name, servers }: OrganizationEntry, path: string): AllianceError | undefined {
  for (const [index, { id }] of servers.entries()) {
    if (!isOwnedBy(name, id))
      return inconsistent(`${path}/servers/${index}/id`, `${name}/ and the name of a server, not ${id}`);
  }
  const ids = servers.map(({ id }, index) => ({ path: `${path}/servers/${index}/id`, value: id }));
  return checkDistinct(ids, 'an id that no other server has');
}

/** Whether `id` is written in full, as something of `organization`. */
function isOwnedBy(organization: string, id: ProcessId): boolean {
  return id !== organization && organizationOf(id) === organization;
}

function checkAdministrators(organization: OrganizationEntry, path: string): AllianceError | undefined {
  const { administrators } = organization;
  const place = (index: number): string => `${path}/administrators/${index}/name`;
  const bad = administrators.findIndex(({ name }) => !isName(name));
  if (bad !== -1) return inconsistent(place(bad), 'a name of letters, digits, "_" and "."');
  const names = administrators.map(({ name }, index) => ({ path: place(index), value: name }));
  const twice = checkDistinct(names, 'a name that no other administrator of the organization has');
  if (twice !== undefined) return twice;
  const stranger = strangerInRule(organization);
  return stranger === undefined
    ? undefined
    : inconsistent(`${path}/rule`, `administrators of the organization, but ${stranger} is none`);
}

export function checkApplications({ applications, organizations }: Members): AllianceError | undefined {
  const owners = new Set(organizations.map(({ name }) => name));
  const place = (index: number): string => `/applications/${index}/id`;
  const orphan = applications.findIndex(({ id }) => id === organizationOf(id) || !owners.has(organizationOf(id)));
  if (orphan !== -1) {
    return inconsistent(
      place(orphan),
      `organization/application of an organization of the alliance, not ${applications[orphan]?.id ?? ''}`,
    );
  }
  const servers = placedServers({ organizations }, ({ id }, path) => ({ path: `${path}/id`, value: id }));
  const own = applications.map(({ id }, index) => ({ path: place(index), value: id }));
  return checkDistinct([...servers, ...own], 'an id that no server and no other application has');
}

/** Calls `place` for every server, with its path. */
export function placedServers<A>(
  { organizations }: Pick<Alliance, 'organizations'>,
  place: (server: ServerEntry, path: string) => A,
): readonly A[] {
  return organizations.flatMap(({ servers }, outer) =>
    servers.map((server, inner) => place(server, `/organizations/${outer}/servers/${inner}`)),
  );
}

export function checkAddresses(alliance: Members): AllianceError | undefined {
  const addresses = placedServers(alliance, ({ host, port }, path) => ({
    path: `${path}/port`,
    value: `${host.toLowerCase()} ${port}`,
  }));
  return checkDistinct(addresses, 'a host and port that no other server has');
}

/** The servers of the alliance are the processes of its trust model. */
export function checkProcesses(alliance: Alliance): AllianceError | undefined {
  const { universe } = alliance.trust.system.processes;
  const servers = new Set<string>(serversOf(alliance).map(({ id }) => id));
  const addressless = universe.ids.find((id) => !servers.has(id));
  if (addressless !== undefined) return inconsistent('/trust', `servers of the alliance, but ${addressless} is none`);
  const forgotten = [...servers].find((id) => !universe.has(id));
  return forgotten === undefined
    ? undefined
    : inconsistent('/trust', `every server of the alliance, but ${forgotten} is missing`);
}
