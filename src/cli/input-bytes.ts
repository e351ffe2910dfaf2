/** All of a file or of standard input at once, as bytes. */
import { E, type Either } from '../prelude/fp.js';
import { describeDirectoryError, type DirectoryError } from '../server/directory/errors.js';
import { joined, readFileBytes } from '../server/directory/text-files.js';
import type { Io } from './io.js';
import { badInput, type Failure } from './outcome.js';

/**
 * Reads `file`, or standard input for `-`; refuses more than `maxBytes`.
 *
 * @param remedy - what to do with more, if anything.
 */
export async function readInput(
  file: string,
  maxBytes: number,
  io: Io,
  remedy?: string,
): Promise<Either<Failure, Uint8Array>> {
  const bytes = file === '-' ? await readStandardInput(maxBytes, io) : await readFileBytes(file, maxBytes)();
  if (E.isRight(bytes)) return bytes;
  const isTooLarge = bytes.left._tag === 'FileTooLarge' && remedy !== undefined;
  return badInput(`${describeReading(bytes.left)}${isTooLarge ? `: ${remedy}` : ''}`);
}

/** Complains where several options would read standard input, which only the first of them would get. */
export function complaintOfSharedInput(files: Readonly<Record<string, string | undefined>>): string | undefined {
  const readers = Object.keys(files).filter((option) => files[option] === '-');
  return readers.length < 2 ? undefined : `${readers.join(', ')}: only one of them can read standard input`;
}

async function readStandardInput(maxBytes: number, { stdin }: Io): Promise<Either<DirectoryError, Uint8Array>> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  for await (const piece of stdin) {
    const chunk = typeof piece === 'string' ? Buffer.from(piece) : (piece as Uint8Array);
    length += chunk.length;
    if (length > maxBytes) return E.left({ _tag: 'FileTooLarge', path: 'standard input', maxBytes });
    chunks.push(chunk);
  }
  return E.right(joined(chunks));
}

/** Why a file that is no part of an alliance's directory was not read. */
export function describeReading(error: DirectoryError): string {
  switch (error._tag) {
    case 'MissingFile':
      return `${error.path}: no such file`;
    case 'FileTooLarge':
      return `${error.path}: longer than ${sizeText(error.maxBytes)}, the most that is read here`;
    default:
      return describeDirectoryError(error);
  }
}

const units = [
  ['GiB', 2 ** 30],
  ['MiB', 2 ** 20],
] as const;

/** `16 MiB (16777216 bytes)`. */
function sizeText(bytes: number): string {
  const [name, size] = units.find(([, unit]) => bytes % unit === 0) ?? ['', bytes];
  return name === '' ? `${bytes} bytes` : `${bytes / size} ${name} (${bytes} bytes)`;
}
