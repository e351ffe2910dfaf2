import { connect } from 'node:net';
import { connect as connectTls } from 'node:tls';
import { cp, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { spawn } from 'node:child_process';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { utf8 } from '../../src/prelude/bytes.js';
import { present } from '../../src/prelude/invariant.js';
import { serversOf } from '../../src/management/alliance.js';
import { certificateStatement } from '../../src/client/verify.js';
import { trustAnchorOf } from '../../src/server/applications/application-client.js';
import { AllianceProcesses, eventually } from './alliance-processes.js';

interface Ran {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs the built command to its end. */
function koinon(...args: readonly string[]): Promise<Ran> {
  return new Promise((resolve) => {
    const child = spawn(process.execPath, [join(process.cwd(), 'dist/src/cli/main.js'), ...args], {
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let stdout = '';
    let stderr = '';
    child.stdout.on('data', (text: Buffer) => (stdout += text.toString()));
    child.stderr.on('data', (text: Buffer) => (stderr += text.toString()));
    child.once('close', (code) => {
      resolve({ code, stdout, stderr });
    });
  });
}

/** One line, from koinon, without a stack trace. */
function expectOneLine(stderr: string): void {
  expect(stderr.trimEnd().split('\n')).toHaveLength(1);
  expect(stderr).toMatch(/^koinon: /);
  expect(stderr).not.toMatch(/\bat .*\.js:/);
}

describe('bad input', () => {
  let alliance: AllianceProcesses;

  beforeAll(async () => {
    alliance = await AllianceProcesses.found();
    await alliance.startAll();
  });

  afterAll(async () => {
    await alliance.end();
  });

  const first = () => present(alliance.ids[0], 'four servers');

  it('is one line and exit code 2 for a directory that is no server’s', async () => {
    const { code, stderr } = await koinon('serve', join(alliance.root, 'nowhere'));
    expect(code).toBe(2);
    expectOneLine(stderr);
    expect(stderr).toContain('no such file');
  });

  it('is one line and exit code 3 for a data directory that is in use', async () => {
    const { code, stderr } = await koinon('serve', alliance.pathOf(first()));
    expect(code).toBe(3);
    expectOneLine(stderr);
  });

  it('is one line and exit code 3 for a port that is in use', async () => {
    const copy = join(alliance.root, 'copy');
    await cp(alliance.pathOf(first()), copy, { recursive: true, filter: (source) => !source.endsWith('data') });
    const { code, stderr } = await koinon('serve', copy);
    expect(code).toBe(3);
    expectOneLine(stderr);
    expect(stderr).toMatch(/port \d+ .*in use/);
  });

  it('is one line where alliance.json is not the one that a server was founded with', async () => {
    const [, , , odd] = alliance.ids;
    const id = present(odd, 'four servers');
    await alliance.kill(id);
    const file = join(alliance.pathOf(id), 'alliance.json');
    const text = await readFile(file, 'utf8');
    const document = JSON.parse(text) as { parameters: { baseTimeoutMs: number } };
    document.parameters.baseTimeoutMs += 1;
    await writeFile(file, JSON.stringify(document));
    const { code, stderr } = await koinon('serve', alliance.pathOf(id));
    expect(code).toBe(2);
    expectOneLine(stderr);
    expect(stderr).toContain('put the right alliance.json there');
    await writeFile(file, text);
    expect(await alliance.start(id)).toBe(true);
  });

  it('on a server’s socket closes the connection and harms nothing', async () => {
    const { host, port } = present(serversOf(alliance.application.alliance)[0], 'four servers');
    const garbage = Buffer.alloc(64 * 1024, 'garbage');
    const closed = (socket: ReturnType<typeof connect>): Promise<void> =>
      new Promise((resolve) => {
        socket.once('close', () => {
          resolve();
        });
        socket.on('error', () => undefined);
        socket.resume();
      });
    const plain = connect(port, host, () => plain.write(garbage));
    await closed(plain);
    const stranger = connectTls({ port, host, rejectUnauthorized: false }, () => stranger.write(garbage));
    await closed(stranger);
    const outcome = await alliance.client({ from: 0 }).propose(utf8('after the garbage'));
    expect(outcome._tag).toBe('committed');
  });

  it('refuses a command that is too large and goes on with the next', async () => {
    const client = alliance.client({ from: 0 });
    expect(await client.propose(new Uint8Array(1 << 20))).toMatchObject({ _tag: 'rejected' });
    expect(await client.propose(utf8('a small one'))).toMatchObject({ _tag: 'committed' });
  });

  it('is refused as a statement or signature with any bit flipped', async () => {
    const log = alliance.follow(first());
    await eventually('something is certified', () => log.certificates.length > 0);
    const certificate = present(log.certificates.at(-1), 'a certificate');
    const [statement, signature] = [join(alliance.root, 'statement'), join(alliance.root, 'signature')];
    const bytes = certificateStatement(trustAnchorOf(alliance.application), certificate);
    await writeFile(statement, bytes);
    await writeFile(signature, certificate.signature);
    expect((await koinon('verify', alliance.directory, statement, signature)).code).toBe(0);
    const flipped = Uint8Array.from(certificate.signature, (byte, index) => (index === 40 ? byte ^ 1 : byte));
    await writeFile(signature, flipped);
    expect(await koinon('verify', alliance.directory, statement, signature)).toMatchObject({ code: 1, stderr: '' });
    await writeFile(signature, certificate.signature);
    await writeFile(
      statement,
      Uint8Array.from(bytes, (byte, index) => (index === bytes.length - 1 ? byte ^ 1 : byte)),
    );
    expect(await koinon('verify', alliance.directory, statement, signature)).toMatchObject({ code: 1, stderr: '' });
  });

  it('is one line and exit code 3 where no server answers', async () => {
    const silent = await AllianceProcesses.found();
    const { code, stderr } = await koinon('status', silent.directory, '--as', 'a/app', '--timeout', '1');
    await silent.end();
    expect(code).toBe(3);
    expectOneLine(stderr);
  });
});
