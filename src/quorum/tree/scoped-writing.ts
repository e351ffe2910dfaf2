/** How trees are written, as text and as JSON: what belongs to one organization stands behind that organization's name. */
import { organizationOf, type ProcessId } from '../../prelude/process.js';

/** A node as it will be written. */
export interface Written<A> {
  /** The organization to which everything below belongs, if the ids say so (`org/server`). */
  readonly organization: string | undefined;
  /** @param scope - the organization behind whose name the node stands. */
  readonly within: (scope: string | undefined) => A;
}

/** @param write - from the id, and from the server's name where an organization's stands before it. */
export function writtenMember<A>(
  id: ProcessId,
  write: (id: ProcessId, shortName: string | undefined) => A,
): Written<A> {
  return {
    organization: id.includes('/') ? organizationOf(id) : undefined,
    within: (scope) => write(id, scope === undefined ? undefined : id.slice(scope.length + 1)),
  };
}

/** What belongs to `organization` as a whole; `behind` puts the name before it where no other place does. */
export function writtenScoped<A>(
  organization: string | undefined,
  write: (scope: string | undefined) => A,
  behind: (organization: string, node: A) => A,
): Written<A> {
  const within = (scope: string | undefined): A => {
    if (scope !== undefined || organization === undefined) return write(scope);
    return behind(organization, write(organization));
  };
  return { organization, within };
}

/** The organization that all children share. */
export function commonOrganization<A>(children: readonly Written<A>[]): string | undefined {
  const [first, ...rest] = children.map(({ organization }) => organization);
  return rest.every((organization) => organization === first) ? first : undefined;
}
