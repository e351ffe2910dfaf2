/** Where the files of a dealt key lie. */
import { join } from 'node:path';
import { fileNameOf, type ProcessId } from '../../../prelude/process.js';

export const keyFileNames = {
  publicKey: 'public.json',
  /** For openssl, where it is an RSA key. */
  pem: 'public.pem',
  shares: 'shares',
} as const;

/** A member's key share, relative to the key's directory: `shares/acme-1.json` of acme/1. */
export function shareFile(member: ProcessId): string {
  return join(keyFileNames.shares, `${fileNameOf(member)}.json`);
}
