/** FOUNDED, signed: what administrators say of the document with which their alliance begins. */
import type { Digest } from '../../prelude/digest.js';
import type { ProcessId } from '../../prelude/process.js';
import { authorityKeyId } from '../../management/acts/authority.js';
import type { OrganizationEntry } from '../../management/alliance.js';
import { foundedStatement } from '../../management/alliance-statements.js';
import type { Consent } from '../../management/founding-consent.js';
import { ed25519Sign } from '../../schemes/ed25519/ed25519.js';
import type { Ed25519Seed } from '../../schemes/ed25519/encoding.js';

/** @param seeds - of administrators of the organization, by name. */
export function consentOf(
  organization: OrganizationEntry,
  allianceId: Digest,
  seeds: ReadonlyMap<ProcessId, Ed25519Seed>,
): Consent {
  const statement = foundedStatement(allianceId, authorityKeyId(organization));
  const signatures = [...seeds]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([by, seed]) => ({ by, signature: ed25519Sign(seed, statement) }));
  return { organization: organization.name, signatures };
}
