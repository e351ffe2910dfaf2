/** What every change of an organization's own entry has in common: it begins with the entry in force, and ends with one to propose. */
import { join } from 'node:path';
import { E, type Either } from '../../prelude/fp.js';
import { organizationOf } from '../../prelude/process.js';
import type { OrganizationContent, OrganizationExport } from '../../management/founding/organization-export.js';
import { printContent } from '../../management/founding/organization-export-codec.js';
import { findInconsistentMembers } from '../../management/organization-consistency.js';
import type { Ed25519Seed } from '../../schemes/ed25519/encoding.js';
import { fileModes, replaceFile } from '../directory/durable-files.js';
import { fileNames } from '../directory/layout.js';
import { errorReason } from '../directory/text-files.js';
import type { AllianceContext } from './founding-files.js';
import { exportWithKeysAtHand } from './organization-directory.js';
import { notMade, type OrganizationError } from './organization-errors.js';

/** What the alliance has listed since goes before what the organization's directory says, or the proposal would take it back. */
export function contentInForce(
  content: OrganizationContent,
  context: AllianceContext | undefined,
): OrganizationContent {
  const { name } = content.organization;
  const organization = context?.alliance.organizations.find((entry) => entry.name === name);
  if (context === undefined || organization === undefined) return content;
  const servers = new Set(organization.servers.map(({ id }) => id));
  return {
    organization,
    allianceKeys: content.allianceKeys.filter(({ id }) => servers.has(id)),
    applications: context.alliance.applications.filter(({ id }) => organizationOf(id) === name),
  };
}

export function checkContent(content: OrganizationContent): Either<OrganizationError, void> {
  const complaint = findInconsistentMembers({ ...content, organizations: [content.organization] });
  return complaint === undefined ? E.right(undefined) : notMade({ _tag: 'BadOrganization', error: complaint });
}

/**
 * Says in organization.json what the organization is now.
 *
 * @param seeds - of new keys, besides those that lie in the directory.
 * @returns what is to be proposed, signed by all of them. Keys that stand in the document in force need not sign it again.
 */
export async function recordContent(
  path: string,
  content: OrganizationContent,
  seeds: readonly Ed25519Seed[],
): Promise<Either<OrganizationError, OrganizationExport>> {
  const file = join(path, fileNames.organization);
  try {
    replaceFile(file, printContent(content), fileModes.public);
  } catch (error) {
    return E.left({ _tag: 'NotWritten', path: file, reason: errorReason(error) });
  }
  return E.right(await exportWithKeysAtHand({ path, content }, seeds));
}
