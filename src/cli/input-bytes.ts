/** All of a file or of standard input at once, as bytes. */
import { E, type Either } from '../prelude/fp.js';
import { describeDirectoryError, type DirectoryError } from '../server/errors.js';
import { readFileBytes } from '../server/text-files.js';
import type { Io } from './io.js';
import { badInput, type Failure } from './outcome.js';

/** Reads `file`, or standard input for `-`; refuses more than `maxBytes`. */
export async function readInput(file: string, maxBytes: number, io: Io): Promise<Either<Failure, Uint8Array>> {
  if (file === '-') return readStandardInput(maxBytes, io);
  const bytes = await readFileBytes(file, maxBytes)();
  return E.isLeft(bytes) ? badInput(describeReading(bytes.left)) : bytes;
}

/** Complains where several options would read standard input, which only the first of them would get. */
export function complaintOfSharedInput(files: Readonly<Record<string, string | undefined>>): string | undefined {
  const readers = Object.keys(files).filter((option) => files[option] === '-');
  return readers.length < 2 ? undefined : `${readers.join(', ')}: only one of them can read standard input`;
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
