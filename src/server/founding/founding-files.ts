/** The files of organizations, servers and applications, each with its content, where keys are drawn. */
import { join } from 'node:path';
import { printedJson } from '../../prelude/codec.js';
import { present } from '../../prelude/invariant.js';
import type { ProcessId } from '../../prelude/process.js';
import { type Alliance } from '../../management/alliance.js';
import { allianceIdOf, encodeAlliance } from '../../management/alliance-codec.js';
import type { HistoryEntry } from '../../management/alliance-history.js';
import { encodeHistory } from '../../management/alliance-history-codec.js';
import { type AllianceKeyShare, allianceKeyShareCodec } from '../../schemes/registry.js';
import { publicKeyPem } from '../../schemes/shoup-rsa/public-key-pem.js';
import type { Credentials } from '../../transport/limits.js';
import { type DirectoryOwner, directoryOwnerCodec, directoryVersion } from '../directory/directory-codec.js';
import {
  administratorKeyName,
  applicationPath,
  documentPemPath,
  documentSharePath,
  fileNames,
  organizationPath,
  serverPath,
} from '../directory/layout.js';
import type { NewEntry } from '../directory/new-directory.js';
import { printPrivateKey } from '../directory/private-key-file.js';
import { consentOf } from './consents.js';
import type { DealtKeys } from './alliance-key-dealing.js';
import {
  type MadeApplication,
  type MadeOrganization,
  type MadeServer,
  type Members,
  organizationEntryOf,
} from './founding-members.js';

/** All of an alliance for trying, with paths relative to its directory. */
export function allianceEntries(alliance: Alliance, members: Members, keys: DealtKeys): readonly NewEntry[] {
  const context = { alliance, history: foundedHistory(alliance, members) };
  const { publicKey } = keys.alliance;
  const pem = publicKey._tag === 'shoup-rsa' ? [{ path: fileNames.alliancePem, content: publicKeyPem(publicKey) }] : [];
  return [
    ...entriesIn('', { [fileNames.alliance]: printDocument(alliance), ...historyText(context) }, false),
    ...pem,
    ...documentPems(keys),
    ...members.organizations.flatMap((one) =>
      organizationEntries(organizationPath('', one.authority.organization), one),
    ),
    ...members.organizations.flatMap(({ servers }) =>
      servers.flatMap((server) => serverEntries(server, keys, context)),
    ),
    ...members.applications.flatMap((application) => {
      const path = applicationPath('', application.entry.id);
      return [
        ...applicationKeyEntries(path, application),
        ...entriesIn(path, applicationTexts(application.entry.id, context), false),
      ];
    }),
  ];
}

/** Every organization says FOUNDED here: whoever runs this has the keys of all administrators. Later documents begin no history. */
function foundedHistory(alliance: Alliance, { organizations }: Members): readonly HistoryEntry[] {
  if (alliance.allianceId !== undefined) return [];
  const allianceId = allianceIdOf(alliance);
  const founded = organizations.map((made) => {
    const seeds = new Map(made.administrators.map(({ name, seed }) => [name, seed]));
    return consentOf(organizationEntryOf(made), allianceId, seeds);
  });
  return [{ document: alliance, founded }];
}

/** Public texts that a directory needs to belong to an alliance. */
export interface AllianceContext {
  /** In force. */
  readonly alliance: Alliance;
  /** Empty where none is to be written. */
  readonly history: readonly HistoryEntry[];
}

/** By the names of their files. */
export type Texts = Readonly<Record<string, string>>;

export function serverTexts(id: ProcessId, context: AllianceContext): Texts {
  return {
    [fileNames.alliance]: printDocument(context.alliance),
    ...historyText(context),
    [fileNames.server]: printOwner(id, context),
  };
}

export function applicationTexts(id: ProcessId, context: AllianceContext): Texts {
  return {
    [fileNames.alliance]: printDocument(context.alliance),
    [fileNames.application]: printOwner(id, context),
  };
}

export function historyText({ history }: Pick<AllianceContext, 'history'>): Texts {
  return history.length === 0 ? {} : { [fileNames.history]: printedJson(encodeHistory(history)) };
}

export function printDocument(alliance: Alliance): string {
  return printedJson(encodeAlliance(alliance));
}

function documentPems({ documents }: DealtKeys): readonly NewEntry[] {
  return [...documents].flatMap(([name, { publicKey }]) =>
    publicKey._tag === 'shoup-rsa' ? [{ path: documentPemPath('', name), content: publicKeyPem(publicKey) }] : [],
  );
}

/** Entries by the name of their file; `secret` ones are for their owner alone. */
function entriesIn(path: string, texts: Texts, isSecret: boolean): readonly NewEntry[] {
  return Object.entries(texts).map(([name, content]) => ({ path: join(path, name), content, isSecret }));
}

/** What only people need: no server ever holds it. */
export function organizationEntries(path: string, organization: MadeOrganization): readonly NewEntry[] {
  const { authority, administrators, recoverySeed } = organization;
  const secrets = {
    [fileNames.authorityKey]: authority.privateKey,
    ...Object.fromEntries(administrators.map(({ name, seed }) => [administratorKeyName(name), printPrivateKey(seed)])),
    [fileNames.recoveryKey]: printPrivateKey(recoverySeed),
  };
  return [
    ...entriesIn(path, { [fileNames.authorityCertificate]: authority.certificate }, false),
    ...entriesIn(path, secrets, true),
  ];
}

function serverEntries(server: MadeServer, keys: DealtKeys, context: AllianceContext): readonly NewEntry[] {
  const { id } = server.entry;
  const path = serverPath('', id);
  const shares = {
    alliance: present(keys.alliance.shares.get(id), 'a server holds a share of each key that was dealt'),
    slow: keys.slow?.shares.get(id),
  };
  return [
    ...serverKeyEntries(path, server, shares),
    ...entriesIn(path, serverTexts(id, context), false),
    ...[...keys.documents].flatMap(([name, { shares: held }]): readonly NewEntry[] => {
      const share = held.get(id);
      if (share === undefined) return [];
      return [{ path: documentSharePath(path, name), content: printShare(share), isSecret: true }];
    }),
  ];
}

interface ServerShares {
  readonly alliance?: AllianceKeyShare;
  /** Of a slow key that is one for all. */
  readonly slow?: AllianceKeyShare | undefined;
}

/** What a server has before it belongs to an alliance: its keys, its certificate, and an empty disk. */
export function serverKeyEntries(path: string, server: MadeServer, shares: ServerShares): readonly NewEntry[] {
  const { identitySeed, slowSeed, credentials } = server;
  const { alliance, slow } = shares;
  const secrets: Texts = {
    [fileNames.identityKey]: printPrivateKey(identitySeed),
    ...(slowSeed === undefined ? {} : { [fileNames.slowKey]: printPrivateKey(slowSeed) }),
    ...(slow === undefined ? {} : { [fileNames.slowKey]: printShare(slow) }),
    ...(alliance === undefined ? {} : { [fileNames.allianceShare]: printShare(alliance) }),
  };
  return [
    ...credentialEntries(path, credentials),
    ...entriesIn(path, secrets, true),
    { path: join(path, fileNames.data) },
  ];
}

export function applicationKeyEntries(
  path: string,
  { requestSeed, credentials }: MadeApplication,
): readonly NewEntry[] {
  return [
    ...credentialEntries(path, credentials),
    ...entriesIn(path, { [fileNames.requestKey]: printPrivateKey(requestSeed) }, true),
  ];
}

function credentialEntries(path: string, { certificate, privateKey }: Credentials): readonly NewEntry[] {
  return [
    ...entriesIn(path, { [fileNames.certificate]: certificate }, false),
    ...entriesIn(path, { [fileNames.privateKey]: privateKey }, true),
  ];
}

function printOwner(id: DirectoryOwner['id'], { alliance }: AllianceContext): string {
  const owner = { version: directoryVersion, id, allianceId: allianceIdOf(alliance) } as const;
  return printedJson(directoryOwnerCodec.encode(owner));
}

function printShare(share: AllianceKeyShare): string {
  return printedJson(allianceKeyShareCodec.encode(share));
}
