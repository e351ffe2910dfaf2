/** Who could use a key without anybody else: nearly always a slip in the policy, so it is told. */
import { groupedBy } from '../../../prelude/grouping.js';
import { organizationOf, Universe } from '../../../prelude/process.js';
import { isQualified, type Policy, policyMembers } from '../../../quorum/policy/policy.js';
import { listNames } from '../../../quorum/tree/name-list.js';

/** Members, then organizations of several of them; nothing about an organization where there is no other. */
export function soleHolderWarnings(policy: Policy): readonly string[] {
  const members = new Universe(policyMembers(policy));
  const alone = members.ids.filter((member) => isQualified(policy, members.of([member])));
  const organizations = [...groupedBy(members.ids, organizationOf)];
  const together = organizations.filter(
    ([, servers]) => servers.length > 1 && isQualified(policy, members.of(servers)),
  );
  const needless = together.filter(([, servers]) => !servers.some((server) => alone.includes(server)));
  return [
    ...(alone.length === 0 ? [] : [`${listNames(alone)}: each member alone can use the key`]),
    ...(organizations.length === 1 ? [] : needless).map(
      ([organization]) => `${organization}: this organization can use the key without any other`,
    ),
  ];
}
