/** `koinon alliance show`: who belongs to an alliance, and who decides what, from its document alone. */
import type { Command } from 'commander';
import { toHex } from '../../../prelude/bytes.js';
import { E } from '../../../prelude/fp.js';
import type { Alliance, GovernanceTerms, OrganizationEntry } from '../../../management/alliance.js';
import { encodeAlliance } from '../../../management/alliance-codec.js';
import {
  amendmentOf,
  approvalOf,
  emergencyOf,
  recoveryOf,
  structureOf,
} from '../../../management/proposals/governing-policies.js';
import { printPolicy } from '../../../quorum/policy/policy-text.js';
import { printTrust } from '../../../quorum/trust/trust-text.js';
import { keyIdOf } from '../../../schemes/public-key.js';
import { loadAllianceDirectory } from '../../../server/directory/alliance-directory.js';
import type { AllianceDocument } from '../../../server/directory/directory-documents.js';
import { describeDirectoryError } from '../../../server/directory/errors.js';
import { lengthText } from '../../durations.js';
import { jsonOption } from '../../options.js';
import { badInput, type Outcome, succeeded } from '../../outcome.js';
import type { Session } from '../../session.js';

export function registerAllianceShow(alliance: Command, session: Session): void {
  alliance
    .command('show')
    .description('say who belongs to an alliance and who decides what')
    .argument('<directory>', 'that holds alliance.json')
    .addOption(jsonOption())
    .action(session.action((path: string, options: { readonly json?: boolean }) => show(path, options.json, session)));
}

async function show(path: string, asJson: boolean | undefined, session: Session): Promise<Outcome> {
  const directory = await loadAllianceDirectory(path)();
  if (E.isLeft(directory)) return badInput(describeDirectoryError(directory.left));
  const { alliance, allianceId, configurationDigest } = directory.right;
  const json = {
    allianceId: toHex(allianceId),
    configurationDigest: toHex(configurationDigest),
    document: encodeAlliance(alliance),
  };
  session.print({ json, lines: describeDocument(directory.right) }, asJson);
  return succeeded;
}

function row(label: string, text: string): string {
  return `${label.padEnd(16)}${text}`;
}

function describeDocument({ alliance, allianceId, configurationDigest }: AllianceDocument): readonly string[] {
  const { epoch, change, trust, allianceKey, documentKeys, applications } = alliance;
  return [
    row('alliance', toHex(allianceId)),
    row('document', `${toHex(configurationDigest)}, of epoch ${epoch}${change === 0 ? '' : `, by change ${change}`}`),
    row('trust', printTrust(trust)),
    row('key', `${allianceKey._tag}, ${toHex(keyIdOf(allianceKey))}`),
    ...alliance.organizations.flatMap(describeOrganization),
    row('applications', applications.map(({ id }) => id).join(', ') || 'none'),
    ...describePolicies(alliance),
    ...documentKeys.map(({ name, publicKey, approval }) =>
      row('signs documents', `with ${name}, ${publicKey._tag}; for ${stated(approval, approvalOf(alliance, name))}`),
    ),
    ...describeTerms(alliance.governance),
  ];
}

function describeOrganization({
  name,
  servers,
  administrators,
  rule,
  recoveryKey,
}: OrganizationEntry): readonly string[] {
  return [
    row('organization', `${name}, with ${servers.map(({ id }) => id).join(', ')}`),
    row('', `${printPolicy(rule)} speaks for it; administrators: ${administrators.map((one) => one.name).join(', ')}`),
    ...(recoveryKey === undefined ? [row('', 'it has no recovery key')] : []),
  ];
}

type Policy = Alliance['organizations'][number]['rule'];

function stated(own: Policy | undefined, inForce: Policy): string {
  return `${printPolicy(inForce)}${own === undefined ? ' (derived)' : ''}`;
}

function describePolicies(alliance: Alliance): readonly string[] {
  const { governance } = alliance;
  const structure = structureOf(alliance);
  const derived = governance.structure === undefined ? ' (derived)' : '';
  return [
    ...(E.isLeft(structure) ? [] : [row('may fail', `${printTrust(structure.right)}${derived}`)]),
    row('may amend', stated(governance.amendment, amendmentOf(alliance))),
    ...[...governance.amendmentOf].map(([kind, policy]) => row('', `by ${kind}: ${printPolicy(policy)}`)),
    row('may suspend', stated(governance.emergency, emergencyOf(alliance))),
    row('may restart', stated(governance.recovery, recoveryOf(alliance))),
  ];
}

function describeTerms({ terms, limits, overrides, distrusted }: GovernanceTerms): readonly string[] {
  const { serversPerOrganization, applicationsPerOrganization } = limits;
  const lengths = Object.entries(terms).map(
    ([name, ms]) => `${name.replace(/Ms$/, '')} ${Number(ms) === 0 ? 'never' : lengthText(Number(ms))}`,
  );
  return [
    row('terms', lengths.join(', ')),
    row('limits', `${serversPerOrganization} servers, ${applicationsPerOrganization} applications of an organization`),
    ...overrides.map((gate) => row('overridden', `${gate}: accepted although it was warned of`)),
    ...distrusted.map((id) => row('not to trust', `the key ${toHex(id)}: an attacker knows it`)),
  ];
}
