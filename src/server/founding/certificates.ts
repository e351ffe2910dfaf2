/**
 * The X.509 certificates (RFC 5280) with which an organization names its servers and applications.
 * node-forge writes the ASN.1; keys and signatures are Ed25519 (RFC 8410) from node:crypto, which also does all verifying.
 * A certificate is bound to its subject by one URI, `koinon:server/acme/1` or `koinon:client/acme/shop`.
 */
import {
  createPrivateKey,
  createPublicKey,
  generateKeyPairSync,
  hash,
  type KeyObject,
  randomBytes,
  sign,
  X509Certificate,
} from 'node:crypto';
import { utf8 } from '../../prelude/bytes.js';
import { invariant } from '../../prelude/invariant.js';
import { organizationOf, type ProcessId } from '../../prelude/process.js';
import { type Identity, identityUri } from '../../transport/identity.js';
import { der, oids, type DerNode } from './der.js';

export interface Validity {
  readonly from: Date;
  readonly to: Date;
}

/** An organization's authority. Who has its private key can name any server and application of that organization, and no other's. */
export interface OrganizationCa {
  readonly organization: string;
  /** PEM; public. */
  readonly certificate: string;
  /** PEM, PKCS#8; secret. */
  readonly privateKey: string;
}

export interface TlsKeyPair {
  readonly publicKey: KeyObject;
  /** PEM, PKCS#8; secret. */
  readonly privateKey: string;
}

/** A fresh Ed25519 key pair for TLS. */
export function generateTlsKeyPair(): TlsKeyPair {
  const { publicKey, privateKey } = generateKeyPairSync('ed25519');
  return { publicKey, privateKey: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString() };
}

/** A new authority with a self-signed certificate. */
export function makeOrganizationCa(organization: string, validity: Validity): OrganizationCa {
  const { publicKey, privateKey } = generateTlsKeyPair();
  const name = distinguishedName(organization, `${organization} koinon authority`);
  const extensions = [
    extension(oids.basicConstraints, true, der.sequence(der.boolean(true), der.integer(Uint8Array.of(0)))),
    extension(oids.keyUsage, true, der.bits(Uint8Array.of(0x06), 1)),
  ];
  const certificate = issue({ subject: name, issuer: name, publicKey, validity, extensions, signer: privateKey });
  return { organization, certificate, privateKey };
}

/**
 * A certificate (PEM) for a server, with which it both accepts and dials.
 *
 * @param hosts - its names and addresses, for software that checks them; koinon itself checks the process id.
 */
export function issueServerCertificate(
  ca: OrganizationCa,
  server: {
    readonly process: ProcessId;
    readonly hosts: readonly string[];
    readonly publicKey: KeyObject;
    readonly validity: Validity;
  },
): string {
  const identity: Identity = { role: 'server', id: server.process };
  return issueFor(ca, identity, server.hosts, server, [oids.serverAuth, oids.clientAuth]);
}

/** A certificate (PEM) for an application, `organization/application`, which can only dial. */
export function issueClientCertificate(
  ca: OrganizationCa,
  client: { readonly application: ProcessId; readonly publicKey: KeyObject; readonly validity: Validity },
): string {
  return issueFor(ca, { role: 'client', id: client.application }, [], client, [oids.clientAuth]);
}

function issueFor(
  ca: OrganizationCa,
  identity: Identity,
  hosts: readonly string[],
  { publicKey, validity }: { readonly publicKey: KeyObject; readonly validity: Validity },
  usages: readonly string[],
): string {
  invariant(organizationOf(identity.id) === ca.organization, 'an authority names only what is of its organization');
  const names = [der.tagged(6, utf8(identityUri(identity))), ...hosts.map((host) => der.hostName(host))];
  const extensions = [
    extension(oids.basicConstraints, true, der.sequence()),
    extension(oids.keyUsage, true, der.bits(Uint8Array.of(0x80), 7)),
    extension(oids.extendedKeyUsage, false, der.sequence(...usages.map(der.oid))),
    extension(oids.subjectAltName, false, der.sequence(...names)),
    extension(
      oids.authorityKeyIdentifier,
      false,
      der.sequence(der.tagged(0, keyIdentifier(createPublicKey(ca.privateKey)))),
    ),
  ];
  const issuer = distinguishedName(ca.organization, `${ca.organization} koinon authority`);
  const subject = distinguishedName(ca.organization, identity.id);
  return issue({ subject, issuer, publicKey, validity, extensions, signer: ca.privateKey });
}

function distinguishedName(organization: string, commonName: string): DerNode {
  const attribute = (oid: string, value: string): DerNode => der.set(der.sequence(der.oid(oid), der.text(value)));
  return der.sequence(attribute(oids.organizationName, organization), attribute(oids.commonName, commonName));
}

function extension(oid: string, isCritical: boolean, value: DerNode): DerNode {
  return der.sequence(der.oid(oid), ...(isCritical ? [der.boolean(true)] : []), der.octets(der.encode(value)));
}

interface Contents {
  readonly subject: DerNode;
  readonly issuer: DerNode;
  readonly publicKey: KeyObject;
  readonly validity: Validity;
  readonly extensions: readonly DerNode[];
  readonly signer: string;
}

function issue({ subject, issuer, publicKey, validity, extensions, signer }: Contents): string {
  const algorithm = der.sequence(der.oid(oids.ed25519));
  const version3 = der.explicit(0, der.integer(Uint8Array.of(2)));
  const identifier = extension(oids.subjectKeyIdentifier, false, der.octets(keyIdentifier(publicKey)));
  const toBeSigned = der.sequence(
    version3,
    der.integer(serialNumber()),
    algorithm,
    issuer,
    der.sequence(der.time(validity.from), der.time(validity.to)),
    subject,
    der.parse(publicKey.export({ type: 'spki', format: 'der' })),
    der.explicit(3, der.sequence(...extensions, identifier)),
  );
  const signature = sign(null, der.encode(toBeSigned), createPrivateKey(signer));
  const certificate = der.encode(der.sequence(toBeSigned, algorithm, der.bits(signature, 0)));
  return new X509Certificate(certificate).toString();
}

/** 160 bits of SHA-256 over the key (RFC 7093, section 2, method 4). */
function keyIdentifier(publicKey: KeyObject): Uint8Array {
  return hash('sha256', publicKey.export({ type: 'spki', format: 'der' }), 'buffer').subarray(0, 20);
}

/** 126 random bits behind two that keep the number positive and its length fixed. */
function serialNumber(): Uint8Array {
  const bytes = randomBytes(16);
  bytes[0] = ((bytes[0] ?? 0) & 0x3f) | 0x40;
  return bytes;
}
