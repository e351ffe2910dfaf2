/** `koinon/server`: founding an organization, or an alliance for trying, and running servers. */
export { type Alliance, type OrganizationEntry, type ServerEntry, serversOf } from '../management/alliance.js';
export {
  describeDirectoryError,
  describeFoundingError,
  type DirectoryError,
  type FoundingError,
} from '../server/directory/errors.js';
export { checkOwnPart, type Gathered, gatherConsents } from '../server/founding/acknowledgement.js';
export { assembleAlliance, type AssemblyTerms, readExports } from '../server/founding/assembly.js';
export { type AuthorityChange, changeAuthority, type NewAdministrator } from '../server/founding/authority-change.js';
export { type Completed, completeDirectories } from '../server/founding/completion.js';
export { consentOf } from '../server/founding/consents.js';
export { type Founded, foundForTrying } from '../server/founding/founding.js';
export {
  exportOrganization,
  loadOrganization,
  type OrganizationDirectory,
  readAdministrators,
} from '../server/founding/organization-directory.js';
export { describeOrganizationError, type OrganizationError } from '../server/founding/organization-errors.js';
export { foundOrganization, type OrganizationWish } from '../server/founding/organization-founding.js';
export {
  type AdditionWish,
  addServer,
  nextServer,
  renewServer,
  type RenewalWish,
  retireServer,
} from '../server/founding/renewal.js';
export {
  describeServerError,
  type RunningServer,
  type ServerError,
  type ServerEvents,
  startServer,
} from '../server/server.js';
export { loadServerDirectory, type ServerDirectory } from '../server/directory/server-directory.js';
export {
  type LearnerDirectory,
  loadServingDirectory,
  type ServingDirectory,
} from '../server/directory/learner-directory.js';
export { startAs } from '../server/learner/newcomer.js';
