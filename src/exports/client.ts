/** `koinon/client`: proposing to an alliance and listening to it, from the directory of an enrolled application. */
export { AllianceClient, type AllianceClientOptions } from '../client/alliance-client.js';
export { type AdministratorKey, signedAct, stillToSign } from '../client/governance/act-signing.js';
export { changesBetween, type GovernanceChange } from '../client/governance/changes-seen.js';
export type { AskError, SayError } from '../client/governance/errors.js';
export { type Executing, GovernanceClient, type TakenAct } from '../client/governance/governance-client.js';
export { GovernanceWatch, type WatchParts } from '../client/governance/governance-watch.js';
export type { DraftedAct, IntentionRefused, ProposalWish } from '../client/governance/intentions.js';
export {
  type Intention,
  OrganizationVoice,
  type Spoken,
  type VoiceError,
  type VoiceParts,
} from '../client/governance/organization-voice.js';
export { describeVoiceError } from '../client/governance/voice-errors.js';
export type {
  Overview,
  ShownChange,
  ShownProposal,
  ShownSignature,
  ViewKind,
  Views,
} from '../services/membership/view-shapes.js';
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
