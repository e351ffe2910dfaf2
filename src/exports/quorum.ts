/** `koinon/quorum`: who may act together, who may fail together, and what follows from it. */
export { decode, decodeJson, type DecodeError } from '../prelude/codec.js';
export { type ProcessId, processId, ProcessSet, Universe } from '../prelude/process.js';
export type { RandomBytes } from '../prelude/random.js';
export {
  formatParseError,
  formatPolicyError,
  type ParseError,
  type PolicyError,
  type PolicyErrorCode,
} from '../quorum/errors.js';
export {
  type Budget,
  budgetOf,
  type FaultSet,
  type Figure,
  type Safety,
  unlimited,
  type Verdict,
} from '../quorum/verdict.js';

// Trust models: who may fail together.
export { type CoveringFaults, QuorumSystem } from '../quorum/quorum-system.js';
export { judgeConditions, type TrustAssumption, type TrustVerdicts } from '../quorum/trust/conditions.js';
export {
  type AlliancePolicies,
  fastPolicy,
  policiesFrom,
  recoveryPolicy,
  vouchPolicy,
} from '../quorum/trust/derived-policy.js';
export type { ExplicitFaults } from '../quorum/trust/explicit-faults.js';
export { ExplicitSystem } from '../quorum/trust/explicit-system.js';
export { type FaultFronts, faultFronts, type LimitPair } from '../quorum/trust/fault-front.js';
export { type GateSlack, gateSlack } from '../quorum/trust/gate-slack.js';
export { type LargestSlow, largestSlow } from '../quorum/trust/largest-slow.js';
export { OrganizationSystem } from '../quorum/trust/organizations.js';
export { checkQuorumSystem, type SystemCheck } from '../quorum/trust/system-check.js';
export { thresholdSystem } from '../quorum/trust/threshold.js';
export { trustModelCodec } from '../quorum/trust/trust-codec.js';
export { describeTrustReport } from '../quorum/trust/trust-description.js';
export { examineTrust, type TrustExamination } from '../quorum/trust/trust-examination.js';
export { type TrustModel, trustModel, type TrustRule } from '../quorum/trust/trust-model.js';
export { type TrustReport, validateTrust } from '../quorum/trust/trust-report.js';
export { describeTrust } from '../quorum/trust/trust-sections.js';
export { summarizeTrust, type TrustSummary } from '../quorum/trust/trust-summary.js';
export { parseTrust, printTrust } from '../quorum/trust/trust-text.js';
export type { TrustGate, TrustTree } from '../quorum/trust/trust-tree.js';

// Access policies: who may act together.
export { AccessStructure, predicateStructure } from '../quorum/access-structure.js';
export { dual, grid, hierarchical, joint, type ServerGroup, type VotingServer } from '../quorum/policy/composition.js';
export type { Missing } from '../quorum/policy/missing.js';
export { describeMissing } from '../quorum/policy/missing-description.js';
export { checkPolicy, isQualified, type Policy, policyMembers, type ThresholdGate } from '../quorum/policy/policy.js';
export { policyCodec, policyRuleCodec } from '../quorum/policy/policy-codec.js';
export { canonicalPolicy, policyDigest } from '../quorum/policy/policy-digest.js';
export { resolvePolicy } from '../quorum/policy/policy-resolution.js';
export type { PolicyRule } from '../quorum/policy/policy-rule.js';
export { PolicyStructure } from '../quorum/policy/policy-structure.js';
export {
  type ApproximatedPolicy,
  approximatePolicy,
  describeApproximation,
  type GateApproximation,
  type PolicyApproximationError,
} from '../quorum/policy/weights/approximated-policy.js';
export { approximateWeights, type WeightApproximation } from '../quorum/policy/weights/approximation.js';
export { type GateReduction, reduceWeights, type WeightReduction } from '../quorum/policy/weights/reduction.js';
export { parsePolicy, parsePolicyRule, printPolicy, printPolicyRule } from '../quorum/policy/policy-text.js';
export type { VoteState, VoteTracker } from '../quorum/policy/vote-tracker.js';
export type { Membership } from '../quorum/tree/membership.js';
export type { Member } from '../quorum/tree/tree-check.js';

// Analysis.
export { analysePolicy, analyseStructure } from '../quorum/analysis/analysis-choice.js';
export { comparePolicies, type PolicyComparison } from '../quorum/analysis/comparison.js';
export {
  type BadMeeting,
  judgeDissemination,
  judgeFab,
  judgeInclusion,
  judgeIntersection,
  judgeLiveness,
  judgeMasking,
  judgeMeeting,
  judgeUnforgeability,
  judgeMovability,
} from '../quorum/analysis/cross-check.js';
export { commitRule, judgeCommit, searchCommit } from '../quorum/analysis/commit-rule.js';
export { downtimePerYear, nines } from '../quorum/analysis/availability/downtime.js';
export {
  downWith,
  type FailureGroup,
  type FailureModel,
  groupsBy,
  independentServers,
  type Uptime,
  upWith,
} from '../quorum/analysis/availability/failure-model.js';
export { Fraction } from '../quorum/analysis/load/fraction.js';
export { mergeMembers } from '../quorum/analysis/merge.js';
export { soleBlockers, soleQualifiers } from '../quorum/analysis/sole-members.js';
export type { MinimalSets, PricedSet, SplittingSet, StructureAnalysis } from '../quorum/analysis/structure-analysis.js';
export { type TreeLoad, treeLoad } from '../quorum/analysis/load/tree-load.js';
export { sampleQuorum, type TreeStrategy } from '../quorum/analysis/load/tree-strategy.js';
export { afterLeaving, duringMaintenance, type Remaining } from '../quorum/analysis/what-if.js';

// Reports.
export { type AllianceFit, judgeAlliancePolicies, type PolicyFit } from '../quorum/report/alliance-check.js';
export { describeComparison } from '../quorum/report/comparison-sections.js';
export type { LevelReport } from '../quorum/report/level-report.js';
export { type PolicyReport, type ReportRequest, reportPolicy } from '../quorum/report/policy-report.js';
export { describePolicy } from '../quorum/report/policy-sections.js';
export { type PolicySummary, summarizePolicy } from '../quorum/report/policy-summary.js';
export type { TrustFit } from '../quorum/report/trust-fit.js';
