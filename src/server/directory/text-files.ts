/** Reading small files whose content is not trusted yet: bounded, strict UTF-8, and every failure a value. */
import type { Stats } from 'node:fs';
import { open } from 'node:fs/promises';
import { join } from 'node:path';
import { fromUtf8 } from '../../prelude/bytes.js';
import { E, type Either, type TaskEither } from '../../prelude/fp.js';
import type { DirectoryError } from './errors.js';

/** Who may be able to read a file: anybody, or its owner alone. */
export type Readers = 'anybody' | 'owner';

/** Reads at most `maxBytes`; a longer file is refused, not cut, and so is a secret one that others than its owner may read. */
export function readTextFile(
  path: string,
  maxBytes: number,
  readers: Readers = 'anybody',
): TaskEither<DirectoryError, string> {
  return async () => {
    const bytes = await readFileBytes(path, maxBytes, readers)();
    if (E.isLeft(bytes)) return bytes;
    const text = fromUtf8(bytes.right);
    return text === undefined ? E.left({ _tag: 'MalformedFile', path, expected: 'text in UTF-8' }) : E.right(text);
  };
}

/** As {@link readTextFile}, for a file of any bytes. */
export function readFileBytes(
  path: string,
  maxBytes: number,
  readers: Readers = 'anybody',
): TaskEither<DirectoryError, Uint8Array> {
  return async () => {
    const file = await readOpened(path, maxBytes)();
    if (E.isLeft(file)) return file;
    const { bytes, isOpenToOthers } = file.right;
    return readers === 'owner' && isOpenToOthers ? E.left({ _tag: 'OpenToOthers', path }) : E.right(bytes);
  };
}

/** What a file held when it was opened, and who might have opened it. */
export interface OpenedFile {
  readonly bytes: Uint8Array;
  readonly isOpenToOthers: boolean;
}

/**
 * For files that only their content tells to be secret: both answers are of one opening, so that nobody puts another file there
 * in between, and a pipe, which gives its bytes once, can be read.
 */
export function readOpened(path: string, maxBytes: number): TaskEither<DirectoryError, OpenedFile> {
  return async () => {
    const file = await readBytes(path, maxBytes + 1);
    if (E.isLeft(file) || file.right.bytes.length <= maxBytes) return file;
    return E.left({ _tag: 'FileTooLarge', path, maxBytes });
  };
}

const [leastChunk, mostChunk] = [1 << 16, 1 << 22];

/** However many they are: a pipe may give a byte at a time. */
export function joined(chunks: readonly Uint8Array[]): Uint8Array {
  const { buffer, byteOffset, length } = Buffer.concat(chunks);
  return new Uint8Array(buffer, byteOffset, length);
}

/** At most `maxBytes`, also of a pipe, whose size nobody knows before. */
async function readBytes(path: string, maxBytes: number): Promise<Either<DirectoryError, OpenedFile>> {
  try {
    const file = await open(path, 'r');
    try {
      const stats = await file.stat();
      const chunks: Uint8Array[] = [];
      let size = leastChunk;
      for (let length = 0; length < maxBytes; ) {
        const wanted = Math.min(size, maxBytes - length);
        const { bytesRead, buffer } = await file.read(new Uint8Array(wanted));
        if (bytesRead === 0) break;
        chunks.push(bytesRead === wanted ? buffer : buffer.slice(0, bytesRead));
        length += bytesRead;
        // A gigabyte in small pieces takes half a minute; of a pipe there are no others.
        size = bytesRead === wanted ? Math.min(2 * size, mostChunk) : leastChunk;
      }
      return E.right({ bytes: joined(chunks), isOpenToOthers: isOpenToOthers(stats) });
    } finally {
      await file.close();
    }
  } catch (error) {
    return E.left(readingError(path, error));
  }
}

const othersMask = 0o077;

/** Where the system knows modes. A pipe has no others. */
function isOpenToOthers(stats: Stats): boolean {
  return process.platform !== 'win32' && stats.isFile() && (stats.mode & othersMask) !== 0;
}

/** What a failure to read `path` means. */
export function readingError(path: string, error: unknown): DirectoryError {
  const code = errorCode(error);
  if (code === 'ENOENT' || code === 'ENOTDIR') return { _tag: 'MissingFile', path };
  return { _tag: 'UnreadableFile', path, reason: errorReason(error) };
}

const reasons: Readonly<Record<string, string>> = {
  EACCES: 'permission denied',
  EPERM: 'permission denied',
  EISDIR: 'it is a directory',
  EEXIST: 'something else stands there',
  ELOOP: 'links that lead nowhere',
  ENAMETOOLONG: 'the name is too long',
  ENOENT: 'no such directory',
  ENOTDIR: 'a file stands where a directory should',
  ENOSPC: 'the disk is full',
  EROFS: 'the disk is read-only',
};

/** The operating system's word for what went wrong, in plain English where there is one. */
export function errorReason(error: unknown): string {
  const code = errorCode(error);
  return reasons[code] ?? code;
}

function errorCode(error: unknown): string {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : 'unknown error';
}

/**
 * Files of one directory by name, read in order; the first that cannot be read is the error.
 *
 * @param secretNames - those that only their owner may be able to read.
 */
export function readTextFiles<N extends string>(
  directory: string,
  maxBytesByName: Readonly<Record<N, number>>,
  secretNames: ReadonlySet<string>,
): TaskEither<DirectoryError, Readonly<Record<N, string>>> {
  return async () => {
    const texts: Partial<Record<N, string>> = {};
    for (const name of Object.keys(maxBytesByName) as N[]) {
      const readers = secretNames.has(name) ? 'owner' : 'anybody';
      const text = await readTextFile(join(directory, name), maxBytesByName[name], readers)();
      if (E.isLeft(text)) return text;
      texts[name] = text.right;
    }
    return E.right(texts as Readonly<Record<N, string>>);
  };
}
