/**
 * Pinned trust: each organization has one authority, and whoever claims to be of that organization shows a certificate
 * that this very authority issued for that very identity. No other authority, public ones included, counts.
 */
import { X509Certificate } from 'node:crypto';
import { E, type Either, RA } from '../prelude/fp.js';
import { organizationOf } from '../prelude/process.js';
import { describeIdentity, type Identity, identityUri, parseIdentityUri } from './identity.js';

export type Authorities = ReadonlyMap<string, X509Certificate>;

/** Reads the authorities' PEM certificates, by organization; on failure says which is none. */
export function readAuthorities(pems: ReadonlyMap<string, string>): Either<string, Authorities> {
  const read = RA.traverse(E.Applicative)(([organization, pem]: readonly [string, string]) =>
    E.tryCatch(
      () => [organization, new X509Certificate(pem)] as const,
      () => `the certificate of organization ${organization} is no X.509 certificate`,
    ),
  )([...pems]);
  return E.map((entries: ReadonlyArray<readonly [string, X509Certificate]>) => new Map(entries))(read);
}

/** Whom a certificate was issued for, or why it proves nothing. */
export function proveIdentity(
  certificate: X509Certificate | undefined,
  authorities: Authorities,
  now: Date,
): Either<string, Identity> {
  if (certificate === undefined) return E.left('no certificate was shown');
  const identity = namedIdentity(certificate);
  if (identity === undefined) return E.left('the certificate names no server and no application');
  const who = describeIdentity(identity);
  const authority = authorities.get(organizationOf(identity.id));
  if (authority === undefined) return E.left(`the certificate is for ${who}, whose organization is unknown here`);
  if (!certificate.checkIssued(authority) || !certificate.verify(authority.publicKey)) {
    return E.left(`the certificate for ${who} was not issued by the authority of ${organizationOf(identity.id)}`);
  }
  return isValidAt(certificate, now)
    ? E.right(identity)
    : E.left(`the certificate for ${who} is valid from ${certificate.validFrom} to ${certificate.validTo}, not now`);
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
