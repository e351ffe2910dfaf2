/**
 * The alliance document as JSON (`alliance.json`; spec/wire.md, "The alliance document"). Every key is known, every list and text
 * bounded; what was decoded is consistent, so that nothing inside checks it again.
 */
import * as t from 'io-ts';
import { decode, decodeJson, hexDigest, integer, list, record } from '../prelude/codec.js';
import type { Digest } from '../prelude/digest.js';
import { E, type Either } from '../prelude/fp.js';
import { trustModelCodec } from '../quorum/trust/trust-codec.js';
import { alliancePublicKeyCodec, thresholdPublicKeyCodec } from '../schemes/public-key-codec.js';
import { type Alliance, allianceVersion, documentDigest } from './alliance.js';
import { findInconsistency } from './alliance-consistency.js';
import type { AllianceError } from './errors.js';
import { documentKeyCodec, governanceCodec, parametersCodec } from './governance-codec.js';
import { applicationCodec, organizationCodec } from './organization-codec.js';

/** No alliance has more. */
const maxOrganizations = 1000;
const maxApplications = 10_000;
const maxDocumentKeys = 64;
/** No document is longer, in bytes. */
export const maxAllianceBytes = 16 << 20;

const documentCodec: t.Type<Alliance, unknown> = record(
  'an alliance document',
  {
    version: t.literal(allianceVersion),
    change: integer(0),
    epoch: integer(1),
    trust: trustModelCodec,
    organizations: list(organizationCodec, maxOrganizations, 1),
    applications: list(applicationCodec, maxApplications),
    allianceKey: alliancePublicKeyCodec,
    documentKeys: list(documentKeyCodec, maxDocumentKeys),
    governance: governanceCodec,
    parameters: parametersCodec,
  },
  { allianceId: hexDigest, previous: hexDigest, transcript: hexDigest, slowKey: thresholdPublicKeyCodec },
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

/** Documents are never changed in place, and every act, statement and link is bound to one. */
const digests = new WeakMap<Alliance, Digest>();

/** Digest of the document in force: what servers compare when they meet. Decoding and encoding do not change it. */
export function configurationDigestOf(alliance: Alliance): Digest {
  const known = digests.get(alliance) ?? documentDigest(encodeAlliance(alliance));
  digests.set(alliance, known);
  return known;
}

/** Digest of the founding document, which later documents carry: the name of the alliance, for ever. */
export function allianceIdOf(alliance: Alliance): Digest {
  return alliance.allianceId ?? configurationDigestOf(alliance);
}
