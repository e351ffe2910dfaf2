/** Who belongs to an alliance, and which of its servers a written name means. */
import { E, type Either } from '../../prelude/fp.js';
import { organizationOf, type ProcessId, processId } from '../../prelude/process.js';
import type { PolicyErrorCode } from '../errors.js';
import { type AnyTree, membersOf } from './tree-check.js';

/** The organizations of an alliance and the names of their servers, without `org/`. */
export type Membership = ReadonlyMap<string, readonly string[]>;

/** Why a name means no server; `expected` completes "expected …". */
export interface NameComplaint {
  readonly code: PolicyErrorCode;
  readonly expected: string;
}

/** The server that `name` means: `org/server`, or an organization that has only one. */
export function serverNamed(name: string, membership: Membership): Either<NameComplaint, ProcessId> {
  const servers = serversOf(name, membership);
  const [only] = servers ?? [];
  if (only !== undefined && servers?.length === 1) return E.right(only);
  if (servers !== undefined) {
    const expected = `which of the ${servers.length} servers of ${name} is meant ("${name}/…", or "${name}: … of ${servers.length}")`;
    return E.left({ code: 'WrongServerCount', expected });
  }
  const id = processId(name);
  if (id !== undefined && serversOf(organizationOf(id), membership)?.includes(id) === true) return E.right(id);
  return E.left({ code: 'UnknownMember', expected: `a member of the alliance, not ${name}` });
}

/** All servers of an organization; `undefined` for a stranger. */
export function serversOf(organization: string, membership: Membership): readonly ProcessId[] | undefined {
  return membership.get(organization)?.map((server) => `${organization}/${server}` as ProcessId);
}

/** The organization to which all members of a tree belong, if it is one. */
export function organizationOfAll(tree: AnyTree): string | undefined {
  const [organization, ...others] = new Set(membersOf(tree).map(organizationOf));
  return others.length === 0 ? organization : undefined;
}
