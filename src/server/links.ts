/**
 * The links of a server while it is in one epoch: with the servers of that epoch, of the one before, and of those prepared; and
 * with whoever is to come.
 */
import { type Either, TE, type TaskEither } from '../prelude/fp.js';
import type { ProcessId } from '../prelude/process.js';
import { type Alliance, type ServerEntry, serversOf } from '../management/alliance.js';
import type { ListenError } from '../transport/errors.js';
import { openTlsTransport, type TlsTransport } from '../transport/tls.js';
import type { OnClient, TransportListener } from '../transport/transport.js';
import type { AllianceDocument } from './directory/directory-documents.js';
import type { ServerDirectory } from './directory/server-directory.js';
import type { ServerError } from './server-errors.js';

export interface LinkReceivers {
  readonly listener: TransportListener;
  readonly onClient: OnClient;
  readonly log: (line: string) => void;
}

/** Documents, or drafts, whose servers are to be met. */
export type Acquaintance = Pick<Alliance, 'organizations'>;

/**
 * @param others - of other epochs: where two know an address or an authority, that of the server's own document counts, then that
 *   of an earlier one in this list.
 */
export function openLinks(
  { alliance, allianceId, configurationDigest, me, credentials, authorityPems, clients }: ServerDirectory,
  others: readonly AllianceDocument[],
  { listener, onClient, log }: LinkReceivers,
): TaskEither<ServerError, TlsTransport> {
  const { servers, authorities } = knownFrom([alliance, ...others.map((other) => other.alliance)], authorityPems);
  const transport = openTlsTransport({
    me: me.id,
    servers,
    context: { allianceId, configurationDigest, epoch: alliance.epoch },
    credentials,
    authorities,
    listener,
    isEnrolled: (application: ProcessId) => clients.keyId(application) !== undefined,
    onClient,
    log,
  });
  return TE.mapLeft((error: ListenError): ServerError => ({ _tag: 'Link', error }))(transport);
}

/** Sets who may be linked besides those that the links were opened for; the error is one sentence. */
export function meetOthers(transport: TlsTransport, others: readonly Acquaintance[]): Either<string, void> {
  const { servers, authorities } = knownFrom(others);
  return transport.meet(servers, authorities);
}

interface Known {
  readonly servers: readonly ServerEntry[];
  readonly authorities: ReadonlyMap<string, string>;
}

/** What is said first counts. */
function knownFrom(documents: readonly Acquaintance[], pems: ReadonlyMap<string, string> = new Map()): Known {
  const servers = new Map<ProcessId, ServerEntry>();
  const authorities = new Map<string, string>(pems);
  for (const document of documents) {
    for (const server of serversOf(document)) if (!servers.has(server.id)) servers.set(server.id, server);
    for (const { name, certificateAuthority } of document.organizations)
      if (!authorities.has(name)) authorities.set(name, certificateAuthority);
  }
  return { servers: [...servers.values()], authorities };
}
