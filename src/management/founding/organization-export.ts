/**
 * What an organization tells the others of itself, public all of it: its entry, its servers' keys for the first alliance key, its
 * applications. Every key that is named signs it, so nobody can bring a key that somebody else holds (spec/management.md, "Founding").
 */
import { Writer } from '../../prelude/canonical.js';
import { type Digest, digest } from '../../prelude/digest.js';
import type { ProcessId } from '../../prelude/process.js';
import { encodeStatement } from '../../prelude/statement.js';
import type { Ed25519PublicKey, Ed25519Verify } from '../../schemes/ed25519/encoding.js';
import type { ApplicationEntry, OrganizationEntry } from '../alliance.js';

/** A server's part of an alliance key of multisignatures. */
export interface ServerAllianceKey {
  readonly id: ProcessId;
  readonly key: Ed25519PublicKey;
}

export interface OrganizationContent {
  readonly organization: OrganizationEntry;
  /** Of servers, in their order: of all that found an alliance; one that is healed later brings its key to the change. */
  readonly allianceKeys: readonly ServerAllianceKey[];
  readonly applications: readonly ApplicationEntry[];
}

/** Of one key. */
export interface PossessionProof {
  readonly use: KeyUse;
  /** Who holds the key: an administrator, a server, an application, or the organization. */
  readonly holder: string;
  readonly signature: Uint8Array;
}

export interface OrganizationExport extends OrganizationContent {
  readonly proofs: readonly PossessionProof[];
}

/** What a key of an organization is for. */
export const keyUses = ['authority', 'administrator', 'recovery', 'identity', 'slow', 'alliance', 'request'] as const;

export type KeyUse = (typeof keyUses)[number];

export interface NamedKey {
  readonly use: KeyUse;
  readonly holder: string;
  /** `undefined` where a certificate authority's key is none of Ed25519. */
  readonly key: Ed25519PublicKey | undefined;
}

/** The public key in a certificate, PEM; `undefined` where it is none of Ed25519. */
export type CertificateKey = (pem: string) => Ed25519PublicKey | undefined;

/** Every key that an export names, with its use and holder, each pair of them once. */
export function namedKeys(content: OrganizationContent, certificateKey: CertificateKey): readonly NamedKey[] {
  const { organization, allianceKeys, applications } = content;
  const { name, certificateAuthority, administrators, recoveryKey, servers } = organization;
  return [
    { use: 'authority', holder: name, key: certificateKey(certificateAuthority) },
    ...administrators.map((one): NamedKey => ({ use: 'administrator', holder: one.name, key: one.key })),
    ...(recoveryKey === undefined ? [] : [{ use: 'recovery', holder: name, key: recoveryKey } as const]),
    ...servers.flatMap(({ id, identityKey, slowKey }): readonly NamedKey[] => [
      { use: 'identity', holder: id, key: identityKey },
      ...(slowKey === undefined ? [] : [{ use: 'slow', holder: id, key: slowKey } as const]),
    ]),
    ...allianceKeys.map(({ id, key }): NamedKey => ({ use: 'alliance', holder: id, key })),
    ...applications.map(({ id, key }): NamedKey => ({ use: 'request', holder: id, key })),
  ];
}

/**
 * POSSESSION: whoever holds this key stands behind the export of this digest. Of no alliance and no epoch, since there is none yet.
 *
 * @param exported - see `exportDigest`.
 */
export function possessionStatement(
  { use, holder, key }: { readonly use: KeyUse; readonly holder: string; readonly key: Ed25519PublicKey },
  exported: Digest,
): Uint8Array {
  const keyId = digest(new Writer().text('koinon possession ed25519 v1').text(use).text(holder).fixed(key).finish());
  return encodeStatement({ allianceId: noAlliance, keyId, epoch: 0 }, 'possession', exported);
}

/** No document has this digest, as far as anybody knows. */
const noAlliance = new Uint8Array(32) as Digest;

/** Keys of which nothing shows that those who name them hold them. */
export function unprovenKeys(
  { proofs, ...content }: OrganizationExport,
  exported: Digest,
  { verify, certificateKey }: { readonly verify: Ed25519Verify; readonly certificateKey: CertificateKey },
): readonly NamedKey[] {
  return namedKeys(content, certificateKey).filter(({ use, holder, key }) => {
    if (key === undefined) return true;
    const statement = possessionStatement({ use, holder, key }, exported);
    return !proofs.some(
      (proof) => proof.use === use && proof.holder === holder && verify(key, statement, proof.signature),
    );
  });
}

/** `the identity key of acme/1`. */
export function describeKey({ use, holder }: Pick<NamedKey, 'use' | 'holder'>): string {
  return use === 'authority' ? `the certificate authority of ${holder}` : `the ${use} key of ${holder}`;
}
