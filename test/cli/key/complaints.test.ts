/** What `koinon key` says to people who take one file for another, ask for what a key has not, or write a slip of a policy. */
import { generateKeyPairSync } from 'node:crypto';
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { beforeAll, describe, expect, it } from 'vitest';
import { temporaryDirectory } from '../../server/temporary-directory.js';
import { run, runWith } from '../run.js';
import { shareAll, succeed, succeedJson } from './setting.js';

const root = temporaryDirectory();
const at = (...path: readonly string[]): string => join(root, ...path);
const document = at('document.txt');
writeFileSync(document, 'We agree.\n');
const policy = '2 of (acme, globex, initech)';

beforeAll(async () => {
  await succeed('key', 'deal', '--policy', policy, '--scheme', 'bls', '--out', at('bls'));
  await succeed('key', 'deal', '--policy', policy, '--scheme', 'bls', '--usage', 'time-lock', '--out', at('clock'));
  const encrypt = ['key', 'encrypt', '--public', at('clock'), '--in', document];
  await succeed(...encrypt, '--label', 'new\nyear', '--out', at('label.locked'));
  await succeed(...encrypt, '--round', '7', '--out', at('round.locked'));
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048, publicExponent: 3 });
  writeFileSync(at('e3.pem'), privateKey.export({ type: 'pkcs8', format: 'pem' }), { mode: 0o600 });
  writeFileSync(at('binary'), Uint8Array.of(0xff, 0xfe, 0));
  writeFileSync(at('half.json'), readFileSync(at('bls', 'public.json')).subarray(0, 200));
  writeFileSync(at('long.json'), '');
  truncateSync(at('long.json'), 2 ** 24 + 1);
  mkdirSync(at('empty'));
});

/** The complaint of a command that is refused. */
async function complaintOf(...argv: readonly string[]): Promise<string> {
  const { exitCode, stdout, stderr } = await run('key', ...argv);
  expect([exitCode, stdout], argv.join(' ')).toEqual([2, '']);
  expect(stderr).toMatch(/^koinon: [^\n]*\n$/);
  return stderr.replaceAll(`${root}/`, '');
}

describe('koinon key inspect', () => {
  it('says until when a file is locked', async () => {
    const { stdout } = await succeed('key', 'inspect', at('label.locked'));
    expect(stdout).toBe(`${at('label.locked')}: a time-locked file\n  opens at  "new\\x0ayear" (koinon key decrypt)\n`);
    expect(await succeedJson('key', 'inspect', at('label.locked'))).toEqual({
      kind: 'time-locked',
      label: 'new\nyear',
    });
    expect(await succeedJson('key', 'inspect', at('round.locked'))).toEqual({ kind: 'time-locked', round: 7 });
  });

  it.each<[string, string, string]>([
    ['a PEM file', 'e3.pem', 'e3.pem: this is a PEM file, not a koinon key file'],
    ['a text', 'document.txt', 'document.txt: not a koinon key file'],
    ['a file that is no text', 'binary', 'binary: not a koinon key file'],
    ['a file that is too long', 'long.json', 'long.json: not a koinon key file: longer than any'],
    [
      'a directory without a key',
      'empty',
      "empty: no key's directory, since it has no public.json; name a key file, or the",
    ],
    ['the directory of shares', 'bls/shares', "bls/shares: no key's directory"],
    ['nothing', 'none.json', 'none.json: no such file'],
    ['what would lie beneath a file', 'document.txt/public.json', 'document.txt/public.json: no such file'],
    ['half a key', 'half.json', 'half.json: not a koinon key file: expected JSON'],
  ])('refuses %s', async (_what, path, complaint) => {
    expect(await complaintOf('inspect', at(path))).toContain(`koinon: ${complaint}`);
  });
});

describe('a file of another kind', () => {
  const share = (key: string) => complaintOf('share', '--key', at(key), '--in', document, '--out', at('never'));
  const keyShare = 'expected a key share (DIR/shares/MEMBER.json of koinon key deal)\n';

  it('is told from a key share, which is named', async () => {
    expect(await share('e3.pem')).toBe(`koinon: e3.pem: this is a PEM file, not a koinon key file; ${keyShare}`);
    expect(await share('bls')).toBe(`koinon: bls: this is a directory; ${keyShare}`);
    expect(await share('label.locked')).toBe(`koinon: label.locked: not a koinon key file; ${keyShare}`);
    expect(await share('long.json')).toBe(`koinon: long.json: not a koinon key file: longer than any; ${keyShare}`);
  });

  it('is told from a public key, and from a share of a result', async () => {
    const combine = ['combine', '--in', document, '--out', at('never'), '--public'];
    expect(await complaintOf(...combine, at('e3.pem'), at('x'))).toMatch(
      /expected a public key \(DIR\/public\.json, or DIR/,
    );
    expect(await complaintOf(...combine, at('bls'), at('bls'))).toMatch(
      /this is a directory; expected a share of a result/,
    );
  });
});

describe('too long an input', () => {
  const megabytes = (count: number) => Readable.from(Array.from({ length: count }, () => Buffer.alloc(1 << 20)));

  it('is refused with the limit, from standard input as from a file', async () => {
    const encrypt = ['key', 'encrypt', '--public', at('clock'), '--label', 'x', '--in', '-', '--out', at('never')];
    const locked = await runWith({ stdin: megabytes(17) }, ...encrypt);
    expect(locked).toMatchObject({ exitCode: 2, stdout: '' });
    expect(locked.stderr).toMatch(
      /^koinon: standard input: longer than 16 MiB \(16777216 bytes\), .* lock that key\n$/,
    );
    const verify = ['key', 'verify', '--public', at('bls'), '--in', document, '--sig'];
    const verified = await runWith({ stdin: megabytes(5) }, ...verify, '-');
    expect(verified.stderr).toMatch(
      /^koinon: standard input: longer than 4 MiB \(4194304 bytes\), the most .* here\n$/,
    );
    expect((await run(...verify, at('long.json'))).stderr).toMatch(/long\.json: longer than 4 MiB \(4194304 bytes\)/);
  });
});

describe('options that a key has no use for', () => {
  const deal = ['deal', '--policy', policy, '--out', at('never'), '--scheme'];

  it.each<[string, () => readonly string[], RegExp]>([
    [
      '--method',
      () => ['reshare', at('bls'), '--policy', policy, '--method', 'plain'],
      /--method: only for .* shoup-rsa/,
    ],
    [
      '--approximate-weights',
      () => [...deal, 'multisig', '--approximate-weights', '0.1'],
      /--approximate-weights: not with/,
    ],
    ['--passphrase', () => [...deal, 'bls', '--passphrase', '--passphrase-file', document], /--passphrase: not with/],
    ['--period', () => ['export', at('bls'), '--period', '3'], /--period, .* go with --format drand/],
    ['--chained', () => ['export', at('bls'), '--chained'], /--chained go with --format drand/],
    ['--beacon-id', () => ['export', at('bls'), '--beacon-id', 'x'], /go with --format drand/],
    ['--genesis', () => ['export', at('bls'), '--genesis', '3'], /go with --format drand/],
  ])('are refused: %s', async (_option, argv, complaint) => {
    expect(await complaintOf(...argv())).toMatch(complaint);
    expect(existsSync(at('never'))).toBe(false);
  });

  it('blame the key that was brought for its exponent', async () => {
    const own = ['--from', at('e3.pem'), '--unsafe-primes'];
    expect(await complaintOf(...deal, 'shoup-rsa', ...own)).toMatch(
      /^koinon: --from: the public exponent 3 divides the scale of the policy: bring a key with exponent 65537\n$/,
    );
  });
});

describe('a mistake of usage', () => {
  it.each([
    [['deal'], 'koinon key deal --help'],
    [['refresh'], 'koinon key refresh --help'],
    [['share', '--nothing'], 'koinon key share --help'],
    [['nothing'], 'koinon key --help'],
  ])('names the page of its command: %j', async (argv, page) => {
    expect(await complaintOf(...argv)).toMatch(new RegExp(`; see ${page}\\n$`));
  });
});

describe('a policy with a slip', () => {
  it('is refused where names differ in case only: on some file systems one share would overwrite the other', async () => {
    for (const scheme of ['bls', 'multisig']) {
      const argv = ['deal', '--policy', '2 of (acme/x, b, Acme/X)', '--scheme', scheme, '--out', at('never')];
      expect(await complaintOf(...argv)).toMatch(/--policy: acme\/x and Acme\/X differ in case only/);
    }
    expect(existsSync(at('never'))).toBe(false);
  });

  it.each<[string, readonly string[]]>([
    ['2 of (a, b, c)', []],
    ['2 of (acme: 2 of 3, b, c)', []],
    ['2 of (a/1, a/2)', []],
    ['1 of (a, b and c)', ['a: each member alone can use the key']],
    ['2 of (acme: 2 of 3, b) or c', ['c: each member alone can use the key']],
    ['any of (acme: 2 of 3, b and c)', ['acme: this organization can use the key without any other']],
    ['any of (acme: 1 of 2, b and c)', ['acme/1, acme/2: each member alone can use the key']],
  ])('is warned of where somebody needs nobody else: %s', async (written, warnings) => {
    const out = at(`warned-${readdirSync(root).length}`);
    const dealt = ['key', 'deal', '--policy', written, '--scheme', 'multisig', '--out', out];
    expect(await succeedJson(...dealt)).toMatchObject({ warnings });
    const { stdout } = await succeed(...dealt.slice(0, -1), `${out}-told`);
    expect(stdout.match(/^ {2}WARNING {2}.*$/gm) ?? []).toEqual(warnings.map((line) => `  WARNING  ${line}`));
  });

  it('is warned of at a reshare too', async () => {
    cpSync(at('bls'), at('moved'), { recursive: true });
    const moved = await succeedJson('key', 'reshare', at('moved'), '--policy', 'acme or globex');
    expect(moved).toMatchObject({ warnings: ['acme, globex: each member alone can use the key'] });
  });
});

describe('--json', () => {
  it('lists the files that were written', async () => {
    const shares = (directory: string) =>
      ['acme', 'globex', 'initech'].map((name) => join(directory, 'shares', `${name}.json`));
    const [dealt, out] = [at('listed'), at('listed.out')];
    const told = await succeedJson('key', 'deal', '--policy', policy, '--scheme', 'bls', '--out', dealt);
    expect(told['files']).toEqual([join(dealt, 'public.json'), ...shares(dealt)]);
    for (const move of [
      ['refresh', dealt],
      ['reshare', dealt, '--policy', policy],
    ]) {
      expect((await succeedJson('key', ...move))['files']).toEqual(told['files']);
    }
    const made = await succeedJson('key', 'share', '--key', shares(dealt)[0] ?? '', '--in', document, '--out', out);
    expect(made['files']).toEqual([out]);
    const parts = await shareAll(dealt, ['acme', 'globex'], '--in', document);
    const combine = ['key', 'combine', '--public', dealt, '--in', document, ...parts, '--out'];
    expect((await succeedJson(...combine, at('listed.sig')))['files']).toEqual([at('listed.sig')]);
    expect(JSON.parse((await run(...combine, '-', '--json')).stderr)).toMatchObject({ out: '-', files: [] });
  });

  it('holds what is exported', async () => {
    const { stdout } = await succeed('key', 'export', at('bls'));
    expect(await succeedJson('key', 'export', at('bls'))).toEqual({ format: 'hex', content: stdout });
  });
});

describe('two sharings of one key', () => {
  it('are told apart, and nobody is suspected', async () => {
    for (const copy of ['one', 'two']) {
      cpSync(at('bls'), at(copy), { recursive: true });
      await succeed('key', 'refresh', at(copy));
    }
    const [own = '', strange = ''] = [
      ...(await shareAll(at('one'), ['acme'], '--in', document)),
      ...(await shareAll(at('two'), ['globex'], '--in', document)),
    ];
    const combine = ['key', 'combine', '--public', at('one'), '--in', document, '--out', at('never')];
    const { exitCode, stdout } = await run(...combine, own, strange);
    expect(exitCode).toBe(3);
    expect(stdout).toContain(`  left out   ${strange}: made in another sharing of the same key`);
    expect(stdout).not.toMatch(/bad/);
  });
});
