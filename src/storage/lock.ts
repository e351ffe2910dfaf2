/**
 * One process per directory. The lock is a file that names its holder: process id and, where the system tells it,
 * when that process started, so that neither a crash nor a recycled process id keeps a server out.
 */
import { randomBytes } from 'node:crypto';
import {
  linkSync,
  mkdirSync,
  readFileSync,
  realpathSync,
  renameSync,
  rmSync,
  unlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { E, type Either } from '../prelude/fp.js';
import { type StorageError, storageErrorOf } from './errors.js';

export interface DirectoryLock {
  release(): void;
}

/** Directories that this very process has locked. */
const held = new Set<string>();

/** Locks `directory` (made if need be) until released or until this process ends. */
export function lockDirectory(directory: string, fileName: string): Either<StorageError, DirectoryLock> {
  try {
    mkdirSync(directory, { recursive: true, mode: 0o700 });
    const path = join(realpathSync(directory), fileName);
    const holder = acquire(path);
    return holder === undefined ? E.right(lockOf(path)) : E.left({ _tag: 'Locked', path: directory, holder });
  } catch (error) {
    return E.left(storageErrorOf(error, directory));
  }
}

function lockOf(path: string): DirectoryLock {
  held.add(path);
  let isMine = true;
  return {
    release() {
      if (isMine) rmSync(path, { force: true });
      if (isMine) held.delete(path);
      isMine = false;
    },
  };
}

/** The process that holds the lock, or `undefined` when this one now does. */
function acquire(path: string): number | undefined {
  const unique = `${path}-${randomBytes(8).toString('hex')}`;
  writeFileSync(unique, describeProcess(process.pid), { mode: 0o600 });
  try {
    for (let attempt = 0; attempt < 3; attempt++) {
      if (tryLink(unique, path)) return undefined;
      const found = readIfThere(path);
      const holder = found === undefined ? undefined : liveHolder(path, found);
      if (holder !== undefined) return holder;
      if (found !== undefined) removeStale(path, found);
    }
    return process.pid;
  } finally {
    unlinkSync(unique);
  }
}

function tryLink(from: string, to: string): boolean {
  try {
    linkSync(from, to);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  }
}

function liveHolder(path: string, description: string): number | undefined {
  const pid = Number(description.split(' ')[0]);
  if (!Number.isSafeInteger(pid) || pid <= 0 || !isAlive(pid)) return undefined;
  if (pid === process.pid) return held.has(path) ? pid : undefined;
  const now = describeProcess(pid);
  const isUnknown = now === `${pid}` || description === `${pid}`;
  return isUnknown || description === now ? pid : undefined;
}

/** Takes a stale lock away. One that another process has just put there is put back. */
function removeStale(path: string, expected: string): void {
  const aside = `${path}-${randomBytes(8).toString('hex')}`;
  try {
    renameSync(path, aside);
  } catch {
    return;
  }
  if (readIfThere(aside) !== expected) tryLink(aside, path);
  unlinkSync(aside);
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

/** `pid boot start`: on Linux the boot and the clock tick at which the process started, elsewhere the pid alone. */
function describeProcess(pid: number): string {
  const stat = readIfThere(`/proc/${pid}/stat`);
  const boot = readIfThere('/proc/sys/kernel/random/boot_id')?.trim();
  // The second field is the program's name in parentheses and may hold anything; the start is the 20th after it.
  const start = stat?.slice(stat.lastIndexOf(')') + 2).split(' ')[19];
  return boot === undefined || start === undefined ? `${pid}` : `${pid} ${boot} ${start}`;
}

function readIfThere(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return undefined;
  }
}
