/** Whether every organization has signed the founding document (spec/management.md, "Founding"). */
import type { Digest } from '../prelude/digest.js';
import type { Ed25519Verify } from '../schemes/ed25519/encoding.js';
import { authorityKeyId, speaksFor } from './acts/authority.js';
import type { ActSignature } from './acts/act.js';
import type { Alliance, OrganizationEntry } from './alliance.js';
import { foundedStatement } from './alliance-statements.js';

/** What administrators of one organization signed. */
export interface Consent {
  readonly organization: string;
  readonly signatures: readonly ActSignature[];
}

type Members = Pick<Alliance, 'organizations'>;

/** Organizations of which nobody who speaks for them has signed. Signatures that do not verify count for nothing. */
export function organizationsWithoutConsent(
  { organizations }: Members,
  allianceId: Digest,
  consents: readonly Consent[],
  verify: Ed25519Verify,
): readonly string[] {
  const isGiven = (organization: OrganizationEntry): boolean => {
    const signed = signaturesThatCount(organization, allianceId, consents, verify);
    return speaksFor(
      organization,
      signed.map(({ by }) => by),
    );
  };
  return organizations.filter((organization) => !isGiven(organization)).map(({ name }) => name);
}

/** Of what was gathered, whatever counts: one consent an organization, in the order of the document. */
export function soundConsents(
  { organizations }: Members,
  allianceId: Digest,
  consents: readonly Consent[],
  verify: Ed25519Verify,
): readonly Consent[] {
  return organizations.flatMap((organization) => {
    const signatures = signaturesThatCount(organization, allianceId, consents, verify);
    return signatures.length === 0 ? [] : [{ organization: organization.name, signatures }];
  });
}

/** One of each administrator who signed, in the order of their names. */
function signaturesThatCount(
  organization: OrganizationEntry,
  allianceId: Digest,
  consents: readonly Consent[],
  verify: Ed25519Verify,
): readonly ActSignature[] {
  const statement = foundedStatement(allianceId, authorityKeyId(organization));
  const own = consents.filter((consent) => consent.organization === organization.name);
  const given = own.flatMap(({ signatures }) => signatures);
  return [...organization.administrators]
    .sort((a, b) => (a.name < b.name ? -1 : 1))
    .flatMap(({ name, key }) => {
      const found = given.find(({ by, signature }) => by === name && verify(key, statement, signature));
      return found === undefined ? [] : [found];
    });
}
