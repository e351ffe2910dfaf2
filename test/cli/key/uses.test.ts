/** `koinon key` for what is not signing: rounds of a beacon, coins, time-locks, ciphertexts; and each key for its use alone. */
import { constants, publicEncrypt } from 'node:crypto';
import { readFileSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { toHex } from '../../../src/prelude/bytes.js';
import { digest } from '../../../src/prelude/digest.js';
import { temporaryDirectory } from '../../server/temporary-directory.js';
import { shareAll, succeed, succeedJson, writePem } from './setting.js';
import { run } from '../run.js';

const root = temporaryDirectory();
const at = (...path: readonly string[]): string => join(root, ...path);
const two = ['acme', 'globex'] as const;
const message = at('message.txt');
writeFileSync(message, 'Buy nothing.\n');

beforeAll(async () => {
  const deal = ['key', 'deal', '--policy', '2 of (acme, globex, initech)', '--scheme'];
  await succeed(...deal, 'bls', '--usage', 'beacon', '--out', at('beacon'));
  await succeed(...deal, 'bls', '--usage', 'beacon', '--suite', 'min-pk-nul', '--out', at('chained'));
  await succeed(...deal, 'bls', '--usage', 'time-lock', '--out', at('clock'));
  await succeed(...deal, 'bls', '--suite', 'min-sig-nul', '--out', at('signing'));
  await succeed(...deal, 'shoup-rsa', '--usage', 'decryption', '--from', writePem(root), '--out', at('vault'));
  await succeed(...deal, 'shoup-rsa', '--usage', 'beacon', '--from', at('key.pem'), '--out', at('coins'));
});

function combine(name: string, request: readonly string[], out: string, shares: readonly string[]) {
  return ['key', 'combine', '--public', at(name), ...request, '--out', out, '--force', ...shares] as const;
}

describe('a beacon', () => {
  it('makes rounds in the form of drand, of which anybody verifies the value', async () => {
    const request = ['--round', '7'];
    const shares = await shareAll(at('beacon'), two, ...request);
    const made = await succeedJson(...combine('beacon', request, at('7.json'), shares));
    const round = JSON.parse(readFileSync(at('7.json'), 'utf8')) as { signature: string; randomness: string };
    expect(round).toMatchObject({ round: 7 });
    expect(round.randomness).toBe(toHex(digest(Buffer.from(round.signature, 'hex'))));
    expect(made).toMatchObject({ combined: true, value: round.randomness });
    const verify = ['key', 'verify', '--public', at('beacon'), '--sig', at('7.json')];
    expect(await succeedJson(...verify, '--round', '7')).toMatchObject({ valid: true, value: round.randomness });
    expect((await run(...verify, '--round', '8')).exitCode).toBe(1);
    writeFileSync(at('7.json'), JSON.stringify({ ...round, round: 8 }));
    expect((await run(...verify, '--round', '7')).exitCode).toBe(1);
  });

  it('chains rounds where its suite is one of chained beacons', async () => {
    writeFileSync(at('seed.bin'), Buffer.alloc(32, 7));
    const request = ['--round', '1', '--previous', at('seed.bin')];
    const shares = await shareAll(at('chained'), two, ...request);
    await succeed(...combine('chained', request, at('1.json'), shares));
    const verify = ['key', 'verify', '--public', at('chained'), '--sig', at('1.json')];
    await succeed(...verify, ...request);
    expect((await run(...verify, '--round', '1')).exitCode).toBe(1);
    expect(readFileSync(at('1.json'), 'utf8')).toContain(`"previous_signature":"${'07'.repeat(32)}"`);
  });

  it('tosses coins, with RSA too', async () => {
    for (const name of ['beacon', 'coins']) {
      const request = ['--coin', 'who begins?'];
      const shares = await shareAll(at(name), two, ...request);
      const made = await succeedJson(...combine(name, request, at(`${name}.coin`), shares));
      const others = await shareAll(at(name), ['globex', 'initech'], ...request);
      const again = await succeedJson(...combine(name, request, at(`${name}.coin2`), others));
      expect(made['value']).toMatch(/^[0-9a-f]{64}$/);
      expect(again['value']).toBe(made['value']);
      const verify = ['key', 'verify', '--public', at(name), '--sig', at(`${name}.coin`), '--coin'];
      expect(await succeedJson(...verify, 'who begins?')).toMatchObject({ valid: true, value: made['value'] });
      expect((await run(...verify, 'who ends?')).exitCode).toBe(1);
    }
  });

  it("is described to drand's clients", async () => {
    const args = ['key', 'export', at('beacon'), '--format', 'drand', '--period', '30', '--genesis', '1790000000'];
    const info = JSON.parse((await succeed(...args)).stdout) as Record<string, unknown>;
    expect(info).toMatchObject({
      period: 30,
      genesis_time: 1790000000,
      schemeID: 'bls-unchained-g1-rfc9380',
      metadata: { beaconID: 'default' },
    });
    expect(info['public_key']).toBe((await succeed('key', 'export', at('beacon'))).stdout.trim());
    const chained = await succeed('key', 'export', at('chained'), ...args.slice(3), '--chained', '--beacon-id', 'ours');
    expect(JSON.parse(chained.stdout)).toMatchObject({
      schemeID: 'pedersen-bls-chained',
      metadata: { beaconID: 'ours' },
    });
  });

  it.each<[string, readonly string[], RegExp]>([
    ['beacon', ['--format', 'drand'], /--format drand needs --period and --genesis/],
    [
      'beacon',
      ['--format', 'drand', '--period', '3', '--genesis', '0', '--chained'],
      /no chained beacons of bls, min-sig-nul/,
    ],
    ['vault', ['--format', 'drand', '--period', '3', '--genesis', '0'], /drand has no beacons of shoup-rsa/],
    ['signing', ['--format', 'drand', '--period', '3', '--genesis', '0'], /usage "document", not "beacon"/],
    ['clock', ['--format', 'drand', '--period', '3', '--genesis', '0'], /usage "time-lock", not "beacon"/],
    ['beacon', ['--format', 'drand', '--period', '0', '--genesis', '0'], /Expected an integer from 1/],
  ])('is not made of another key: %s %j', async (name, options, complaint) => {
    const { exitCode, stderr } = await run('key', 'export', at(name), ...options);
    expect(exitCode).toBe(2);
    expect(stderr).toMatch(complaint);
  });
});

describe('a time-lock', () => {
  const encrypt = (request: readonly string[], out: string) =>
    ['key', 'encrypt', '--public', at('clock'), ...request, '--in', message, '--out', out, '--force'] as const;
  const decryption = (signature: string, locked: string) => [
    ...['key', 'decrypt', '--public', at('clock'), '--sig', signature],
    ...['--in', locked, '--out', at('opened.txt'), '--force'],
  ];
  const decrypt = (signature: string, locked: string) => run(...decryption(signature, locked));

  it.each([
    ['a label', ['--label', 'new year 2027']],
    ['a round', ['--round', '9']],
  ])('opens when enough members say that the time of %s has come', async (_what, request) => {
    await succeed(...encrypt(request, at('locked.bin')));
    expect(readFileSync(at('locked.bin')).includes('Buy nothing')).toBe(false);
    const shares = await shareAll(at('clock'), two, ...request);
    await succeed(...combine('clock', request, at('opener.sig'), shares));
    await succeed('key', 'verify', '--public', at('clock'), ...request, '--sig', at('opener.sig'));
    expect((await decrypt(at('opener.sig'), at('locked.bin'))).exitCode).toBe(0);
    expect(readFileSync(at('opened.txt'))).toEqual(readFileSync(message));
    if (process.platform !== 'win32') expect(statSync(at('opened.txt')).mode & 0o777).toBe(0o600);
  });

  it('opens by nothing else', async () => {
    await succeed(...encrypt(['--label', 'one'], at('one.bin')));
    const shares = await shareAll(at('clock'), two, '--label', 'two');
    await succeed(...combine('clock', ['--label', 'two'], at('two.sig'), shares));
    writeFileSync(at('short.sig'), 'short');
    for (const signature of ['two.sig', 'short.sig']) {
      const { exitCode, stdout } = await decrypt(at(signature), at('one.bin'));
      expect(exitCode).toBe(1);
      expect(stdout).toBe(
        `NOT OPENED: ${at(signature)} does not open ${at('one.bin')}: it is locked until something else, or damaged\n`,
      );
    }
    expect(await decrypt(at('two.sig'), message)).toMatchObject({
      exitCode: 2,
      stderr: `koinon: ${message}: not a file that koinon key encrypt made\n`,
    });
    const json = await run(...decryption(at('two.sig'), at('one.bin')), '--json');
    expect(JSON.parse(json.stdout)).toEqual({
      opened: false,
      reason: `${at('two.sig')} does not open ${at('one.bin')}: it is locked until something else, or damaged`,
    });
  });

  it('locks at most 16 MiB, and says what to do with more', async () => {
    writeFileSync(at('long.bin'), '');
    truncateSync(at('long.bin'), 2 ** 24 + 1);
    const args = ['--public', at('clock'), '--label', 'x', '--in', at('long.bin'), '--out', at('never.bin')];
    const { exitCode, stderr } = await run('key', 'encrypt', ...args);
    expect(exitCode).toBe(2);
    expect(stderr).toMatch(/long\.bin: longer than 16 MiB \(16777216 bytes\), the most that is read here: encrypt it/);
  });

  it('wants a label or a round, and a key for it', async () => {
    const neither = await run(...encrypt([], at('x')));
    expect(neither).toMatchObject({ exitCode: 2 });
    expect(neither.stderr).toMatch(/takes --round or --label/);
    expect(await run(...encrypt(['--label', 'x'.repeat(1025)], at('x')))).toMatchObject({ exitCode: 2 });
    const other = await run(
      'key',
      'encrypt',
      '--public',
      at('signing'),
      '--label',
      'x',
      '--in',
      message,
      '--out',
      at('x'),
    );
    expect(other.stderr).toMatch(/usage "document", not "time-lock"/);
  });
});

describe('a ciphertext', () => {
  const encryptFor = (label?: string): string => {
    const path = at(`ciphertext-${label ?? 'none'}`);
    const key = { key: readFileSync(at('vault', 'public.pem')), padding: constants.RSA_PKCS1_OAEP_PADDING };
    const labelled = label === undefined ? {} : { oaepLabel: Buffer.from(label) };
    writeFileSync(path, publicEncrypt({ ...key, oaepHash: 'sha256', ...labelled }, readFileSync(message)));
    return path;
  };

  it('is deciphered by enough members, for the eyes of its owner', async () => {
    const request = ['--in', encryptFor()];
    const shares = await shareAll(at('vault'), two, ...request);
    const { stdout } = await succeed(...combine('vault', request, at('plain.txt'), shares));
    expect(stdout).toBe(`COMBINED: the plaintext, 13 bytes, is in ${at('plain.txt')}.\n`);
    expect(readFileSync(at('plain.txt'))).toEqual(readFileSync(message));
    if (process.platform !== 'win32') expect(statSync(at('plain.txt')).mode & 0o777).toBe(0o600);
  });

  it('with a label needs that label', async () => {
    const request = ['--in', encryptFor('invoice')];
    const shares = await shareAll(at('vault'), two, ...request);
    const without = await run(...combine('vault', request, at('labelled.txt'), shares));
    expect(without).toMatchObject({ exitCode: 1, stderr: '' });
    expect(without.stdout).toMatch(/NOT COMBINED: what was deciphered is no message, or has another label/);
    await succeed(...combine('vault', [...request, '--label', 'invoice'], at('labelled.txt'), shares));
    expect(readFileSync(at('labelled.txt'))).toEqual(readFileSync(message));
  });

  it('is refused where it is none', async () => {
    const key = at('vault', 'shares', 'acme.json');
    const { exitCode, stderr } = await run('key', 'share', '--key', key, '--in', message, '--out', at('x'));
    expect(exitCode).toBe(2);
    expect(stderr).toMatch(/message\.txt: this is no ciphertext of the key/);
  });

  it('key signs nothing, so nothing of it is verified', async () => {
    const { exitCode, stderr } = await run('key', 'verify', '--public', at('vault'), '--in', message, '--sig', message);
    expect(exitCode).toBe(2);
    expect(stderr).toMatch(/usage "decryption" signs nothing/);
  });
});

describe('a key is for one use', () => {
  /** The bytes whose BLS signature a round of an unchained beacon is. */
  const roundMessage = digest(Buffer.from('0000000000000007', 'hex'));

  beforeAll(() => {
    writeFileSync(at('round.bin'), roundMessage);
  });

  it.each<[string, readonly string[], string]>([
    ['beacon', ['--in', 'message'], 'takes --round [--previous] or --coin'],
    ['beacon', ['--label', 'x'], 'takes --round [--previous] or --coin'],
    ['beacon', ['--round', '7', '--coin', 'x'], 'takes --round [--previous] or --coin'],
    ['clock', ['--in', 'message'], 'takes --round or --label'],
    ['clock', ['--coin', 'x'], 'takes --round or --label'],
    ['vault', ['--round', '7'], 'takes --in [--label]'],
    ['signing', ['--round', '7'], 'takes --in'],
    ['coins', ['--round', '7'], 'beacons are made with keys of scheme bls; this one tosses --coin'],
  ])('%s is not used with %j', async (name, options, complaint) => {
    const args = options.map((option) => (option === 'message' ? message : option));
    const key = at(name, 'shares', 'acme.json');
    const { exitCode, stderr } = await run('key', 'share', '--key', key, ...args, '--out', at('x'));
    expect(exitCode).toBe(2);
    expect(stderr).toContain(complaint);
  });

  it('T5: the bytes of a round, signed as a document, make no round', async () => {
    const shares = await shareAll(at('signing'), two, '--in', at('round.bin'));
    const beacon = await run(...combine('beacon', ['--round', '7'], at('forged.json'), shares));
    expect(beacon.exitCode).toBe(3);
    expect(beacon.stdout).toContain('made with another key');
    const [honest = ''] = await shareAll(at('beacon'), ['acme'], '--round', '7');
    const read = (path: string) => JSON.parse(readFileSync(path, 'utf8')) as Record<string, unknown>;
    const relabelled = shares.map((path) => {
      const { process, contribution } = read(path);
      writeFileSync(`${path}.forged`, JSON.stringify({ ...read(honest), process, contribution }));
      return `${path}.forged`;
    });
    const forged = await run(...combine('beacon', ['--round', '7'], at('forged.json'), relabelled));
    expect(forged.exitCode).toBe(3);
    expect(forged.stdout).toContain('  bad share  acme\n  bad share  globex\n');
  });
});
