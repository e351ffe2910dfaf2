/** What an organization is, for a terminal and for programs. */
import { toHex } from '../../../prelude/bytes.js';
import type { Digest } from '../../../prelude/digest.js';
import type { OrganizationContent } from '../../../management/founding/organization-export.js';
import { printPolicy } from '../../../quorum/policy/policy-text.js';
import { row, spokenRows, spokenText } from '../../spoken-rows.js';

interface DescribedContent {
  readonly json: object;
  readonly lines: readonly string[];
}

/** @param exported - see `exportDigest`. */
export function describeContent(
  { organization, applications }: OrganizationContent,
  exported: Digest,
): DescribedContent {
  const { name, servers, administrators, rule, recoveryKey } = organization;
  const people = administrators.map((one) => one.name);
  const json = {
    organization: name,
    digest: toHex(exported),
    words: spokenText(exported),
    servers: servers.map(({ id, host, port }) => ({ id, host, port })),
    administrators: people,
    rule: printPolicy(rule),
    hasRecoveryKey: recoveryKey !== undefined,
    applications: applications.map(({ id }) => id),
  };
  const lines = [
    ...spokenRows('export', exported),
    ...servers.map(({ id, host, port }, index) => row(index === 0 ? 'servers' : '', `${id} at ${host}:${port}`)),
    row('administrators', people.join(', ')),
    row('rule', printPolicy(rule)),
    row('recovery key', recoveryKey === undefined ? 'none' : 'there is one'),
    row('applications', applications.map(({ id }) => id).join(', ') || 'none'),
  ];
  return { json, lines };
}
