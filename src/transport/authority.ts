/**
 * Pinned trust: each organization has an authority (two, while it changes it), and whoever claims to be of that organization
 * shows a certificate that this very authority issued for that very identity. No other authority, public ones included, counts.
 */
import { X509Certificate } from 'node:crypto';
import { E, type Either, RA } from '../prelude/fp.js';
import { organizationOf } from '../prelude/process.js';
import { describeIdentity, type Identity, identityUri, parseIdentityUri } from './identity.js';

export type Authorities = ReadonlyMap<string, readonly X509Certificate[]>;

/** Reads the authorities' PEM certificates, by organization; on failure says which is none. */
export function readAuthorities(...pems: readonly ReadonlyMap<string, string>[]): Either<string, Authorities> {
  const read = RA.traverse(E.Applicative)(([organization, pem]: readonly [string, string]) =>
    E.tryCatch(
      () => [organization, new X509Certificate(pem)] as const,
      () => `the certificate of organization ${organization} is no X.509 certificate`,
    ),
  )(pems.flatMap((some) => [...some]));
  return E.map(byOrganization)(read);
}

function byOrganization(entries: ReadonlyArray<readonly [string, X509Certificate]>): Authorities {
  const authorities = new Map<string, readonly X509Certificate[]>();
  for (const [organization, certificate] of entries)
    authorities.set(organization, [...(authorities.get(organization) ?? []), certificate]);
  return authorities;
}

/** Whom a certificate names, whoever issued it, where it is valid now. */
export function readIdentity(certificate: X509Certificate | undefined, now: Date): Either<string, Identity> {
  if (certificate === undefined) return E.left('no certificate was shown');
  const identity = namedIdentity(certificate);
  if (identity === undefined) return E.left('the certificate names no server and no application');
  const { validFrom, validTo } = certificate;
  return isValidAt(certificate, now)
    ? E.right(identity)
    : E.left(`the certificate for ${describeIdentity(identity)} is valid from ${validFrom} to ${validTo}, not now`);
}

/** Whom a certificate was issued for, or why it proves nothing. */
export function proveIdentity(
  certificate: X509Certificate | undefined,
  authorities: Authorities,
  now: Date,
): Either<string, Identity> {
  const named = readIdentity(certificate, now);
  if (certificate === undefined || E.isLeft(named)) return named;
  const who = describeIdentity(named.right);
  const organization = organizationOf(named.right.id);
  const known = authorities.get(organization) ?? [];
  if (known.length === 0) return E.left(`the certificate is for ${who}, whose organization is unknown here`);
  return known.some((authority) => certificate.checkIssued(authority) && certificate.verify(authority.publicKey))
    ? named
    : E.left(`the certificate for ${who} was not issued by the authority of ${organization}`);
}

/** The only identity URI among the alternative names; `undefined` where there is none, or more than one. */
function namedIdentity(certificate: X509Certificate): Identity | undefined {
  const uris = (certificate.subjectAltName ?? '').split(', ').filter((name) => name.startsWith('URI:'));
  return uris.length === 1 ? parseIdentityUri((uris[0] ?? '').slice('URI:'.length)) : undefined;
}

function isValidAt(certificate: X509Certificate, now: Date): boolean {
  return Date.parse(certificate.validFrom) <= now.getTime() && now.getTime() <= Date.parse(certificate.validTo);
}

/** Why a proved identity is not the one that was expected or claimed. */
export function mismatch(proved: Identity, claimed: Identity): string | undefined {
  if (identityUri(proved) === identityUri(claimed)) return undefined;
  return `the certificate is for ${describeIdentity(proved)}, not for ${describeIdentity(claimed)}`;
}

/** Why a proved identity may not come as the claimed one. A server may come as a client too, under its own id. */
export function refusedClaim(proved: Identity, claimed: Identity): string | undefined {
  return proved.role === 'server' && identityUri({ ...proved, role: 'client' }) === identityUri(claimed)
    ? undefined
    : mismatch(proved, claimed);
}
