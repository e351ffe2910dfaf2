/** An access policy on the command line: a file, or the text itself; its names and rules resolved against a trust model's members, if there is one. */
import { decodeJson } from '../prelude/codec.js';
import { E, type Either } from '../prelude/fp.js';
import { groupedBy } from '../prelude/grouping.js';
import { organizationOf, type ProcessSet } from '../prelude/process.js';
import { type Policy, policyMembers } from '../quorum/policy/policy.js';
import { policyCodec } from '../quorum/policy/policy-codec.js';
import { parsePolicy } from '../quorum/policy/policy-text.js';
import type { Membership } from '../quorum/tree/membership.js';
import type { TrustModel } from '../quorum/trust/trust-model.js';
import type { Failure } from './outcome.js';
import { badWriting, type Language, parseAs, readWritten } from './written-argument.js';

function languageAmong(members: ProcessSet | undefined): Language<Policy> {
  const membership = members && membershipOf(members);
  return {
    name: 'a policy',
    example: '2 of (a, b, c)',
    looksWritten: /[({\s]/,
    parseJson: (text) => decodeJson(policyCodec, text),
    parse: (text) => parsePolicy(text, membership),
  };
}

/** @param trust - to whose processes all members of the policy must belong. */
export async function policyOf(argument: string, trust?: TrustModel): Promise<Either<Failure, Policy>> {
  const language = languageAmong(trust?.system.processes);
  const written = await readWritten(argument, language);
  if (E.isLeft(written)) return written;
  const policy = parseAs(written.right, language);
  if (E.isLeft(policy) || trust === undefined) return policy;
  const stranger = policyMembers(policy.right).find((id) => !trust.system.processes.has(id));
  if (stranger === undefined) return policy;
  return badWriting(written.right, `${stranger} is not a member of the trust model; name those as it does`);
}

/** The organizations and servers among `members`; undefined where some are written without an organization. */
function membershipOf(members: ProcessSet): Membership | undefined {
  const organizations = groupedBy(members, organizationOf);
  if ([...members].some((id) => organizations.has(id))) return undefined;
  return new Map([...organizations].map(([name, ids]) => [name, ids.map((id) => id.slice(name.length + 1))]));
}
