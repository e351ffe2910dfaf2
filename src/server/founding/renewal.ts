/** New keys for one server of an organization, as after a break-in: made on a clean machine, certified by its organization. */
import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { E, type TaskEither } from '../../prelude/fp.js';
import { organizationOf, type ProcessId } from '../../prelude/process.js';
import type { RandomBytes } from '../../prelude/random.js';
import type { OrganizationContent, OrganizationExport } from '../../management/founding/organization-export.js';
import { printContent } from '../../management/founding/organization-export-codec.js';
import { findInconsistentMembers } from '../../management/organization-consistency.js';
import { publicKeyFromSeed } from '../../schemes/ed25519/ed25519.js';
import type { Ed25519Seed } from '../../schemes/ed25519/encoding.js';
import { MultisigKeyShare } from '../../schemes/multisig/key.js';
import { fileModes, replaceFile } from '../directory/durable-files.js';
import { fileNames } from '../directory/layout.js';
import { type NewEntry, writeNewDirectory } from '../directory/new-directory.js';
import { errorReason } from '../directory/text-files.js';
import { formerTexts } from './completion.js';
import { type AllianceContext, serverKeyEntries, serverTexts } from './founding-files.js';
import { drawSeed, type MadeServer, makeServer, validityFrom } from './founding-members.js';
import { exportWithKeysAtHand, type OrganizationDirectory, readAuthority } from './organization-directory.js';
import { notMade, type OrganizationError } from './organization-errors.js';
import type { Address } from './organization-founding.js';

export interface RenewalWish {
  readonly server: ProcessId;
  /** A new or empty directory for the server. */
  readonly directory: string;
  /** Where it is to listen from now on; where it did if absent. */
  readonly address?: Address;
  /** The alliance that it belongs to; none before the founding. */
  readonly alliance?: AllianceContext;
  readonly random?: RandomBytes;
}

/**
 * Writes the server's new directory, then says in organization.json what the organization is now. Nothing of the old server is
 * touched. What is returned is for the action `organization`, signed by the keys that are at hand.
 */
export function renewServer(
  organization: OrganizationDirectory,
  { server: id, directory, address, alliance, random = randomBytes }: RenewalWish,
): TaskEither<OrganizationError, OrganizationExport> {
  return async () => {
    const { path } = organization;
    const content = inForce(organization.content, alliance);
    const { servers } = content.organization;
    const old = servers.find((server) => server.id === id);
    if (old === undefined)
      return E.left({ _tag: 'UnknownServer', wanted: id, known: servers.map((server) => server.id) });
    const authority = await readAuthority(organization)();
    if (E.isLeft(authority)) return authority;
    const certificates = old.slowKey === undefined ? 'threshold' : 'multisig';
    const place = { id, host: address?.host ?? old.host, port: address?.port ?? old.port };
    const made = makeServer(place, authority.right, { random, certificates, validity: validityFrom(new Date()) });
    const allianceSeed = alliance === undefined ? drawSeed(random) : undefined;
    const renewed = withServer(content, made, allianceSeed);
    const complaint = findInconsistentMembers({ ...renewed, organizations: [renewed.organization] });
    if (complaint !== undefined) return notMade({ _tag: 'BadOrganization', error: complaint });
    const written = writeNewDirectory(directory, entriesOf(made, allianceSeed, alliance));
    if (E.isLeft(written)) return notMade(written.left);
    const file = join(path, fileNames.organization);
    try {
      replaceFile(file, printContent(renewed), fileModes.public);
    } catch (error) {
      return E.left({ _tag: 'NotWritten', path: file, reason: errorReason(error) });
    }
    const seeds = [made.identitySeed, made.slowSeed, allianceSeed].flatMap((seed) =>
      seed === undefined ? [] : [seed],
    );
    return E.right(await exportWithKeysAtHand({ path, content: renewed }, seeds));
  };
}

/** What the alliance has listed since goes before what the organization's directory says, or the proposal would take it back. */
function inForce(content: OrganizationContent, context: AllianceContext | undefined): OrganizationContent {
  const { name } = content.organization;
  const organization = context?.alliance.organizations.find((entry) => entry.name === name);
  if (context === undefined || organization === undefined) return content;
  const servers = new Set(organization.servers.map(({ id }) => id));
  return {
    organization,
    allianceKeys: content.allianceKeys.filter(({ id }) => servers.has(id)),
    applications: context.alliance.applications.filter(({ id }) => organizationOf(id) === name),
  };
}

function entriesOf(
  made: MadeServer,
  allianceSeed: Ed25519Seed | undefined,
  alliance: AllianceContext | undefined,
): readonly NewEntry[] {
  const { id } = made.entry;
  const texts = alliance === undefined ? {} : { ...formerTexts(alliance), ...serverTexts(id, alliance) };
  const shares = allianceSeed === undefined ? {} : { alliance: new MultisigKeyShare(id, allianceSeed) };
  return [
    ...serverKeyEntries('', made, shares),
    ...Object.entries(texts).map(([path, content]) => ({ path, content })),
  ];
}

/** With the server's new entry. Its old part of the first alliance key is forgotten. */
function withServer(
  { organization, allianceKeys, applications }: OrganizationContent,
  { entry }: MadeServer,
  allianceSeed: Ed25519Seed | undefined,
): OrganizationContent {
  const key = allianceSeed === undefined ? undefined : publicKeyFromSeed(allianceSeed);
  return {
    organization: {
      ...organization,
      servers: organization.servers.map((server) => (server.id === entry.id ? entry : server)),
    },
    allianceKeys: allianceKeys.flatMap((one) => {
      if (one.id !== entry.id) return [one];
      return key === undefined ? [] : [{ id: one.id, key }];
    }),
    applications,
  };
}
