/** The openssl command as a judge of signatures, where there is one. */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export const hasOpenssl = canRun();

/** What `openssl dgst` is told besides, for a signature of PS256. */
export const pssOptions = ['-sigopt', 'rsa_padding_mode:pss', '-sigopt', 'rsa_pss_saltlen:32'];

/** Whether `openssl dgst -sha256 -verify` accepts. */
export function opensslVerifies(
  pem: string,
  message: Uint8Array,
  signature: Uint8Array,
  options: readonly string[] = [],
): boolean {
  const folder = mkdtempSync(join(tmpdir(), 'koinon-'));
  const file = (name: string, content: string | Uint8Array): string => {
    writeFileSync(join(folder, name), content);
    return join(folder, name);
  };
  try {
    const [key, sig, text] = [file('key.pem', pem), file('signature', signature), file('message', message)];
    execFileSync('openssl', ['dgst', '-sha256', ...options, '-verify', key, '-signature', sig, text], {
      stdio: 'ignore',
    });
    return true;
  } catch {
    return false;
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function canRun(): boolean {
  try {
    execFileSync('openssl', ['version'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}
