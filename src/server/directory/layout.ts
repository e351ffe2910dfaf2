/** Where the files of an alliance lie: what founding writes, and servers, applications and people find. */
import { join } from 'node:path';
import { fileNameOf, type ProcessId } from '../../prelude/process.js';

export const fileNames = {
  alliance: 'alliance.json',
  /** The documents of all epochs, with what was signed about them. */
  history: 'history.json',
  /** Of an organization: what it is, public all of it, as its export says it. */
  organization: 'organization.json',
  /** Of an organization: what it has signed of its alliance's founding. */
  founded: 'founded.json',
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
  /** Of the only administrator of an organization. */
  administratorKey: 'admin.key',
  /** Belongs offline: with it an organization can restart the alliance together with others. */
  recoveryKey: 'recovery.key',
  data: 'data',
  /** Says that the server was left out of the epoch that followed its own, and that its keys are erased. */
  retired: 'retired',
} as const;

/** `admin.key` of an administrator who is called so, else such as `admin-ann.key`. */
export function administratorKeyName(name: string): string {
  return name === 'admin' ? fileNames.administratorKey : `admin-${name}.key`;
}

/** Files that servers and applications refuse where others than their owner can read them. */
export const secretFileNames: ReadonlySet<string> = new Set([
  fileNames.identityKey,
  fileNames.slowKey,
  fileNames.allianceShare,
  fileNames.requestKey,
  fileNames.privateKey,
]);

export const documentShareSuffix = '.share.json';

/** A server's share of a key for documents, such as `keys/receipts.share.json`. */
export function documentSharePath(server: string, name: string): string {
  return join(server, folderNames.keys, `${name}${documentShareSuffix}`);
}

/** A key for documents as openssl reads it, where it is an RSA key: in the directory of the alliance. */
export function documentPemPath(alliance: string, name: string): string {
  return join(alliance, folderNames.keys, `${name}.pem`);
}

export const folderNames = {
  /** Of a server: its shares of keys for documents. */
  keys: 'keys',
  organizations: 'organizations',
  servers: 'servers',
  applications: 'applications',
  /** Of a server: directories with the files of epochs to come, as its operators placed them. */
  prepared: 'prepared',
  /** Of a server: what it keeps of the change under way, until its epoch begins. */
  moves: 'moves',
  /** Of a server that is to join: what its organization says, for the server to bring into the log. */
  acts: 'acts',
  /** Of a server: what its operators hand to it for the next epoch, such as the share of a key that a dealer made. */
  incoming: 'incoming',
  /** Of a server: the documents of the epochs that have been. */
  former: 'former',
  /** Of a server: what was said in the changes that it has seen, while keys moved. */
  transcripts: 'transcripts',
  /** Of a server: the records of proposals that have ended. */
  proposals: 'proposals',
} as const;

/** `document receipts` as a part of a name of a file. */
export function fileNameOfRole(role: string): string {
  return role.replaceAll(' ', '-');
}

/** In `incoming`: the share of a key that a dealer made. */
export function incomingShareName(role: string): string {
  return `${fileNameOfRole(role)}${documentShareSuffix}`;
}

/** Such as `proposals/proposal-7.record`. */
export function recordPath(server: string, proposal: number): string {
  return join(server, folderNames.proposals, `proposal-${proposal}${recordSuffix}`);
}

export const recordSuffix = '.record';

/** Such as `transcripts/change-3.transcript`; documents say which change led to them. */
export function transcriptPath(server: string, change: number): string {
  return join(server, folderNames.transcripts, `change-${change}.transcript`);
}

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
