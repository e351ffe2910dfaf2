/** The keys and certificates of organizations, their servers and applications, drawn where this runs. */
import { present } from '../../prelude/invariant.js';
import { type ProcessId, organizationOf } from '../../prelude/process.js';
import type { RandomBytes } from '../../prelude/random.js';
import type { ApplicationEntry, OrganizationEntry, ServerEntry } from '../../management/alliance.js';
import type { Policy } from '../../quorum/policy/policy.js';
import { member } from '../../quorum/tree/tree-check.js';
import { publicKeyFromSeed } from '../../schemes/ed25519/ed25519.js';
import { type Ed25519Seed, ed25519Seed, seedLength } from '../../schemes/ed25519/encoding.js';
import type { Credentials } from '../../transport/limits.js';
import {
  generateTlsKeyPair,
  issueClientCertificate,
  issueServerCertificate,
  makeOrganizationCa,
  type OrganizationCa,
  type Validity,
} from './certificates.js';
import type { FoundingPlan } from './founding-plan.js';

export interface MadeServer {
  readonly entry: ServerEntry;
  readonly identitySeed: Ed25519Seed;
  /** Where each server has a slow key of its own. */
  readonly slowSeed: Ed25519Seed | undefined;
  readonly credentials: Credentials;
}

export interface MadeApplication {
  readonly entry: ApplicationEntry;
  readonly requestSeed: Ed25519Seed;
  readonly credentials: Credentials;
}

interface MadeAdministrator {
  readonly name: ProcessId;
  readonly seed: Ed25519Seed;
}

/** Who speaks for an organization: whom, and which of them together. */
export interface AuthorityWish {
  readonly administrators: readonly ProcessId[];
  readonly rule: Policy;
}

export interface MadeOrganization {
  readonly authority: OrganizationCa;
  readonly administrators: readonly MadeAdministrator[];
  readonly rule: Policy;
  readonly recoverySeed: Ed25519Seed;
  readonly servers: readonly MadeServer[];
}

/** Secret, all of it that is not in an entry or a certificate. */
export interface Members {
  readonly organizations: readonly MadeOrganization[];
  readonly applications: readonly MadeApplication[];
}

export interface Addresses {
  readonly host: string;
  /** One for each server, in the order of the organizations. */
  readonly ports: readonly number[];
}

/** How slow quorums sign: where they share one key, servers get none of their own. */
export type CertificateForm = 'multisig' | 'threshold';

export type ServerAddress = Pick<ServerEntry, 'id' | 'host' | 'port'>;

/** With what keys are drawn and certified. */
export interface MakingTerms {
  readonly random: RandomBytes;
  readonly validity: Validity;
  readonly certificates: CertificateForm;
}

/** The only administrator of an organization that names none. */
const soleAdministrator = 'admin' as ProcessId;

export const usualAuthority: AuthorityWish = { administrators: [soleAdministrator], rule: member(soleAdministrator) };

export function makeMembers(
  plan: FoundingPlan,
  { host, ports }: Addresses,
  random: RandomBytes,
  certificates: CertificateForm = 'multisig',
): Members {
  const terms = { random, validity: validityFrom(new Date()), certificates };
  let next = 0;
  const organizations = [...plan.membership].map(([organization, names]) => {
    const addresses = names.map((name) => {
      const port = present(ports[next++], 'there is a port for every server');
      return { id: `${organization}/${name}` as ProcessId, host, port };
    });
    return makeOrganization(organization, addresses, usualAuthority, terms);
  });
  const authorities = new Map(organizations.map(({ authority }) => [authority.organization, authority]));
  const applications = plan.applications.map((id) => {
    const authority = present(authorities.get(organizationOf(id)), 'an application belongs to an organization');
    return makeApplication(id, authority, terms);
  });
  return { organizations, applications };
}

export function makeOrganization(
  name: string,
  addresses: readonly ServerAddress[],
  { administrators, rule }: AuthorityWish,
  terms: MakingTerms,
): MadeOrganization {
  const authority = makeOrganizationCa(name, terms.validity);
  return {
    authority,
    administrators: administrators.map((one) => ({ name: one, seed: drawSeed(terms.random) })),
    rule,
    recoverySeed: drawSeed(terms.random),
    servers: addresses.map((address) => makeServer(address, authority, terms)),
  };
}

/** What the others may know of it. */
export function organizationEntryOf({
  authority,
  administrators,
  rule,
  recoverySeed,
  servers,
}: MadeOrganization): OrganizationEntry {
  return {
    name: authority.organization,
    certificateAuthority: authority.certificate,
    servers: servers.map(({ entry }) => entry),
    administrators: administrators.map(({ name, seed }) => ({ name, key: publicKeyFromSeed(seed) })),
    rule,
    recoveryKey: publicKeyFromSeed(recoverySeed),
  };
}

const dayMs = 24 * 60 * 60 * 1000;

/** From yesterday, since clocks differ, for ten years. */
export function validityFrom(now: Date): Validity {
  return { from: new Date(now.getTime() - dayMs), to: new Date(now.getTime() + 3650 * dayMs) };
}

export function makeServer(
  address: ServerAddress,
  authority: OrganizationCa,
  { random, validity, certificates }: MakingTerms,
): MadeServer {
  const { publicKey, privateKey } = generateTlsKeyPair();
  const subject = { process: address.id, hosts: [...new Set([address.host, 'localhost'])], publicKey, validity };
  const certificate = issueServerCertificate(authority, subject);
  const identitySeed = drawSeed(random);
  const slowSeed = certificates === 'multisig' ? drawSeed(random) : undefined;
  const keys = {
    identityKey: publicKeyFromSeed(identitySeed),
    ...(slowSeed === undefined ? {} : { slowKey: publicKeyFromSeed(slowSeed) }),
  };
  return { entry: { ...address, ...keys }, identitySeed, slowSeed, credentials: { certificate, privateKey } };
}

export function makeApplication(
  id: ProcessId,
  authority: OrganizationCa,
  { random, validity }: Pick<MakingTerms, 'random' | 'validity'>,
): MadeApplication {
  const requestSeed = drawSeed(random);
  const { publicKey, privateKey } = generateTlsKeyPair();
  const certificate = issueClientCertificate(authority, { application: id, publicKey, validity });
  return { entry: { id, key: publicKeyFromSeed(requestSeed) }, requestSeed, credentials: { certificate, privateKey } };
}

export function drawSeed(random: RandomBytes): Ed25519Seed {
  return present(ed25519Seed(random(seedLength)), 'randomness comes in the length asked for');
}
