/** Servers of an organization that exists: new keys for one, as after a break-in, another one, or one fewer. Made on a clean machine. */
import { randomBytes } from 'node:crypto';
import { E, type Either, type TaskEither } from '../../prelude/fp.js';
import { organizationOf, type ProcessId } from '../../prelude/process.js';
import type { RandomBytes } from '../../prelude/random.js';
import type { OrganizationContent, OrganizationExport } from '../../management/founding/organization-export.js';
import { publicKeyFromSeed } from '../../schemes/ed25519/ed25519.js';
import type { Ed25519Seed } from '../../schemes/ed25519/encoding.js';
import { MultisigKeyShare } from '../../schemes/multisig/key.js';
import { type NewEntry, writeNewDirectory } from '../directory/new-directory.js';
import { formerTexts } from './completion.js';
import { checkContent, contentInForce, recordContent } from './entry-change.js';
import { type AllianceContext, serverKeyEntries, serverTexts } from './founding-files.js';
import { drawSeed, type MadeServer, makeServer, type ServerAddress, validityFrom } from './founding-members.js';
import { type OrganizationDirectory, readAuthority } from './organization-directory.js';
import { notMade, type OrganizationError } from './organization-errors.js';
import type { Address } from './organization-founding.js';

/** A new or empty directory for a server, and what it is to know. */
interface Placing {
  readonly directory: string;
  /** The alliance that it belongs to; none before the founding. */
  readonly alliance?: AllianceContext;
  readonly random?: RandomBytes;
}

export interface RenewalWish extends Placing {
  readonly server: ProcessId;
  /** Where it is to listen from now on; where it did if absent. */
  readonly address?: Address;
}

export interface AdditionWish extends Placing {
  /** See {@link nextServer}. */
  readonly server: ProcessId;
  readonly address: Address;
}

/**
 * Writes the server's new directory, then says in organization.json what the organization is now. Nothing of the old server is
 * touched. What is returned is for the action `organization`, signed by the keys that are at hand.
 */
export function renewServer(
  organization: OrganizationDirectory,
  { server: id, address, ...placing }: RenewalWish,
): TaskEither<OrganizationError, OrganizationExport> {
  return async () => {
    const content = contentInForce(organization.content, placing.alliance);
    const old = serverIn(content, id);
    if (E.isLeft(old)) return old;
    const { host, port, slowKey } = old.right;
    const place = { id, host: address?.host ?? host, port: address?.port ?? port };
    return placeServer({ ...organization, content }, { place, hasSlowKey: slowKey !== undefined }, placing);
  };
}

/** Writes the directory of a server that the organization has not had before; for the rest as {@link renewServer}. */
export function addServer(
  organization: OrganizationDirectory,
  { server: id, address, ...placing }: AdditionWish,
): TaskEither<OrganizationError, OrganizationExport> {
  return () => {
    const content = contentInForce(organization.content, placing.alliance);
    const hasSlowKey = content.organization.servers.every(({ slowKey }) => slowKey !== undefined);
    return placeServer({ ...organization, content }, { place: { id, ...address }, hasSlowKey }, placing);
  };
}

/** Says in organization.json that the organization has one server fewer. Its directory stays: it erases its shares when it is left out. */
export function retireServer(
  { path, content: own }: OrganizationDirectory,
  id: ProcessId,
  alliance: AllianceContext | undefined,
): TaskEither<OrganizationError, OrganizationExport> {
  return async () => {
    const { organization, allianceKeys, applications } = contentInForce(own, alliance);
    const old = serverIn({ organization, allianceKeys, applications }, id);
    if (E.isLeft(old)) return old;
    const servers = organization.servers.filter((server) => server.id !== id);
    if (servers.length === 0) return E.left({ _tag: 'OnlyServer', server: id });
    const left = allianceKeys.filter((key) => key.id !== id);
    return recordContent(path, { organization: { ...organization, servers }, allianceKeys: left, applications }, []);
  };
}

/** Names of servers are numbers, and none is given twice: what any document of the history has listed is taken. */
export function nextServer({ organization }: OrganizationContent, alliance: AllianceContext | undefined): ProcessId {
  const { name } = organization;
  const documents = [
    ...(alliance?.history ?? []).map(({ document }) => document),
    ...(alliance ? [alliance.alliance] : []),
  ];
  const listed = [organization, ...documents.flatMap(({ organizations }) => organizations)]
    .flatMap(({ servers }) => servers)
    .filter(({ id }) => organizationOf(id) === name)
    .map(({ id }) => Number(id.slice(name.length + 1)))
    .filter((number) => Number.isSafeInteger(number));
  return `${name}/${Math.max(0, ...listed) + 1}` as ProcessId;
}

function serverIn({ organization: { servers } }: OrganizationContent, id: ProcessId) {
  const found = servers.find((server) => server.id === id);
  if (found !== undefined) return E.right(found);
  return E.left<OrganizationError>({ _tag: 'UnknownServer', wanted: id, known: servers.map((server) => server.id) });
}

/** @param organization - with the content in force. */
async function placeServer(
  organization: OrganizationDirectory,
  { place, hasSlowKey }: { readonly place: ServerAddress; readonly hasSlowKey: boolean },
  { directory, alliance, random = randomBytes }: Placing,
): Promise<Either<OrganizationError, OrganizationExport>> {
  const authority = await readAuthority(organization)();
  if (E.isLeft(authority)) return authority;
  const certificates = hasSlowKey ? 'multisig' : 'threshold';
  const made = makeServer(place, authority.right, { random, certificates, validity: validityFrom(new Date()) });
  const allianceSeed = alliance === undefined ? drawSeed(random) : undefined;
  const content = withServer(organization.content, made, allianceSeed);
  const checked = checkContent(content);
  if (E.isLeft(checked)) return checked;
  const written = writeNewDirectory(directory, entriesOf(made, allianceSeed, alliance));
  if (E.isLeft(written)) return notMade(written.left);
  const seeds = [made.identitySeed, made.slowSeed, allianceSeed].flatMap((seed) => (seed === undefined ? [] : [seed]));
  return recordContent(organization.path, content, seeds);
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

/** With the server's entry, in the place of its old one if there was one. Its old part of the first alliance key is forgotten. */
function withServer(
  { organization, allianceKeys, applications }: OrganizationContent,
  { entry }: MadeServer,
  allianceSeed: Ed25519Seed | undefined,
): OrganizationContent {
  const key = allianceSeed === undefined ? undefined : publicKeyFromSeed(allianceSeed);
  return {
    organization: { ...organization, servers: withEntry(organization.servers, entry) },
    allianceKeys:
      key === undefined
        ? allianceKeys.filter(({ id }) => id !== entry.id)
        : withEntry(allianceKeys, { id: entry.id, key }),
    applications,
  };
}

function withEntry<T extends { readonly id: ProcessId }>(all: readonly T[], entry: T): readonly T[] {
  return all.some(({ id }) => id === entry.id)
    ? all.map((one) => (one.id === entry.id ? entry : one))
    : [...all, entry];
}
