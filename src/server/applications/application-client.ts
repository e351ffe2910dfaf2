/** A client for the application whose directory was loaded. */
import { randomInt } from 'node:crypto';
import type { ProcessId } from '../../prelude/process.js';
import { AllianceClient, type AllianceClientOptions } from '../../client/alliance-client.js';
import type { TrustAnchor } from '../../client/verify.js';
import { requestStatement } from '../../consensus/batch.js';
import { serversOf } from '../../management/alliance.js';
import type { ApplicationDirectory } from '../directory/application-directory.js';
import { connectClient } from '../../transport/tls-client.js';
import { present } from '../../prelude/invariant.js';

export type ClientWish = Pick<AllianceClientOptions, 'from' | 'onRange' | 'onDoubt' | 'onPruned' | 'onTrouble'> & {
  /** Listen to this server alone. */
  readonly server?: ProcessId | undefined;
};

export function trustAnchorOf({ alliance, allianceId }: ApplicationDirectory): TrustAnchor {
  return { allianceId, allianceKey: alliance.allianceKey };
}

/** Connects to every server of the alliance. The session's number comes from the clock, so a later one is higher. */
export function openClient(application: ApplicationDirectory, { server, ...wish }: ClientWish): AllianceClient {
  const { alliance, allianceId, configurationDigest, me, sign, requestKeyId, credentials, authorityPems } = application;
  const servers = serversOf(alliance);
  return new AllianceClient({
    ...wish,
    ...(server === undefined ? {} : { server }),
    anchor: trustAnchorOf(application),
    system: alliance.trust.system,
    epoch: alliance.epoch,
    client: me.id,
    session: 1000 * Date.now() + randomInt(1000),
    sign: (request) => ({ ...request, signature: sign(requestStatement(allianceId, requestKeyId, request)) }),
    connect: (to, handler) =>
      connectClient({
        me: me.id,
        to: present(
          servers.find(({ id }) => id === to),
          'the client connects to servers of the document',
        ),
        context: { allianceId, configurationDigest, epoch: alliance.epoch },
        credentials,
        authorities: authorityPems,
        handler,
      }),
    now: () => performance.now(),
  });
}
