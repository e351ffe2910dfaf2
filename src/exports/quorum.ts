/** `koinon/quorum`: who may act together, and who may fail together. */
export { decode, decodeJson, type DecodeError } from '../prelude/codec.js';
export { type ProcessId, processId, ProcessSet, Universe } from '../prelude/process.js';
export { judgeConditions, type TrustAssumption, type TrustVerdicts, type Verdict } from '../quorum/conditions.js';
export { vouchPolicy } from '../quorum/derived-policy.js';
export {
  formatParseError,
  formatPolicyError,
  type ParseError,
  type PolicyError,
  type PolicyErrorCode,
} from '../quorum/errors.js';
export { OrganizationSystem } from '../quorum/organizations.js';
export {
  checkPolicy,
  isQualified,
  type Member,
  type Policy,
  policyMembers,
  type ThresholdGate,
} from '../quorum/policy.js';
export { policyCodec } from '../quorum/policy-codec.js';
export { policyDigest } from '../quorum/policy-digest.js';
export { parsePolicy, printPolicy } from '../quorum/policy-text.js';
export { type CoveringFaults, QuorumSystem } from '../quorum/quorum-system.js';
export { thresholdSystem } from '../quorum/threshold.js';
export type { Membership } from '../quorum/tree-text.js';
export { trustModelCodec } from '../quorum/trust-codec.js';
export { describeTrustReport } from '../quorum/trust-description.js';
export { type TrustModel, trustModel } from '../quorum/trust-model.js';
export { type TrustReport, validateTrust } from '../quorum/trust-report.js';
export { parseTrust, printTrust } from '../quorum/trust-text.js';
export type { TrustGate, TrustTree } from '../quorum/trust-tree.js';
export type { FaultSet } from '../quorum/witness.js';
