/** The journal after every crash and every flipped bit that we can think of. */
import {
  copyFileSync,
  cpSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeEach, describe, expect, it } from 'vitest';
import { fromUtf8, utf8 } from '../../src/prelude/bytes.js';
import { E } from '../../src/prelude/fp.js';
import { type Disk, nodeDisk } from '../../src/storage/disk.js';
import { StorageFailure } from '../../src/storage/errors.js';
import { type DiskJournal, type JournalOptions, openJournal } from '../../src/storage/journal.js';
import { recover, segmentName } from '../../src/storage/recovery.js';
import { encodeHeader, headerLength } from '../../src/storage/segment.js';
import { right } from '../support/right.js';

const root = mkdtempSync(join(tmpdir(), 'koinon-journal-'));
afterAll(() => {
  rmSync(root, { recursive: true });
});

let directory = '';
let count = 0;
beforeEach(() => {
  directory = fresh();
});

const fresh = (): string => join(root, `d${++count}`);
const small: JournalOptions = { segmentBytes: 600 };
const open = async (options = small, where = directory): Promise<DiskJournal> =>
  right(await openJournal(where, options)());
const openError = async (where = directory) => {
  const opened = await openJournal(where, small)();
  if (E.isLeft(opened)) return opened.left;
  await opened.right.close();
  return undefined;
};
const texts = (records: readonly Uint8Array[]): (string | undefined)[] => records.map(fromUtf8);

/** What a journal in `where` would give back: its records, or the tag of its error. */
async function reopened(where = directory): Promise<(string | undefined)[] | string> {
  const found = await recover(nodeDisk, where);
  return E.isLeft(found) ? found.left._tag : texts(found.right.records);
}

const firstSegment = segmentName(1, 1);

describe('a journal', () => {
  it('gives back what was appended, across segments, groups and reopenings', async () => {
    let journal = await open();
    expect([journal.isNew, journal.recovered, journal.size]).toEqual([true, [], 0]);
    const expected: string[] = [];
    for (let round = 0; round < 4; round++) {
      const batch = Array.from({ length: 10 }, (_, index) => `record ${round}.${index}`.repeat(index));
      await Promise.all(batch.map((text) => journal.append(utf8(text))));
      expected.push(...batch);
      await journal.close();
      journal = await open();
      expect(texts(journal.recovered)).toEqual(expected);
      expect([journal.isNew, journal.cut]).toEqual([false, undefined]);
    }
    expect(readdirSync(directory).filter((name) => name.startsWith('journal-')).length).toBeGreaterThan(2);
    await journal.close();
  });

  it('takes a record larger than a segment, an empty one, and refuses one that is too large', async () => {
    const journal = await open({ segmentBytes: 600, maxRecordBytes: 5000 });
    const records = [new Uint8Array(5000).fill(3), new Uint8Array(0), new Uint8Array(700)];
    for (const record of records) await journal.append(record);
    await expect(journal.append(new Uint8Array(5001))).rejects.toMatchObject({ fact: { _tag: 'RecordTooLarge' } });
    await journal.append(utf8('after'));
    await journal.close();
    expect(await reopened()).toEqual([...texts(records), 'after']);
  });

  it('takes records longer than what is written while the event loop waits', async () => {
    const journal = await open();
    const records = [new Uint8Array(70_000).fill(5), utf8('short'), new Uint8Array(200_000).fill(6)];
    for (const record of records) await journal.append(record);
    await journal.close();
    expect(await reopened()).toEqual(texts(records));
  });

  it('writes what is appended in one turn together, and what comes meanwhile in one further write', async () => {
    const sizes: number[] = [];
    const append = (count: number): readonly Promise<void>[] =>
      Array.from({ length: count }, () => journal.append(new Uint8Array(10)));
    let meanwhile: readonly Promise<void>[] | undefined;
    let isOpen = false;
    const disk = onWrite((bytes) => {
      if (!isOpen) return;
      sizes.push(bytes.length);
      meanwhile ??= append(47);
    });
    const journal = await open({ segmentBytes: 10_000, disk });
    isOpen = true;
    const appends = append(3);
    expect(sizes.length).toBe(0);
    await Promise.all(appends);
    await Promise.all(meanwhile ?? []);
    expect(sizes).toEqual([36 + 3 * 14, 36 + 47 * 14]);
    expect(journal.size).toBe(72 + 50 * 14);
    await journal.close();
  });

  it('bounds one write', async () => {
    const sizes: number[] = [];
    const journal = await open({
      segmentBytes: 10_000,
      groupBytes: 100,
      disk: onWrite((bytes) => {
        sizes.push(bytes.length);
      }),
    });
    sizes.length = 0;
    await Promise.all(Array.from({ length: 21 }, () => journal.append(new Uint8Array(10))));
    expect(sizes).toEqual([36 + 140, 36 + 140, 36 + 14]);
    await journal.close();
  });

  it('replaces everything before a rewrite and nothing after it', async () => {
    const journal = await open();
    const done = [
      journal.append(utf8('old 1')),
      journal.append(utf8('old 2')),
      journal.rewrite([utf8('base')]),
      journal.append(utf8('new')),
    ];
    await Promise.all(done);
    await journal.rewrite([]);
    await journal.append(utf8('a'));
    await journal.rewrite([utf8('b'), utf8('c')]);
    expect(journal.size).toBe(0);
    await journal.append(utf8('d'));
    await journal.close();
    expect(await reopened()).toEqual(['b', 'c', 'd']);
    expect(readdirSync(directory)).toEqual([segmentName(4, 1)]);
  });

  it('refuses everything once closed', async () => {
    const journal = await open();
    const last = journal.append(utf8('last'));
    await journal.close();
    await last;
    await expect(journal.append(utf8('x'))).rejects.toMatchObject({ fact: { _tag: 'Closed' } });
    expect(await reopened()).toEqual(['last']);
  });
});

describe('a damaged journal', () => {
  const records = ['one', 'two', 'three', 'four'];
  let whole = new Uint8Array(0);
  /** Where each batch ends. */
  let ends: number[] = [];

  beforeEach(async () => {
    const journal = await open();
    ends = [headerLength];
    for (const record of records) {
      await journal.append(utf8(record));
      ends.push(headerLength + journal.size);
    }
    await journal.close();
    whole = new Uint8Array(readFileSync(join(directory, firstSegment)));
  });

  const wholeBatches = (length: number): string[] => records.filter((_, index) => (ends[index + 1] ?? 0) <= length);
  const write = (bytes: Uint8Array): void => {
    writeFileSync(join(directory, firstSegment), bytes);
  };
  const end = (): number => ends.at(-1) ?? 0;

  it('has its torn tail cut at every byte, and goes on from there', async () => {
    for (let length = headerLength; length <= end() + 5; length++) {
      for (const torn of [whole.slice(0, length), whole.map((byte, index) => (index < length ? byte : 0))]) {
        write(torn);
        expect(await reopened()).toEqual(wholeBatches(length));
        if (length % 9 !== 0) continue;
        const journal = await open();
        await journal.append(utf8('next'));
        await journal.close();
        expect(await reopened()).toEqual([...wholeBatches(length), 'next']);
        expect(readFileSync(join(directory, firstSegment)).length).toBe(600);
      }
    }
  });

  it('has the last write cut when any of its bytes did not reach the disk, and says so', async () => {
    const start = ends.at(-2) ?? 0;
    for (let missing = start; missing < end(); missing++) {
      if (whole[missing] === 0 || missing % 5 !== 0) continue;
      write(whole.map((byte, index) => (index === missing ? 0 : byte)));
      const journal = await open();
      expect(texts(journal.recovered)).toEqual(records.slice(0, -1));
      expect(journal.cut).toEqual({ path: join(directory, firstSegment), offset: start });
      await journal.close();
      expect(
        readFileSync(join(directory, firstSegment))
          .subarray(start)
          .every((byte) => byte === 0),
      ).toBe(true);
    }
  });

  it('is never read back differently after one flipped bit', async () => {
    const outcomes = new Map<string, number>();
    for (let at = 0; at < end() + 40; at++) {
      for (const bit of [1, 0x80]) {
        write(whole.map((byte, index) => (index === at ? byte ^ bit : byte)));
        const got = await reopened();
        const inTail = at >= (ends.at(-2) ?? 0);
        if (at >= end()) expect(got).toEqual(records);
        else if (inTail) expect(got).toEqual(records.slice(0, -1));
        else expect(['Corrupt', 'NewerVersion']).toContain(got);
        outcomes.set(String(got), (outcomes.get(String(got)) ?? 0) + 1);
      }
    }
    expect([...outcomes.keys()].sort()).toEqual(['Corrupt', 'NewerVersion', 'one,two,three', 'one,two,three,four']);
  });

  it('says where something durable is lost, and what that means', async () => {
    const at = (ends[1] ?? 0) + 30;
    write(whole.map((byte, index) => (index === at ? byte ^ 1 : byte)));
    const path = join(directory, firstSegment);
    expect(await openError()).toMatchObject({ _tag: 'Corrupt', path, offset: ends[1] });
    const failure = await openError();
    if (failure !== undefined)
      expect(new StorageFailure(failure).message).toMatch(/damaged at byte \d+ .*lost its disk/);
    expect(new Uint8Array(readFileSync(path))).toEqual(whole.map((byte, index) => (index === at ? byte ^ 1 : byte)));
  });

  it('is not fooled by a record that looks like batches, since it cannot know the salt', async () => {
    const stranger = await open(small, fresh());
    for (const record of [...records, 'five', 'six', 'seven']) await stranger.append(utf8(record));
    await stranger.close();
    const lookalike = readFileSync(join(root, `d${count}`, firstSegment)).subarray(headerLength, headerLength + 200);
    const journal = await open();
    await journal.append(lookalike);
    await journal.close();
    const bytes = readFileSync(join(directory, firstSegment));
    bytes[end() + 10] = 0xff;
    write(bytes);
    expect(await reopened()).toEqual(records);
  });

  it('of a newer version is refused as such', async () => {
    write(whole.map((byte, index) => (index === 11 ? 2 : byte)));
    const path = join(directory, firstSegment);
    expect(await openError()).toEqual({ _tag: 'NewerVersion', path, found: 2, supported: 1 });
  });

  it('with an old write where a newer one should be is refused', async () => {
    const misplaced = whole.slice();
    misplaced.copyWithin(ends[1] ?? 0, ends[0] ?? 0, ends[1]);
    write(misplaced);
    expect(await openError()).toMatchObject({ _tag: 'Corrupt', offset: ends[1] });
  });

  it('under another name is refused', async () => {
    renameSync(join(directory, firstSegment), join(directory, segmentName(2, 1)));
    expect(await openError()).toMatchObject({ _tag: 'Corrupt', detail: 'the file bears another name' });
  });

  it('with a strange file is refused', async () => {
    writeFileSync(join(directory, 'ledger'), '');
    expect(await openError()).toMatchObject({
      _tag: 'NotAccessible',
      detail: 'it holds ledger, which is no part of a journal',
    });
  });
});

describe('a journal of several segments', () => {
  beforeEach(async () => {
    const journal = await open();
    for (let index = 0; index < 30; index++) await journal.append(utf8(`record ${index} `.repeat(5)));
    await journal.close();
    expect(readdirSync(directory).length).toBeGreaterThan(3);
  });

  it('is refused when a segment but the last is missing, cut, swapped or emptied', async () => {
    const damages: ((where: string) => void)[] = [
      (where) => {
        rmSync(join(where, segmentName(1, 1)));
      },
      (where) => {
        rmSync(join(where, segmentName(1, 2)));
      },
      (where) => {
        truncateSync(join(where, segmentName(1, 2)), headerLength);
      },
      (where) => {
        copyFileSync(join(where, segmentName(1, 2)), join(where, segmentName(1, 3)));
      },
      (where) => {
        writeFileSync(join(where, segmentName(1, 2)), new Uint8Array(600));
      },
      (where) => {
        writeFileSync(join(where, segmentName(1, 2)), '');
      },
    ];
    for (const damage of damages) {
      const where = fresh();
      cpSync(directory, where, { recursive: true });
      damage(where);
      expect(await openError(where)).toMatchObject({ _tag: 'Corrupt' });
    }
    expect(await openError()).toBeUndefined();
  });
});

/** A disk that calls `before` ahead of every step that changes something. */
function onStep(before: (step: string) => void): Disk {
  return {
    ...nodeDisk,
    createZeroed: async (path, size) => {
      before('create');
      await nodeDisk.createZeroed(path, size);
    },
    open: async (path) => {
      const file = await nodeDisk.open(path);
      return {
        write: async (bytes, at) => {
          before('write');
          await file.write(bytes, at);
        },
        close: () => file.close(),
      };
    },
    rename: async (from, to) => {
      before('rename');
      await nodeDisk.rename(from, to);
    },
    remove: async (path) => {
      before('remove');
      await nodeDisk.remove(path);
    },
    syncDirectory: async (path) => {
      before('sync');
      await nodeDisk.syncDirectory(path);
    },
  };
}

function onWrite(see: (bytes: Uint8Array) => void): Disk {
  return {
    ...nodeDisk,
    open: async (path) => {
      const file = await nodeDisk.open(path);
      return {
        write: (bytes, at) => {
          see(bytes);
          return file.write(bytes, at);
        },
        close: () => file.close(),
      };
    },
  };
}

describe('a rewrite', () => {
  it('that stops at any step leaves all of the old or all of the new', async () => {
    const outcomes: string[] = [];
    for (let limit = 0; ; limit++) {
      directory = fresh();
      let steps = Number.POSITIVE_INFINITY;
      const disk = onStep((step) => {
        if (step !== 'create' && steps-- <= 0) throw new Error('power cut');
      });
      const journal = await open({ ...small, disk });
      for (let index = 0; index < 12; index++) await journal.append(utf8(`old ${index} `.repeat(9)));
      await new Promise((resolve) => setTimeout(resolve, 5));
      steps = limit;
      const done = await journal.rewrite([utf8('new 1'), utf8('new 2')]).then(
        () => true,
        () => false,
      );
      await journal.close();
      const got = await reopened();
      const isNew = String(got) === 'new 1,new 2';
      if (!isNew) expect(got).toEqual(Array.from({ length: 12 }, (_, index) => `old ${index} `.repeat(9)));
      outcomes.push(isNew ? 'new' : 'old');
      if (done) {
        expect(isNew).toBe(true);
        break;
      }
    }
    expect(outcomes.indexOf('new')).toBeGreaterThan(1);
    expect(outcomes.slice(outcomes.indexOf('new')).every((outcome) => outcome === 'new')).toBe(true);
    expect(outcomes.filter((outcome) => outcome === 'new').length).toBeGreaterThan(3);
  });

  it('whose result is damaged is not taken for a torn write', async () => {
    const journal = await open();
    await journal.append(utf8('old'));
    await journal.rewrite([utf8('new')]);
    await journal.close();
    const path = join(directory, segmentName(2, 1));
    const bytes = readFileSync(path);
    bytes[headerLength + 25] = (bytes[headerLength + 25] ?? 0) ^ 1;
    writeFileSync(path, bytes);
    expect(await openError()).toMatchObject({ _tag: 'Corrupt' });
  });
});

describe('a failing disk', () => {
  it('rejects the write, and then everything else, and loses nothing that was acknowledged', async () => {
    let isFull = false;
    const disk = onStep(() => {
      if (isFull) throw Object.assign(new Error('ENOSPC: no space left on device'), { code: 'ENOSPC' });
    });
    const journal = await open({ ...small, disk });
    await journal.append(utf8('kept'));
    isFull = true;
    const attempts = await Promise.allSettled([
      journal.append(utf8('a')),
      journal.append(utf8('b')),
      journal.rewrite([]),
    ]);
    isFull = false;
    attempts.push(...(await Promise.allSettled([journal.append(utf8('c'))])));
    for (const attempt of attempts) {
      expect(attempt).toMatchObject({
        status: 'rejected',
        reason: { fact: { _tag: 'WriteFailed', detail: 'ENOSPC: no space left on device' } },
      });
    }
    await journal.close();
    expect(await reopened()).toEqual(['kept']);
  });

  it('that is full when a segment is to be prepared, but not when it is needed, does no harm', async () => {
    let failures = 1;
    const disk = onStep((step) => {
      if (step === 'create' && count > 0 && failures-- === 0) throw new Error('full');
    });
    const journal = await open({ ...small, disk });
    for (let index = 0; index < 12; index++) await journal.append(utf8('x'.repeat(100)));
    await journal.close();
    expect(await reopened()).toHaveLength(12);
    expect(failures).toBeLessThan(0);
  });

  it('gives an error value where the directory cannot be made', async () => {
    writeFileSync(directory, 'a file');
    expect(await openError()).toMatchObject({ _tag: 'NotAccessible' });
  });
});

describe('the lock', () => {
  it('keeps a second journal out until the first is closed', async () => {
    const journal = await open();
    expect(await openError()).toEqual({ _tag: 'Locked', path: directory, holder: process.pid });
    await journal.close();
    expect(await openError()).toBeUndefined();
    expect(readdirSync(directory).filter((name) => name.startsWith('lock'))).toEqual([]);
  });
});

describe('the segment header', () => {
  it('has the length that it says', () => {
    const header = encodeHeader({ generation: 1, index: 1, firstSequence: 1, based: false, salt: new Uint8Array(8) });
    expect(header.length).toBe(headerLength);
  });
});
