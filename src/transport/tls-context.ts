/** How koinon uses node:tls, on both sides of every link. */
import { constants, createPrivateKey, X509Certificate } from 'node:crypto';
import { createSecureContext, type SecureContext, type SecureContextOptions, type TLSSocket } from 'node:tls';
import { E, type Either } from '../prelude/fp.js';
import { type Authorities, proveIdentity, readAuthorities, readIdentity, refusedClaim } from './authority.js';
import { describeIdentity, type Identity } from './identity.js';
import type { Credentials } from './limits.js';

export interface TlsContext {
  readonly secureContext: SecureContext;
  readonly secureOptions: SecureContextOptions;
  readonly authorities: Authorities;
}

/**
 * Reads the credentials and checks that they are `me`'s own; the error is one sentence.
 *
 * @param authorityPems - by organization; each counts.
 */
export function readTlsContext(
  me: Identity,
  credentials: Credentials,
  ...authorityPems: readonly ReadonlyMap<string, string>[]
): Either<string, TlsContext> {
  return readContext(me, credentials, authorityPems, proveIdentity);
}

/** The same for one that is to join: its own authority may not be among those that are known yet. */
export function readNewcomerTlsContext(
  me: Identity,
  credentials: Credentials,
  ...authorityPems: readonly ReadonlyMap<string, string>[]
): Either<string, TlsContext> {
  return readContext(me, credentials, authorityPems, (certificate, _, now) => readIdentity(certificate, now));
}

function readContext(
  me: Identity,
  credentials: Credentials,
  authorityPems: readonly ReadonlyMap<string, string>[],
  identify: typeof proveIdentity,
): Either<string, TlsContext> {
  const authorities = readAuthorities(...authorityPems);
  if (E.isLeft(authorities)) return authorities;
  const own = E.tryCatch(
    () => new X509Certificate(credentials.certificate),
    () => 'the own certificate is no X.509 certificate',
  );
  if (E.isLeft(own)) return own;
  const identity = identify(own.right, authorities.right, new Date());
  if (E.isLeft(identity)) return identity;
  if (refusedClaim(identity.right, me) !== undefined) {
    return E.left(`the own certificate is for ${describeIdentity(identity.right)}, not for ${describeIdentity(me)}`);
  }
  return E.tryCatch(
    () => {
      if (!own.right.checkPrivateKey(createPrivateKey(credentials.privateKey))) throw new Error();
      const secureOptions = secureOptionsFor(
        credentials,
        authorityPems.flatMap((some) => [...some.values()]),
      );
      return { secureContext: createSecureContext(secureOptions), secureOptions, authorities: authorities.right };
    },
    () => 'the private key does not belong to the own certificate',
  );
}

function secureOptionsFor(credentials: Credentials, authorities: readonly string[]): SecureContextOptions {
  return {
    cert: credentials.certificate,
    key: credentials.privateKey,
    ca: [...authorities],
    minVersion: 'TLSv1.3',
    maxVersion: 'TLSv1.3',
    ciphers: 'TLS_AES_128_GCM_SHA256:TLS_CHACHA20_POLY1305_SHA256:TLS_AES_256_GCM_SHA384',
    // Links are long, so nothing is resumed: every handshake shows and checks certificates.
    secureOptions: constants.SSL_OP_NO_TICKET,
  };
}

/**
 * Whom the other side of a finished TLS handshake has proved to be, or why nobody.
 * Neither side lets node:tls end the handshake over a certificate: it would not tell the other side why.
 */
export function provedBy(socket: TLSSocket, authorities: Authorities): Either<string, Identity> {
  const proved = proveIdentity(socket.getPeerX509Certificate(), authorities, new Date());
  if (E.isLeft(proved) || socket.authorized) return proved;
  const cause: unknown = socket.authorizationError;
  return E.left(`TLS does not accept the certificate for ${describeIdentity(proved.right)} (${String(cause)})`);
}
