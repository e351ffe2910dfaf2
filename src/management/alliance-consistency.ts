/**
 * What an alliance document must satisfy beyond its form: its parts agree with one another, no key and no address serves twice,
 * and consensus is safe and live under its trust model.
 */
import { equalBytes, toHex } from '../prelude/bytes.js';
import { E } from '../prelude/fp.js';
import { isName, organizationOf, type ProcessId } from '../prelude/process.js';
import { describeTrustReport } from '../quorum/trust/trust-description.js';
import { recoveryPolicy, vouchPolicy } from '../quorum/trust/derived-policy.js';
import { policyDigest } from '../quorum/policy/policy-digest.js';
import { validateTrust } from '../quorum/trust/trust-report.js';
import { type Alliance, type OrganizationEntry, type ServerEntry, serversOf } from './alliance.js';
import type { AllianceError } from './errors.js';
import { checkKeyRing, ringKeyOf } from '../schemes/key-ring.js';

/** The first contradiction in `alliance`, which has the right form; `undefined` if there is none. */
export function findInconsistency(alliance: Alliance): AllianceError | undefined {
  return (
    checkOrganizations(alliance) ??
    checkApplications(alliance) ??
    checkAddresses(alliance) ??
    checkKeys(alliance) ??
    checkParameters(alliance) ??
    checkTrust(alliance) ??
    checkAllianceKey(alliance) ??
    checkSlowKey(alliance)
  );
}

/** Something that may stand only once in a document, and where it stands. */
interface Placed {
  readonly path: string;
  readonly value: string;
}

function inconsistent(path: string, expected: string): AllianceError {
  return { _tag: 'Inconsistent', path, expected };
}

function checkDistinct(placed: readonly Placed[], what: string): AllianceError | undefined {
  const seen = new Map<string, string>();
  for (const { path, value } of placed) {
    const before = seen.get(value);
    if (before !== undefined) return inconsistent(path, `${what}, but the same stands at ${before}`);
    seen.set(value, path);
  }
  return undefined;
}

function checkOrganizations({ organizations }: Alliance): AllianceError | undefined {
  const at = (index: number): string => `/organizations/${index}`;
  for (const [index, organization] of organizations.entries()) {
    if (!isName(organization.name)) {
      return inconsistent(`${at(index)}/name`, 'a name of letters, digits, "_" and "."');
    }
    const complaint = checkServers(organization, at(index));
    if (complaint !== undefined) return complaint;
  }
  const names = organizations.map(({ name }, index) => ({ path: `${at(index)}/name`, value: name }));
  const authorities = organizations.map(({ certificateAuthority }, index) => ({
    path: `${at(index)}/certificateAuthority`,
    value: certificateAuthority,
  }));
  return (
    checkDistinct(names, 'a name that no other organization has') ??
    checkDistinct(authorities, 'a certificate authority of its own')
  );
}

function checkServers({ name, servers }: OrganizationEntry, path: string): AllianceError | undefined {
  for (const [index, { id }] of servers.entries()) {
    if (!isOwnedBy(name, id))
      return inconsistent(`${path}/servers/${index}/id`, `${name}/ and the name of a server, not ${id}`);
  }
  const ids = servers.map(({ id }, index) => ({ path: `${path}/servers/${index}/id`, value: id }));
  return checkDistinct(ids, 'an id that no other server has');
}

/** Whether `id` is written in full, as something of `organization`. */
function isOwnedBy(organization: string, id: ProcessId): boolean {
  return id !== organization && organizationOf(id) === organization;
}

function checkApplications({ applications, organizations }: Alliance): AllianceError | undefined {
  for (const [index, { id }] of applications.entries()) {
    if (!organizations.some(({ name }) => isOwnedBy(name, id))) {
      return inconsistent(
        `/applications/${index}/id`,
        `organization/application of an organization of the alliance, not ${id}`,
      );
    }
  }
  const ids = applications.map(({ id }, index) => ({ path: `/applications/${index}/id`, value: id }));
  return checkDistinct(ids, 'an id that no other application has');
}

/** Calls `place` for every server, with its path. */
function placedServers<A>({ organizations }: Alliance, place: (server: ServerEntry, path: string) => A): readonly A[] {
  return organizations.flatMap(({ servers }, outer) =>
    servers.map((server, inner) => place(server, `/organizations/${outer}/servers/${inner}`)),
  );
}

function checkAddresses(alliance: Alliance): AllianceError | undefined {
  const addresses = placedServers(alliance, ({ host, port }, path) => ({
    path: `${path}/port`,
    value: `${host.toLowerCase()} ${port}`,
  }));
  return checkDistinct(addresses, 'a host and port that no other server has');
}

/** One key, one use: a signature by one must never count as one by another. */
function checkKeys(alliance: Alliance): AllianceError | undefined {
  const ofServers = placedServers(alliance, ({ identityKey, slowKey }, path) => [
    { path: `${path}/identityKey`, value: toHex(identityKey) },
    ...(slowKey === undefined ? [] : [{ path: `${path}/slowKey`, value: toHex(slowKey) }]),
  ]);
  const ofApplications = alliance.applications.map(({ key }, index) => ({
    path: `/applications/${index}/key`,
    value: toHex(key),
  }));
  const { allianceKey } = alliance;
  const shared = allianceKey._tag === 'multisig' ? [...allianceKey.publicKeys] : [];
  const ofAlliance = shared.map(([id, key]) => ({ path: `/allianceKey (${id})`, value: toHex(key) }));
  return checkDistinct([...ofServers.flat(), ...ofApplications, ...ofAlliance], 'a key that is used for nothing else');
}

function checkParameters({ parameters }: Alliance): AllianceError | undefined {
  const least = 2 * parameters.checkpointInterval;
  if (parameters.windowSlots < least)
    return inconsistent('/parameters/windowSlots', `at least ${least}, twice the checkpoint interval`);
  const { snapshotInterval, checkpointInterval } = parameters;
  return snapshotInterval === undefined || snapshotInterval % checkpointInterval === 0
    ? undefined
    : inconsistent('/parameters/snapshotInterval', `a multiple of ${checkpointInterval}, the checkpoint interval`);
}

function checkTrust(alliance: Alliance): AllianceError | undefined {
  const { system, leaders } = alliance.trust;
  const { universe } = system.processes;
  const servers = new Set<string>(serversOf(alliance).map(({ id }) => id));
  const addressless = universe.ids.find((id) => !servers.has(id));
  if (addressless !== undefined) {
    return inconsistent('/trust', `servers of the alliance, but ${addressless} is none`);
  }
  const forgotten = [...servers].find((id) => !universe.has(id));
  if (forgotten !== undefined)
    return inconsistent('/trust', `every server of the alliance, but ${forgotten} is missing`);
  if (leaders.isEmpty) return inconsistent('/trust/leaders', 'at least one leader');
  const report = validateTrust(alliance.trust);
  return report.accepted ? undefined : { _tag: 'TrustRejected', report: describeTrustReport(report, alliance.trust) };
}

function checkAllianceKey({ allianceKey, trust, epoch }: Alliance): AllianceError | undefined {
  if (allianceKey.usage !== 'statement') return inconsistent('/allianceKey/usage', 'statement');
  if (allianceKey.epoch !== epoch) {
    return inconsistent('/allianceKey/epoch', `${epoch}, the epoch of the document, not ${allianceKey.epoch}`);
  }
  if (toHex(policyDigest(allianceKey.policy)) === toHex(policyDigest(vouchPolicy(trust)))) return undefined;
  return inconsistent('/allianceKey/policy', 'the policy of the trust model: f+1 at every gate');
}

/** The rules of spec/consensus.md, "Certificates". */
function checkSlowKey(alliance: Alliance): AllianceError | undefined {
  const { slowKey, allianceKey, trust, epoch } = alliance;
  const forms = placedServers(alliance, (server, path) => ({
    path: `${path}/slowKey`,
    isOwn: server.slowKey !== undefined,
  }));
  const misplaced = forms.find(({ isOwn }) => isOwn === (slowKey !== undefined));
  if (misplaced !== undefined)
    return inconsistent(
      misplaced.path,
      'a slow key of each server, or one of the alliance (/slowKey) and none of any server',
    );
  if (slowKey === undefined) return undefined;
  if (slowKey.usage !== 'statement') return inconsistent('/slowKey/usage', 'statement');
  if (slowKey.epoch !== epoch)
    return inconsistent('/slowKey/epoch', `${epoch}, the epoch of the document, not ${slowKey.epoch}`);
  if (!equalBytes(policyDigest(slowKey.policy), policyDigest(recoveryPolicy(trust))))
    return inconsistent('/slowKey/policy', 'the slow quorums of the trust model: all but f at every gate');
  if (slowKey._tag === 'shoup-rsa' && !slowKey.provenSafePrimes)
    return inconsistent('/slowKey', 'a key of safe primes, whose bad shares name their senders');
  const ring = [ringKeyOf('the slow key', slowKey), ringKeyOf('the alliance key', allianceKey)];
  return E.isRight(checkKeyRing(ring.flatMap((key) => key ?? [])))
    ? undefined
    : inconsistent('/slowKey', 'a secret of its own, not that of the alliance key');
}
