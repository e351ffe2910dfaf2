/**
 * `koinon/management`: how an alliance governs itself (spec/management.md), as functions of an ordered log. Feed a governance with
 * acts, at their positions; what follows is the same wherever it is done.
 */
export {
  type Act,
  type ActAuthor,
  actStatement,
  decodeAct,
  encodeAct,
} from '../management/acts/act.js';
export { type ActBody, decodeBody, encodeBody } from '../management/acts/act-body.js';
export {
  type Administrator,
  type Authority,
  authorityKeyId,
  serverActsKeyId,
} from '../management/acts/authority.js';
export type { Alliance, OrganizationEntry, ServerEntry } from '../management/alliance.js';
export {
  allianceIdOf,
  configurationDigestOf,
  decodeAlliance,
  encodeAlliance,
} from '../management/alliance-codec.js';
export { type Consent, organizationsWithoutConsent } from '../management/founding-consent.js';
export {
  type OrganizationContent,
  type OrganizationExport,
  unprovenKeys,
} from '../management/founding/organization-export.js';
export {
  decodeExportText,
  exportDigest,
  printExport,
} from '../management/founding/organization-export-codec.js';
export { isSpoken, spokenWords } from '../management/founding/spoken-digest.js';
export { describeManagementError, type ManagementError } from '../management/governance/errors.js';
export type { GovernanceEvent } from '../management/governance/event.js';
export { examine, type Examination } from '../management/governance/examination.js';
export { foundGovernance } from '../management/governance/founding.js';
export type { Change, Governance, Proposal } from '../management/governance/governance.js';
export { organizationStates, serverStates } from '../management/governance/member-states.js';
export { takeAct, takeEpoch, type Taken, takeReadiness } from '../management/governance/take.js';
export { stillNeeded } from '../management/governance/votes.js';
export type { Action } from '../management/proposals/action.js';
export { decodeActions, decodeActionsText, encodeActions } from '../management/proposals/action-codec.js';
export { adaptedTrust } from '../management/proposals/adapted-trust.js';
export { conflictsAmong } from '../management/proposals/conflicts.js';
export { dryRun, type DryRunWish } from '../management/proposals/dry-run.js';
export type { Effect } from '../management/proposals/effect.js';
export type { GateName } from '../management/proposals/gate-names.js';
export type { StandingGate } from '../management/proposals/gates.js';
export { makeDraft } from '../management/proposals/draft.js';
export { effectOf } from '../management/proposals/effect.js';
export { documentGatesAgainst } from '../management/proposals/gates.js';
export { describeEffect } from '../management/proposals/effect-description.js';
export { Membership, type MembershipParts, membershipName } from '../services/membership/membership.js';
export { actCommands, queryCommand } from '../services/membership/commands.js';
export { cutIntoPieces } from '../services/membership/pieces.js';
export { decodeResult } from '../services/membership/result-codec.js';
export type { ActResult, ToldEvent } from '../services/membership/result-shapes.js';
export { decodeView } from '../services/membership/view-codec.js';
export { MoveParticipant } from '../services/membership/move-participant.js';
export { encodeServiceCommand } from '../services/service-command.js';
