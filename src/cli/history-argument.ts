/** The history of an alliance on the command line: a file, or a directory that holds it, that of an organization with its servers'. */
import { existsSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { E, type Either } from '../prelude/fp.js';
import type { HistoryEntry } from '../management/alliance-history.js';
import { describeDirectoryError } from '../server/directory/errors.js';
import { readHistory } from '../server/directory/founding-consents.js';
import { fileNames, folderNames } from '../server/directory/layout.js';
import { badInput, type Failure } from './outcome.js';

/** The longest of a directory: servers extend theirs with every epoch, and whoever has none keeps that of the founding. */
export async function readHistoryAt(path: string): Promise<Either<Failure, readonly HistoryEntry[]>> {
  let longest: readonly HistoryEntry[] = [];
  const files = historiesIn(path);
  for (const file of files.length === 0 ? [missingIn(path)] : files) {
    const entries = await readHistory(file)();
    if (E.isLeft(entries)) return badInput(describeDirectoryError(entries.left));
    if (entries.right.length > longest.length) longest = entries.right;
  }
  return E.right(longest);
}

/** The file itself; or those of the directory, and of the servers in it. */
export function historiesIn(path: string): readonly string[] {
  if (!isDirectory(path)) return existsSync(path) ? [path] : [];
  const servers = join(path, folderNames.servers);
  const names = existsSync(servers) ? readdirSync(servers).sort() : [];
  return [path, ...names.map((name) => join(servers, name))]
    .map((directory) => join(directory, fileNames.history))
    .filter((file) => existsSync(file));
}

function missingIn(path: string): string {
  return isDirectory(path) ? join(path, fileNames.history) : path;
}

function isDirectory(path: string): boolean {
  return existsSync(path) && statSync(path).isDirectory();
}
