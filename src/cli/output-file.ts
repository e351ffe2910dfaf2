/** A small public file that a command writes: whole or not at all, and over nothing else. */
import { existsSync, readFileSync } from 'node:fs';
import { E, type Either } from '../prelude/fp.js';
import { fileModes, replaceFile } from '../server/directory/durable-files.js';
import { errorReason } from '../server/directory/text-files.js';
import { badInput, type Failure } from './outcome.js';

/** @param option - by which another file can be named. */
export function writeOutput(path: string, content: string, option: string): Either<Failure, void> {
  try {
    if (existsSync(path)) {
      if (readFileSync(path, 'utf8') === content) return E.right(undefined);
      return badInput(`${path}: it exists already: remove it, or name another file with ${option}`);
    }
    replaceFile(path, content, fileModes.public);
    return E.right(undefined);
  } catch (error) {
    return badInput(`${path}: cannot be written (${errorReason(error)})`);
  }
}
