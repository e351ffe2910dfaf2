/** The document of an epoch that a restart begins: what must be as it was, and what is made anew (spec/management.md, "Recovery"). */
import { equalBytes } from '../../prelude/bytes.js';
import { canonicalJson } from '../../prelude/codec.js';
import type { Either } from '../../prelude/fp.js';
import { organizationOf, type ProcessId } from '../../prelude/process.js';
import { policyDigest } from '../../quorum/policy/policy-digest.js';
import { vouchPolicy } from '../../quorum/trust/derived-policy.js';
import type { TrustModel } from '../../quorum/trust/trust-model.js';
import type { Ed25519PublicKey } from '../../schemes/ed25519/encoding.js';
import { keyIdOf } from '../../schemes/public-key.js';
import { type Alliance, type OrganizationEntry, type ServerEntry } from '../alliance.js';
import { allianceIdOf, configurationDigestOf, decodeAlliance, encodeAlliance } from '../alliance-codec.js';
import type { AllianceError } from '../errors.js';
import { governanceCodec, parametersCodec } from '../governance-codec.js';
import { applicationCodec, organizationCodec } from '../organization-codec.js';
import { gatesNotOverridden } from '../proposals/gates.js';
import { inForce } from '../proposals/governing-policies.js';
import type { KeptPart, RestartError } from './restart-errors.js';

/** What a server brings: its entry, with a slow key of its own, and its part of the alliance key. */
export interface RestartOffer {
  readonly server: ServerEntry;
  readonly allianceKey: Ed25519PublicKey;
}

/**
 * The document that follows `before`, with these servers and no others.
 *
 * @param trust - over the servers that are offered.
 */
export function restartedDocument(
  before: Alliance,
  offers: readonly RestartOffer[],
  trust: TrustModel,
): Either<AllianceError, Alliance> {
  const { version, applications, governance, parameters } = before;
  const epoch = before.epoch + 1;
  const publicKeys = new Map(offers.map(({ server, allianceKey }) => [server.id, allianceKey]));
  const next: Alliance = {
    ...{ version, applications, governance, parameters },
    allianceId: allianceIdOf(before),
    previous: configurationDigestOf(before),
    change: before.change + 1,
    epoch,
    trust,
    organizations: before.organizations.map((entry) => ({ ...entry, servers: serversOf(entry, offers) })),
    allianceKey: { _tag: 'multisig', usage: 'statement', epoch, policy: vouchPolicy(trust), publicKeys },
    documentKeys: [],
  };
  return decodeAlliance(encodeAlliance(next));
}

function serversOf({ name }: OrganizationEntry, offers: readonly RestartOffer[]): readonly ServerEntry[] {
  const own = offers.map(({ server }) => server).filter(({ id }) => organizationOf(id) === name);
  return [...own].sort((a, b) => (a.id < b.id ? -1 : 1));
}

/** Organizations of `before` for which no server was offered. */
export function organizationsWithoutOffer(
  { organizations }: Alliance,
  offers: readonly { readonly server: { readonly id: ProcessId } }[],
): readonly string[] {
  const offered = new Set(offers.map(({ server }) => organizationOf(server.id)));
  return organizations.map(({ name }) => name).filter((name) => !offered.has(name));
}

/** Why `next` is not a document with which a restart may go on from `before`; `undefined` if it is one. */
export function findForeignPart(before: Alliance, next: Alliance): RestartError | undefined {
  return (
    findWrongDescent(before, next) ??
    findOtherMember(before, next) ??
    findOtherTerms(before, next) ??
    findKeptKey(before, next) ??
    findGates(next)
  );
}

function findWrongDescent(before: Alliance, next: Alliance): RestartError | undefined {
  if (!equalBytes(allianceIdOf(next), allianceIdOf(before))) return { _tag: 'RestartOfAnotherAlliance' };
  const [expected, change] = [before.epoch + 1, before.change + 1];
  if (next.epoch !== expected) return { _tag: 'RestartOfAnotherEpoch', expected, found: next.epoch };
  if (next.previous === undefined || !equalBytes(next.previous, configurationDigestOf(before)))
    return { _tag: 'RestartFollowsAnother' };
  return next.change === change ? undefined : { _tag: 'WrongChangeNumber', expected: change, found: next.change };
}

const keptParts = ['administrators', 'rule', 'recoveryKey'] as const satisfies readonly KeptPart[];

function findOtherMember(before: Alliance, next: Alliance): RestartError | undefined {
  const names = ({ organizations }: Alliance): string => canonicalJson(organizations.map(({ name }) => name));
  if (names(before) !== names(next)) return { _tag: 'OtherMembers' };
  for (const [index, old] of before.organizations.entries()) {
    const found = next.organizations[index];
    const part = keptParts.find((one) => partOf(old, one) !== partOf(found, one));
    if (part !== undefined) return { _tag: 'MemberDiffers', organization: old.name, part };
  }
  return undefined;
}

function partOf(entry: OrganizationEntry | undefined, part: KeptPart): string {
  const json = entry === undefined ? {} : (organizationCodec.encode(entry) as Partial<Record<KeptPart, unknown>>);
  return canonicalJson([json[part] ?? '']);
}

const policies = ['amendment', 'emergency', 'recovery'] as const;

function findOtherTerms(before: Alliance, next: Alliance): RestartError | undefined {
  const [applications, others] = [before, next].map((one) =>
    one.applications.map((each) => applicationCodec.encode(each)),
  );
  if (canonicalJson(applications) !== canonicalJson(others)) return { _tag: 'OtherApplications' };
  if (
    canonicalJson(parametersCodec.encode(before.parameters)) !== canonicalJson(parametersCodec.encode(next.parameters))
  )
    return { _tag: 'OtherParameters' };
  if (
    canonicalJson(governanceCodec.encode(before.governance)) !== canonicalJson(governanceCodec.encode(next.governance))
  )
    return { _tag: 'OtherGovernance' };
  const [old, now] = [before, next].map((one) => policies.map((subject) => inForce(one, subject)));
  const other = now?.find(({ policy }, index) => {
    const former = old?.[index];
    return former === undefined || !equalBytes(policyDigest(policy), policyDigest(former.policy));
  });
  return other === undefined ? undefined : { _tag: 'OtherPolicy', policy: other.name };
}

/** Its parts are drawn anew, and nothing that was shared is left. */
function findKeptKey(before: Alliance, next: Alliance): RestartError | undefined {
  if (next.allianceKey._tag !== 'multisig') return { _tag: 'SharedKeyKept', role: 'alliance' };
  if (next.slowKey !== undefined) return { _tag: 'SharedKeyKept', role: 'slow' };
  const [document] = next.documentKeys;
  if (document !== undefined) return { _tag: 'SharedKeyKept', role: `document ${document.name}` };
  return equalBytes(keyIdOf(next.allianceKey), keyIdOf(before.allianceKey)) ? { _tag: 'AllianceKeyKept' } : undefined;
}

function findGates(next: Alliance): RestartError | undefined {
  const gates = gatesNotOverridden(next);
  return gates.length === 0 ? undefined : { _tag: 'RestartGatesStand', gates };
}
