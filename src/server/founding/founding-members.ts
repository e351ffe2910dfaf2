/** The keys and certificates of organizations, servers and applications, drawn in one place: for trying only. */
import { present } from '../../prelude/invariant.js';
import { type ProcessId, organizationOf } from '../../prelude/process.js';
import type { RandomBytes } from '../../prelude/random.js';
import type { ApplicationEntry, ServerEntry } from '../../management/alliance.js';
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

export interface MadeOrganization {
  readonly authority: OrganizationCa;
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

/** @param certificates - how slow quorums sign: where they share one key, servers get none of their own here. */
export function makeMembers(
  plan: FoundingPlan,
  { host, ports }: Addresses,
  random: RandomBytes,
  certificates: 'multisig' | 'threshold' = 'multisig',
): Members {
  const validity = validityFrom(new Date());
  const organizations: MadeOrganization[] = [];
  let next = 0;
  for (const [organization, names] of plan.membership) {
    const authority = makeOrganizationCa(organization, validity);
    const servers = names.map((name) => {
      const port = present(ports[next++], 'there is a port for every server');
      const address = { id: `${organization}/${name}` as ProcessId, host, port };
      const seeds = {
        identitySeed: drawSeed(random),
        slowSeed: certificates === 'multisig' ? drawSeed(random) : undefined,
      };
      return makeServer(address, authority, validity, seeds);
    });
    organizations.push({ authority, servers });
  }
  const authorities = new Map(organizations.map(({ authority }) => [authority.organization, authority]));
  const applications = plan.applications.map((id) => {
    const authority = present(authorities.get(organizationOf(id)), 'an application belongs to an organization');
    return makeApplication(id, authority, validity, random);
  });
  return { organizations, applications };
}

const dayMs = 24 * 60 * 60 * 1000;

/** From yesterday, since clocks differ, for ten years: nothing renews the certificates of an alliance for trying. */
function validityFrom(now: Date): Validity {
  return { from: new Date(now.getTime() - dayMs), to: new Date(now.getTime() + 3650 * dayMs) };
}

function makeServer(
  address: Pick<ServerEntry, 'id' | 'host' | 'port'>,
  authority: OrganizationCa,
  validity: Validity,
  { identitySeed, slowSeed }: Pick<MadeServer, 'identitySeed' | 'slowSeed'>,
): MadeServer {
  const { publicKey, privateKey } = generateTlsKeyPair();
  const subject = { process: address.id, hosts: [address.host, 'localhost'], publicKey, validity };
  const certificate = issueServerCertificate(authority, subject);
  const identityKey = publicKeyFromSeed(identitySeed);
  const keys = { identityKey, ...(slowSeed === undefined ? {} : { slowKey: publicKeyFromSeed(slowSeed) }) };
  return { entry: { ...address, ...keys }, identitySeed, slowSeed, credentials: { certificate, privateKey } };
}

function makeApplication(
  id: ProcessId,
  authority: OrganizationCa,
  validity: Validity,
  random: RandomBytes,
): MadeApplication {
  const requestSeed = drawSeed(random);
  const { publicKey, privateKey } = generateTlsKeyPair();
  const certificate = issueClientCertificate(authority, { application: id, publicKey, validity });
  return { entry: { id, key: publicKeyFromSeed(requestSeed) }, requestSeed, credentials: { certificate, privateKey } };
}

function drawSeed(random: RandomBytes): Ed25519Seed {
  return present(ed25519Seed(random(seedLength)), 'randomness comes in the length asked for');
}
