/** `koinon/quorum`: who may act together, and who may fail together. */
export { decode, decodeJson, type DecodeError } from '../prelude/codec.js';
export { type ProcessId, processId, ProcessSet, Universe } from '../prelude/process.js';
export { judgeConditions, type TrustAssumption, type TrustVerdicts } from '../quorum/trust/conditions.js';
export { vouchPolicy } from '../quorum/trust/derived-policy.js';
export {
  formatParseError,
  formatPolicyError,
  type ParseError,
  type PolicyError,
  type PolicyErrorCode,
} from '../quorum/errors.js';
export { OrganizationSystem } from '../quorum/trust/organizations.js';
export {
  checkPolicy,
  isQualified,
  type Policy,
  policyMembers,
  type ThresholdGate,
} from '../quorum/policy/policy.js';
export { policyCodec } from '../quorum/policy/policy-codec.js';
export { policyDigest } from '../quorum/policy/policy-digest.js';
export { parsePolicy, printPolicy } from '../quorum/policy/policy-text.js';
export { type CoveringFaults, QuorumSystem } from '../quorum/quorum-system.js';
export { thresholdSystem } from '../quorum/trust/threshold.js';
export type { Member } from '../quorum/tree/tree-check.js';
export type { Membership } from '../quorum/tree/tree-text.js';
export { trustModelCodec } from '../quorum/trust/trust-codec.js';
export { describeTrustReport } from '../quorum/trust/trust-description.js';
export { type TrustModel, trustModel } from '../quorum/trust/trust-model.js';
export { type TrustReport, validateTrust } from '../quorum/trust/trust-report.js';
export { parseTrust, printTrust } from '../quorum/trust/trust-text.js';
export type { TrustGate, TrustTree } from '../quorum/trust/trust-tree.js';
export type { FaultSet, Verdict } from '../quorum/verdict.js';
