/** What the guides show is what the program says. `UPDATE=1` writes the pages anew; review the difference. */
import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { run } from './run.js';

const pages = ['docs/choosing-a-trust-model.md'];

/** A fenced block: the command behind `$ koinon`, and what it prints. */
const block = /```console\n\$ koinon (?<command>[^\n]*)\n(?<output>[^`]*)```/gu;

describe.each(pages)('%s', (page) => {
  const path = fileURLToPath(new URL(`../../${page}`, import.meta.url));
  const text = readFileSync(path, 'utf8');
  const examples = [...text.matchAll(block)].map((match) => ({
    command: match.groups?.['command'] ?? '',
    output: match.groups?.['output'] ?? '',
  }));

  it('has examples', () => {
    expect(examples.length).toBeGreaterThan(3);
  });

  it.each(examples)('koinon $command', async ({ command, output }) => {
    const { stdout } = await run(...wordsOf(command));
    expect(stdout).not.toBe('');
    if (process.env['UPDATE'] === '1') replaceOutput(path, command, stdout);
    else expect(stdout).toBe(output);
  });
});

describe.each(pages)('code on %s', (page) => {
  const text = readFileSync(fileURLToPath(new URL(`../../${page}`, import.meta.url)), 'utf8');
  const shown = [...text.matchAll(/```ts (?<file>\S+)\n(?<code>[^`]*(?:`[^`]+`[^`]*)*?)```/gu)];

  it('stands in the examples that are run', () => {
    expect(shown.length).toBeGreaterThan(0);
    for (const { groups } of shown) {
      const example = readFileSync(fileURLToPath(new URL(`../../${groups?.['file'] ?? ''}`, import.meta.url)), 'utf8');
      expect(unindented(example)).toContain(unindented(groups?.['code'] ?? '-'));
    }
  });
});

function unindented(code: string): string {
  return code.replace(/^ +/gmu, '').trim();
}

/** The words of a shell command in which nothing but single quotes is special. */
function wordsOf(command: string): readonly string[] {
  return [...command.matchAll(/'([^']*)'|(\S+)/gu)].map(([, quoted, plain]) => quoted ?? plain ?? '');
}

function replaceOutput(path: string, command: string, output: string): void {
  const page = readFileSync(path, 'utf8');
  const begin = `\`\`\`console\n$ koinon ${command}\n`;
  const start = page.indexOf(begin) + begin.length;
  writeFileSync(path, page.slice(0, start) + output + page.slice(page.indexOf('```', start)));
}
