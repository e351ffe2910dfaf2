/** `koinon key refresh` and `reshare`: the key stays, old and new shares never combine, and no crash leaves a directory unusable. */
import { execFileSync } from 'node:child_process';
import {
  cpSync,
  existsSync,
  linkSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { keyEntries } from '../../../src/cli/key/files/key-directory.js';
import { Universe } from '../../../src/prelude/process.js';
import { policyMembers } from '../../../src/quorum/policy/policy.js';
import { parsePolicy } from '../../../src/quorum/policy/policy-text.js';
import { dealShoupRsa, usualExponent } from '../../../src/schemes/shoup-rsa/dealer.js';
import { succession } from '../../../src/server/directory/directory-succession.js';
import { writeNewDirectory } from '../../../src/server/directory/new-directory.js';
import { temporaryDirectory } from '../../server/temporary-directory.js';
import { right } from '../../support/right.js';
import { safePrimes2048 } from '../../support/rsa-keys.js';
import { shareAll, succeed, succeedJson, writePem } from './setting.js';
import { run } from '../run.js';

const root = temporaryDirectory();
const at = (...path: readonly string[]): string => join(root, ...path);
const document = at('document.txt');
const policy = '2 of (acme, globex, initech)';

beforeAll(async () => {
  writeFileSync(document, 'We agree.\n');
  const deal = ['key', 'deal', '--policy', policy, '--scheme'];
  await succeed(...deal, 'shoup-rsa', '--from', writePem(root), '--out', at('rsa'));
  await succeed(...deal, 'bls', '--out', at('bls'));
  await succeed(...deal, 'multisig', '--out', at('multisig'));
});

let made = 0;

/** A copy of a dealt directory. */
function copyOf(name: string): string {
  const copy = at(`${name}-${made++}`);
  cpSync(at(name), copy, { recursive: true });
  return copy;
}

/** Has these members sign the document; the signature's file. */
async function sign(directory: string, members: readonly string[]): Promise<string> {
  const shares = await shareAll(directory, members, '--in', document);
  const signature = join(directory, 'document.sig');
  await succeed('key', 'combine', '--public', directory, '--in', document, '--out', signature, '--force', ...shares);
  return signature;
}

describe.each(['rsa', 'bls'])('a refresh of %s', (name) => {
  it('gives everybody a new share of the same key, and no old one combines with it', async () => {
    const directory = copyOf(name);
    const before = await succeedJson('key', 'inspect', directory);
    const [old = ''] = await shareAll(directory, ['acme'], '--in', document);
    cpSync(old, join(directory, 'old.share'));
    const exported = await succeed('key', 'export', directory);
    const told = await succeedJson('key', 'refresh', directory);
    expect(told).toMatchObject({ kind: 'refresh', epochBefore: 0, epoch: 1, keyId: before['keyId'] });
    const after = await succeedJson('key', 'inspect', directory);
    expect(after).toMatchObject({ keyId: before['keyId'], epoch: 1, policy: before['policy'] });
    expect(await succeed('key', 'export', directory)).toEqual(exported);
    for (const file of readdirSync(join(directory, 'shares'))) {
      const shares = [join(at(name), 'shares', file), join(directory, 'shares', file)];
      const [one, other] = shares.map((path) => JSON.parse(readFileSync(path, 'utf8')) as { share: object });
      expect(one?.share).not.toEqual(other?.share);
      expect(await succeedJson('key', 'inspect', join(directory, 'shares', file))).toMatchObject({
        fitsKey: true,
        epoch: 1,
      });
    }
    const [fresh = ''] = await shareAll(directory, ['globex'], '--in', document);
    const mixed = ['key', 'combine', '--public', directory, '--in', document, '--out', at('mixed.sig')];
    const { exitCode, stdout } = await run(...mixed, join(directory, 'old.share'), fresh);
    expect(exitCode).toBe(3);
    expect(stdout).toContain('made in epoch 0, but the key is in epoch 1: old and new shares never combine');
    expect(readFileSync(await sign(directory, ['acme', 'initech']))).toEqual(
      readFileSync(await sign(copyOf(name), ['globex', 'initech'])),
    );
  });

  it('overwrites the old shares, and leaves nothing else', async () => {
    const directory = copyOf(name);
    const kept = at(`kept-${made++}`);
    linkSync(join(directory, 'shares', 'acme.json'), kept);
    const size = statSync(kept).size;
    const names = readdirSync(directory).sort();
    await succeed('key', 'refresh', directory);
    expect(readFileSync(kept)).toEqual(Buffer.alloc(size));
    expect(readdirSync(directory).sort()).toEqual(names);
    if (process.platform === 'win32') return;
    expect(statSync(join(directory, 'shares')).mode & 0o777).toBe(0o700);
    expect(statSync(join(directory, 'shares', 'acme.json')).mode & 0o777).toBe(0o600);
  });

  it('wants the shares of all', async () => {
    const directory = copyOf(name);
    rmSync(join(directory, 'shares', 'globex.json'));
    const { exitCode, stderr } = await run('key', 'refresh', directory);
    expect(exitCode).toBe(2);
    expect(stderr).toMatch(/the key shares of globex are missing: bring them; if they are lost, koinon key reshare/);
    expect(await succeedJson('key', 'inspect', directory)).toMatchObject({ epoch: 0 });
  });
});

describe('a reshare', () => {
  it.each([
    ['rsa', []],
    ['rsa', ['--method', 'plain']],
    ['bls', []],
  ])('of %s %j moves the key to others, and back', async (name, method) => {
    const directory = copyOf(name);
    const { keyId } = await succeedJson('key', 'inspect', directory);
    const nested = '2 of (acme: 2 of 3, umbrella, stark)';
    const told = await succeedJson('key', 'reshare', directory, '--policy', nested, ...method);
    expect(told).toMatchObject({ keyId, epoch: 1, policy: '2 of (acme: 2 of (1, 2, 3), umbrella, stark)' });
    expect(readdirSync(join(directory, 'shares')).sort()).toEqual([
      'acme-1.json',
      'acme-2.json',
      'acme-3.json',
      'stark.json',
      'umbrella.json',
    ]);
    const there = readFileSync(await sign(directory, ['acme-1', 'acme-3', 'stark']));
    await succeed('key', 'reshare', directory, '--policy', policy, ...method);
    expect(readFileSync(await sign(directory, ['globex', 'acme']))).toEqual(there);
    expect(readFileSync(await sign(copyOf(name), ['acme', 'initech']))).toEqual(there);
    if (name === 'rsa' && method.length > 0) expect(told).toMatchObject({ kind: 'reshare-plain' });
    if (name === 'rsa' && method.length === 0) expect(told).toMatchObject({ kind: 'reshare-quotient' });
  });

  it('is verified by openssl as before', async () => {
    const directory = copyOf('rsa');
    await succeed('key', 'reshare', directory, '--policy', 'acme and (globex or initech)');
    const signature = await sign(directory, ['acme', 'initech']);
    const command = ['dgst', '-sha256', '-verify', join(directory, 'public.pem'), '-signature', signature, document];
    expect(execFileSync('openssl', command, { encoding: 'utf8' })).toBe('Verified OK\n');
  });

  it('gives whoever lost a share a new one, if the others suffice', async () => {
    const directory = copyOf('bls');
    rmSync(join(directory, 'shares', 'globex.json'));
    await succeed('key', 'reshare', directory, '--policy', policy);
    await sign(directory, ['globex', 'acme']);
    rmSync(join(directory, 'shares', 'globex.json'));
    rmSync(join(directory, 'shares', 'acme.json'));
    const { exitCode, stderr } = await run('key', 'reshare', directory, '--policy', policy);
    expect(exitCode).toBe(3);
    expect(stderr).toMatch(/too few key shares are at hand: still needed: one more of \(acme, globex\)/);
  });

  it('shares along smaller weights that mean the same', async () => {
    const directory = copyOf('bls');
    const told = await succeedJson('key', 'reshare', directory, '--policy', 'weight >= 50 of (a*40, b*30, c*30)');
    expect(told).toMatchObject({ policy: '2 of (a, b, c)' });
    expect(JSON.stringify(told['weights'])).toContain('is the same as 2 of (1, 1, 1)');
  });
});

/** A directory as the library's textbook dealing of RSA would fill it; no command deals so. */
function modularDirectory(): string {
  const directory = at(`modular-${made++}`);
  const along = right(parsePolicy(policy));
  const universe = new Universe(policyMembers(along));
  const { publicKey, shares } = right(
    dealShoupRsa({
      material: { _tag: 'safe-primes', ...safePrimes2048 },
      exponent: usualExponent,
      policy: along,
      universe,
      usage: 'document',
      algorithm: 'RS256',
      epoch: 0,
      sharing: 'modular',
    }),
  );
  right(writeNewDirectory(directory, keyEntries(publicKey, shares, undefined)));
  return directory;
}

describe('a key dealt modulo the order', () => {
  it('moves plainly alone, to a policy without sole holders, and from there to any', async () => {
    const directory = modularDirectory();
    const before = readFileSync(await sign(directory, ['acme', 'globex']));
    const refusals: readonly [RegExp, ...string[]][] = [
      [/only koinon key reshare --method plain moves them/, 'refresh', directory],
      [/only koinon key reshare --method plain/, 'reshare', directory, '--policy', policy, '--method', 'quotient'],
      [/first to a policy of which no member suffices alone/, 'reshare', directory, '--policy', 'any of (acme, stark)'],
    ];
    for (const [complaint, ...command] of refusals) {
      const { exitCode, stderr } = await run('key', ...command);
      expect([exitCode, stderr]).toEqual([2, expect.stringMatching(complaint)]);
    }
    const told = await succeedJson('key', 'reshare', directory, '--policy', 'all of (acme, stark)');
    expect(told).toMatchObject({ kind: 'reshare-plain', epoch: 1 });
    await succeed('key', 'reshare', directory, '--policy', 'any of (acme, stark)');
    expect(readFileSync(await sign(directory, ['stark']))).toEqual(before);
  });
});

describe('a ceremony refuses', () => {
  it.each<[string, () => readonly string[], RegExp]>([
    ['multisignatures', () => ['refresh', copyOf('multisig')], /each member of a multisignature has a key of its own/],
    ['to reshare multisignatures', () => ['reshare', copyOf('multisig'), '--policy', policy], /a key of its own/],
    [
      'quotients of BLS',
      () => ['reshare', copyOf('bls'), '--policy', policy, '--method', 'quotient'],
      /--method: only for keys of scheme shoup-rsa, and this one is of bls/,
    ],
    ['a directory that is not there', () => ['refresh', at('nowhere')], /nowhere: no directory; name that of the key/],
    ['a file', () => ['refresh', at('bls', 'public.json')], /public\.json: no directory; name that of the key/],
    ['a directory without a key', () => ['refresh', root], /no key's directory, since it has no public\.json/],
    [
      'another name in other case',
      () => ['reshare', copyOf('bls'), '--policy', '2 of (Acme, acme, b)'],
      /Acme and acme differ in case only/,
    ],
    ['a bad policy', () => ['reshare', copyOf('bls'), '--policy', '4 of (a, b)'], /expected k from 1 to 2, not 4/],
  ])('%s', async (_what, args, complaint) => {
    const { exitCode, stdout, stderr } = await run('key', ...args());
    expect([exitCode, stdout]).toEqual([2, '']);
    expect(stderr).toMatch(complaint);
  });

  const spoiled = async (spoil: (shares: string) => void): Promise<string> => {
    const directory = copyOf('bls');
    spoil(join(directory, 'shares'));
    const before = readdirSync(join(directory, 'shares'));
    const { exitCode, stderr } = await run('key', 'refresh', directory);
    expect(exitCode).toBe(2);
    expect(readdirSync(join(directory, 'shares'))).toEqual(before);
    expect(await succeedJson('key', 'inspect', directory)).toMatchObject({ epoch: 0 });
    return stderr;
  };

  it('to overwrite what is no key share', async () => {
    const notes = await spoiled((shares) => {
      writeFileSync(join(shares, 'notes.txt'), 'mine');
    });
    expect(notes).toMatch(/notes\.txt: no member's key share; move it elsewhere first/);
  });

  it("a member's share under another's name", async () => {
    const swapped = await spoiled((shares) => {
      cpSync(join(shares, 'acme.json'), join(shares, 'globex.json'));
    });
    expect(swapped).toMatch(/globex\.json: this is the key share of acme/);
  });

  it('a share of an older epoch', async () => {
    const directory = copyOf('bls');
    cpSync(join(directory, 'shares', 'acme.json'), join(directory, 'acme.json'));
    await succeed('key', 'refresh', directory);
    cpSync(join(directory, 'acme.json'), join(directory, 'shares', 'acme.json'));
    const { exitCode, stderr } = await run('key', 'refresh', directory);
    expect(exitCode).toBe(2);
    expect(stderr).toMatch(/another dealing of it \(epoch 0, where the key is in epoch 1\)/);
  });

  it('a damaged share', async () => {
    const damaged = await spoiled((shares) => {
      const path = join(shares, 'acme.json');
      const json = JSON.parse(readFileSync(path, 'utf8')) as { share: { rows: { secret: string }[] } };
      for (const row of json.share.rows) row.secret = `00${row.secret.slice(2)}`;
      writeFileSync(path, JSON.stringify(json));
    });
    expect(damaged).toMatch(
      /acme\.json: the key share of acme does not fit .* koinon key reshare .* gives acme a new one/,
    );
  });
});

describe('a crash while shares are replaced', () => {
  /** The files that a refresh of the copy would write. */
  async function nextEntries(): Promise<Parameters<typeof succession>[1]> {
    const after = copyOf('bls');
    await succeed('key', 'refresh', after);
    const files = ['public.json', ...readdirSync(join(after, 'shares')).map((name) => join('shares', name))];
    return files.map((path) => ({
      path,
      content: readFileSync(join(after, path), 'utf8'),
      isSecret: path.startsWith('shares'),
    }));
  }

  it('at any step leaves a key of one epoch that everybody can use at once', { timeout: 120_000 }, async () => {
    const entries = await nextEntries();
    const stepCount = [...succession(copyOf('bls'), entries)].length;
    const epochs: unknown[] = [];
    for (let last = 0; last <= stepCount; last++) {
      const directory = copyOf('bls');
      const steps = succession(directory, entries);
      for (let step = 0; step < last; step++) steps.next();
      // The first command to come by may be any: here a member that signs.
      const shares = await shareAll(directory, ['acme', 'initech'], '--in', document);
      const out = join(directory, 'document.sig');
      await succeed('key', 'combine', '--public', directory, '--in', document, '--out', out, ...shares);
      const { epoch } = await succeedJson('key', 'inspect', directory);
      epochs.push(epoch);
    }
    expect(epochs.join('')).toMatch(/^0+1+$/);
  });

  it('before they are complete leaves no secret, once any command has read the key', async () => {
    const directory = copyOf('bls');
    const steps = succession(directory, await nextEntries());
    while (!String(steps.next().value).includes('shares'));
    expect(readdirSync(directory)).toHaveLength(3);
    expect(await succeedJson('key', 'inspect', directory)).toMatchObject({ epoch: 0 });
    expect(readdirSync(directory).sort()).toEqual(['public.json', 'shares']);
  });

  it('is finished or taken back by the next ceremony too', async () => {
    const entries = await nextEntries();
    const directory = copyOf('bls');
    const steps = succession(directory, entries);
    while (!String(steps.next().value).includes('is aside'));
    expect(existsSync(join(directory, 'shares'))).toBe(false);
    expect(await succeedJson('key', 'refresh', directory)).toMatchObject({ epochBefore: 1, epoch: 2 });
    const halfway = copyOf('bls');
    succession(halfway, entries).next();
    mkdirSync(join(halfway, '.koinon-next.partial-other'));
    expect(await succeedJson('key', 'refresh', halfway)).toMatchObject({ epochBefore: 0, epoch: 1 });
    expect(readdirSync(halfway).sort()).toEqual(['public.json', 'shares']);
  });
});
