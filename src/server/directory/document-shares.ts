/** A server's shares of keys for documents, as they lie in its directory: `keys/NAME.share.json`, for every key that it holds. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { E, type Either } from '../../prelude/fp.js';
import { isName } from '../../prelude/process.js';
import { eraseFile } from './durable-files.js';
import type { DirectoryError } from './errors.js';
import { documentSharePath, documentShareSuffix, folderNames } from './layout.js';
import type { NewEntry } from './new-directory.js';
import { readingError } from './text-files.js';

/** The names of the keys of which there is a share. */
export function heldDocumentKeys(server: string): Either<DirectoryError, readonly string[]> {
  const folder = join(server, folderNames.keys);
  try {
    return E.right(namesIn(folder));
  } catch (error) {
    return E.left(readingError(folder, error));
  }
}

function namesIn(folder: string): readonly string[] {
  if (!existsSync(folder)) return [];
  const files = readdirSync(folder).filter((file) => file.endsWith(documentShareSuffix));
  return files.map((file) => file.slice(0, -documentShareSuffix.length)).filter(isName);
}

/** What takes the place of the shares in `server`: those in `prepared`, if any, and no other. Failures are thrown. */
export function documentShareEntries(server: string, prepared: string): readonly NewEntry[] {
  const names = namesIn(join(prepared, folderNames.keys));
  const none = existsSync(join(server, folderNames.keys)) ? [{ path: folderNames.keys }] : [];
  if (names.length === 0) return none;
  return names.map((name) => ({
    path: documentSharePath('', name),
    content: readFileSync(documentSharePath(prepared, name), 'utf8'),
    isSecret: true,
  }));
}

/** Failures are thrown. */
export function eraseDocumentShares(server: string): void {
  for (const name of namesIn(join(server, folderNames.keys))) eraseFile(documentSharePath(server, name));
}
