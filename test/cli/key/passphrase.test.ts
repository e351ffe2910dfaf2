/** Key shares under a passphrase: from a file, from the environment, typed on a terminal. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { beforeAll, describe, expect, it } from 'vitest';
import { temporaryDirectory } from '../../server/temporary-directory.js';
import { shareAll, succeed, succeedJson } from './setting.js';
import { type Run, run, runWith } from '../run.js';

const root = temporaryDirectory();
const at = (...path: readonly string[]): string => join(root, ...path);
const document = at('document.txt');
const secret = 'correct horse battery';
const policy = '2 of (acme, globex, initech)';

/** A terminal on which somebody types these keys, a line after each question. */
class Terminal extends PassThrough {
  readonly isTTY = true;
  readonly modes: boolean[] = [];

  setRawMode(mode: boolean): this {
    this.modes.push(mode);
    return this;
  }
}

function typing(...lines: readonly string[]): Terminal {
  const terminal = new Terminal();
  const rest = [...lines];
  const typeNext = (): void => {
    const line = rest.shift();
    if (line !== undefined) terminal.write(line);
    if (rest.length > 0) setTimeout(typeNext, 50);
  };
  setTimeout(typeNext, 50);
  return terminal;
}

const deal = (...more: readonly string[]) => ['key', 'deal', '--policy', policy, '--scheme', 'multisig', ...more];
const share = (directory: string, ...more: readonly string[]) => {
  const key = join(directory, 'shares', 'acme.json');
  return ['key', 'share', '--key', key, '--in', document, '--out', at('acme.share'), '--force', ...more];
};

beforeAll(async () => {
  writeFileSync(document, 'We agree.\n');
  writeFileSync(at('secret.txt'), `${secret}\n`, { mode: 0o600 });
  writeFileSync(at('secret-crlf.txt'), `${secret}\r\n`, { mode: 0o600 });
  writeFileSync(at('wrong.txt'), `${secret} \n`, { mode: 0o600 });
  const { stdout } = await succeed(...deal('--passphrase-file', at('secret.txt'), '--out', at('sealed')));
  expect(stdout).toContain('shares/ (each under the passphrase)');
});

describe('a key share under a passphrase', () => {
  it('shows no secret in its file, and says how it is sealed', async () => {
    const text = readFileSync(at('sealed', 'shares', 'acme.json'), 'utf8');
    expect(text).not.toContain('seed');
    expect(JSON.parse(text)).toMatchObject({
      _tag: 'sealed-key-share',
      process: 'acme',
      sealing: { kdf: 'scrypt', n: 131072, r: 8, p: 1 },
    });
    expect(await succeedJson('key', 'inspect', at('sealed', 'shares', 'acme.json'))).toMatchObject({
      kind: 'sealed-key-share',
      process: 'acme',
      sealing: { kdf: 'scrypt', n: 131072, r: 8, p: 1 },
    });
  });

  it.each<[string, () => Promise<Run>]>([
    ['a file', () => run(...share(at('sealed'), '--passphrase-file', at('secret.txt')))],
    ['a file with another line end', () => run(...share(at('sealed'), '--passphrase-file', at('secret-crlf.txt')))],
    ['the environment', () => runWith({ env: { KOINON_PASSPHRASE: secret } }, ...share(at('sealed')))],
    ['a terminal', () => runWith({ stdin: typing(`${secret}\r`) }, ...share(at('sealed')))],
    [
      'a terminal, mended while it is typed',
      () => runWith({ stdin: typing(`${secret}x\x7f\r`) }, ...share(at('sealed'))),
    ],
  ])('opens with that of %s', async (_where, use) => {
    const { exitCode, stdout, stderr } = await use();
    expect({ exitCode, stdout }).toEqual({ exitCode: 0, stdout: `The share of acme is in ${at('acme.share')}.\n` });
    expect(stderr).not.toContain(secret);
  });

  it('asks a terminal for it, in raw mode so that nothing of it shows', async () => {
    const stdin = typing(`${secret}\r`);
    const { stderr } = await runWith({ stdin }, ...share(at('sealed')));
    expect(stderr).toBe(`Passphrase of ${at('sealed', 'shares', 'acme.json')}: \n`);
    expect(stdin.modes[0]).toBe(true);
    expect(stdin.modes.at(-1)).toBe(false);
  });

  it.each<[string, () => Promise<Run>, RegExp]>([
    ['none', () => run(...share(at('sealed'))), /a passphrase is needed: give --passphrase-file or KOINON_PASSPHRASE/],
    [
      'another',
      () => run(...share(at('sealed'), '--passphrase-file', at('wrong.txt'))),
      /it does not open: the passphrase is another, or the file was changed/,
    ],
    [
      'an empty one',
      () => runWith({ env: { KOINON_PASSPHRASE: '' } }, ...share(at('sealed'))),
      /KOINON_PASSPHRASE: an empty passphrase/,
    ],
    [
      'one that is broken off',
      () => runWith({ stdin: typing('corr\x03') }, ...share(at('sealed'))),
      /a passphrase is needed/,
    ],
  ])('does not open with %s', async (_which, use, complaint) => {
    const { exitCode, stdout, stderr } = await use();
    expect([exitCode, stdout]).toEqual([2, '']);
    expect(stderr).toMatch(complaint);
    expect(stderr).not.toContain(secret);
  });

  it.skipIf(process.platform === 'win32')('is not opened by a passphrase that others may read', async () => {
    writeFileSync(at('loose.txt'), secret, { mode: 0o644 });
    const { exitCode, stderr } = await run(...share(at('sealed'), '--passphrase-file', at('loose.txt')));
    expect(exitCode).toBe(2);
    expect(stderr).toMatch(/loose\.txt: others than its owner may read/);
  });

  it('was changed, or asks for too much: it is refused before anything is computed', async () => {
    const json = JSON.parse(readFileSync(at('sealed', 'shares', 'acme.json'), 'utf8')) as { sealing: object };
    writeFileSync(at('greedy.json'), JSON.stringify({ ...json, sealing: { ...json.sealing, n: 1 << 30 } }), {
      mode: 0o600,
    });
    const greedy = ['key', 'share', '--key', at('greedy.json'), '--in', document, '--out', at('x')];
    const started = performance.now();
    const { exitCode, stderr } = await runWith({ env: { KOINON_PASSPHRASE: secret } }, ...greedy);
    expect(exitCode).toBe(2);
    expect(stderr).toMatch(/at \/sealing\/n: expected an integer from 32768 to 262144/);
    expect(performance.now() - started).toBeLessThan(5000);
  });
});

describe('koinon key deal --passphrase', () => {
  it('asks twice', async () => {
    const stdin = typing(`${secret}\r`, `${secret}\r`);
    const dealt = await runWith({ stdin }, ...deal('--passphrase', '--out', at('typed')));
    expect(dealt).toMatchObject({ exitCode: 0, stderr: 'New passphrase: \nOnce more: \n' });
    expect((await run(...share(at('typed'), '--passphrase-file', at('secret.txt')))).exitCode).toBe(0);
  });

  it('wants the same twice', async () => {
    const stdin = typing('one\r', 'two\r');
    const { exitCode, stderr } = await runWith({ stdin }, ...deal('--passphrase', '--out', at('never')));
    expect(exitCode).toBe(2);
    expect(stderr).toMatch(/what was typed differs/);
  });
});

describe('a refresh of sealed shares', () => {
  it('needs the passphrase, and seals the new ones by it', async () => {
    const bls = ['key', 'deal', '--policy', policy, '--scheme', 'bls', '--passphrase-file', at('secret.txt')];
    await succeed(...bls, '--out', at('bls'));
    expect((await run('key', 'refresh', at('bls'))).stderr).toMatch(/a passphrase is needed/);
    expect(await succeedJson('key', 'inspect', at('bls'))).toMatchObject({ epoch: 0 });
    const { stdout } = await succeed('key', 'refresh', at('bls'), '--passphrase-file', at('secret.txt'));
    expect(stdout).toContain('  sealed   each is now under the passphrase\n');
    const sealed = await succeedJson('key', 'inspect', at('bls', 'shares', 'globex.json'));
    expect(sealed).toMatchObject({ kind: 'sealed-key-share', epoch: 1 });
    const request = ['--in', document, '--passphrase-file', at('secret.txt')];
    const shares = await shareAll(at('bls'), ['acme', 'initech'], ...request);
    await succeed('key', 'combine', '--public', at('bls'), '--in', document, '--out', at('bls.sig'), ...shares);
  });
});
