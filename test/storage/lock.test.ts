/** One process per directory: whoever dies with the lock, and whoever else comes at the same time. */
import type * as Fs from 'node:fs';
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync, unlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, it, vi } from 'vitest';
import { E } from '../../src/prelude/fp.js';
import { lockDirectory } from '../../src/storage/lock.js';
import { temporaryDirectory } from '../server/temporary-directory.js';
import { right } from '../support/right.js';

/** What others do at the moment when this process writes its entry, and when it takes it back. */
const meanwhile = vi.hoisted((): { written?: (() => void) | undefined; removed?: (() => void) | undefined } => ({}));

vi.mock('node:fs', async (importOriginal) => {
  const fs = await importOriginal<typeof Fs>();
  return {
    ...fs,
    writeFileSync: (...args: Parameters<typeof fs.writeFileSync>) => {
      fs.writeFileSync(...args);
      const { written } = meanwhile;
      delete meanwhile.written;
      written?.();
    },
    rmSync: (...args: Parameters<typeof fs.rmSync>) => {
      fs.rmSync(...args);
      const { removed } = meanwhile;
      delete meanwhile.removed;
      removed?.();
    },
  };
});

const root = temporaryDirectory();
let made = 0;
const newDirectory = (): string => join(root, `directory${made++}`);
const lock = (directory: string) => lockDirectory(directory, 'lock');

const children: ChildProcess[] = [];
afterAll(() => {
  for (const child of children) child.kill('SIGKILL');
});

/** Another process, and how to end it and wait until it has. */
function otherProcess(): { readonly pid: number; readonly kill: () => Promise<void> } {
  const child = spawn(process.execPath, ['-e', 'setTimeout(() => undefined, 60_000)'], { stdio: 'ignore' });
  children.push(child);
  const gone = new Promise((resolve) => child.once('exit', resolve));
  const kill = async (): Promise<void> => {
    child.kill('SIGKILL');
    await gone;
  };
  return { pid: child.pid ?? 0, kill };
}

const nonce = '0123456789abcdef';

/** As a process writes it, on Linux with its birth. */
function entryOf(pid: number): string {
  if (process.platform !== 'linux') return `lock-${pid}-${nonce}`;
  const start = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]?.split(' ')[19] ?? '';
  const boot = readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim().replaceAll('-', '');
  return `lock-${pid}-${nonce}-${start}-${boot}`;
}

/** A directory with such an entry. */
function lockedBy(entry: string): string {
  const directory = newDirectory();
  mkdirSync(directory);
  writeFileSync(join(directory, entry), '');
  return directory;
}

describe('the lock of a directory', () => {
  it('is held by one, until released, and then nothing is left', () => {
    const directory = newDirectory();
    const first = right(lock(directory));
    expect(lock(directory)).toEqual(E.left({ _tag: 'Locked', path: directory, holder: process.pid }));
    right(lockDirectory(directory, 'other')).release();
    first.release();
    const second = right(lock(directory));
    // Nobody else's lock is released so.
    first.release();
    expect(E.isLeft(lock(directory))).toBe(true);
    second.release();
    expect(readdirSync(directory)).toEqual([]);
  });

  it('is named after its process as others read it', () => {
    const directory = newDirectory();
    right(lock(directory));
    const [name = ''] = readdirSync(directory);
    expect(name.replace(/[0-9a-f]{16}/, nonce)).toBe(entryOf(process.pid));
  });

  it('of another running process holds, of a dead one does not and goes', async () => {
    const other = otherProcess();
    const directory = lockedBy(entryOf(other.pid));
    writeFileSync(join(directory, `lock-${other.pid}-${'f'.repeat(16)}`), '');
    expect(lock(directory)).toEqual(E.left({ _tag: 'Locked', path: directory, holder: other.pid }));
    expect(readdirSync(directory)).toHaveLength(2);
    await other.kill();
    right(lock(directory)).release();
    expect(readdirSync(directory)).toEqual([]);
  });

  it('of a process whose birth nobody knows holds while one with its id runs', async () => {
    const other = otherProcess();
    const directory = lockedBy(`lock-${other.pid}-${nonce}`);
    expect(lock(directory)).toMatchObject(E.left({ holder: other.pid }));
    await other.kill();
    right(lock(directory)).release();
  });

  it('of an earlier process with the same id does not hold', () => {
    const own = lockedBy(`lock-${process.pid}-${nonce}`);
    right(lock(own)).release();
    expect(readdirSync(own)).toEqual([]);
    if (process.platform !== 'linux') return;
    const [, pid, , start, boot] = entryOf(process.ppid).split('-');
    for (const birth of [`1-${boot}`, `${start}-${'0'.repeat(32)}`]) {
      const directory = lockedBy(`lock-${pid}-${nonce}-${birth}`);
      right(lock(directory)).release();
      expect(readdirSync(directory)).toEqual([]);
    }
  });

  it('goes to neither of two who come at once, until one is gone', async () => {
    const other = otherProcess();
    const directory = newDirectory();
    const entry = join(directory, entryOf(other.pid));
    meanwhile.written = () => {
      writeFileSync(entry, '');
    };
    expect(lock(directory)).toMatchObject(E.left({ holder: other.pid }));
    expect(readdirSync(directory)).toHaveLength(1);
    unlinkSync(entry);
    meanwhile.written = () => {
      writeFileSync(entry, '');
    };
    meanwhile.removed = () => {
      unlinkSync(entry);
    };
    right(lock(directory));
    expect(readdirSync(directory)).toHaveLength(1);
    await other.kill();
  });

  it('is nothing that merely begins alike, which stays', () => {
    for (const name of ['lock', 'lock-', 'lock-0-' + nonce, 'lock-7', `lock-x-${nonce}`, `blocked-1-${nonce}`]) {
      const directory = lockedBy(name);
      right(lock(directory)).release();
      expect(readdirSync(directory)).toEqual([name]);
    }
  });

  it('is refused where there can be no directory', () => {
    expect(lock(join(lockedBy('file'), 'file'))).toMatchObject(E.left({ _tag: 'NotAccessible' }));
  });
});
