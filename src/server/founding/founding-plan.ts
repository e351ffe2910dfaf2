/** Who an alliance for trying consists of, from what somebody wrote: organizations, their servers, the trust model, applications. */
import { E, type Either } from '../../prelude/fp.js';
import { isName, organizationOf, type ProcessId, processId } from '../../prelude/process.js';
import type { ParseError } from '../../quorum/errors.js';
import type { Membership } from '../../quorum/tree/tree-text.js';
import { describeTrustReport } from '../../quorum/trust/trust-description.js';
import type { TrustModel } from '../../quorum/trust/trust-model.js';
import { validateTrust } from '../../quorum/trust/trust-report.js';
import { parseTrust } from '../../quorum/trust/trust-text.js';
import type { FoundingError } from '../directory/errors.js';

export interface PlanWish {
  /** Those of the trust model if absent. */
  readonly organizations?: readonly string[] | undefined;
  /** As text; if absent, one server each, and as many failures as the organizations withstand. */
  readonly trust?: string | undefined;
  /** `organization/application`; `app` of every organization if absent. */
  readonly applications?: readonly string[] | undefined;
}

export interface FoundingPlan {
  readonly trust: TrustModel;
  /** Organizations with the names of their servers, in order. */
  readonly membership: Membership;
  readonly applications: readonly ProcessId[];
}

export function planFounding({ organizations, trust, applications }: PlanWish): Either<FoundingError, FoundingPlan> {
  const badName = findBadName(organizations ?? []);
  if (badName !== undefined) return E.left(badName);
  const members =
    trust === undefined ? E.right(onePerOrganization(organizations ?? [])) : readMembers(trust, organizations);
  if (E.isLeft(members)) return members;
  const membership = members.right;
  if (membership.size === 0) return E.left({ _tag: 'NoOrganizations' });
  const model = readTrust(trust ?? defaultTrust([...membership.keys()]), membership);
  if (E.isLeft(model)) return model;
  const enrolled = readApplications(applications ?? [...membership.keys()].map((name) => `${name}/app`), membership);
  return E.isLeft(enrolled) ? enrolled : E.right({ trust: model.right, membership, applications: enrolled.right });
}

function findBadName(names: readonly string[]): FoundingError | undefined {
  const bad = names.find((name) => !isName(name));
  if (bad !== undefined) return { _tag: 'BadName', name: bad };
  const twice = names.find((name, index) => names.indexOf(name) !== index);
  return twice === undefined ? undefined : { _tag: 'NamedTwice', name: twice };
}

function onePerOrganization(organizations: readonly string[]): Membership {
  return new Map(organizations.map((name) => [name, ['1']]));
}

/** f = t, the most for which one server of each organization satisfies C1 and C2ℓ: n ≥ 3f+1 and n ≥ 3f+2t−1. */
export function defaultTrust(organizations: readonly string[]): string {
  const n = organizations.length;
  const f = Math.max(0, Math.min(Math.floor((n - 1) / 3), Math.floor((n + 1) / 5)));
  return `f=${f} t=${f} of (${organizations.join(', ')})`;
}

/** The servers that a trust text names, by organization; an organization that stands there alone has the one server `1`. */
function readMembers(text: string, organizations: readonly string[] | undefined): Either<FoundingError, Membership> {
  const parsed = parseTrust(text);
  if (E.isLeft(parsed)) return E.left(badText(parsed.left, text));
  const members = [...parsed.right.system.processes];
  const membership = new Map<string, readonly string[]>((organizations ?? []).map((name) => [name, []]));
  for (const id of members) {
    const organization = organizationOf(id);
    const known = membership.get(organization);
    // A stranger is left out here, and refused with its place when the text is read against the membership.
    if (known === undefined && organizations !== undefined) continue;
    const server = id === organization ? [] : [id.slice(organization.length + 1)];
    membership.set(organization, [...(known ?? []), ...server]);
  }
  const named = new Set(members.map(organizationOf));
  const forgotten = [...membership.keys()].find((name) => !named.has(name));
  if (forgotten !== undefined) return E.left({ _tag: 'NotTrusted', organization: forgotten });
  return E.right(new Map([...membership].map(([name, servers]) => [name, servers.length === 0 ? ['1'] : servers])));
}

function readTrust(text: string, membership: Membership): Either<FoundingError, TrustModel> {
  const model = parseTrust(text, membership);
  if (E.isLeft(model)) return E.left(badText(model.left, text));
  const report = validateTrust(model.right);
  return report.accepted ? model : E.left({ _tag: 'TrustRejected', report: describeTrustReport(report, model.right) });
}

function badText(error: ParseError, text: string): FoundingError {
  return { _tag: 'BadTrustText', error, text };
}

function readApplications(
  texts: readonly string[],
  membership: Membership,
): Either<FoundingError, readonly ProcessId[]> {
  const ids: ProcessId[] = [];
  for (const text of texts) {
    const id = processId(text);
    if (id === undefined || id === organizationOf(id) || !membership.has(organizationOf(id))) {
      return E.left({ _tag: 'StrangeApplication', id: text });
    }
    if (ids.includes(id)) return E.left({ _tag: 'NamedTwice', name: id });
    ids.push(id);
  }
  return E.right(ids);
}
