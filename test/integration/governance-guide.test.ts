/**
 * What the guide to governance shows is what its commands print, run in their order against an alliance of real processes.
 * `UPDATE=1` writes the page anew; review the difference. Commands in comments are run, and not shown.
 */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ServerProcess } from '../../src/cli/server-processes.js';
import { serversOf } from '../../src/management/alliance.js';
import { foundForTrying } from '../../src/server/founding/founding.js';
import { serverPath } from '../../src/server/directory/layout.js';
import { right } from '../support/right.js';
import { run } from '../cli/run.js';

const page = fileURLToPath(new URL('../../docs/guide/governance.md', import.meta.url));
const root = mkdtempSync(join(tmpdir(), 'koinon-guide-'));
const servers: ServerProcess[] = [];

interface Step {
  readonly command: string;
  /** What the page shows; absent where it shows nothing. */
  readonly shown?: string;
}

const step = /```console\n\$ koinon (?<command>[^\n]*)\n(?<shown>[^`]*)```|<!-- \$ koinon (?<quiet>[^\n]*?) -->/gu;

function stepsIn(text: string): readonly Step[] {
  return [...text.matchAll(step)].map(({ groups }) => {
    const quiet = groups?.['quiet'];
    return quiet === undefined
      ? { command: groups?.['command'] ?? '', shown: groups?.['shown'] ?? '' }
      : { command: quiet };
  });
}

/** The words of a shell command in which nothing but single quotes is special; paths are those of the test. */
function wordsOf(command: string): readonly string[] {
  const words = [...command.matchAll(/'([^']*)'|(\S+)/gu)].map(([, quoted, plain]) => quoted ?? plain ?? '');
  return words.map((word) => (/^(league|minutes\.txt)/u.test(word) ? join(root, word) : word));
}

/** Without what is another each time: digests, slots, places; and without what becomes of links, which is told as it happens. */
function settled(output: string): string {
  return output
    .replaceAll(`${root}/`, '')
    .replace(/\b[0-9a-f]{64}\b/gu, '…')
    .replace(/\b[0-9a-f]{16}\b/gu, '…')
    .replace(/in slot \d+/gu, 'in slot …');
}

interface Printed {
  readonly exitCode: number;
  readonly text: string;
}

async function print(command: string): Promise<Printed> {
  const { exitCode, stdout, stderr } = await run(...wordsOf(command));
  const complaints = stderr.split('\n').filter((line) => line.startsWith('koinon: '));
  return { exitCode, text: settled([stdout.trimEnd(), ...complaints].filter((part) => part !== '').join('\n')) };
}

beforeAll(async () => {
  const directory = join(root, 'league');
  const { alliance } = right(
    await foundForTrying({
      directory,
      organizations: ['acme', 'globex', 'initech', 'umbrella'],
      ports: { _tag: 'any' },
      scheme: { _tag: 'bls' },
      documentKeys: new Map([['receipts', { _tag: 'bls' }]]),
    })(),
  );
  writeFileSync(join(root, 'minutes.txt'), 'All four were there.\n');
  const executable = join(process.cwd(), 'dist/src/cli/main.js');
  const events = { onLine: () => undefined, onExit: () => undefined };
  for (const { id } of serversOf(alliance))
    servers.push(new ServerProcess(id, serverPath(directory, id), events, executable));
  expect(await Promise.all(servers.map(({ ready }) => ready))).not.toContain(false);
});

afterAll(async () => {
  for (const server of servers) server.kill('SIGKILL');
  await Promise.all(servers.map(({ ended }) => ended));
  rmSync(root, { recursive: true });
});

describe('docs/guide/governance.md', () => {
  const steps = stepsIn(readFileSync(page, 'utf8'));

  it('shows commands', () => {
    expect(steps.filter(({ shown }) => shown !== undefined).length).toBeGreaterThan(8);
  });

  it.each(steps)('koinon $command', async ({ command, shown }) => {
    const { exitCode, text: printed } = await print(command);
    expect(printed).not.toBe('');
    if (shown === undefined) {
      expect(printed).not.toContain('koinon: ');
      expect(exitCode).toBe(0);
      return;
    }
    if (process.env['UPDATE'] === '1') replaceOutput(command, shown, `${printed}\n`);
    else expect(`${printed}\n`).toBe(shown);
  });
});

/** The first block of the command that shows this. */
function replaceOutput(command: string, shown: string, printed: string): void {
  const text = readFileSync(page, 'utf8');
  const old = `\`\`\`console\n$ koinon ${command}\n${shown}\`\`\``;
  writeFileSync(
    page,
    text.replace(old, () => `\`\`\`console\n$ koinon ${command}\n${printed}\`\`\``),
  );
}
