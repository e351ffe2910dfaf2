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
  slowKey: 'slow.key',
  allianceShare: 'alliance-share.json',
  requestKey: 'request.key',
  certificate: 'tls.crt',
  privateKey: 'tls.key',
  authorityCertificate: 'ca.crt',
  authorityKey: 'ca.key',
  data: 'data',
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
} as const;

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
