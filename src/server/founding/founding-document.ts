/** A founding document, made of its parts: what an alliance begins with where nothing else is said. */
import { E, type Either } from '../../prelude/fp.js';
import {
  type Alliance,
  allianceVersion,
  type AllianceParameters,
  type GovernanceTerms,
} from '../../management/alliance.js';
import { decodeAlliance, encodeAlliance } from '../../management/alliance-codec.js';
import type { AllianceError } from '../../management/errors.js';
import { defaultGovernance } from '../../management/governance-defaults.js';
import { structureComplaint } from '../../management/proposals/governing-policies.js';
import { organizationTrust } from '../../quorum/trust/organization-trust.js';
import { hasReportRoom } from '../directory/report-room.js';

export const foundingEpoch = 1;
const baseTimeoutMs = 1000;
/** The largest window for which there is room counts. */
const windows = [256, 128, 64, 32, 16, 8, 4] as const;

export type FoundingParts = Pick<
  Alliance,
  'trust' | 'organizations' | 'applications' | 'allianceKey' | 'slowKey' | 'documentKeys' | 'governance'
> & { readonly parameters?: Partial<AllianceParameters> };

/** The document, if its parts agree. */
export function foundingDocument({ parameters, ...parts }: FoundingParts): Either<AllianceError, Alliance> {
  const windowSlots = parameters?.windowSlots ?? windows.find((slots) => hasReportRoom(parts, slots)) ?? 2;
  const usual = { windowSlots, checkpointInterval: Math.max(1, Math.floor(windowSlots / 4)), baseTimeoutMs };
  const alliance: Alliance = {
    version: allianceVersion,
    change: 0,
    epoch: foundingEpoch,
    ...parts,
    parameters: { ...usual, ...parameters },
  };
  return decodeAlliance(encodeAlliance(alliance));
}

/**
 * The defaults. Where three sets of the usual structure of organizations would be everyone, what follows from the trust model alone
 * is stated: such an alliance bears no more than that. Left is why neither fits.
 */
export function usualGovernance(
  { trust, organizations }: Pick<Alliance, 'trust' | 'organizations'>,
  overrides: GovernanceTerms['overrides'] = [],
): Either<string, GovernanceTerms> {
  const usual = { ...defaultGovernance, overrides };
  const complaintAbout = (governance: GovernanceTerms): string | undefined =>
    structureComplaint({ trust, organizations, governance, documentKeys: [] });
  const complaint = complaintAbout(usual);
  if (complaint === undefined) return E.right(usual);
  const derived = organizationTrust(trust);
  if (E.isLeft(derived)) return E.left(complaint);
  const stated = { ...usual, structure: derived.right };
  return complaintAbout(stated) === undefined ? E.right(stated) : E.left(complaint);
}
