/** `koinon alliance show`: who belongs to an alliance, and who decides what, from its document alone. */
import type { Command } from 'commander';
import { toHex } from '../../../prelude/bytes.js';
import { E } from '../../../prelude/fp.js';
import type { OrganizationEntry } from '../../../management/alliance.js';
import { encodeAlliance } from '../../../management/alliance-codec.js';
import { printPolicy } from '../../../quorum/policy/policy-text.js';
import { printTrust } from '../../../quorum/trust/trust-text.js';
import { keyIdOf } from '../../../schemes/public-key.js';
import { readDocumentAt } from '../../../server/directory/alliance-directory.js';
import type { AllianceDocument } from '../../../server/directory/directory-documents.js';
import { describeDirectoryError } from '../../../server/directory/errors.js';
import { inColumn } from '../../columns.js';
import { jsonOption } from '../../options.js';
import { badInput, type Outcome, succeeded } from '../../outcome.js';
import type { Session } from '../../session.js';
import { describeGovernance } from './governance-description.js';

export function registerAllianceShow(alliance: Command, session: Session): void {
  alliance
    .command('show')
    .description('say who belongs to an alliance and who decides what')
    .argument('<path>', 'a document, that of a founding too, or the directory that holds alliance.json')
    .addOption(jsonOption())
    .action(session.action((path: string, options: { readonly json?: boolean }) => show(path, options.json, session)));
}

async function show(path: string, asJson: boolean | undefined, session: Session): Promise<Outcome> {
  const document = await readDocumentAt(path)();
  if (E.isLeft(document)) return badInput(describeDirectoryError(document.left));
  const { alliance, allianceId, configurationDigest } = document.right;
  const json = {
    allianceId: toHex(allianceId),
    configurationDigest: toHex(configurationDigest),
    document: encodeAlliance(alliance),
  };
  session.print({ json, lines: describeDocument(document.right) }, asJson);
  return succeeded;
}

function row(label: string, text: string): string {
  return `${inColumn(label, 16)}${text}`;
}

function describeDocument({ alliance, allianceId, configurationDigest }: AllianceDocument): readonly string[] {
  const { epoch, change, trust, allianceKey, applications } = alliance;
  return [
    row('alliance', toHex(allianceId)),
    row('document', `${toHex(configurationDigest)}, of epoch ${epoch}${change === 0 ? '' : `, by change ${change}`}`),
    row('trust', printTrust(trust)),
    row('key', `${allianceKey._tag}, ${toHex(keyIdOf(allianceKey))}`),
    ...alliance.organizations.flatMap(describeOrganization),
    row('applications', applications.map(({ id }) => id).join(', ') || 'none'),
    ...describeGovernance(alliance).map(([label, text]) => row(label, text)),
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
