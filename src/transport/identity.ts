/** Who is at the other end of a link: a server of the alliance or an application of one of its organizations. */
import { type ProcessId, processId } from '../prelude/process.js';

type LinkRole = 'server' | 'client';

/** `organization/server` or `organization/application`. */
export interface Identity {
  readonly role: LinkRole;
  readonly id: ProcessId;
}

/** The one URI among the subject's alternative names that binds a certificate to an identity: `koinon:server/acme/1`. */
export function identityUri({ role, id }: Identity): string {
  return `koinon:${role}/${id}`;
}

/** The inverse of {@link identityUri}; `undefined` for anything that it would not have written. */
export function parseIdentityUri(uri: string): Identity | undefined {
  const [, role, name] = /^koinon:(server|client)\/(.*)$/.exec(uri) ?? [];
  const id = name === undefined ? undefined : processId(name);
  return id === undefined || role === undefined ? undefined : { role: role as LinkRole, id };
}

/** For people: `server acme/1`. */
export function describeIdentity({ role, id }: Identity): string {
  return `${role} ${id}`;
}
