/**
 * A directory that appears whole or not at all: written beside its place, then renamed. All of it happens in one turn, without
 * waiting, so that no signal that the program handles can come in between.
 */
import { existsSync, mkdirSync, mkdtempSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { E, type Either } from '../../prelude/fp.js';
import { fileModes, syncDirectory, writeNewFile } from './durable-files.js';
import type { FoundingError } from './errors.js';
import { errorReason } from './text-files.js';

/** One file of a new directory, or an empty directory in it. */
export interface NewEntry {
  /** Relative to the new directory. */
  readonly path: string;
  /** `undefined` for an empty directory. */
  readonly content?: string;
  /** Nobody but its owner may read it. */
  readonly isSecret?: boolean;
}

/** Whether `path` may become a new directory: nothing is there, or an empty directory. */
export function checkVacant(path: string): Either<FoundingError, string> {
  try {
    if (existsSync(path) && readdirSync(path).length > 0) return E.left({ _tag: 'NotVacant', path });
    return E.right(path);
  } catch (error) {
    return E.left({ _tag: 'CannotWrite', path, reason: errorReason(error) });
  }
}

/** Writes `entries` durably, directories with mode 0700, secret files with 0600. On failure nothing is left. */
export function writeNewDirectory(path: string, entries: readonly NewEntry[]): Either<FoundingError, string> {
  const target = resolve(path);
  let draft: string | undefined;
  try {
    mkdirSync(dirname(target), { recursive: true });
    draft = mkdtempSync(join(dirname(target), `.${basename(target)}.partial-`));
    for (const entry of entries) writeEntry(draft, entry);
    const vacant = checkVacant(target);
    if (E.isLeft(vacant)) return vacant;
    renameSync(draft, target);
    syncDirectory(dirname(target));
    return E.right(target);
  } catch (error) {
    return E.left({ _tag: 'CannotWrite', path, reason: errorReason(error) });
  } finally {
    if (draft !== undefined) rmSync(draft, { recursive: true, force: true });
  }
}

/** Writes one entry below `root`. A failure is thrown as the operating system tells it. */
export function writeEntry(root: string, { path, content, isSecret = false }: NewEntry): void {
  const full = join(root, path);
  mkdirSync(content === undefined ? full : dirname(full), { recursive: true, mode: 0o700 });
  if (content !== undefined) writeNewFile(full, content, isSecret ? fileModes.secret : fileModes.public);
}
