/**
 * The alliance document as JSON (`alliance.json`; spec/wire.md, "The alliance document"). Every key is known, every list and text
 * bounded; what was decoded is consistent, so that nothing inside checks it again.
 */
import * as t from 'io-ts';
import { decode, decodeJson, hexBytes, hexDigest, integer, list, record, refined, text } from '../prelude/codec.js';
import type { Digest } from '../prelude/digest.js';
import { E, type Either } from '../prelude/fp.js';
import { processId } from '../prelude/process.js';
import { trustModelCodec } from '../quorum/trust/trust-codec.js';
import { type Ed25519PublicKey, ed25519PublicKey, publicKeyLength } from '../schemes/ed25519/encoding.js';
import { alliancePublicKeyCodec, thresholdPublicKeyCodec } from '../schemes/public-key-codec.js';
import {
  type Alliance,
  type AllianceParameters,
  allianceVersion,
  type ApplicationEntry,
  documentDigest,
  type OrganizationEntry,
  type ServerEntry,
} from './alliance.js';
import { findInconsistency } from './alliance-consistency.js';
import type { AllianceError } from './errors.js';

/** No alliance has more organizations, and none of them more servers. */
const maxOrganizations = 1000;
const maxServers = 1000;
const maxApplications = 10_000;
const maxCertificateLength = 16_384;
/** No document is longer, in bytes. */
export const maxAllianceBytes = 16 << 20;

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

const organizationCodec: t.Type<OrganizationEntry, unknown> = record('an organization', {
  name: text(63),
  certificateAuthority: certificateCodec,
  servers: list(serverCodec, maxServers, 1),
});

const applicationCodec: t.Type<ApplicationEntry, unknown> = record('an application', { id: idCodec, key: keyCodec });

const parametersCodec: t.Type<AllianceParameters, unknown> = record(
  'the parameters of consensus',
  {
    // A report has room for as many slots (spec/wire.md): in a wider window correct reports would be refused.
    windowSlots: integer(2, 4096),
    checkpointInterval: integer(1, 2048),
    baseTimeoutMs: integer(10, 600_000),
  },
  { snapshotInterval: integer(1, 2 ** 24) },
);

const documentCodec: t.Type<Alliance, unknown> = record(
  'an alliance document',
  {
    version: t.literal(allianceVersion),
    epoch: integer(1),
    trust: trustModelCodec,
    organizations: list(organizationCodec, maxOrganizations, 1),
    applications: list(applicationCodec, maxApplications),
    allianceKey: alliancePublicKeyCodec,
    parameters: parametersCodec,
  },
  { allianceId: hexDigest, slowKey: thresholdPublicKeyCodec },
);

/** Decodes a document and makes sure that it is consistent. */
export function decodeAlliance(json: unknown): Either<AllianceError, Alliance> {
  const version = writtenVersion(json);
  if (version !== undefined && version > allianceVersion) {
    return E.left({ _tag: 'NewerVersion', version, newestKnown: allianceVersion });
  }
  const decoded = decode(documentCodec, json);
  if (E.isLeft(decoded)) return decoded;
  const complaint = findInconsistency(decoded.right);
  return complaint === undefined ? decoded : E.left(complaint);
}

/** Decodes the text of `alliance.json`. */
export function decodeAllianceText(json: string): Either<AllianceError, Alliance> {
  const parsed = decodeJson(t.unknown, json);
  return E.isLeft(parsed) ? parsed : decodeAlliance(parsed.right);
}

/** Read before all else, so that a newer form is not mistaken for a broken one. */
function writtenVersion(json: unknown): number | undefined {
  if (typeof json !== 'object' || json === null || !('version' in json)) return undefined;
  return typeof json.version === 'number' ? json.version : undefined;
}

/** The JSON form. */
export function encodeAlliance(alliance: Alliance): unknown {
  return documentCodec.encode(alliance);
}

/** Digest of the document in force: what servers compare when they meet. Decoding and encoding do not change it. */
export function configurationDigestOf(alliance: Alliance): Digest {
  return documentDigest(encodeAlliance(alliance));
}

/** Digest of the founding document, which later documents carry: the name of the alliance, for ever. */
export function allianceIdOf(alliance: Alliance): Digest {
  return alliance.allianceId ?? configurationDigestOf(alliance);
}
