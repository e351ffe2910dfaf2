/** For tests of `koinon key`: fixed RSA keys as PEM files, and running its commands in a directory. */
import { createPrivateKey } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'vitest';
import { lcm } from '../../../src/schemes/sharing/integers.js';
import { modularInverse } from '../../../src/schemes/sharing/modular-inverse.js';
import { unsignedBytes } from '../../../src/schemes/shoup-rsa/key.js';
import type { SafePrimes } from '../../../src/schemes/shoup-rsa/safe-primes.js';
import { safePrimes2048 } from '../../support/rsa-keys.js';
import { type Run, run } from '../run.js';

/** Writes a private key as PKCS#8 and returns its path. */
export function writePem(directory: string, { p, q }: SafePrimes = safePrimes2048): string {
  const e = 65537n;
  const d = modularInverse(e, lcm(p - 1n, q - 1n)) ?? 0n;
  const numbers = { n: p * q, e, d, p, q, dp: d % (p - 1n), dq: d % (q - 1n), qi: modularInverse(q, p) ?? 0n };
  const texts = Object.entries(numbers).map(
    ([name, value]) => [name, Buffer.from(unsignedBytes(value)).toString('base64url')] as const,
  );
  const key = createPrivateKey({ format: 'jwk', key: { kty: 'RSA', ...Object.fromEntries(texts) } });
  const path = join(directory, 'key.pem');
  writeFileSync(path, key.export({ type: 'pkcs8', format: 'pem' }), { mode: 0o600 });
  return path;
}

/** Runs a command that is to succeed. */
export async function succeed(...argv: readonly string[]): Promise<Run> {
  const result = await run(...argv);
  expect(result, argv.join(' ')).toMatchObject({ exitCode: 0, stderr: '' });
  return result;
}

/** What a command that is to succeed prints with `--json`. */
export async function succeedJson(...argv: readonly string[]): Promise<Record<string, unknown>> {
  const { stdout } = await succeed(...argv, '--json');
  expect(stdout.trimEnd()).not.toContain('\n');
  return JSON.parse(stdout) as Record<string, unknown>;
}

/** Makes the shares of these members for what `request` asks of the key in `directory`, and returns their paths. */
export async function shareAll(
  directory: string,
  members: readonly string[],
  ...request: readonly string[]
): Promise<readonly string[]> {
  const paths: string[] = [];
  for (const member of members) {
    const out = join(directory, `${member}-${request.join('_').replaceAll('/', '_')}.share`);
    await succeed(
      'key',
      'share',
      '--key',
      join(directory, 'shares', `${member}.json`),
      ...request,
      '--out',
      out,
      '--force',
    );
    paths.push(out);
  }
  return paths;
}
