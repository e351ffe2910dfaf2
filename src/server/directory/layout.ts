/** Where the files of an alliance lie: what founding writes, and servers, applications and people find. */
import { join } from 'node:path';
import { fileNameOf, type ProcessId } from '../../prelude/process.js';

export const fileNames = {
  alliance: 'alliance.json',
  /** The alliance key for openssl, where it is an RSA key. */
  alliancePem: 'alliance-key.pem',
  server: 'server.json',
  application: 'application.json',
  identityKey: 'identity.key',
  /** A private key as PEM in multisignatures, else the server's share as JSON. */
  slowKey: 'slow.key',
  allianceShare: 'alliance-share.json',
  requestKey: 'request.key',
  certificate: 'tls.crt',
  privateKey: 'tls.key',
  authorityCertificate: 'ca.crt',
  authorityKey: 'ca.key',
  data: 'data',
  /** Says that the server was left out of the epoch that followed its own, and that its keys are erased. */
  retired: 'retired',
} as const;

/** Files that servers and applications refuse where others than their owner can read them. */
export const secretFileNames: ReadonlySet<string> = new Set([
  fileNames.identityKey,
  fileNames.slowKey,
  fileNames.allianceShare,
  fileNames.requestKey,
  fileNames.privateKey,
]);

export const folderNames = {
  organizations: 'organizations',
  servers: 'servers',
  applications: 'applications',
  /** Of a server: directories with the files of epochs to come, as its operators placed them. */
  prepared: 'prepared',
  /** Of a server: the documents of the epochs that have been. */
  former: 'former',
} as const;

/** A former document, such as `former/alliance-3.json`. */
export function formerDocumentPath(server: string, epoch: number): string {
  return join(server, folderNames.former, `alliance-${epoch}.json`);
}

/** The server's directory in that of its alliance, such as `servers/acme-1`. */
export function serverPath(alliance: string, id: ProcessId): string {
  return join(alliance, folderNames.servers, fileNameOf(id));
}

/** The application's directory in that of its alliance, such as `applications/acme-app`. */
export function applicationPath(alliance: string, id: ProcessId): string {
  return join(alliance, folderNames.applications, fileNameOf(id));
}

export function organizationPath(alliance: string, organization: string): string {
  return join(alliance, folderNames.organizations, organization);
}
