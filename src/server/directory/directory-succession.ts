/**
 * Files of a directory that are replaced together, so that a crash at any instant loses neither the old nor the new ones:
 * the new ones are written and made durable beside the old, one rename decides, and what follows can be finished by whoever
 * comes next. Secret files and folders, which hold secrets, are overwritten before they go, once the new ones are in place.
 */
import { existsSync, lstatSync, mkdirSync, mkdtempSync, readdirSync, renameSync, rmdirSync, unlinkSync } from 'node:fs';
import { join } from 'node:path';
import { E, type Either } from '../../prelude/fp.js';
import { describeStorageError, type StorageError } from '../../storage/errors.js';
import { type DirectoryLock, lockDirectory } from '../../storage/lock.js';
import { eraseFile, syncDirectory } from './durable-files.js';
import { secretFileNames } from './layout.js';
import { type NewEntry, writeEntry } from './new-directory.js';
import { errorReason } from './text-files.js';

/** What stands in the directory only between a crash and the next settlement. */
export const successionNames = {
  draft: '.koinon-next.partial-',
  /** Complete: its content is to take its place. */
  next: '.koinon-next',
  old: '.koinon-old',
  lock: '.koinon-lock',
} as const;

type SuccessionError =
  | { readonly _tag: 'CannotReplace'; readonly path: string; readonly reason: string }
  /** Another process is replacing files of the directory. */
  | { readonly _tag: 'Busy'; readonly path: string; readonly holder: number };

export function describeSuccessionError(error: SuccessionError): string {
  return error._tag === 'Busy'
    ? `${error.path}: process ${error.holder} is replacing its files: try again when it has ended`
    : `${error.path}: its files cannot be replaced (${error.reason})`;
}

/** Whether a replacement was interrupted in `directory` before it was finished; not where nobody may look. */
export function isUnsettled(directory: string): boolean {
  try {
    return isFolder(join(directory, successionNames.next)) || isFolder(join(directory, successionNames.old));
  } catch {
    return false;
  }
}

/** Whether a replacement was interrupted before it was decided: what it left holds secrets and nothing that is needed. */
export function hasDraft(directory: string): boolean {
  try {
    return readdirSync(directory).some((name) => name.startsWith(successionNames.draft));
  } catch {
    return false;
  }
}

/** The right to replace files of a directory, which one process has at a time. */
export class Succession {
  private constructor(
    private readonly directory: string,
    private readonly lock: DirectoryLock,
  ) {}

  /** Finishes what was interrupted: forward where the new files were complete, and back where they were not. */
  static begin(directory: string): Either<SuccessionError, Succession> {
    const lock = lockDirectory(directory, successionNames.lock);
    if (E.isLeft(lock)) return E.left(lockingError(directory, lock.left));
    const settled = attempt(directory, settlement(directory));
    if (E.isRight(settled)) return E.right(new Succession(directory, lock.right));
    lock.right.release();
    return settled;
  }

  /** Puts the entries in the place of the files and folders of the same names. */
  replace(entries: readonly NewEntry[]): Either<SuccessionError, void> {
    const replaced = attempt(this.directory, succession(this.directory, entries));
    // On a full disk, say: what was not decided holds secrets.
    if (E.isLeft(replaced)) attempt(this.directory, draftRemoval(this.directory));
    return replaced;
  }

  end(): void {
    this.lock.release();
  }
}

function attempt(directory: string, steps: Generator<string>): Either<SuccessionError, void> {
  try {
    while (steps.next().done !== true);
    return E.right(undefined);
  } catch (error) {
    return E.left({ _tag: 'CannotReplace', path: directory, reason: errorReason(error) });
  }
}

function lockingError(path: string, error: StorageError): SuccessionError {
  if (error._tag === 'Locked') return { _tag: 'Busy', path, holder: error.holder };
  return { _tag: 'CannotReplace', path, reason: describeStorageError(error) };
}

/** Every step of a replacement; yields after each, so that tests can end it there. A path is `file` or `folder/file`. */
export function* succession(directory: string, entries: readonly NewEntry[]): Generator<string> {
  const next = join(directory, successionNames.next);
  const draft = mkdtempSync(join(directory, successionNames.draft));
  yield 'an empty draft';
  for (const entry of entries) {
    writeEntry(draft, entry);
    yield `a draft with ${entry.path}`;
  }
  for (const name of readdirSync(draft)) if (isFolder(join(draft, name))) syncDirectory(join(draft, name));
  syncDirectory(draft);
  renameSync(draft, next);
  syncDirectory(directory);
  yield 'the new files are complete';
  yield* settlement(directory);
}

/** Every step of finishing. */
function* settlement(directory: string): Generator<string> {
  const [next, old] = [join(directory, successionNames.next), join(directory, successionNames.old)];
  yield* draftRemoval(directory);
  if (isFolder(next)) {
    if (!isFolder(old)) mkdirSync(old, { mode: 0o700 });
    for (const name of readdirSync(next)) yield* exchange(directory, name);
    syncDirectory(directory);
    rmdirSync(next);
    syncDirectory(directory);
    yield 'the new files are in place';
  }
  if (isFolder(old)) yield* removal(old);
  syncDirectory(directory);
}

function* draftRemoval(directory: string): Generator<string> {
  for (const name of readdirSync(directory)) {
    if (name.startsWith(successionNames.draft)) yield* removal(join(directory, name));
  }
}

function* exchange(directory: string, name: string): Generator<string> {
  const [from, to] = [join(directory, successionNames.next, name), join(directory, name)];
  if ((isFolder(from) || secretFileNames.has(name)) && existsSync(to)) {
    renameSync(to, join(directory, successionNames.old, name));
    yield `the old ${name} is aside`;
  }
  renameSync(from, to);
  yield `the new ${name} is in place`;
}

/** Removes a file or folder, overwriting every file first; of a link no more than the link, wherever it leads. */
function* removal(path: string): Generator<string> {
  if (!isFolder(path)) {
    if (lstatSync(path).isFile()) eraseFile(path);
    else unlinkSync(path);
    yield `${path} is erased`;
    return;
  }
  for (const name of readdirSync(path)) yield* removal(join(path, name));
  rmdirSync(path);
}

/** Overwrites every file of a folder, or the one file, before it goes. Failures are thrown. */
export function eraseTree(path: string): void {
  const steps = removal(path);
  while (steps.next().done !== true);
}

/** A link is none: whoever made the directory could have files elsewhere moved or overwritten by it. */
function isFolder(path: string): boolean {
  return lstatSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false;
}
