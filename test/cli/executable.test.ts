/** The built executable: how it ends when it is interrupted, or when nobody reads what it prints. */
import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, symlinkSync, watch } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { E } from '../../src/prelude/fp.js';
import { loadAllianceDirectory } from '../../src/server/directory/alliance-directory.js';
import { loadServerDirectory } from '../../src/server/directory/server-directory.js';
import { right } from '../support/right.js';
import { temporaryDirectory } from '../server/temporary-directory.js';

const executable = fileURLToPath(new URL('../../dist/src/cli/main.js', import.meta.url));
const root = temporaryDirectory();

function koinon(...argv: readonly string[]): ChildProcess {
  return spawn(process.execPath, [executable, ...argv], { stdio: ['ignore', 'pipe', 'pipe'] });
}

interface End {
  readonly exitCode: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stderr: string;
}

function endOf(child: ChildProcess): Promise<End> {
  let stderr = '';
  child.stderr?.on('data', (chunk: Buffer) => {
    stderr += chunk.toString('utf8');
  });
  return new Promise((resolve) => {
    child.once('close', (exitCode, signal) => {
      resolve({ exitCode, signal, stderr });
    });
  });
}

describe.skipIf(!existsSync(executable))('the executable', () => {
  it('runs through a link, as npm installs it', async () => {
    const link = join(root, 'koinon');
    symlinkSync(executable, link);
    const child = spawn(process.execPath, [link, 'trust', 'check', 'f=1 of (a, b, c)'], {
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    expect(await endOf(child)).toMatchObject({ exitCode: 1, stderr: '' });
  });

  it('ends without a word where nobody reads what it prints', async () => {
    const child = koinon('trust', 'check', 'f=1 t=1 of (a, b, c, d)');
    child.stdout?.destroy();
    expect(await endOf(child)).toEqual({ exitCode: 0, signal: null, stderr: '' });
  });

  it('leaves nothing when it is interrupted while it looks for primes', async () => {
    const parent = join(root, 'searching');
    mkdirSync(parent);
    const child = koinon(
      'init',
      join(parent, 'league'),
      '--orgs',
      'a,b,c,d',
      '--modulus-bits',
      '4096',
      '--base-port',
      '0',
    );
    child.stderr?.once('data', () => child.kill('SIGINT'));
    expect(await endOf(child)).toMatchObject({ exitCode: null, signal: 'SIGINT' });
    expect(readdirSync(parent)).toEqual([]);
  });

  it.skipIf(process.platform === 'win32')(
    'leaves a whole alliance when it is interrupted while it writes',
    async () => {
      const parent = join(root, 'writing');
      mkdirSync(parent);
      const child = koinon(
        'init',
        join(parent, 'league'),
        '--orgs',
        'a,b,c,d',
        '--scheme',
        'multisig',
        '--base-port',
        '0',
      );
      const watcher = watch(parent, () => child.kill('SIGTERM'));
      const { signal } = await endOf(child);
      watcher.close();
      expect(signal).toBe('SIGTERM');
      expect(readdirSync(parent)).toEqual(['league']);
      for (const { path } of right(await loadAllianceDirectory(join(parent, 'league'))()).servers) {
        expect(E.isRight(await loadServerDirectory(path)())).toBe(true);
      }
    },
  );
});
