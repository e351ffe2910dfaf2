/** Organizations with their servers and administrators, and applications, as JSON: as documents and actions list them. */
import type * as t from 'io-ts';
import { hexBytes, integer, list, record, refined, text } from '../prelude/codec.js';
import { processId } from '../prelude/process.js';
import { policyCodec } from '../quorum/policy/policy-codec.js';
import { type Ed25519PublicKey, ed25519PublicKey, publicKeyLength } from '../schemes/ed25519/encoding.js';
import type { Administrator } from './acts/authority.js';
import type { ApplicationEntry, OrganizationEntry, ServerEntry } from './alliance.js';

/** No organization has more. */
const maxServers = 1000;
const maxAdministrators = 64;
const maxCertificateLength = 16_384;

const idCodec = refined(text(127), 'organization/name', processId);

const hostPattern = /^[A-Za-z0-9][A-Za-z0-9.-]{0,252}$|^[0-9A-Fa-f:.]{2,45}$/;
const hostCodec = refined(text(253), 'a host name or address', (host) => (hostPattern.test(host) ? host : undefined));

const pemPattern = /^-----BEGIN CERTIFICATE-----\r?\n[A-Za-z0-9+/=\r\n]+-----END CERTIFICATE-----(\r?\n)?$/;
const certificateCodec = refined(text(maxCertificateLength), 'one certificate as PEM', (pem) =>
  pemPattern.test(pem) ? pem : undefined,
);

const keyCodec: t.Type<Ed25519PublicKey, unknown> = refined(
  hexBytes(publicKeyLength),
  'an Ed25519 public key: canonical, not of small order',
  ed25519PublicKey,
);

const serverCodec: t.Type<ServerEntry, unknown> = record(
  'a server',
  { id: idCodec, host: hostCodec, port: integer(1, 65_535), identityKey: keyCodec },
  { slowKey: keyCodec },
);

const administratorCodec: t.Type<Administrator, unknown> = record('an administrator', {
  name: refined(text(63), 'a name', processId),
  key: keyCodec,
});

export const organizationCodec: t.Type<OrganizationEntry, unknown> = record(
  'an organization',
  {
    name: text(63),
    certificateAuthority: certificateCodec,
    servers: list(serverCodec, maxServers, 1),
    administrators: list(administratorCodec, maxAdministrators, 1),
    rule: policyCodec,
  },
  { recoveryKey: keyCodec },
);

export const applicationCodec: t.Type<ApplicationEntry, unknown> = record('an application', {
  id: idCodec,
  key: keyCodec,
});
