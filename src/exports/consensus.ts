/** `koinon/consensus`: the machine, for those who run it in surroundings of their own. */
export { type Batch, batchDigest, type Request, requestStatement, type UnsignedRequest } from '../consensus/batch.js';
export { ConsensusCodec } from '../consensus/codec.js';
export {
  type Clients,
  type Configuration,
  defaultParameters,
  type Identities,
  type KeyRing,
  type Parameters,
} from '../consensus/configuration.js';
export { type Delivered, DeliveryTable } from '../consensus/delivery.js';
export type { Effect, Fault, HaltReason } from '../consensus/effect.js';
export type { Event } from '../consensus/event.js';
export { decodeEvidence, encodeEvidence } from '../consensus/evidence-codec.js';
export {
  type EvidenceKind,
  type EvidenceRecord,
  type PublicConfiguration,
  verifyEvidence,
} from '../consensus/evidence-record.js';
export { leaderSchedule } from '../consensus/fab-quorums.js';
export type { Message } from '../consensus/message.js';
export type { DecidedRange, PrefixCertificate } from '../consensus/range.js';
export type { DurableRecord } from '../consensus/record.js';
export type { Recovered } from '../consensus/state.js';
export { chainNext, chainStart, decidedStatement } from '../consensus/statement.js';
export { FabMachine } from '../consensus/step.js';
export type { Alliance } from '../management/alliance.js';
export { decodeAllianceText } from '../management/alliance-codec.js';
export { type PublicAllianceKeys, publicKeysOf } from '../management/public-keys.js';
