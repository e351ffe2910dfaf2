/** An organization that begins beside an alliance that runs: its own keys, and one server that is to learn the log. */
import { E, type Either } from '../../prelude/fp.js';
import type { OrganizationContent } from '../../management/founding/organization-export.js';
import { describeFoundingError } from '../../server/directory/errors.js';
import { organizationPath } from '../../server/directory/layout.js';
import { completeDirectories } from '../../server/founding/completion.js';
import { usualAuthority } from '../../server/founding/founding-members.js';
import { loadOrganization } from '../../server/founding/organization-directory.js';
import { describeOrganizationError } from '../../server/founding/organization-errors.js';
import { foundOrganization } from '../../server/founding/organization-founding.js';
import { verifiedHistory } from '../verified-history.js';

/**
 * Founds it in the directory of the alliance, beside the organizations there.
 *
 * @param history - that of the alliance, or a directory with it.
 */
export async function foundNewcomer(
  alliance: string,
  name: string,
  history: string,
): Promise<Either<string, OrganizationContent>> {
  const directory = organizationPath(alliance, name);
  const wish = { directory, name, servers: 1, applications: [], authority: usualAuthority } as const;
  const founded = await foundOrganization({ ...wish, certificates: 'multisig' })();
  if (E.isLeft(founded)) return E.left(describeFoundingError(founded.left));
  const organization = await loadOrganization(directory)();
  if (E.isLeft(organization)) return E.left(describeOrganizationError(organization.left));
  const believed = await verifiedHistory(history);
  if (E.isLeft(believed)) return E.left(believed.left.message);
  const completed = completeDirectories(organization.right, believed.right, true);
  return E.isLeft(completed) ? E.left(describeOrganizationError(completed.left)) : founded;
}
