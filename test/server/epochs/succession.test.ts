/** The files of the next epoch take the place of the last one's: what is put where, what is erased, what is refused. */
import { cpSync, existsSync, linkSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { toHex, utf8 } from '../../../src/prelude/bytes.js';
import { digest } from '../../../src/prelude/digest.js';
import { E } from '../../../src/prelude/fp.js';
import { present } from '../../../src/prelude/invariant.js';
import type { ProcessId } from '../../../src/prelude/process.js';
import type { Alliance } from '../../../src/management/alliance.js';
import { configurationDigestOf, encodeAlliance } from '../../../src/management/alliance-codec.js';
import { succession } from '../../../src/server/directory/directory-succession.js';
import { describeDirectoryError } from '../../../src/server/directory/errors.js';
import { loadServerDirectory, type ServerDirectory } from '../../../src/server/directory/server-directory.js';
import { enterEpoch, findPrepared, isConfiguration } from '../../../src/server/epochs/succession.js';
import { tryEpochFiles } from '../../../src/server/membership/trial.js';
import { EpochAlliance } from '../../integration/epoch-alliance.js';
import { right } from '../../support/right.js';
import { temporaryDirectory } from '../temporary-directory.js';

const [a, b, e] = ['a/1', 'b/1', 'e/1'] as ProcessId[] as [ProcessId, ProcessId, ProcessId];
const root = temporaryDirectory();
let alliance: EpochAlliance;
let copies = 0;
let own: string;

beforeAll(async () => {
  alliance = await EpochAlliance.found({ windowSlots: 16, checkpointInterval: 8, baseTimeoutMs: 1000 });
  for (const id of [a, b]) alliance.prepare(id);
});
afterAll(() => {
  alliance.remove();
});

/** A copy of a server's directory that a test may spoil. */
function copyOf(id: ProcessId): string {
  copies += 1;
  const copy = join(root, `server-${copies}`);
  cpSync(present(alliance.servers.get(id), 'a server'), copy, { recursive: true });
  return copy;
}

const load = async (path: string): Promise<ServerDirectory> => right(await loadServerDirectory(path)());
const noErrors = (error: Parameters<typeof describeDirectoryError>[0]): never => {
  throw new Error(describeDirectoryError(error));
};
const prepared = async (directory: ServerDirectory) =>
  present((await findPrepared(directory, noErrors))[0], 'something is prepared');
const secret = (name: string) => readFileSync(join(own, name), 'utf8');

beforeEach(() => {
  own = copyOf(b);
});

describe('shares of keys for documents', () => {
  const bls = { _tag: 'bls' } as const;
  const parameters = { windowSlots: 16, checkpointInterval: 8, baseTimeoutMs: 1000 };
  const shareOf = (path: string, name: string) => join(path, 'keys', `${name}.share.json`);
  const held = ({ keys }: ServerDirectory) =>
    [...(keys?.documents ?? [])].map(([name, { signer }]) => [name, signer.epoch]);

  /** Directories of an alliance with other document keys in the second epoch, a witness beside each share of the first. */
  async function found(second: readonly string[]): Promise<EpochAlliance> {
    const documents = (epoch: number) => new Map((epoch === 1 ? ['x', 'y'] : second).map((name) => [name, bls]));
    const made = await EpochAlliance.found(parameters, undefined, documents);
    for (const id of [a, b]) {
      made.prepare(id);
      const path = present(made.servers.get(id), 'a server');
      linkSync(shareOf(path, 'x'), join(path, 'witness'));
    }
    return made;
  }

  it.each([
    ['others', ['y', 'z']],
    ['none', []],
  ])('give way to those of the next epoch, and are erased: %s', async (_, second) => {
    const made = await found(second);
    try {
      const path = present(made.servers.get(b), 'a server');
      const before = await load(path);
      expect(held(before)).toEqual([
        ['x', 1],
        ['y', 1],
      ]);
      const [next] = await findPrepared(before, noErrors);
      right(await enterEpoch(before, present(next, 'something is prepared'))());
      expect(held(await load(path))).toEqual(second.map((name) => [name, 2]));
      expect(readFileSync(join(path, 'witness')).every((byte) => byte === 0)).toBe(true);
      expect(readdirSync(join(path, 'prepared'))).toEqual([]);
    } finally {
      made.remove();
    }
  });

  it('are erased where the server is left out', async () => {
    const made = await found(['y']);
    try {
      const path = present(made.servers.get(a), 'a server');
      const before = await load(path);
      const [next] = await findPrepared(before, noErrors);
      right(await enterEpoch(before, present(next, 'something is prepared'))());
      expect(readdirSync(join(path, 'keys'))).toEqual([]);
      expect(readFileSync(join(path, 'witness')).every((byte) => byte === 0)).toBe(true);
    } finally {
      made.remove();
    }
  });
});

describe('files of the next epoch', () => {
  it('are tried before an epoch is promised: what could not be entered is told', async () => {
    const next = await prepared(await load(own));
    expect(await tryEpochFiles(own, next.path)).toBeUndefined();
    writeFileSync(join(next.path, 'tls.crt'), 'no certificate');
    expect(await tryEpochFiles(own, next.path)).toContain('tls.crt');
  });

  it('are none while they are being written, or were when a crash came', async () => {
    const before = await load(own);
    const next = await prepared(before);
    cpSync(next.path, join(own, 'prepared', '.change-1.partial-x'), { recursive: true });
    expect((await findPrepared(before, noErrors)).map(({ path }) => path)).toEqual([next.path]);
  });
});

describe('entering the next epoch', () => {
  it('puts its files in place, keeps the former document, and erases what was signed with before', async () => {
    const before = await load(own);
    const next = await prepared(before);
    expect(isConfiguration(next, alliance.second.digest)).toBe(true);
    expect(isConfiguration(next, digest(utf8('another')))).toBe(false);
    const [share, witness] = [secret('alliance-share.json'), join(own, 'witness')];
    linkSync(join(own, 'alliance-share.json'), witness);
    right(await enterEpoch(before, next)());
    const after = await load(own);
    expect([after.alliance.epoch, [...after.former.keys()], after.keys?.allianceShare?.signer.epoch]).toEqual([
      2,
      [1],
      2,
    ]);
    expect(secret('alliance-share.json')).not.toBe(share);
    expect(readFileSync(witness).every((byte) => byte === 0)).toBe(true);
    expect(readdirSync(join(own, 'prepared'))).toEqual([]);
  });

  it('leaves nothing of a share where the next epoch has none for this server, which starts all the same', async () => {
    const before = await load(own);
    const next = await prepared(before);
    rmSync(join(next.path, 'alliance-share.json'));
    const witness = join(own, 'witness');
    linkSync(join(own, 'alliance-share.json'), witness);
    right(await enterEpoch(before, next)());
    const { alliance: found, keys } = await load(own);
    expect([found.epoch, keys?.allianceShare, keys?.allianceKey.epoch]).toEqual([2, undefined, 2]);
    expect(existsSync(join(own, 'alliance-share.json'))).toBe(false);
    expect(readFileSync(witness).every((byte) => byte === 0)).toBe(true);
  });

  it('is finished by whoever reads the directory next, wherever it was interrupted', async () => {
    const next = (await prepared(await load(own))).path;
    const names = ['alliance.json', 'alliance-share.json', 'slow.key', 'identity.key', 'tls.crt', 'tls.key'];
    const entries = names.map((path) => ({
      path,
      content: readFileSync(join(next, path), 'utf8'),
      isSecret: path.endsWith('.key') || path.endsWith('share.json'),
    }));
    const steps = [...succession(copyOf(b), entries)].length;
    expect(steps).toBeGreaterThan(10);
    const epochs = new Set<number>();
    for (let last = 1; last <= steps; last++) {
      own = copyOf(b);
      const all = succession(own, entries);
      for (let step = 0; step < last; step++) all.next();
      const { alliance: found } = await load(own);
      epochs.add(found.epoch);
      expect(readdirSync(own).filter((name) => name.startsWith('.koinon-'))).toEqual([]);
    }
    expect(epochs).toEqual(new Set([1, 2]));
  });

  it('leaves everything where it was while the next files are not whole', async () => {
    const directory = await load(own);
    const next = await prepared(directory);
    rmSync(join(next.path, 'slow.key'));
    expect(await enterEpoch(directory, next)()).toEqual(E.left(expect.stringMatching(/slow\.key: no such file/)));
    expect((await load(own)).alliance.epoch).toBe(1);
    const key = readFileSync(join(next.path, 'identity.key'));
    writeFileSync(join(next.path, 'slow.key'), key, { mode: 0o600 });
    expect(await enterEpoch(directory, next)()).toEqual(E.left(expect.stringMatching(/not the key/)));
    expect((await load(own)).keys).toBeDefined();
  });

  it('erases the keys of a server that it leaves out, which reads without them', async () => {
    own = copyOf(a);
    const directory = await load(own);
    const next = await prepared(directory);
    right(await enterEpoch(directory, next)());
    right(await enterEpoch(directory, next)());
    expect(['alliance-share.json', 'slow.key'].filter((name) => existsSync(join(own, name)))).toEqual([]);
    expect(readFileSync(join(own, 'retired'), 'utf8')).toBe(
      'Epoch 2 goes on without a/1, whose keys of epoch 1 are erased.\n',
    );
    const after = await load(own);
    expect([after.alliance.epoch, after.keys]).toEqual([1, undefined]);
  });

  it('tells what it cannot read of what was prepared, and finds the rest', async () => {
    cpSync(join(own, 'prepared', 'two'), join(own, 'prepared', 'one'), { recursive: true });
    writeFileSync(join(own, 'prepared', 'one', 'alliance.json'), '{');
    const told: string[] = [];
    const found = await findPrepared(await load(own), (error) => told.push(describeDirectoryError(error)));
    expect([found.length, told.length]).toEqual([1, 1]);
    expect(told[0]).toMatch(/one\/alliance\.json: at \/: expected JSON/);
    expect(await findPrepared({ ...(await load(own)), path: root }, noErrors)).toEqual([]);
  });

  it('reads former documents of the same alliance and of the epoch that their name says, and no others', async () => {
    const directory = await load(own);
    right(await enterEpoch(directory, await prepared(directory))());
    const file = join(own, 'former', 'alliance-1.json');
    cpSync(join(own, 'alliance.json'), file);
    expect(await loadServerDirectory(own)()).toMatchObject(E.left({ _tag: 'MalformedFile', path: file, at: '/epoch' }));
    const other = await EpochAlliance.found({ windowSlots: 16, checkpointInterval: 8, baseTimeoutMs: 1000 });
    cpSync(join(other.first.path, 'alliance.json'), file);
    other.remove();
    expect(await loadServerDirectory(own)()).toMatchObject(E.left({ _tag: 'OtherAlliance', path: file }));
  });
});

describe('a configuration whose slow key was dealt for an epoch before', () => {
  let threshold: EpochAlliance;
  let directory: ServerDirectory;
  let moved: Alliance;

  beforeAll(async () => {
    const parameters = { windowSlots: 16, checkpointInterval: 8, baseTimeoutMs: 1000 };
    threshold = await EpochAlliance.found(parameters, { _tag: 'bls' });
    threshold.prepare(b);
    directory = await load(present(threshold.servers.get(b), 'a server'));
    const { alliance: first, allianceId } = directory;
    const slowKey = { ...present(first.slowKey, 'one slow key'), epoch: 2 };
    const descent = { allianceId, previous: allianceId, change: 1 };
    moved = { ...first, ...descent, epoch: 2, allianceKey: { ...first.allianceKey, epoch: 2 }, slowKey };
  });
  afterAll(() => {
    threshold.remove();
  });

  it('is not found among what was prepared', async () => {
    const { path } = directory;
    expect(await findPrepared(directory, noErrors)).toHaveLength(1);
    writeFileSync(join(path, 'prepared', 'two', 'alliance.json'), JSON.stringify(encodeAlliance(moved)));
    const told: string[] = [];
    expect(await findPrepared(directory, (error) => told.push(describeDirectoryError(error)))).toEqual([]);
    expect(told[0]).toMatch(/alliance\.json: at \/slowKey: expected a key dealt anew, not one of epoch 1/);
  });

  it('does not start a server, however it came there', async () => {
    const path = present(threshold.servers.get(e), 'a server');
    threshold.prepare(e);
    const { alliance: second } = await load(path);
    const slowKey = { ...present(second.slowKey, 'one slow key'), epoch: 1 };
    const { trust, organizations, applications } = second;
    const keys = { slowKey, allianceKey: { ...second.allianceKey, epoch: 1 } };
    const former = { ...threshold.first.alliance, trust, organizations, applications, ...keys };
    const founding = configurationDigestOf(former);
    const current = { ...second, allianceId: founding, previous: founding };
    writeFileSync(join(path, 'former', 'alliance-1.json'), JSON.stringify(encodeAlliance(former)));
    writeFileSync(join(path, 'alliance.json'), JSON.stringify(encodeAlliance(current)));
    const owner = JSON.parse(readFileSync(join(path, 'server.json'), 'utf8')) as object;
    writeFileSync(join(path, 'server.json'), JSON.stringify({ ...owner, allianceId: toHex(founding) }));
    expect(await loadServerDirectory(path)()).toMatchObject(
      E.left({ _tag: 'BadAlliance', path: join(path, 'alliance.json'), error: { path: '/slowKey' } }),
    );
  });
});
