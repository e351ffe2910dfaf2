/**
 * Files that appear whole or not at all, and files that are overwritten before they go. All of it happens in one turn, so that
 * no signal that the program handles can come in between. Failures are thrown as the operating system tells them.
 */
import { randomBytes } from 'node:crypto';
import {
  closeSync,
  existsSync,
  fsyncSync,
  linkSync,
  openSync,
  renameSync,
  rmSync,
  statSync,
  unlinkSync,
  writeFileSync,
} from 'node:fs';
import { basename, dirname, join } from 'node:path';

/** A file that its owner alone may read, and one that everybody may. */
export const fileModes = { secret: 0o600, public: 0o644 } as const;

/** Writes a file that must not be there yet, durably but for its name. */
export function writeNewFile(path: string, content: string | Uint8Array, mode: number): void {
  writeFileSync(path, content, { mode, flag: 'wx', flush: true });
}

/** Puts `content` in the place of whatever file `path` was, durably: written beside it, then renamed. */
export function replaceFile(path: string, content: string | Uint8Array, mode: number): void {
  const directory = dirname(path);
  const draft = join(directory, `.${basename(path)}.partial-${randomBytes(6).toString('hex')}`);
  try {
    writeNewFile(draft, content, mode);
    renameSync(draft, path);
  } catch (error) {
    rmSync(draft, { force: true });
    throw error;
  }
  syncDirectory(directory);
}

/** The same for a secret: the bytes that were there are overwritten, once the new ones are durable. */
export function replaceSecret(path: string, content: string | Uint8Array): void {
  const former = `${path}.former`;
  // After a crash it is another name of the file that is there, or of the one that was.
  if (existsSync(former)) {
    if (existsSync(path) && statSync(former).ino === statSync(path).ino) unlinkSync(former);
    else eraseFile(former);
  }
  if (existsSync(path)) linkSync(path, former);
  replaceFile(path, content, fileModes.secret);
  if (existsSync(former)) eraseFile(former);
}

/** Overwrites a file with zeros and removes it. What the disk, its snapshots and backups keep elsewhere is beyond reach. */
export function eraseFile(path: string): void {
  const descriptor = openSync(path, 'r+');
  try {
    writeFileSync(descriptor, new Uint8Array(statSync(path).size));
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
  unlinkSync(path);
}

/** As far as the system lets a directory be synced. */
export function syncDirectory(path: string): void {
  try {
    const descriptor = openSync(path, 'r');
    try {
      fsyncSync(descriptor);
    } finally {
      closeSync(descriptor);
    }
  } catch {
    return;
  }
}
