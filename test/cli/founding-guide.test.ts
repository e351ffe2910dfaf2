/** What docs/guide/founding.md shows is what the program says, one command after another. `UPDATE=1` writes the page anew; review the difference. */
import { readFileSync, writeFileSync } from 'node:fs';
import { PassThrough } from 'node:stream';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { temporaryDirectory } from '../server/temporary-directory.js';
import { runWith } from './run.js';

const page = fileURLToPath(new URL('../../docs/guide/founding.md', import.meta.url));
const text = readFileSync(page, 'utf8');
const block = /```console\n\$ koinon (?<command>[^\n]*)\n(?<output>[^`]*)```/gu;
const shown = [...text.matchAll(block)].map(({ groups }) => ({
  command: groups?.['command'] ?? '',
  output: groups?.['output'] ?? '',
}));

/** The words of a shell command in which nothing but single quotes is special. */
function wordsOf(command: string): readonly string[] {
  return [...command.matchAll(/'([^']*)'|(\S+)/gu)].map(([, quoted, plain]) => quoted ?? plain ?? '');
}

/** Keys and ports are other ones each time. */
function withoutRandomness(output: string): string {
  return output
    .replace(/[0-9a-f]{64}/gu, '64 digits')
    .replace(/127\.0\.0\.1:\d+/gu, 'a port')
    .replace(/(?:\b[bdfghjklmnprstvz][aiou][dklmnrst][aiou]\b ?){8}/gu, 'eight words');
}

/** Somebody at the terminal has compared the words. */
async function outputOf(command: string): Promise<string> {
  const stdin = new PassThrough();
  stdin.end('yes\n');
  const { stdout, stderr } = await runWith({ stdin }, ...wordsOf(command));
  return stdout === '' ? stderr : stdout;
}

describe.skipIf(process.platform === 'win32')('docs/guide/founding.md', () => {
  const root = temporaryDirectory();
  const before = process.cwd();

  beforeAll(() => {
    process.chdir(root);
  });
  afterAll(() => {
    process.chdir(before);
  });

  it('has examples', () => {
    expect(shown.length).toBeGreaterThan(15);
  });

  it.each(shown)('koinon $command', async ({ command, output }) => {
    const said = await outputOf(command);
    expect(said).not.toBe('');
    if (process.env['UPDATE'] !== '1') {
      expect(withoutRandomness(said)).toBe(withoutRandomness(output));
    } else if (withoutRandomness(said) !== withoutRandomness(output)) {
      const old = `\`\`\`console\n$ koinon ${command}\n${output}\`\`\``;
      const now = readFileSync(page, 'utf8').replace(old, () => `\`\`\`console\n$ koinon ${command}\n${said}\`\`\``);
      writeFileSync(page, now);
    }
  });
});
