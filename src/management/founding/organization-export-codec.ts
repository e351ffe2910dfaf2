/**
 * What organizations exchange before there is an alliance, as JSON (spec/wire.md, "Founding"): the export of each, and what it keeps of
 * itself, which is the same without proofs.
 */
import * as t from 'io-ts';
import { utf8 } from '../../prelude/bytes.js';
import {
  canonicalJson,
  type DecodeError,
  decodeJson,
  hexBytes,
  list,
  record,
  refined,
  text,
} from '../../prelude/codec.js';
import { type Digest, digest } from '../../prelude/digest.js';
import { E, type Either } from '../../prelude/fp.js';
import { processCodec } from '../../prelude/process-codec.js';
import { ed25519PublicKey, publicKeyLength, signatureLength } from '../../schemes/ed25519/encoding.js';
import { findInconsistentMembers } from '../organization-consistency.js';
import { applicationCodec, organizationCodec } from '../organization-codec.js';
import {
  type KeyUse,
  keyUses,
  type OrganizationContent,
  type OrganizationExport,
  type PossessionProof,
  type ServerAllianceKey,
} from './organization-export.js';

/** Newer files are refused by older software. */
const exportVersion = 1;
/** In bytes. */
export const maxExportBytes = 4 << 20;
const maxServers = 1000;
const maxApplications = 1000;
const maxProofs = 10_000;

const allianceKeyCodec: t.Type<ServerAllianceKey, unknown> = record('a key of a server', {
  id: processCodec,
  key: refined(hexBytes(publicKeyLength), 'an Ed25519 public key: canonical, not of small order', ed25519PublicKey),
});

const useCodec: t.Type<KeyUse, unknown> = refined(text(32), `one of ${keyUses.join(', ')}`, (name) =>
  keyUses.find((use) => use === name),
);

const proofCodec: t.Type<PossessionProof, unknown> = record('a proof of possession', {
  use: useCodec,
  holder: text(130),
  signature: refined(hexBytes(signatureLength), `a signature of ${signatureLength} bytes`, (bytes) =>
    bytes.length === signatureLength ? bytes : undefined,
  ),
});

const contentProps = {
  organization: organizationCodec,
  allianceKeys: list(allianceKeyCodec, maxServers),
  applications: list(applicationCodec, maxApplications),
};

const contentCodec = record('what an organization is', { version: t.literal(exportVersion), ...contentProps });

const exportCodec = record('the export of an organization', {
  version: t.literal(exportVersion),
  ...contentProps,
  proofs: list(proofCodec, maxProofs),
});

/** What an export says, proofs apart: what its keys sign, and people read out. */
export function exportDigest(content: OrganizationContent): Digest {
  return digest(utf8(canonicalJson(encodeContent(content))));
}

function encodeContent({ organization, allianceKeys, applications }: OrganizationContent): unknown {
  return contentCodec.encode({ version: exportVersion, organization, allianceKeys, applications });
}

export function printContent(content: OrganizationContent): string {
  return printed(encodeContent(content));
}

export function printExport({ proofs, ...content }: OrganizationExport): string {
  return printed(exportCodec.encode({ version: exportVersion, ...content, proofs }));
}

function printed(json: unknown): string {
  return `${JSON.stringify(json, undefined, 2)}\n`;
}

export function decodeContentText(json: string): Either<DecodeError, OrganizationContent> {
  const decoded = decodeJson(contentCodec, json);
  return E.isLeft(decoded) ? decoded : checkContent(contentOf(decoded.right));
}

export function decodeExportText(json: string): Either<DecodeError, OrganizationExport> {
  const decoded = decodeJson(exportCodec, json);
  if (E.isLeft(decoded)) return decoded;
  const content = checkContent(contentOf(decoded.right));
  return E.isLeft(content) ? content : E.right({ ...content.right, proofs: decoded.right.proofs });
}

function contentOf({ organization, allianceKeys, applications }: OrganizationContent): OrganizationContent {
  return { organization, allianceKeys, applications };
}

/** Its parts are of one organization, and agree. */
function checkContent(content: OrganizationContent): Either<DecodeError, OrganizationContent> {
  const { organization, allianceKeys, applications } = content;
  const wrong = (path: string, expected: string): Either<DecodeError, never> =>
    E.left({ _tag: 'DecodeError', path, expected });
  const members = { organizations: [organization], applications };
  const complaint = findInconsistentMembers(members);
  if (complaint?._tag === 'Inconsistent')
    return wrong(complaint.path.replace('/organizations/0', '/organization'), complaint.expected);
  const places = allianceKeys.map(({ id }) => organization.servers.findIndex((server) => server.id === id));
  const isAscending = places.every((place, index) => place > (places[index - 1] ?? -1));
  return isAscending ? E.right(content) : wrong('/allianceKeys', 'servers of the organization, in their order');
}
