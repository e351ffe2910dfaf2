/**
 * One process per directory. Who wants it puts an entry there, an empty file named after its process, and only then looks for
 * entries of others: it has the directory if no other live process has one. Of two who come at once at least one sees the
 * other's, so they never both have it. An entry names its process by id and, where the system tells it, by when it started, so
 * that neither a crash nor a recycled process id keeps a server out; no name is used twice, so whoever comes by may remove the
 * entries of the dead.
 */
import { randomBytes, randomInt } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { E, type Either } from '../prelude/fp.js';
import { type StorageError, storageErrorOf } from './errors.js';

export interface DirectoryLock {
  release(): void;
}

/** Entries of this very process, or of this thread of it. */
const own = new Set<string>();

/**
 * Locks `directory` (made if need be) until released or until this process ends.
 *
 * @param name - what the names of entries begin with.
 */
export function lockDirectory(directory: string, name: string): Either<StorageError, DirectoryLock> {
  try {
    mkdirSync(directory, { recursive: true, mode: 0o700 });
    const acquired = acquire(realpathSync(directory), `${name}-`);
    return typeof acquired === 'number'
      ? E.left({ _tag: 'Locked', path: directory, holder: acquired })
      : E.right(acquired);
  } catch (error) {
    return E.left(storageErrorOf(error, directory));
  }
}

/** Two who come at once may both give way; then they try again, each after a time of its own. */
const attempts = 4;
const longestPauseMs = 16;

/** The lock, or the process that holds it. */
function acquire(directory: string, prefix: string): DirectoryLock | number {
  for (let attempt = 1; ; attempt++) {
    const holder = findLive(directory, prefix);
    const lock = holder ?? enter(directory, prefix);
    if (typeof lock !== 'number' || lock === process.pid || attempt === attempts) return lock;
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, randomInt(1, longestPauseMs));
  }
}

function enter(directory: string, prefix: string): DirectoryLock | number {
  const birth = birthOf(process.pid);
  const unique = `${process.pid}-${randomBytes(8).toString('hex')}`;
  const entry = `${prefix}${unique}${birth === undefined ? '' : `-${birth}`}`;
  const path = join(directory, entry);
  const release = (): void => {
    if (own.delete(path)) rmSync(path, { force: true });
  };
  own.add(path);
  try {
    writeFileSync(path, '', { mode: 0o600, flag: 'wx' });
    const other = findLive(directory, prefix, entry);
    if (other === undefined) return { release };
    release();
    return other;
  } catch (error) {
    release();
    throw error;
  }
}

/** What follows the prefix: process id, something random and, if known, the process's birth. */
const entryRest = /^([1-9]\d{0,9})-[0-9a-f]{16}(?:-(\d+-[0-9a-f]{32}))?$/;

/** A live process with an entry other than `mine`. Removes the entries of the dead. */
function findLive(directory: string, prefix: string, mine?: string): number | undefined {
  for (const name of readdirSync(directory)) {
    if (!name.startsWith(prefix) || name === mine) continue;
    const [, pid, birth] = entryRest.exec(name.slice(prefix.length)) ?? [];
    if (pid === undefined) continue;
    const path = join(directory, name);
    if (isLive(path, Number(pid), birth)) return Number(pid);
    rmSync(path, { force: true });
  }
  return undefined;
}

function isLive(path: string, pid: number, birth: string | undefined): boolean {
  if (!isRunning(pid)) return false;
  const present = birthOf(pid);
  if (birth !== undefined && present !== undefined) return birth === present;
  return pid !== process.pid || own.has(path);
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

/** On Linux the clock tick at which a process started, and the boot that ticks are counted from; elsewhere unknown. */
function birthOf(pid: number): string | undefined {
  const stat = readIfThere(`/proc/${pid}/stat`);
  const boot = readIfThere('/proc/sys/kernel/random/boot_id')?.trim().replaceAll('-', '');
  // The second field is the program's name in parentheses and may hold anything; the start is the 20th after it.
  const start = stat?.slice(stat.lastIndexOf(')') + 2).split(' ')[19];
  return boot === undefined || start === undefined ? undefined : `${start}-${boot}`;
}

function readIfThere(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return undefined;
  }
}
