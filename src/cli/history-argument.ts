/** The history of an alliance on the command line: a file, or the directory that holds it. */
import { existsSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { E, type Either } from '../prelude/fp.js';
import type { HistoryEntry } from '../management/alliance-history.js';
import { describeDirectoryError } from '../server/directory/errors.js';
import { readHistory } from '../server/directory/founding-consents.js';
import { fileNames } from '../server/directory/layout.js';
import { badInput, type Failure } from './outcome.js';

export async function readHistoryAt(path: string): Promise<Either<Failure, readonly HistoryEntry[]>> {
  const isDirectory = existsSync(path) && statSync(path).isDirectory();
  const entries = await readHistory(isDirectory ? join(path, fileNames.history) : path)();
  return E.isLeft(entries) ? badInput(describeDirectoryError(entries.left)) : entries;
}
