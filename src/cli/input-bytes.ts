/** All of a file or of standard input at once, as bytes, and results written where people say. */
import { stat } from 'node:fs/promises';
import { E, type Either } from '../prelude/fp.js';
import { describeDirectoryError, type DirectoryError } from '../server/errors.js';
import { fileModes, replaceFile } from '../server/durable-files.js';
import { errorReason, readFileBytes } from '../server/text-files.js';
import type { Io } from './io.js';
import { badInput, type Failure } from './outcome.js';

/** Reads `file`, or standard input for `-`; refuses more than `maxBytes`. */
export async function readInput(file: string, maxBytes: number, io: Io): Promise<Either<Failure, Uint8Array>> {
  if (file === '-') return readStandardInput(maxBytes, io);
  const bytes = await readFileBytes(file, maxBytes)();
  return E.isLeft(bytes) ? badInput(describeReading(bytes.left)) : bytes;
}

async function readStandardInput(maxBytes: number, { stdin }: Io): Promise<Either<Failure, Uint8Array>> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  for await (const piece of stdin) {
    const chunk = typeof piece === 'string' ? Buffer.from(piece) : (piece as Uint8Array);
    length += chunk.length;
    if (length > maxBytes) return badInput(`standard input: larger than ${maxBytes} bytes`);
    chunks.push(chunk);
  }
  return E.right(new Uint8Array(Buffer.concat(chunks)));
}

/** Why a file that is no part of an alliance's directory was not read. */
export function describeReading(error: DirectoryError): string {
  return error._tag === 'MissingFile' ? `${error.path}: no such file` : describeDirectoryError(error);
}

/** Puts a result in its file, whole or not at all, never in the place of one of the `sources` that it was made from. */
export async function writeOutput(
  path: string,
  content: string | Uint8Array,
  sources: readonly string[],
  mode: number = fileModes.public,
): Promise<Either<Failure, string>> {
  for (const source of sources) {
    if (await isSameFile(path, source)) return badInput(`--out ${path}: that is the input; name another file`);
  }
  try {
    replaceFile(path, content, mode);
    return E.right(path);
  } catch (error) {
    return badInput(`${path}: cannot be written (${errorReason(error)})`);
  }
}

async function isSameFile(a: string, b: string): Promise<boolean> {
  try {
    const [first, second] = await Promise.all([stat(a), stat(b)]);
    return first.ino === second.ino && first.dev === second.dev;
  } catch {
    return false;
  }
}
