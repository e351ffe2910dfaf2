/** A client for the application, or the server, whose directory was loaded. */
import { randomInt } from 'node:crypto';
import type { ProcessId } from '../../prelude/process.js';
import { join } from 'node:path';
import { printedJson } from '../../prelude/codec.js';
import { E } from '../../prelude/fp.js';
import { AllianceClient, type AllianceClientOptions, type ClientTerms } from '../../client/alliance-client.js';
import { followSuccession } from '../../client/succession.js';
import type { TrustAnchor } from '../../client/verify.js';
import { requestStatement } from '../../consensus/batch.js';
import { type Alliance, serversOf } from '../../management/alliance.js';
import { allianceIdOf, configurationDigestOf, encodeAlliance } from '../../management/alliance-codec.js';
import { requestKeyId } from '../../management/alliance-keys.js';
import type { ApplicationDirectory } from '../directory/application-directory.js';
import type { AllianceDocument } from '../directory/directory-documents.js';
import { fileModes, replaceFile } from '../directory/durable-files.js';
import { fileNames } from '../directory/layout.js';
import { errorReason } from '../directory/text-files.js';
import type { ServerDirectory } from '../directory/server-directory.js';
import { connectClient } from '../../transport/tls-client.js';
import { present } from '../../prelude/invariant.js';

export type ClientWish = Pick<
  AllianceClientOptions,
  'from' | 'hearsServices' | 'onRange' | 'onDoubt' | 'onPruned' | 'onTrouble'
> & {
  /** Listen to this server alone. */
  readonly server?: ProcessId | undefined;
};

/** Who a client is, and in which alliance: an application's directory says it, and {@link serverAsClient}. */
export type ClientIdentity = Omit<ApplicationDirectory, 'path' | 'me'> & {
  readonly me: { readonly id: ProcessId };
  /** Of the directory where documents of later epochs are kept; they are forgotten if absent. */
  readonly path?: string;
};

/** A server as a client, under its own id; `undefined` for one that was left out of an epoch, and has nothing to sign with. */
export function serverAsClient({ me, keys, ...directory }: ServerDirectory): ClientIdentity | undefined {
  const { alliance, allianceId, configurationDigest, credentials, authorityPems } = directory;
  if (keys === undefined) return undefined;
  const { id, identityKey: key } = me;
  return {
    alliance,
    allianceId,
    configurationDigest,
    credentials,
    authorityPems,
    me: { id },
    requestKeyId: requestKeyId({ id, key }),
    sign: (statement) => keys.identities.sign(statement),
  };
}

export function trustAnchorOf({ alliance, allianceId }: AllianceDocument): TrustAnchor {
  return { allianceId, allianceKey: alliance.allianceKey };
}

/**
 * Connects to every server of the alliance, and goes with it from epoch to epoch. The session's number comes from the clock, so a
 * later one is higher.
 */
export function openClient(application: ClientIdentity, { server, ...wish }: ClientWish): AllianceClient {
  const { allianceId, me, sign, requestKeyId, credentials, path } = application;
  let { alliance } = application;
  return new AllianceClient({
    ...wish,
    ...(server === undefined ? {} : { server }),
    ...termsOf(alliance),
    onSuccession: async (told) => {
      const next = await followSuccession(alliance, told);
      // Another may have told it meanwhile.
      if (E.isLeft(next) || told.epoch !== alliance.epoch) return E.isLeft(next) ? next : E.right(termsOf(alliance));
      alliance = next.right;
      if (path !== undefined) keepDocument(path, alliance, (reason) => wish.onTrouble?.(me.id, reason));
      return E.right(termsOf(alliance));
    },
    client: me.id,
    session: 1000 * Date.now() + randomInt(1000),
    sign: (request) => ({ ...request, signature: sign(requestStatement(allianceId, requestKeyId, request)) }),
    connect: (to, handler) =>
      connectClient({
        me: me.id,
        to: present(
          serversOf(alliance).find(({ id }) => id === to),
          'the client connects to servers of the document',
        ),
        context: { allianceId, configurationDigest: configurationDigestOf(alliance), epoch: alliance.epoch },
        credentials,
        authorities: authoritiesOf(alliance),
        handler,
      }),
    now: () => performance.now(),
  });
}

/** Whoever cannot write it goes on, and is told the way again when it is started next. */
function keepDocument(path: string, alliance: Alliance, onTrouble: (reason: string) => void): void {
  const file = join(path, fileNames.alliance);
  try {
    replaceFile(file, printedJson(encodeAlliance(alliance)), fileModes.public);
  } catch (error) {
    onTrouble(`${file}: the document of epoch ${alliance.epoch} cannot be kept (${errorReason(error)})`);
  }
}

function termsOf(alliance: Alliance): ClientTerms {
  const { trust, epoch, allianceKey } = alliance;
  return { anchor: { allianceId: allianceIdOf(alliance), allianceKey }, system: trust.system, epoch };
}

/** PEM certificates by organization. */
function authoritiesOf({ organizations }: Alliance): ReadonlyMap<string, string> {
  return new Map(organizations.map(({ name, certificateAuthority }) => [name, certificateAuthority]));
}
