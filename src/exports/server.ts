/** `koinon/server`: founding an alliance for trying, and running its servers. */
export { type Alliance, type OrganizationEntry, type ServerEntry, serversOf } from '../management/alliance.js';
export {
  describeDirectoryError,
  describeFoundingError,
  type DirectoryError,
  type FoundingError,
} from '../server/directory/errors.js';
export { type Founded, foundForTrying } from '../server/founding/founding.js';
export {
  describeServerError,
  type RunningServer,
  type ServerError,
  type ServerEvents,
  startServer,
} from '../server/server.js';
export { loadServerDirectory, type ServerDirectory } from '../server/directory/server-directory.js';
