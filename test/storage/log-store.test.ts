/** The log store: one behaviour for both implementations, and what only a disk can get wrong. */
import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { open as openLmdb } from 'lmdb';
import { afterAll, describe, expect, it } from 'vitest';
import { utf8 } from '../../src/prelude/bytes.js';
import { E } from '../../src/prelude/fp.js';
import { type DiskLogStore, openLogStore } from '../../src/storage/lmdb.js';
import { MemoryLogStore } from '../../src/storage/memory.js';
import type { LogStore } from '../../src/storage/storage.js';
import { right } from '../support/right.js';

const root = mkdtempSync(join(tmpdir(), 'koinon-log-'));
afterAll(() => {
  rmSync(root, { recursive: true });
});

let count = 0;
const fresh = (): string => join(root, `d${++count}`);
const openDisk = async (directory = fresh()): Promise<DiskLogStore> => right(await openLogStore(directory)());
const openError = async (directory: string) => {
  const opened = await openLogStore(directory)();
  if (E.isLeft(opened)) return opened.left;
  await opened.right.close();
  return undefined;
};
const all = { maxCount: 1000, maxBytes: 1 << 20 };
const record = (slot: number): Uint8Array => utf8(`record ${slot}`);

const stores: [string, () => Promise<LogStore>][] = [
  ['in memory', () => Promise.resolve(new MemoryLogStore())],
  ['on disk', openDisk],
];

describe.each(stores)('a log store %s', (_, open) => {
  it('starts empty', async () => {
    const store = await open();
    expect([store.last, store.read(1, all), store.get('x')]).toEqual([0, [], undefined]);
    await store.close();
  });

  it('gives back slots in order, within the limits, durable or not', async () => {
    const store = await open();
    const writes = Array.from({ length: 20 }, (_none, index) =>
      store.append({ slot: index + 1, record: record(index + 1) }),
    );
    const check = (): void => {
      expect(store.last).toBe(20);
      expect(store.read(1, all).map(({ slot }) => slot)).toEqual(
        Array.from({ length: 20 }, (_none, index) => index + 1),
      );
      expect(store.read(5, { ...all, maxCount: 2 })).toEqual([5, 6].map((slot) => ({ slot, record: record(slot) })));
      expect(store.read(20, all)).toEqual([{ slot: 20, record: record(20) }]);
      expect(store.read(21, all)).toEqual([]);
      expect(store.read(1, { maxCount: 0, maxBytes: 100 })).toEqual([]);
      expect(store.read(1, { maxCount: 10, maxBytes: 16 }).length).toBe(2);
      expect(store.read(1, { maxCount: 10, maxBytes: 15 }).length).toBe(1);
      expect(store.read(1, { maxCount: 10, maxBytes: 0 }).length).toBe(1);
    };
    check();
    await Promise.all(writes);
    check();
    await store.close();
  });

  it('keeps small values by name', async () => {
    const store = await open();
    const first = store.put('certificate', utf8('1'));
    const second = store.put('certificate', utf8('2'));
    expect(store.get('certificate')).toEqual(utf8('2'));
    await Promise.all([first, second, store.put('empty', new Uint8Array(0))]);
    expect([store.get('certificate'), store.get('empty'), store.get('other')]).toEqual([
      utf8('2'),
      new Uint8Array(0),
      undefined,
    ]);
    await store.close();
  });

  it('takes a slot out of order for a bug', async () => {
    const store = await open();
    expect(() => store.append({ slot: 2, record: record(2) })).toThrow('slots are stored in order');
    await store.close();
  });

  it('drops its lowest slots with the values named, and keeps what was said of the last of them', async () => {
    const store = await open();
    expect([store.first, store.last, store.base]).toEqual([1, 0, undefined]);
    const writes = appendUpTo(store, 9);
    void store.put('a', utf8('1'));
    void store.put('b', utf8('2'));
    const pruned = store.prune(4, utf8('base 4'), ['a', 'absent']);
    const check = (): void => {
      expect([store.first, store.last, store.base]).toEqual([5, 9, utf8('base 4')]);
      expect([store.read(4, all), store.read(1, all)]).toEqual([[], []]);
      expect(store.read(5, all).map(({ slot }) => slot)).toEqual([5, 6, 7, 8, 9]);
      expect([store.get('a'), store.get('b')]).toEqual([undefined, utf8('2')]);
    };
    check();
    await Promise.all([...writes, pruned]);
    check();
    for (const slot of [4, 10])
      expect(() => store.prune(slot, utf8(''))).toThrow('only slots that are stored are dropped');
    await store.prune(9, utf8('base 9'));
    expect([store.first, store.last, store.base, store.read(9, all)]).toEqual([10, 9, utf8('base 9'), []]);
    await store.append({ slot: 10, record: record(10) });
    expect(store.read(10, all)).toEqual([{ slot: 10, record: record(10) }]);
    await store.close();
  });

  it('begins anew behind another slot', async () => {
    const store = await open();
    const writes = appendUpTo(store, 9);
    const reset = store.reset(100, utf8('base 100'));
    expect([store.first, store.last, store.base]).toEqual([101, 100, utf8('base 100')]);
    expect([store.read(9, all), store.read(101, all)]).toEqual([[], []]);
    const appended = store.append({ slot: 101, record: record(101) });
    await Promise.all([...writes, reset, appended]);
    expect(store.read(101, all)).toEqual([{ slot: 101, record: record(101) }]);
    expect(store.read(9, all)).toEqual([]);
    await store.close();
  });
});

function appendUpTo(store: LogStore, last: number): readonly Promise<void>[] {
  return Array.from({ length: last }, (_, index) => store.append({ slot: index + 1, record: record(index + 1) }));
}

describe('a log store on disk', () => {
  it('is there again after closing', async () => {
    const directory = fresh();
    const store = await openDisk(directory);
    expect(store.isNew).toBe(true);
    for (let slot = 1; slot <= 30; slot++) void store.append({ slot, record: new Uint8Array(slot * 300).fill(slot) });
    void store.put('name', utf8('value'));
    await store.close();
    await expect(store.put('late', utf8('x'))).rejects.toMatchObject({ fact: { _tag: 'Closed' } });
    const again = await openDisk(directory);
    expect([again.isNew, again.last, again.get('name')]).toEqual([false, 30, utf8('value')]);
    for (const { slot, record: stored } of again.read(1, all))
      expect(stored).toEqual(new Uint8Array(slot * 300).fill(slot));
    await again.close();
  });

  it('has everything that was acknowledged when its process is killed', async () => {
    const directory = fresh();
    const script = `
      const { openLogStore } = await import(process.argv[1]);
      const store = (await openLogStore(process.argv[2])()).right;
      for (let slot = 1; slot <= 50; slot++) await store.append({ slot, record: new Uint8Array(slot) });
      process.kill(process.pid, 'SIGKILL');`;
    const module = new URL('../../dist/src/storage/lmdb.js', import.meta.url).href;
    const child = spawnSync(process.execPath, ['--input-type=module', '-e', script, module, directory], {
      encoding: 'utf8',
    });
    expect([child.signal, child.stderr]).toEqual(['SIGKILL', '']);
    const store = await openDisk(directory);
    expect([store.last, store.read(50, all)[0]?.record.length]).toEqual([50, 50]);
    await store.close();
  });

  it('has been pruned and reset for good once that was acknowledged, also where it holds nothing', async () => {
    const directory = await filled();
    const store = await openDisk(directory);
    void store.put('gone', utf8('x'));
    await store.prune(6, utf8('base 6'), ['gone']);
    await store.close();
    const pruned = await openDisk(directory);
    expect([pruned.first, pruned.last, pruned.base, pruned.get('gone')]).toEqual([7, 9, utf8('base 6'), undefined]);
    await pruned.reset(20, utf8('base 20'));
    await pruned.close();
    await expect(pruned.prune(20, utf8(''))).rejects.toMatchObject({ fact: { _tag: 'Closed' } });
    const reset = await openDisk(directory);
    expect([reset.first, reset.last, reset.base, reset.isNew]).toEqual([21, 20, utf8('base 20'), false]);
    await reset.append({ slot: 21, record: record(21) });
    await reset.close();
    const again = await openDisk(directory);
    expect([again.first, again.last]).toEqual([21, 21]);
    await again.close();
  });

  it('is all of the old or all of the new when its process is killed while it prunes', async () => {
    const directory = fresh();
    const store = await openDisk(directory);
    await Promise.all(appendUpTo(store, 2000));
    await store.close();
    const script = `
      const { openLogStore } = await import(process.argv[1]);
      const store = (await openLogStore(process.argv[2])()).right;
      store.prune(1900, new Uint8Array([1]));
      setTimeout(() => process.kill(process.pid, 'SIGKILL'), Number(process.argv[3]));`;
    const module = new URL('../../dist/src/storage/lmdb.js', import.meta.url).href;
    for (const delayMs of ['5', '12']) {
      const where = `${directory}-${delayMs}`;
      cpSync(directory, where, { recursive: true });
      const child = spawnSync(process.execPath, ['--input-type=module', '-e', script, module, where, delayMs], {
        encoding: 'utf8',
      });
      expect([child.signal, child.stderr]).toEqual(['SIGKILL', '']);
      const found = await openDisk(where);
      expect([
        [1, undefined],
        [1901, Uint8Array.of(1)],
      ]).toContainEqual([found.first, found.base]);
      expect(found.last).toBe(2000);
      await found.close();
    }
  });

  it('whose base is missing or changed is refused', async () => {
    const directory = await filled();
    const store = await openDisk(directory);
    await store.prune(6, utf8('base 6'));
    await store.close();
    const copy = `${directory}-copy`;
    cpSync(directory, copy, { recursive: true });
    await tamper(directory, 'meta', (meta) => meta.remove('base'));
    expect(await openError(directory)).toMatchObject({ detail: 'of slots 1 to 9 only 3 are there' });
    await tamper(copy, 'meta', (meta) => meta.put('base', new Uint8Array(30)));
    expect(await openError(copy)).toMatchObject({ _tag: 'Corrupt', detail: 'the base of the log is not intact' });
  });

  it('is refused to a second opener', async () => {
    const directory = fresh();
    const store = await openDisk(directory);
    expect(await openError(directory)).toEqual({ _tag: 'Locked', path: directory, holder: process.pid });
    await store.close();
    expect(await openError(directory)).toBeUndefined();
  });

  it('of a newer version is refused', async () => {
    const directory = fresh();
    await (await openDisk(directory)).close();
    await tamper(directory, 'meta', (meta) => meta.put('version', Uint8Array.of(2)));
    expect(await openError(directory)).toEqual({
      _tag: 'NewerVersion',
      path: join(directory, 'data.mdb'),
      found: 2,
      supported: 1,
    });
    await tamper(directory, 'meta', (meta) => meta.remove('version'));
    expect(await openError(directory)).toMatchObject({ _tag: 'Corrupt', detail: 'it has no version' });
  });

  it('with a gap is refused', async () => {
    for (const missing of [1, 5, 8]) {
      const directory = await filled();
      await tamper(directory, 'slots', (slots) => slots.remove(missing));
      expect(await openError(directory)).toMatchObject({ _tag: 'Corrupt' });
    }
  });

  it('does not give back a record of which a bit was flipped', async () => {
    const directory = await filled();
    const path = join(directory, 'data.mdb');
    const bytes = readFileSync(path);
    for (let at = bytes.indexOf('record 7'); at !== -1; at = bytes.indexOf('record 7', at + 1)) bytes[at] = 0x52;
    writeFileSync(path, bytes);
    const store = await openDisk(directory);
    expect(store.read(6, { ...all, maxCount: 1 })).toHaveLength(1);
    expect(() => store.read(7, { ...all, maxCount: 1 })).toThrow(/damaged .*slot 7 is not intact.*lost its disk/);
    await store.close();
  });

  it('that is no LMDB file, or part of one, is refused instead of ending the process', async () => {
    const good = readFileSync(join(await filled(), 'data.mdb'));
    const changed = (at: number): Buffer => {
      const copy = Buffer.from(good);
      copy[at] = (copy[at] ?? 0) ^ 0xff;
      return copy;
    };
    const files = [
      Buffer.alloc(20_000, 'garbage'),
      good.subarray(0, 10),
      good.subarray(0, 4096),
      changed(24),
      changed(28),
      changed(4096 + 28),
      changed(49),
      changed(149),
    ];
    for (const file of files) {
      const directory = fresh();
      mkdirSync(directory);
      writeFileSync(join(directory, 'data.mdb'), file);
      expect(await openError(directory)).toMatchObject({ _tag: 'Corrupt' });
    }
  });

  it('that lost its end is refused, or gives errors, but ends no process', async () => {
    const directory = await filled();
    truncateSync(join(directory, 'data.mdb'), 8192);
    expect(await openError(directory)).toMatchObject({
      _tag: 'NotAccessible',
      detail: expect.stringContaining('MDB_CORRUPTED') as string,
    });
  });

  it('gives an error value where the directory is a file', async () => {
    const directory = fresh();
    writeFileSync(directory, '');
    expect(await openError(directory)).toMatchObject({ _tag: 'NotAccessible' });
  });
});

async function filled(): Promise<string> {
  const directory = fresh();
  const store = await openDisk(directory);
  for (let slot = 1; slot <= 9; slot++) await store.append({ slot, record: record(slot) });
  await store.close();
  return directory;
}

async function tamper(
  directory: string,
  name: string,
  change: (database: {
    put(key: string | number, value: Uint8Array): Promise<boolean>;
    remove(key: string | number): Promise<boolean>;
  }) => Promise<boolean>,
): Promise<void> {
  const environment = openLmdb({ path: directory, overlappingSync: false, maxDbs: 3, encoding: 'binary' });
  await change(environment.openDB<Uint8Array, string | number>({ name, encoding: 'binary' }));
  await environment.close();
}
