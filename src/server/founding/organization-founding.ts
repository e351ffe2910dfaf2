/** An organization that begins: its authority, its people's keys, its servers and applications, drawn on its own machine. */
import { randomBytes } from 'node:crypto';
import { E, type Either, type TaskEither } from '../../prelude/fp.js';
import { isName, type ProcessId, processId } from '../../prelude/process.js';
import type { RandomBytes } from '../../prelude/random.js';
import { findInconsistentMembers } from '../../management/organization-consistency.js';
import type { OrganizationContent } from '../../management/founding/organization-export.js';
import { printContent } from '../../management/founding/organization-export-codec.js';
import { publicKeyFromSeed } from '../../schemes/ed25519/ed25519.js';
import type { Ed25519Seed } from '../../schemes/ed25519/encoding.js';
import { MultisigKeyShare } from '../../schemes/multisig/key.js';
import type { FoundingError } from '../directory/errors.js';
import { applicationPath, fileNames, serverPath } from '../directory/layout.js';
import { checkVacant, type NewEntry, writeNewDirectory } from '../directory/new-directory.js';
import { applicationKeyEntries, organizationEntries, serverKeyEntries } from './founding-files.js';
import {
  type AuthorityWish,
  type CertificateForm,
  drawSeed,
  type MadeApplication,
  type MadeOrganization,
  makeApplication,
  makeOrganization,
  organizationEntryOf,
  validityFrom,
} from './founding-members.js';
import { findFreePorts } from './free-ports.js';

/** Where a server is to listen. */
export interface Address {
  readonly host: string;
  readonly port: number;
}

export interface OrganizationWish {
  /** Must not exist yet, or be empty. */
  readonly directory: string;
  readonly name: string;
  /** One a server; or how many on this machine, at ports that are free. They are named 1, 2, …. */
  readonly servers: readonly Address[] | number;
  /** Names, without that of the organization. */
  readonly applications: readonly string[];
  readonly authority: AuthorityWish;
  readonly certificates: CertificateForm;
  /** The system's own if absent. */
  readonly random?: RandomBytes;
}

const localHost = '127.0.0.1';

/** Makes everything and writes it at the end, all or nothing. */
export function foundOrganization(wish: OrganizationWish): TaskEither<FoundingError, OrganizationContent> {
  return async () => {
    const { directory, name, authority, certificates, random = randomBytes } = wish;
    const vacant = checkVacant(directory);
    if (E.isLeft(vacant)) return vacant;
    const bad = [name, ...wish.applications, ...authority.administrators].find((one) => !isName(one));
    if (bad !== undefined) return E.left({ _tag: 'BadName', name: bad });
    const addresses = await addressesOf(wish.servers);
    if (E.isLeft(addresses)) return addresses;
    const terms = { random, certificates, validity: validityFrom(new Date()) };
    const placed = addresses.right.map((address, index) => ({ id: `${name}/${index + 1}` as ProcessId, ...address }));
    const made = makeOrganization(name, placed, authority, terms);
    const applications = wish.applications.map((own) =>
      makeApplication(`${name}/${own}` as ProcessId, made.authority, terms),
    );
    const allianceSeeds = made.servers.map(() => drawSeed(random));
    const content = contentOf(made, applications, allianceSeeds);
    const complaint = findInconsistentMembers({
      organizations: [content.organization],
      applications: content.applications,
    });
    if (complaint !== undefined) return E.left({ _tag: 'BadOrganization', error: complaint });
    const written = writeNewDirectory(directory, entriesOf(made, applications, allianceSeeds, content));
    return E.isLeft(written) ? written : E.right(content);
  };
}

/** A server or an application of the organization, as people name it: in full, or without the organization. */
export function ownId(organization: string, text: string): ProcessId | undefined {
  return processId(text.includes('/') ? text : `${organization}/${text}`);
}

async function addressesOf(servers: OrganizationWish['servers']): Promise<Either<FoundingError, readonly Address[]>> {
  if (typeof servers !== 'number') return E.right(servers);
  const ports = await findFreePorts({ _tag: 'any' }, localHost, servers);
  return E.map((free: readonly number[]) => free.map((port) => ({ host: localHost, port })))(ports);
}

function contentOf(
  made: MadeOrganization,
  applications: readonly MadeApplication[],
  allianceSeeds: readonly Ed25519Seed[],
): OrganizationContent {
  return {
    organization: organizationEntryOf(made),
    allianceKeys: made.servers.flatMap(({ entry }, index) => {
      const seed = allianceSeeds[index];
      return seed === undefined ? [] : [{ id: entry.id, key: publicKeyFromSeed(seed) }];
    }),
    applications: applications.map(({ entry }) => entry),
  };
}

function entriesOf(
  made: MadeOrganization,
  applications: readonly MadeApplication[],
  allianceSeeds: readonly Ed25519Seed[],
  content: OrganizationContent,
): readonly NewEntry[] {
  return [
    { path: fileNames.organization, content: printContent(content) },
    ...organizationEntries('', made),
    ...made.servers.flatMap((server, index) => {
      const { id } = server.entry;
      const seed = allianceSeeds[index];
      const shares = seed === undefined ? {} : { alliance: new MultisigKeyShare(id, seed) };
      return serverKeyEntries(serverPath('', id), server, shares);
    }),
    ...applications.flatMap((one) => applicationKeyEntries(applicationPath('', one.entry.id), one)),
  ];
}
