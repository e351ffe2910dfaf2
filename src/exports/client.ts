/** `koinon/client`: proposing to an alliance and listening to it, from the directory of an enrolled application. */
export { AllianceClient, type AllianceClientOptions } from '../client/alliance-client.js';
export type { ExecutionOutcome, Outcome } from '../client/proposals.js';
export type { ServerStatus } from '../client/protocol.js';
export type { Delivered } from '../consensus/delivery.js';
export type { VerifiedRange } from '../client/verify.js';
export { type ClientWish, openClient } from '../server/applications/application-client.js';
export {
  type ApplicationDirectory,
  findApplication,
  loadApplicationDirectory,
} from '../server/directory/application-directory.js';
export { describeDirectoryError, type DirectoryError } from '../server/directory/errors.js';
