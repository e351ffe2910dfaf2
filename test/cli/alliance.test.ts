/** `koinon alliance`: what is shown of a document, and which histories are believed. */
import { existsSync, mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { toHex } from '../../src/prelude/bytes.js';
import { decodeJson } from '../../src/prelude/codec.js';
import { E } from '../../src/prelude/fp.js';
import { makeDraft } from '../../src/management/proposals/draft.js';
import { parseKeyFile } from '../../src/schemes/key-file/key-file-codec.js';
import { allianceKeyShareCodec, makeSigner } from '../../src/schemes/registry.js';
import { right } from '../support/right.js';
import { present } from '../../src/prelude/invariant.js';
import { allianceIdOf, encodeAlliance } from '../../src/management/alliance-codec.js';
import type { HistoryEntry } from '../../src/management/alliance-history.js';
import { encodeHistory } from '../../src/management/alliance-history-codec.js';
import { alliancePublicKeyCodec } from '../../src/schemes/public-key-codec.js';
import { keyIdOf } from '../../src/schemes/public-key.js';
import { publicKeyPem } from '../../src/schemes/shoup-rsa/public-key-pem.js';
import { fixedAlliance } from '../management/fixed-alliance.js';
import { governedAlliance, withGovernance } from '../management/governed-alliance.js';
import { historyKeys, madeHistory, makeHistory, multisigKey } from '../management/made-history.js';
import { temporaryDirectory } from '../server/temporary-directory.js';
import { run } from './run.js';

const root = temporaryDirectory();

function written(name: string, value: unknown): string {
  const path = join(root, name);
  writeFileSync(path, typeof value === 'string' ? value : JSON.stringify(value));
  return path;
}

function directoryWith(name: string, file: string, value: unknown): string {
  mkdirSync(join(root, name));
  return join(written(join(name, file), value), '..');
}

function withoutHandoff({ handoff: _, ...entry }: HistoryEntry): HistoryEntry {
  return entry;
}

const entries = madeHistory();
const history = written('all.json', encodeHistory(entries));
const id = toHex(allianceIdOf(present(entries[0], 'an epoch').document));
const [multisig, bls, , rsa] = historyKeys.map(({ publicKey }) => publicKey);

describe('koinon alliance verify', () => {
  const rsaPem = rsa?._tag === 'shoup-rsa' ? publicKeyPem(rsa) : '';
  it.each([
    ['the id', ['--id', id]],
    [
      'a key of multisignatures',
      ['--key', written('one.json', alliancePublicKeyCodec.encode(present(multisig, 'a key')))],
    ],
    ['a BLS key', ['--key', written('two.json', alliancePublicKeyCodec.encode(present(bls, 'a key')))]],
    ['an RSA key in PEM', ['--key', written('four.pem', rsaPem)]],
    ['the key of a document', ['--key', written('three.json', encodeAlliance(present(entries[2], '').document))]],
  ])('believes a history from %s', async (_, options) => {
    const { exitCode, stdout, stderr } = await run('alliance', 'verify', history, ...options);
    expect([exitCode, stderr]).toEqual([0, '']);
    const lines = stdout.split('\n');
    expect(lines[0]).toMatch(/^VALID: the history of 4 epochs follows from /);
    expect(lines[1]).toBe(`  alliance      ${id}`);
    expect(lines.slice(2, 6).map((line) => line.slice(0, 9))).toEqual([1, 2, 3, 4].map((epoch) => `  epoch ${epoch}`));
    expect(stdout).not.toMatch(/Compare/);
  });

  it('finds the history of a directory, and says what to compare where nothing is known', async () => {
    const { exitCode, stdout } = await run(
      'alliance',
      'verify',
      directoryWith('league', 'history.json', encodeHistory(entries)),
    );
    expect(exitCode).toBe(0);
    expect(stdout).toMatch(/^VALID: the history of 4 epochs holds in itself\n/);
    expect(stdout).toMatch(/Compare the id of the alliance/);
  });

  it('finds the longest history of an organization, which its servers have extended', async () => {
    const home = directoryWith(
      'home',
      'history.json',
      encodeHistory([withoutHandoff(present(entries[0], 'an epoch'))]),
    );
    for (const [server, count] of [
      ['a-1', 2],
      ['a-2', 4],
      ['a-3', 3],
    ] as const) {
      mkdirSync(join(home, 'servers', server), { recursive: true });
      const end = withoutHandoff(present(entries[count - 1], 'an epoch'));
      written(join('home', 'servers', server, 'history.json'), encodeHistory([...entries.slice(0, count - 1), end]));
    }
    mkdirSync(join(home, 'servers', 'a-4'));
    const { exitCode, stdout } = await run('alliance', 'verify', home);
    expect([exitCode, stdout]).toEqual([0, expect.stringMatching(/^VALID: the history of 4 epochs/)]);
    const judged = await run('alliance', 'transcript', written('some.transcript', 'x'), '--history', home);
    expect([judged.exitCode, judged.stdout]).toEqual([
      1,
      expect.stringMatching(/no document of .*home names it: the history ends with epoch 4/),
    ]);
    writeFileSync(join(home, 'servers', 'a-2', 'history.json'), '{}');
    expect((await run('alliance', 'verify', home)).stderr).toMatch(/a-2\/history\.json: at \/version/);
  });

  it('says what does not hold, and exits with 1', async () => {
    const [first, second] = entries as unknown as readonly [HistoryEntry, HistoryEntry];
    const enacted = present(first.enacted, 'a signature').slice() as typeof first.enacted & Uint8Array;
    enacted[9] = (enacted[9] ?? 0) ^ 1;
    const broken = written('broken.json', encodeHistory([{ ...first, enacted }, second, ...entries.slice(2)]));
    const { exitCode, stdout } = await run('alliance', 'verify', broken, '--id', id);
    expect([exitCode, stdout]).toEqual([
      1,
      expect.stringMatching(/^NOT VALID: the signature of ENACTED of epoch 1 does not/),
    ]);
    const asJson = await run('alliance', 'verify', broken, '--json');
    expect(JSON.parse(asJson.stdout)).toMatchObject({ valid: false, error: 'BadSignature' });
    const stranger = written('stranger.json', alliancePublicKeyCodec.encode(multisigKey(1, 77).publicKey));
    const unknown = await run('alliance', 'verify', history, '--key', stranger);
    expect([unknown.exitCode, unknown.stdout]).toEqual([
      1,
      expect.stringMatching(/the alliance key of none of its epochs/),
    ]);
    const other = await run('alliance', 'verify', history, '--id', '00'.repeat(32));
    expect([other.exitCode, other.stdout]).toEqual([
      1,
      expect.stringMatching(/^NOT VALID: it is the history of alliance/),
    ]);
  });

  it('tells programs what it says', async () => {
    const { stdout } = await run('alliance', 'verify', history, '--id', id.toUpperCase(), '--json');
    const said = JSON.parse(stdout) as { valid: boolean; allianceId: string; epochs: readonly object[] };
    expect(said).toMatchObject({ valid: true, allianceId: id });
    expect(said.epochs.map((epoch) => (epoch as { change: number }).change)).toEqual([0, 2, 4, 6]);
  });

  it('warns of a key that an attacker knows', async () => {
    const { publicKey } = multisigKey(1, 1);
    const { governance } = withGovernance(fixedAlliance(), { distrusted: [keyIdOf(publicKey)] });
    const known = makeHistory([multisigKey(1, 1), multisigKey(2, 7)], fixedAlliance(), { governance });
    const path = written('known.json', encodeHistory(known));
    const key = (name: string, epoch: number, seed: number) =>
      written(name, alliancePublicKeyCodec.encode(multisigKey(epoch, seed).publicKey));
    const warned = await run('alliance', 'verify', path, '--key', key('known-key.json', 1, 1));
    expect([warned.exitCode, warned.stdout]).toEqual([0, expect.stringMatching(/An attacker knows this key/)]);
    const good = await run('alliance', 'verify', path, '--key', key('good-key.json', 2, 7));
    expect([good.exitCode, good.stdout]).toEqual([0, expect.not.stringMatching(/An attacker/)]);
  });

  it.each([
    [['nowhere.json'], /no such file/],
    [[written('none.json', '{}')], /none\.json: at \/version/],
    [
      [history, '--key', written('no-key.json', '{}')],
      /no-key\.json: neither a public key \(PEM, or JSON\) nor an alliance\.json/,
    ],
    [
      [history, '--key', written('no-key.pem', '-----BEGIN PUBLIC KEY-----\n-----END PUBLIC KEY-----\n')],
      /no RSA public key in PEM/,
    ],
    [[history, '--key', 'nowhere.pem'], /nowhere\.pem: no such file/],
    [[history, '--key', history, '--id', id], /give --key or --id, not both/],
    [[history, '--id', 'abc'], /Expected 64 hexadecimal digits/],
  ])('refuses %j', async (argv, message) => {
    const { exitCode, stdout, stderr } = await run('alliance', 'verify', ...argv);
    expect([exitCode, stdout]).toEqual([2, '']);
    expect(stderr).toMatch(message);
  });
});

describe('koinon alliance deal', () => {
  const governed = governedAlliance();
  const directory = directoryWith('dealing', 'alliance.json', encodeAlliance(governed));
  const deal = (out: string, ...options: readonly string[]) =>
    run('alliance', 'deal', directory, '--scheme', 'bls', '--out', join(root, out), ...options);

  it('makes a key that a draft of the next epoch takes, and a share for each server', async () => {
    const { exitCode, stdout } = await deal('minutes', '--role', 'minutes', '--json');
    expect(exitCode).toBe(0);
    const servers = governed.trust.system.processes.universe.ids;
    expect(JSON.parse(stdout)).toMatchObject({ key: 'document minutes', epoch: governed.epoch + 1, servers });
    const read = right(parseKeyFile(readFileSync(join(root, 'minutes', 'public.json'), 'utf8')));
    if (read._tag !== 'public-key') throw new Error('no public key');
    const source = { _tag: 'dealt', publicKey: read.key, organization: 'a' } as const;
    expect(E.isRight(makeDraft(governed, [{ _tag: 'document-key', name: 'minutes', source }], 7))).toBe(true);
    for (const id of servers) {
      const file = join(root, 'minutes', id.replace('/', '-'), 'document-minutes.share.json');
      expect(statSync(file).mode & 0o777).toBe(0o600);
      const share = right(decodeJson(allianceKeyShareCodec, readFileSync(file, 'utf8')));
      expect(E.isRight(makeSigner(read.key, share, governed.trust.system.processes.universe))).toBe(true);
    }
  });

  it('writes over nothing, and nowhere else than it is told', async () => {
    const elsewhere = await deal('elsewhere', '--role', '../../receipts');
    expect([elsewhere.exitCode, existsSync(join(root, 'elsewhere'))]).toEqual([2, false]);
    expect(elsewhere.stderr).toMatch(/Expected alliance, slow, or the name of a key/);
    await deal('again');
    const { exitCode, stderr } = await deal('again');
    expect([exitCode, stderr.split('\n').length]).toEqual([2, 2]);
    const nowhere = await run('alliance', 'deal', join(root, 'nobody'), '--scheme', 'bls', '--out', join(root, 'x'));
    expect([nowhere.exitCode, existsSync(join(root, 'x'))]).toEqual([2, false]);
  });
});

describe('koinon alliance show', () => {
  const governed = governedAlliance();
  const directory = directoryWith('governed', 'alliance.json', encodeAlliance(governed));

  it('says who belongs to it and who decides what', async () => {
    const { exitCode, stdout } = await run('alliance', 'show', directory);
    expect(exitCode).toBe(0);
    for (const line of [
      `alliance        ${toHex(allianceIdOf(governed))}`,
      'organization    a, with a/1',
      '                1 of (ann, bob) speaks for it; administrators: ann, bob',
      'may fail        f=1 of (a, b, c, d)',
      'may amend       3 of (a, b, c, d)',
      '                by admit: 4 of (a, b, c, d)',
      'may suspend     2 of (a, b, c, d)',
      'signs documents  with announcements, bls; for 2 of (a, b, c, d)',
      'signs documents  with receipts, bls; for 3 of (a, b, c, d) (derived)',
      'overridden      key-immovable: accepted although it was warned of',
    ])
      expect(stdout.split('\n')).toContain(line);
    expect(stdout).toMatch(/^terms +reading 1 min, proposal 14 d, change 1 h, .* refresh never, restart 1 d$/m);
    expect(stdout).toMatch(/^not to trust +the key [0-9a-f]{64}: an attacker knows it$/m);
  });

  it('gives programs the document', async () => {
    const { stdout } = await run('alliance', 'show', directory, '--json');
    const file = JSON.parse(readFileSync(join(directory, 'alliance.json'), 'utf8')) as unknown;
    expect(JSON.parse(stdout)).toMatchObject({ allianceId: toHex(allianceIdOf(governed)), document: file });
  });

  it('refuses what is none', async () => {
    expect(await run('alliance', 'show', join(root, 'nowhere'))).toMatchObject({ exitCode: 2, stdout: '' });
  });
});
