/** `koinon key` from a deal to a signed file, checked by openssl. */
import { execFileSync } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { beforeAll, describe, expect, it } from 'vitest';
import { encodeStatement, statementTag } from '../../../src/prelude/statement.js';
import { digest } from '../../../src/prelude/digest.js';
import { temporaryDirectory } from '../../server/temporary-directory.js';
import { shareAll, succeed, succeedJson, writePem } from './setting.js';
import { run, runWith } from '../run.js';

const root = temporaryDirectory();
const pem = writePem(root);
const contract = join(root, 'contract.txt');
writeFileSync(contract, 'We agree.\n');
const policy = '2 of (acme: 2 of 3, globex, initech)';
const at = (...path: readonly string[]): string => join(root, ...path);

const hasOpenssl = (() => {
  try {
    execFileSync('openssl', ['version']);
    return true;
  } catch {
    return false;
  }
})();

beforeAll(async () => {
  const dealRsa = ['key', 'deal', '--policy', policy, '--scheme', 'shoup-rsa', '--from', pem];
  await succeed(...dealRsa, '--out', at('league'));
  await succeed(...dealRsa, '--pss', '--out', at('pss'));
  await succeed(...dealRsa, '--usage', 'decryption', '--out', at('vault'));
  await succeed('key', 'deal', '--policy', policy, '--scheme', 'multisig', '--out', at('multisig'));
  await succeed('key', 'deal', '--policy', policy, '--scheme', 'bls', '--out', at('bls'));
});

describe('koinon key deal', () => {
  it('writes the public key for everybody, and each share for its owner alone', () => {
    const shares = ['acme-1.json', 'acme-2.json', 'acme-3.json', 'globex.json', 'initech.json'];
    expect(readdirSync(at('league')).sort()).toEqual(['public.json', 'public.pem', 'shares']);
    expect(readdirSync(at('league', 'shares')).sort()).toEqual(shares);
    expect(existsSync(at('multisig', 'public.pem'))).toBe(false);
    if (process.platform === 'win32') return;
    expect(statSync(at('league', 'shares')).mode & 0o777).toBe(0o700);
    for (const share of shares) expect(statSync(at('league', 'shares', share)).mode & 0o777).toBe(0o600);
  });

  it('tells what it has dealt, for people and as JSON', async () => {
    const args = ['key', 'deal', '--policy', '2 of (a, b, c)', '--scheme', 'multisig'];
    const { stdout } = await succeed(...args, '--out', at('told'));
    expect(stdout).toContain(`Dealt a key to 3 members in ${at('told')}.`);
    expect(stdout).toContain('whoever has them all has the key');
    const json = await succeedJson(...args, '--out', at('told-json'));
    expect(json).toMatchObject({
      directory: at('told-json'),
      scheme: 'multisig',
      usage: 'document',
      epoch: 0,
      policy: '2 of (a, b, c)',
      members: ['a', 'b', 'c'],
      sealed: false,
    });
  });

  it('shares along smaller weights that mean the same, and says so', async () => {
    const weighted = 'weight >= 67 of (acme*40, globex*35, initech*45)';
    const args = ['key', 'deal', '--policy', weighted, '--scheme', 'bls', '--out'];
    for (const more of [[at('weights')], [at('weights-nearly'), '--approximate-weights', '0.05']]) {
      const { stdout } = await succeed(...args, ...more);
      expect(stdout).toContain('67 of (40, 35, 45) is the same as 2 of (1, 1, 1), which is shared along');
      expect(stdout).toContain('policy   2 of (acme, globex, initech)');
    }
  });

  it('tells who never decides anything, and gets no share', async () => {
    const weighted = 'weight >= 4 of (a*2, b*2, c*2, d*1)';
    const json = await succeedJson('key', 'deal', '--policy', weighted, '--scheme', 'bls', '--out', at('dummy'));
    expect(json).toMatchObject({ policy: '2 of (a, b, c)', members: ['a', 'b', 'c'] });
    expect(JSON.stringify(json['weights'])).toContain('d: decides nothing beside the others, and gets no share');
  });

  it('shares along another policy where weights are too heavy, if that is asked for by name', async () => {
    const weights = Array.from({ length: 30 }, (_, index) => `m${index}*${5000 + 37 * index}`).join(', ');
    const heavy = deal('--policy', `weight >= 100003 of (${weights})`, '--scheme', 'bls', '--out', at('heavy'));
    const refused = await run(...heavy);
    expect(refused.exitCode).toBe(2);
    expect(refused.stderr).toMatch(/--approximate-weights/);
    const { stdout } = await succeed(...heavy, '--approximate-weights', '0.05');
    expect(stdout).toMatch(/weights {2}at \/: 100003 of .* becomes/);
    expect(stdout).toMatch(/it is another rule: whoever weighed 100003 was accepted before/);
    const narrow = await run(...deal('--policy', '2 of (a, b)', '--approximate-weights', '1.5'));
    expect(narrow.stderr).toMatch(/Expected a share of all weight above 0 and below 1/);
  });

  const deal = (...more: readonly string[]): readonly string[] => {
    const out = more.includes('--out') ? [] : ['--out', at('never')];
    const scheme = more.includes('--scheme') ? [] : ['--scheme', 'shoup-rsa'];
    const who = more.includes('--policy') ? [] : ['--policy', '2 of (a, b, c)'];
    return ['key', 'deal', ...who, ...scheme, ...out, ...more];
  };

  beforeAll(() => {
    mkdirSync(at('occupied'));
    writeFileSync(at('occupied', 'something'), '');
    writeFileSync(at('open.pem'), readFileSync(pem), { mode: 0o644 });
    writeFileSync(at('public-only.pem'), readFileSync(at('league', 'public.pem')), { mode: 0o600 });
    writeFileSync(at('no.pem'), 'nothing', { mode: 0o600 });
    writeFileSync(at('empty.txt'), '\n', { mode: 0o600 });
  });

  it.each<[string, () => readonly string[], RegExp]>([
    ['a directory that is not empty', () => deal('--out', at('occupied')), /occupied: it exists already/],
    ['an unknown scheme', () => deal('--scheme', 'rsa'), /Allowed choices are multisig, shoup-rsa, bls/],
    [
      'an unknown usage',
      () => deal('--usage', 'statement'),
      /Allowed choices are document, beacon, time-lock, decryption/,
    ],
    ['an unknown suite', () => deal('--scheme', 'bls', '--suite', 'bn254'), /Allowed choices are min-pk-pop/],
    [
      'a usage that the scheme has not',
      () => deal('--usage', 'time-lock'),
      /keys of scheme shoup-rsa are for document, beacon, decryption/,
    ],
    ['multisignatures for decryption', () => deal('--scheme', 'multisig', '--usage', 'decryption'), /are for document/],
    ['a policy with a mistake', () => deal('--policy', '2 of (a, b'), /line 1, column 11: expected "," or "\)"/],
    ['a policy that cannot be met', () => deal('--policy', '3 of (a, b)'), /k/],
    ['PSS by BLS', () => deal('--scheme', 'bls', '--pss'), /--pss: only with --scheme shoup-rsa/],
    ['a suite for RSA', () => deal('--suite', 'min-pk-pop'), /--suite: only with --scheme bls/],
    ['an odd length', () => deal('--bits', '1024'), /Allowed choices are 2048, 3072, 4096/],
    ['a length for a key that has one', () => deal('--from', pem, '--bits', '2048'), /--bits: not with --from/],
    ['unsafe primes of a new key', () => deal('--unsafe-primes'), /--unsafe-primes: only with --from/],
    ['PSS for decryption', () => deal('--pss', '--usage', 'decryption'), /--pss: only with --usage document/],
    ['a key that is not there', () => deal('--from', at('nowhere.pem')), /nowhere\.pem: no such file/],
    ['a public key', () => deal('--from', at('public-only.pem')), /this is a public key/],
    ['no key', () => deal('--from', at('no.pem')), /expected an RSA private key as PKCS#8/],
    ['a private key that others may read', () => deal('--from', at('open.pem')), /others than its owner .*chmod 600/],
    ['a passphrase file that is not there', () => deal('--passphrase-file', at('none')), /none: no such file/],
    [
      'an empty passphrase',
      () => deal('--scheme', 'bls', '--passphrase-file', at('empty.txt')),
      /an empty passphrase protects nothing/,
    ],
    [
      'a passphrase to be typed, and no terminal',
      () => deal('--scheme', 'bls', '--passphrase'),
      /only a terminal can be asked/,
    ],
    [
      'a policy too large to be shared along',
      () => deal('--policy', `2 of (${Array.from({ length: 300 }, (_, index) => `m${index}`).join(', ')})`),
      /cannot be shared along: a gate of 300 places.* 255 is the most.*--approximate-weights .*--scheme multisig/,
    ],
  ])('refuses %s', async (_what, argv, complaint) => {
    const { exitCode, stdout, stderr } = await run(...argv());
    expect([exitCode, stdout]).toEqual([2, '']);
    expect(stderr).toMatch(complaint);
    expect(existsSync(at('never'))).toBe(false);
  });

  it('imports a key of other than safe primes where it is asked for by name', async () => {
    const path = at('ordinary.pem');
    const { generateKeyPairSync } = await import('node:crypto');
    const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
    writeFileSync(path, privateKey.export({ type: 'pkcs8', format: 'pem' }), { mode: 0o600 });
    const refused = await run(...deal('--from', path));
    expect(refused.exitCode).toBe(2);
    expect(refused.stderr).toMatch(/not safe primes, each at least a third as long as the modulus; --unsafe-primes/);
    const dealt = await succeed(...deal('--from', path, '--unsafe-primes', '--out', at('ordinary')));
    expect(dealt.stdout).toContain(`Destroy ${path} and its copies`);
    const { stdout } = await succeed('key', 'inspect', at('ordinary'));
    expect(stdout).toContain('nobody can be blamed for a bad share');
  });
});

describe('signing a file', () => {
  it.skipIf(!hasOpenssl).each([
    ['league', []],
    ['pss', ['-sigopt', 'rsa_padding_mode:pss', '-sigopt', 'rsa_pss_saltlen:32']],
  ])('ends in what openssl verifies: %s', async (name, options) => {
    const shares = await shareAll(at(name), ['globex', 'initech'], '--in', contract);
    const signature = at(`${name}.sig`);
    const combine = ['key', 'combine', '--public', at(name), '--in', contract, '--out', signature, ...shares];
    const { stdout } = await succeed(...combine);
    const command = [
      'dgst',
      '-sha256',
      ...options,
      '-verify',
      at(name, 'public.pem'),
      '-signature',
      signature,
      contract,
    ];
    expect(stdout).toContain(`openssl ${command.join(' ')}\n`);
    expect(execFileSync('openssl', command, { encoding: 'utf8' })).toBe('Verified OK\n');
    expect(statSync(signature).size).toBe(256);
  });

  it.each(['league', 'pss', 'multisig', 'bls'])('is verified with the public key alone: %s', async (name) => {
    const shares = await shareAll(at(name), ['acme-1', 'acme-3', 'globex'], '--in', contract);
    const signature = at(`${name}-verified.sig`);
    const made = await succeedJson(
      'key',
      'combine',
      '--public',
      at(name, 'public.json'),
      '--in',
      contract,
      '--out',
      signature,
      ...shares,
    );
    expect(made).toMatchObject({
      combined: true,
      out: signature,
      bad: [],
      leftOut: [],
      bytes: statSync(signature).size,
    });
    const verify = ['key', 'verify', '--public', at(name), '--sig', signature];
    expect(await succeedJson(...verify, '--in', contract)).toMatchObject({ valid: true });
    const { exitCode, stdout } = await run(...verify, '--in', pem);
    expect(exitCode).toBe(1);
    expect(stdout).toMatch(/^NOT SIGNED by key [0-9a-f]{64}\n$/);
  });

  it('reads the file from standard input', async () => {
    const out = at('stdin.share');
    const key = at('multisig', 'shares', 'globex.json');
    const stdin = Readable.from([Buffer.from('We '), Buffer.from('agree.\n')]);
    const { exitCode } = await runWith({ stdin }, 'key', 'share', '--key', key, '--in', '-', '--out', out);
    expect(exitCode).toBe(0);
    const [usual] = await shareAll(at('multisig'), ['globex'], '--in', contract);
    expect(readFileSync(out)).toEqual(readFileSync(usual ?? ''));
  });

  it('says who is still needed, in the names of the organizations', async () => {
    const shares = await shareAll(at('league'), ['acme-1', 'globex'], '--in', contract);
    const combine = ['key', 'combine', '--public', at('league'), '--in', contract, '--out', at('short.sig'), ...shares];
    const { exitCode, stdout, stderr } = await run(...combine);
    expect([exitCode, stderr]).toEqual([3, '']);
    expect(stdout).toBe('NOT COMBINED: still needed: one more of acme (2, 3), or initech\n');
    const json = await run(...combine, '--json');
    expect(JSON.parse(json.stdout)).toMatchObject({
      combined: false,
      reason: 'still needed: one more of acme (2, 3), or initech',
      have: ['acme/1', 'globex'],
      missing: 'one more of acme (2, 3), or initech',
    });
    expect(existsSync(at('short.sig'))).toBe(false);
  });

  it('leaves a result that is there alone when it is not combined', async () => {
    writeFileSync(at('kept.sig'), 'kept');
    const shares = await shareAll(at('league'), ['globex'], '--in', contract);
    await run(
      'key',
      'combine',
      '--public',
      at('league'),
      '--in',
      contract,
      '--out',
      at('kept.sig'),
      '--force',
      ...shares,
    );
    expect(readFileSync(at('kept.sig'), 'utf8')).toBe('kept');
  });
});

describe('shares that are of no use', () => {
  const combine = (...shares: readonly string[]) =>
    run('key', 'combine', '--public', at('league'), '--in', contract, '--out', at('useless.sig'), '--force', ...shares);

  /** Writes a share with something changed, and returns its path. */
  const spoil = (path: string, change: (json: Record<string, unknown>) => void, name: string): string => {
    const json = JSON.parse(readFileSync(path, 'utf8')) as Record<string, unknown>;
    change(json);
    writeFileSync(at(name), JSON.stringify(json));
    return at(name);
  };
  const flip = (json: Record<string, unknown>): void => {
    const text = String(json['contribution']);
    json['contribution'] = text.slice(0, -1) + (text.endsWith('0') ? '1' : '0');
  };

  it('are named by their senders, and do no harm where enough others are good', async () => {
    const [one = '', two = '', three = ''] = await shareAll(
      at('league'),
      ['globex', 'initech', 'acme-1'],
      '--in',
      contract,
    );
    const bad = spoil(one, (json) => (json['contribution'] = '00'), 'bad.share');
    const short = await combine(bad, two, three);
    expect(short).toMatchObject({ exitCode: 3, stderr: '' });
    expect(short.stdout).toContain('still needed: one more of acme (2, 3)\n');
    expect(short.stdout).toContain('  bad share  globex\n');
    const [four = ''] = await shareAll(at('league'), ['acme-2'], '--in', contract);
    const enough = await combine(bad, two, three, four);
    expect(enough.exitCode).toBe(0);
    expect(enough.stdout).toContain('COMBINED: a signature of 256 bytes');
    expect(enough.stdout).toContain('  bad share  globex\n');
  });

  it('are told apart by their proofs', async () => {
    const [one = '', two = ''] = await shareAll(at('league'), ['globex', 'initech'], '--in', contract);
    // The last digits are the response of the proof; the value stands before it.
    const valueChanged = spoil(
      one,
      (json) => {
        const text = String(json['contribution']);
        json['contribution'] = `${text.slice(0, 300)}${text[300] === '0' ? '1' : '0'}${text.slice(301)}`;
      },
      'changed.share',
    );
    const { exitCode, stdout } = await combine(valueChanged, two);
    expect(exitCode).toBe(3);
    expect(stdout).toContain('  bad share  globex\n');
  });

  it('do not push out the good share of the same sender', async () => {
    const [one = '', two = ''] = await shareAll(at('league'), ['globex', 'initech'], '--in', contract);
    const forged = spoil(one, flip, 'forged.share');
    const { exitCode, stdout } = await combine(forged, one, two, one);
    expect(exitCode).toBe(0);
    expect(stdout).toContain(`  left out   ${forged}: differs from ${one}\n`);
    expect(stdout.match(/left out/g)).toHaveLength(1);
  });

  it.each<[string, (json: Record<string, unknown>) => void, string]>([
    ['another key', (json) => (json['keyId'] = '00'.repeat(32)), 'made with another key'],
    ['another scheme', (json) => (json['scheme'] = 'bls'), 'made with another key'],
    ['another usage', (json) => (json['usage'] = 'statement'), 'made with another key'],
    [
      'another epoch',
      (json) => (json['epoch'] = 3),
      'made in epoch 3, but the key is in epoch 0: old and new shares never combine',
    ],
    ['a stranger', (json) => (json['process'] = 'umbrella'), 'umbrella is no member of the policy'],
    ['another file', (json) => (json['input'] = '11'.repeat(32)), 'made for another input'],
  ])('are left out where they are of %s', async (what, change, reason) => {
    const [one = '', two = ''] = await shareAll(at('league'), ['globex', 'initech'], '--in', contract);
    const path = spoil(one, change, `${what.replaceAll(' ', '-')}.share`);
    const { exitCode, stdout } = await combine(path, two);
    expect(exitCode).toBe(3);
    expect(stdout).toContain(`  left out   ${path}: ${reason}\n`);
    expect(stdout).not.toContain('bad share');
  });

  it('are left out where nobody can read them, and the others are combined', async () => {
    const shares = await shareAll(at('league'), ['globex', 'initech'], '--in', contract);
    writeFileSync(at('broken.share'), '{');
    const { exitCode, stdout } = await combine(at('broken.share'), ...shares, at('absent.share'));
    expect(exitCode).toBe(0);
    expect(stdout).toContain('COMBINED: a signature of 256 bytes');
    expect(stdout).toContain(`  left out   ${at('broken.share')}: not a koinon key file: expected JSON`);
    expect(stdout).toContain(`  left out   ${at('absent.share')}: no such file\n`);
    expect((await combine(at('broken.share'), at('absent.share'))).exitCode).toBe(2);
  });

  it('are refused where they are no shares of results at all', async () => {
    const { exitCode, stderr } = await combine(at('league', 'shares', 'globex.json'));
    expect(exitCode).toBe(2);
    expect(stderr).toContain('this is a key share; expected a share of a result (koinon key share writes it)');
  });
});

describe('koinon key share refuses', () => {
  const share = (key: string, ...more: readonly string[]) =>
    run('key', 'share', '--key', key, '--out', at('refused.share'), '--force', ...more);
  const own = at('league', 'shares', 'globex.json');

  it.each(['league', 'pss', 'multisig', 'bls'])('T5: what begins as a statement of koinon does: %s', async (name) => {
    const zeros = digest(new Uint8Array(0));
    const statement = encodeStatement({ allianceId: zeros, keyId: zeros, epoch: 0 }, 'decided', new Uint8Array(4));
    writeFileSync(at('statement.bin'), statement);
    writeFileSync(at('tag.bin'), statementTag);
    for (const file of ['statement.bin', 'tag.bin']) {
      const { exitCode, stderr } = await share(at(name, 'shares', 'globex.json'), '--in', at(file));
      expect(exitCode).toBe(2);
      expect(stderr).toContain(`${file}: it begins as koinon's own statements do`);
    }
    writeFileSync(at('nearly.bin'), statementTag.subarray(0, -1));
    expect((await share(at(name, 'shares', 'globex.json'), '--in', at('nearly.bin'))).exitCode).toBe(0);
  });

  it.skipIf(process.platform === 'win32').each([0o640, 0o604, 0o660, 0o644])(
    'a key share with mode %o',
    async (mode) => {
      const path = at('loose.json');
      writeFileSync(path, readFileSync(own), { mode: 0o600 });
      chmodSync(path, mode);
      const { exitCode, stderr } = await share(path, '--in', contract);
      expect(exitCode).toBe(2);
      expect(stderr).toContain(`${path}: others than its owner may read or change this secret; chmod 600 it`);
      chmodSync(path, 0o600);
      expect((await share(path, '--in', contract)).exitCode).toBe(0);
    },
  );

  it.each<[string, () => readonly string[], RegExp]>([
    [
      'a public key',
      () => [at('league', 'public.json'), '--in', contract],
      /this is a public key; expected a key share/,
    ],
    [
      'a PEM file',
      () => [at('league', 'public.pem'), '--in', contract],
      /public\.pem: this is a PEM file, .*; expected a key share \(DIR\/shares\/MEMBER\.json of koinon key deal\)/,
    ],
    ['a key share that is not there', () => [at('none.json'), '--in', contract], /none\.json: no such file/],
    ['a document that is not there', () => [own, '--in', at('none.txt')], /none\.txt: no such file/],
    ['a directory as the document', () => [own, '--in', root], /it is a directory/],
    ['nothing to sign', () => [own], /a key for usage "document" takes --in/],
    ['a round', () => [own, '--round', '7'], /--round: not with a key for usage "document"; it takes --in alone/],
    ['a file and a round', () => [own, '--in', contract, '--round', '7'], /--round: not with .* takes --in alone/],
    ['an empty label', () => [own, '--label', ''], /--label: an empty text names nothing/],
    ['a coin', () => [own, '--coin', 'x'], /--coin: not with a key for usage "document"; it takes --in alone/],
    ['a label', () => [own, '--label', 'x'], /--label: not with a key for usage "document"; it takes --in alone/],
  ])('%s', async (_what, args, complaint) => {
    const [key = '', ...more] = args();
    const { exitCode, stderr } = await share(key, ...more);
    expect(exitCode).toBe(2);
    expect(stderr).toMatch(complaint);
  });

  it('a share of another key than its file says', async () => {
    const json = JSON.parse(readFileSync(own, 'utf8')) as { share: unknown };
    const other = JSON.parse(readFileSync(at('pss', 'shares', 'globex.json'), 'utf8')) as { share: unknown };
    writeFileSync(at('mixed.json'), JSON.stringify({ ...json, share: other.share }), { mode: 0o600 });
    const { exitCode, stderr } = await share(at('mixed.json'), '--in', contract);
    expect(exitCode).toBe(2);
    expect(stderr).toContain('the key share of globex is of another key or epoch');
  });

  it('to write its result over what it was made from', async () => {
    const before = readFileSync(own);
    const { exitCode, stderr } = await run('key', 'share', '--key', own, '--in', contract, '--out', own);
    expect(exitCode).toBe(2);
    expect(stderr).toMatch(/--out .*: that is the input; name another file/);
    expect(readFileSync(own)).toEqual(before);
  });
});

describe('koinon key inspect', () => {
  it('describes keys, shares and shares of results', async () => {
    expect(await succeedJson('key', 'inspect', at('league'))).toMatchObject({
      kind: 'public-key',
      scheme: 'shoup-rsa',
      usage: 'document',
      epoch: 0,
      policy: '2 of (acme: 2 of (1, 2, 3), globex, initech)',
      members: ['acme/1', 'acme/2', 'acme/3', 'globex', 'initech'],
      provenSafePrimes: true,
    });
    expect(await succeedJson('key', 'inspect', at('bls'))).toMatchObject({ scheme: 'bls', rowCount: 5 });
    expect(await succeedJson('key', 'inspect', at('multisig'))).toMatchObject({ publicKeyCount: 5 });
    const [share = ''] = await shareAll(at('league'), ['globex'], '--in', contract);
    expect(await succeedJson('key', 'inspect', share)).toMatchObject({
      kind: 'contribution',
      process: 'globex',
      bytes: statSync(share).size > 0 ? (expect.any(Number) as unknown) : 0,
    });
  });

  it.each(['league', 'multisig', 'bls'])('never shows a secret: %s', async (name) => {
    const path = at(name, 'shares', 'globex.json');
    const { share } = JSON.parse(readFileSync(path, 'utf8')) as {
      share: { seed?: string; rows?: { secret: string }[] };
    };
    const secret = share.seed ?? share.rows?.[0]?.secret ?? '';
    expect(secret.length).toBeGreaterThan(60);
    for (const flags of [[], ['--json']]) {
      const { stdout } = await succeed('key', 'inspect', path, ...flags);
      expect(stdout).toMatch(/globex/);
      expect(stdout).not.toContain(secret.slice(0, 16));
      expect(stdout).not.toContain(secret.slice(-16));
      expect(stdout).not.toContain(BigInt(`0x${secret}`).toString());
    }
  });

  it('says that a share does not fit its key, and exits with 1', async () => {
    const path = at('league', 'shares', 'globex.json');
    const json = JSON.parse(readFileSync(path, 'utf8')) as { share: { rows: { secret: string }[] } };
    const [row] = json.share.rows;
    if (row !== undefined) row.secret = row.secret.slice(0, -1) + (row.secret.endsWith('0') ? '1' : '0');
    writeFileSync(at('damaged.json'), JSON.stringify(json), { mode: 0o600 });
    const { exitCode, stdout } = await run('key', 'inspect', at('damaged.json'));
    expect(exitCode).toBe(1);
    expect(stdout).toMatch(/FLAW\s+the key share of globex does not fit the public key/);
  });

  it.each(['league', 'bls'])('says that a public key is not sound: %s', async (name) => {
    const json = JSON.parse(readFileSync(at(name, 'public.json'), 'utf8')) as { key: { commitments: string[] } };
    json.key.commitments.pop();
    writeFileSync(at('unsound.json'), JSON.stringify(json));
    const { exitCode, stdout } = await run('key', 'inspect', at('unsound.json'));
    expect(exitCode).toBe(1);
    expect(stdout).toMatch(/FLAW\s+it should have 3 sound commitments/);
  });

  it.skipIf(process.platform === 'win32')('refuses a key share that others may read', async () => {
    const path = at('loose-inspect.json');
    writeFileSync(path, readFileSync(at('league', 'shares', 'globex.json')), { mode: 0o644 });
    expect(await run('key', 'inspect', path)).toMatchObject({ exitCode: 2, stdout: '' });
  });

  it('refuses what is no key file', async () => {
    const { exitCode, stderr } = await run('key', 'inspect', contract);
    expect(exitCode).toBe(2);
    expect(stderr).toBe(`koinon: ${contract}: not a koinon key file\n`);
  });
});

describe('koinon key export', () => {
  it('prints what openssl reads', async () => {
    const { stdout } = await succeed('key', 'export', at('league'));
    expect(stdout).toBe(readFileSync(at('league', 'public.pem'), 'utf8'));
  });

  it('prints JSON Web Keys', async () => {
    const { stdout } = await succeed('key', 'export', at('pss'), '--format', 'jwk');
    expect(JSON.parse(stdout)).toMatchObject({ kty: 'RSA', use: 'sig', alg: 'PS256', e: 'AQAB' });
    const all = JSON.parse((await succeed('key', 'export', at('multisig'), '--format', 'jwk')).stdout) as {
      keys: object[];
    };
    expect(all.keys).toHaveLength(5);
    expect(all.keys[0]).toMatchObject({ kty: 'OKP', crv: 'Ed25519', kid: 'acme/1' });
  });

  it('prints the key of BLS in hexadecimal, and writes files', async () => {
    const { stdout } = await succeed('key', 'export', at('bls'));
    expect(stdout).toMatch(/^[0-9a-f]{96}\n$/);
    const json = await succeedJson('key', 'export', at('bls'), '--format', 'json', '--out', at('bls-key.json'));
    expect(json).toEqual({ format: 'json', out: at('bls-key.json'), files: [at('bls-key.json')] });
    expect(readFileSync(at('bls-key.json'), 'utf8')).toContain(stdout.trim());
  });

  it.each([
    ['bls', 'pem', /a key of scheme bls is exported as hex, json, not as pem/],
    ['multisig', 'hex', /a key of scheme multisig is exported as pem, jwk, json, not as hex/],
  ])('refuses what the scheme has not: %s as %s', async (name, format, complaint) => {
    const { exitCode, stderr } = await run('key', 'export', at(name), '--format', format);
    expect(exitCode).toBe(2);
    expect(stderr).toMatch(complaint);
  });

  it('refuses a secret', async () => {
    const { exitCode, stderr } = await run('key', 'export', at('league', 'shares', 'globex.json'));
    expect(exitCode).toBe(2);
    expect(stderr).toMatch(/this is a key share; expected a public key/);
  });
});
