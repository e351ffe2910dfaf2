/** Four organizations, each in a directory of its own, that exchange files and nothing else: their servers start, and decide. */
import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, it } from 'vitest';
import { fromUtf8, toHex, utf8 } from '../../src/prelude/bytes.js';
import type { ProcessId } from '../../src/prelude/process.js';
import { ServerProcess } from '../../src/cli/server-processes.js';
import type { AllianceClient } from '../../src/client/alliance-client.js';
import { openClient } from '../../src/server/applications/application-client.js';
import { loadApplicationDirectory } from '../../src/server/directory/application-directory.js';
import { applicationPath, serverPath } from '../../src/server/directory/layout.js';
import { run } from '../cli/run.js';
import { right } from '../support/right.js';
import { eventually } from './alliance-processes.js';

const names = ['acme', 'globex', 'initech', 'umbrella'];
const trust = 'f=1 t=1 of (acme, globex, initech, umbrella)';
const executable = join(process.cwd(), 'dist/src/cli/main.js');

let root = '';
const servers: ServerProcess[] = [];
const clients: AllianceClient[] = [];

afterEach(async () => {
  for (const client of clients) client.close();
  for (const server of servers) server.kill('SIGKILL');
  await Promise.all(servers.map(({ ended }) => ended));
  rmSync(root, { recursive: true, force: true });
});

/** What a command prints, as JSON. */
async function told(...argv: readonly string[]): Promise<Readonly<Record<string, unknown>>> {
  const { exitCode, stdout, stderr } = await run(...argv, '--json');
  expect([argv, exitCode, exitCode === 0 ? '' : stderr]).toEqual([argv, 0, '']);
  return JSON.parse(stdout) as Readonly<Record<string, unknown>>;
}

/** One organization's machine, and the post that it gets. */
class Machine {
  readonly home: string;
  readonly post: string;

  constructor(readonly name: string) {
    this.home = join(root, name, 'own');
    this.post = join(root, name, 'post');
    mkdirSync(this.post, { recursive: true });
  }

  received(kind: string): readonly string[] {
    return names.map((name) => join(this.post, `${name}.${kind}`));
  }
}

function sendToAll(machines: readonly Machine[], from: Machine, file: string, kind: string): void {
  for (const { post } of machines) copyFileSync(join(from.home, file), join(post, `${from.name}.${kind}`));
}

it('found an alliance whose servers start with everybody’s consent, and decide', async () => {
  root = mkdtempSync(join(tmpdir(), 'koinon-test-'));
  const machines = names.map((name) => new Machine(name));
  const heard: string[] = [];
  for (const machine of machines) {
    await told('org', 'init', machine.name, machine.home, '--servers', '1');
    await told('org', 'export', machine.home);
    sendToAll(machines, machine, 'entry.json', 'entry');
  }
  // Each assembles for itself what all have sent, and they read the words to one another.
  for (const machine of machines) {
    const out = join(machine.post, 'alliance.json');
    const made = await told('alliance', 'assemble', ...machine.received('entry'), '--trust', trust, '-o', out);
    heard.push(String(made['words']));
  }
  expect(new Set(heard).size).toBe(1);
  for (const machine of machines) {
    const document = join(machine.post, 'alliance.json');
    await told('alliance', 'acknowledge', document, machine.home, '--expect', heard[0] ?? '');
    sendToAll(machines, machine, 'founded.json', 'founded');
  }
  for (const machine of machines) {
    const document = join(machine.post, 'alliance.json');
    const done = await told(
      'alliance',
      'acknowledge',
      document,
      machine.home,
      '--merge',
      ...machine.received('founded'),
    );
    expect(done).toMatchObject({ founded: true, servers: [`${machine.name}/1`] });
  }
  const histories = machines.map(({ home }) => readFileSync(join(home, 'history.json'), 'utf8'));
  expect(new Set(histories).size).toBe(1);

  const said: string[] = [];
  const events = { onLine: (_: ProcessId, line: string) => said.push(line), onExit: () => undefined };
  for (const { name, home } of machines) {
    const id = `${name}/1` as ProcessId;
    servers.push(new ServerProcess(id, serverPath(home, id), events, executable));
  }
  const ready = await Promise.all(servers.map((server) => server.ready));
  expect([ready, ready.includes(false) ? said : []]).toEqual([names.map(() => true), []]);
  const decided = await decidedThrough(machines);
  expect(decided).toEqual(names.map((name) => `a word of ${name}`).sort());
});

/** What the application of the last organization hears decided of what all of them say, every certificate verified. */
async function decidedThrough(machines: readonly Machine[]): Promise<readonly string[]> {
  const heard: string[] = [];
  const opened = await Promise.all(
    machines.map(async ({ name, home }) => {
      const directory = right(await loadApplicationDirectory(applicationPath(home, `${name}/app` as ProcessId))());
      const client = openClient(directory, {
        from: 1,
        onRange: ({ delivered }) => {
          if (name === 'umbrella') heard.push(...delivered.map(({ command }) => fromUtf8(command) ?? toHex(command)));
        },
      });
      clients.push(client);
      return { name, client };
    }),
  );
  const outcomes = await Promise.all(opened.map(({ name, client }) => client.propose(utf8(`a word of ${name}`))));
  expect(outcomes.map(({ _tag }) => _tag)).toEqual(machines.map(() => 'committed'));
  await eventually('all was heard', () => heard.length === machines.length);
  return heard.sort();
}
