/** The links of a server while it is in one epoch: with the servers of that epoch, of the one before, and of those prepared. */
import { TE, type TaskEither } from '../prelude/fp.js';
import type { ProcessId } from '../prelude/process.js';
import { serversOf } from '../management/alliance.js';
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

/**
 * @param others - documents of other epochs whose servers are to be met: where two know an address or an authority, that of the
 *   server's own document counts, then that of an earlier one in this list.
 */
export function openLinks(
  { alliance, allianceId, configurationDigest, me, credentials, authorityPems, clients }: ServerDirectory,
  others: readonly AllianceDocument[],
  { listener, onClient, log }: LinkReceivers,
): TaskEither<ServerError, TlsTransport> {
  const servers = new Map(serversOf(alliance).map((server) => [server.id, server]));
  const authorities = new Map<string, string>(authorityPems);
  for (const other of others) {
    for (const server of serversOf(other.alliance)) if (!servers.has(server.id)) servers.set(server.id, server);
    for (const { name, certificateAuthority } of other.alliance.organizations)
      if (!authorities.has(name)) authorities.set(name, certificateAuthority);
  }
  const transport = openTlsTransport({
    me: me.id,
    servers: [...servers.values()],
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
