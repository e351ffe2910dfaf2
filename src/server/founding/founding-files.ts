/** The files of an alliance for trying, each with its content. */
import { present } from '../../prelude/invariant.js';
import { type Alliance } from '../../management/alliance.js';
import { allianceIdOf, encodeAlliance } from '../../management/alliance-codec.js';
import { type AllianceKeyShare, allianceKeyShareCodec } from '../../schemes/registry.js';
import { publicKeyPem } from '../../schemes/shoup-rsa/public-key-pem.js';
import type { Credentials } from '../../transport/limits.js';
import type { DealtKeys } from './alliance-key-dealing.js';
import { type DirectoryOwner, directoryOwnerCodec, directoryVersion } from '../directory/directory-codec.js';
import type { MadeApplication, MadeOrganization, MadeServer, Members } from './founding-members.js';
import { applicationPath, fileNames, organizationPath, serverPath } from '../directory/layout.js';
import type { NewEntry } from '../directory/new-directory.js';
import { printPrivateKey } from '../directory/private-key-file.js';

/** Everything, with paths relative to the directory of the alliance. */
export function allianceEntries(alliance: Alliance, members: Members, keys: DealtKeys): readonly NewEntry[] {
  const document = printJson(encodeAlliance(alliance));
  const context: Context = { document, allianceId: allianceIdOf(alliance), keys };
  const { publicKey } = keys.alliance;
  const pem = publicKey._tag === 'shoup-rsa' ? [{ path: fileNames.alliancePem, content: publicKeyPem(publicKey) }] : [];
  return [
    { path: fileNames.alliance, content: document },
    ...pem,
    ...members.organizations.flatMap((organization) => organizationEntries(organization)),
    ...members.organizations.flatMap(({ servers }) => servers.flatMap((server) => serverEntries(server, context))),
    ...members.applications.flatMap((application) => applicationEntries(application, context)),
  ];
}

interface Context {
  readonly document: string;
  readonly allianceId: DirectoryOwner['allianceId'];
  readonly keys: DealtKeys;
}

/** Entries by the name of their file; `secret` ones are for their owner alone. */
function entriesIn(path: string, texts: Readonly<Record<string, string>>, isSecret: boolean): readonly NewEntry[] {
  return Object.entries(texts).map(([name, content]) => ({ path: `${path}/${name}`, content, isSecret }));
}

function organizationEntries({ authority }: MadeOrganization): readonly NewEntry[] {
  const path = organizationPath('', authority.organization);
  return [
    ...entriesIn(path, { [fileNames.authorityCertificate]: authority.certificate }, false),
    ...entriesIn(path, { [fileNames.authorityKey]: authority.privateKey }, true),
  ];
}

function serverEntries(
  { entry, identitySeed, slowSeed, credentials }: MadeServer,
  context: Context,
): readonly NewEntry[] {
  const path = serverPath('', entry.id);
  const share = context.keys.alliance.shares.get(entry.id);
  const slowShare = context.keys.slow?.shares.get(entry.id);
  return [
    ...commonEntries(path, credentials, context),
    ...entriesIn(path, { [fileNames.server]: printOwner(entry.id, context) }, false),
    ...entriesIn(
      path,
      {
        [fileNames.identityKey]: printPrivateKey(identitySeed),
        [fileNames.slowKey]: slowSeed === undefined ? printShare(slowShare) : printPrivateKey(slowSeed),
        [fileNames.allianceShare]: printShare(share),
      },
      true,
    ),
    { path: `${path}/${fileNames.data}` },
  ];
}

function applicationEntries(
  { entry, requestSeed, credentials }: MadeApplication,
  context: Context,
): readonly NewEntry[] {
  const path = applicationPath('', entry.id);
  return [
    ...commonEntries(path, credentials, context),
    ...entriesIn(path, { [fileNames.application]: printOwner(entry.id, context) }, false),
    ...entriesIn(path, { [fileNames.requestKey]: printPrivateKey(requestSeed) }, true),
  ];
}

function commonEntries(
  path: string,
  { certificate, privateKey }: Credentials,
  { document }: Context,
): readonly NewEntry[] {
  return [
    ...entriesIn(path, { [fileNames.alliance]: document, [fileNames.certificate]: certificate }, false),
    ...entriesIn(path, { [fileNames.privateKey]: privateKey }, true),
  ];
}

function printOwner(id: DirectoryOwner['id'], { allianceId }: Context): string {
  return printJson(directoryOwnerCodec.encode({ version: directoryVersion, id, allianceId }));
}

function printShare(share: AllianceKeyShare | undefined): string {
  return printJson(allianceKeyShareCodec.encode(present(share, 'a server holds a share of each key that was dealt')));
}

/** Readable, and ending with a line. */
function printJson(value: unknown): string {
  return `${JSON.stringify(value, undefined, 2)}\n`;
}
