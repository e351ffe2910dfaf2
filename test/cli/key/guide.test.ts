/** What docs/keys.md shows is what the programs say, one command after another. `UPDATE=1` writes the page anew; review the difference. */
import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { safePrimes2048 } from '../../support/rsa-keys.js';
import { temporaryDirectory } from '../../server/temporary-directory.js';
import { run } from '../run.js';

// A key of its own takes half a minute.
vi.mock('../../../src/schemes/shoup-rsa/safe-primes.js', () => ({
  generateSafePrimes: () => Promise.resolve(safePrimes2048),
}));

const page = fileURLToPath(new URL('../../../docs/keys.md', import.meta.url));
const text = readFileSync(page, 'utf8');
const block = /```console\n\$ (?<command>[^\n]*)\n(?<output>[^`]*)```/gu;
const shown = [...text.matchAll(block)].map(({ groups }) => ({
  command: groups?.['command'] ?? '',
  output: groups?.['output'] ?? '',
}));

const hasOpenssl = (() => {
  try {
    execFileSync('openssl', ['version']);
    return true;
  } catch {
    return false;
  }
})();

/** The words of a shell command in which nothing but single quotes is special. */
function wordsOf(command: string): readonly string[] {
  return [...command.matchAll(/'([^']*)'|(\S+)/gu)].map(([, quoted, plain]) => quoted ?? plain ?? '');
}

/** Numbers that are drawn anew each time. */
function withoutRandomness(output: string): string {
  return output.replace(/[0-9a-f]{32,}/gu, (digits) => `${digits.length} digits`);
}

async function outputOf(command: string): Promise<string> {
  if (!command.startsWith('koinon ')) return execFileSync('sh', ['-c', command], { encoding: 'utf8' });
  const { stdout, stderr } = await run(...wordsOf(command).slice(1));
  // The progress of a search is nothing to show.
  expect(stderr.replace(/^Looking for two safe primes.*\n/gmu, '')).toBe('');
  return stdout;
}

describe.skipIf(!hasOpenssl || process.platform === 'win32')('docs/keys.md', () => {
  const root = temporaryDirectory();
  const before = process.cwd();

  beforeAll(() => {
    process.chdir(root);
  });
  afterAll(() => {
    process.chdir(before);
  });

  it('has examples', () => {
    expect(shown.length).toBeGreaterThan(20);
  });

  it.each(shown)('$command', async ({ command, output }) => {
    const said = await outputOf(command);
    if (process.env['UPDATE'] !== '1') {
      expect(withoutRandomness(said)).toBe(withoutRandomness(output));
    } else if (withoutRandomness(said) !== withoutRandomness(output)) {
      const old = `\`\`\`console\n$ ${command}\n${output}\`\`\``;
      writeFileSync(
        page,
        readFileSync(page, 'utf8').replace(old, () => `\`\`\`console\n$ ${command}\n${said}\`\`\``),
      );
    }
  });
});
