/**
 * `koinon/ceremonies`: making, renewing and moving shared keys over an ordered log (spec/ceremonies.md). Feed a board with the
 * entries of the log, ask a participant what to post, and do the posting.
 */
export { CeremonyBoard, type CeremonyState } from '../schemes/ceremony/board.js';
export {
  type CeremonyNotAdmitted,
  CeremonyRegister,
  generationId,
  type OpenedCeremony,
} from '../schemes/ceremony/ceremony-register.js';
export type { AbortReason, CeremonyFault, Culprit } from '../schemes/ceremony/fault.js';
export { nextAttempt } from '../schemes/ceremony/next-attempt.js';
export { CeremonyParticipant, type ParticipantOptions, type PendingShare } from '../schemes/ceremony/participant.js';
export { ceremonyLimits, messageSizes } from '../schemes/ceremony/ceremony-size.js';
export type { CeremonyPlan, CeremonyRefused, KindNotOffered } from '../schemes/ceremony/plan.js';
export {
  blsCeremony,
  type BlsCeremony,
  blsGeneration,
  type BlsGeneration,
} from '../schemes/ceremony/moves/bls-ceremony.js';
export { shoupRsaCeremony } from '../schemes/ceremony/moves/rsa-ceremony.js';
export type { CeremonyRules, CeremonySetting } from '../schemes/ceremony/setting.js';
export type { Settlement } from '../schemes/ceremony/settlement.js';
export type { CeremonyKind, CeremonyTerms } from '../schemes/ceremony/terms.js';
