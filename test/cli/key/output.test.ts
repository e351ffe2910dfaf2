/** Where results of `koinon key` go: nothing that is there is lost. */
import { createPrivateKey } from 'node:crypto';
import { copyFileSync, existsSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { temporaryDirectory } from '../../server/temporary-directory.js';
import { shareAll, succeed, writePem } from './setting.js';
import { run } from '../run.js';

const root = temporaryDirectory();
const at = (...path: readonly string[]): string => join(root, ...path);
const document = at('document.txt');
writeFileSync(document, 'We agree.\n');

/** Every command that makes a result, but for its --out. */
const commands: Record<string, readonly string[]> = {
  share: ['share', '--key', at('bls', 'shares', 'a.json'), '--in', document],
  export: ['export', at('bls')],
  encrypt: ['encrypt', '--public', at('clock'), '--label', 'x', '--in', document],
};

beforeAll(async () => {
  const deal = ['key', 'deal', '--policy', '2 of (a, b, c)', '--scheme', 'bls'];
  await succeed(...deal, '--out', at('bls'));
  await succeed(...deal, '--usage', 'time-lock', '--out', at('clock'));
  const shares = await shareAll(at('bls'), ['a', 'b'], '--in', document);
  commands['combine'] = ['combine', '--public', at('bls'), '--in', document, ...shares];
  const hours = await shareAll(at('clock'), ['a', 'b'], '--label', 'x');
  await succeed('key', 'combine', '--public', at('clock'), '--label', 'x', '--out', at('x.sig'), ...hours);
  await succeed('key', 'encrypt', '--public', at('clock'), '--label', 'x', '--in', document, '--out', at('locked'));
  commands['decrypt'] = ['decrypt', '--public', at('clock'), '--sig', at('x.sig'), '--in', at('locked')];
});

const names = ['share', 'export', 'encrypt', 'combine', 'decrypt'];

describe.each(names)('--out of koinon key %s', (name) => {
  const runTo = (out: string, ...more: readonly string[]) =>
    run('key', ...(commands[name] ?? []), '--out', out, ...more);

  it('overwrites nothing unless --force says so', async () => {
    const out = at(`${name}.out`);
    writeFileSync(out, 'kept');
    const refused = await runTo(out);
    expect(refused).toMatchObject({ exitCode: 2, stdout: '' });
    expect(refused.stderr).toBe(`koinon: --out ${out}: it exists already: name another file, or give --force\n`);
    expect(readFileSync(out, 'utf8')).toBe('kept');
    expect((await runTo(out, '--force')).exitCode).toBe(0);
    expect(readFileSync(out, 'utf8')).not.toBe('kept');
  });

  it.each([
    ['beneath a file', join(document, 'x'), 'a file stands where a directory should'],
    ['a name that is too long', at('x'.repeat(300)), 'the name is too long'],
  ])('is refused where nothing can be written: %s', async (_, out, reason) => {
    const { exitCode, stderr } = await runTo(out);
    expect([exitCode, stderr]).toEqual([2, `koinon: ${out}: cannot be written (${reason})\n`]);
  });

  it('may be standard output, which then has nothing else', async () => {
    const out = at(`${name}.alone`);
    await runTo(out);
    const { exitCode, stdout, stderr } = await runTo('-', '--json');
    expect([exitCode, JSON.parse(stderr)]).toEqual([0, expect.objectContaining({ out: '-' })]);
    if (name !== 'encrypt') expect(stdout).toBe(readFileSync(out, 'utf8'));
    expect(existsSync('-')).toBe(false);
  });

  it('never overwrites a key, what it is made from, or what is no plain file', async () => {
    const pem = writePem(root);
    const der = at('key.der');
    writeFileSync(der, createPrivateKey(readFileSync(pem)).export({ format: 'der', type: 'pkcs8' }));
    copyFileSync(at('bls', 'public.json'), at('public-copy.json'));
    const keys = [pem, der, at('public-copy.json'), at('bls', 'shares', 'c.json')];
    for (const out of keys) {
      const before = readFileSync(out);
      const { exitCode, stderr } = await runTo(out, '--force');
      expect([exitCode, stderr]).toEqual([2, `koinon: --out ${out}: that is a key; name another file\n`]);
      expect(readFileSync(out)).toEqual(before);
    }
    for (const option of ['--public', '--in', '--key', '--sig']) {
      const place = commands[name]?.indexOf(option) ?? -1;
      const source = commands[name]?.[place + 1] ?? '';
      if (place < 0) continue;
      const { stderr } = await runTo(option === '--public' ? join(source, 'public.json') : source, '--force');
      expect(stderr).toMatch(/that is the input; name another file/);
    }
    if (!existsSync(at('directory'))) mkdirSync(at('directory'));
    expect((await runTo(at('directory'), '--force')).stderr).toMatch(/that is a directory; name a file in it/);
    if (process.platform === 'win32') return;
    if (!existsSync(at('link'))) symlinkSync(document, at('link'));
    expect((await runTo(at('link'), '--force')).stderr).toMatch(/that is the input|no plain file/);
    expect((await runTo('/dev/null', '--force')).stderr).toMatch(/no plain file/);
  });
});

it.each([
  ['deal', '--policy', '2 of (a, b)', '--scheme', 'bls', '--out', '-'],
  ['refresh', '-'],
  ['reshare', '-', '--policy', '2 of (a, b)'],
])('key shares are never printed: koinon key %s', async (...args) => {
  const { exitCode, stdout, stderr } = await run('key', ...args);
  expect([exitCode, stdout]).toEqual([2, '']);
  expect(stderr).toMatch(/-: (key shares are secret|name the directory of the key)/);
});

it('standard input is read for one option alone', async () => {
  for (const command of [['verify'], ['decrypt', '--out', at('never')]]) {
    const args = ['key', ...command, '--public', at('clock'), '--in', '-', '--sig', '-'];
    expect(await run(...args)).toMatchObject({
      exitCode: 2,
      stderr: 'koinon: --in, --sig: only one of them can read standard input\n',
    });
  }
});
