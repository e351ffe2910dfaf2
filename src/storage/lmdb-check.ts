/**
 * A look at an LMDB file before LMDB maps it: a damaged or foreign file would end the process by a signal instead of
 * giving an error. Layout: the two meta pages of LMDB's data format 2 (`MDB_page`, `MDB_meta`), with 64-bit little-endian fields.
 */
import { closeSync, existsSync, fstatSync, ftruncateSync, openSync, readSync } from 'node:fs';
import { E, type Either } from '../prelude/fp.js';
import { type StorageError, storageErrorOf } from './errors.js';

const field = { magic: 24, version: 28, pageSize: 48, lastPage: 144, end: 152 } as const;
const metaMagic = 0xbeefc0de;
const metaVersion = 2;

/**
 * Whether `path` is a file that LMDB can map; a missing or empty one is, being new.
 * A file shorter than LMDB believes is filled up with zeros, which LMDB reports where a lost page is needed.
 */
export function checkDataFile(path: string): Either<StorageError, { readonly isNew: boolean }> {
  if (!existsSync(path)) return E.right({ isNew: true });
  try {
    const file = openSync(path, 'r+');
    try {
      return checkOpenFile(path, file);
    } finally {
      closeSync(file);
    }
  } catch (error) {
    return E.left(storageErrorOf(error, path));
  }
}

function checkOpenFile(path: string, file: number): Either<StorageError, { readonly isNew: boolean }> {
  const size = fstatSync(file).size;
  if (size === 0) return E.right({ isNew: true });
  const first = readMeta(file, 0);
  if (first === undefined) return damaged(path, 0);
  const second = readMeta(file, first.pageSize);
  if (second === undefined) return damaged(path, first.pageSize);
  const needed = (Math.max(first.lastPage, second.lastPage) + 1) * first.pageSize;
  if (!Number.isSafeInteger(needed) || needed > size + maxMissingBytes) return damaged(path, size);
  if (needed > size) ftruncateSync(file, needed);
  return E.right({ isNew: false });
}

/** Pages that LMDB allocated and never wrote may be missing from an intact file; not many of them. */
const maxMissingBytes = 1 << 30;

function readMeta(
  file: number,
  position: number,
): { readonly pageSize: number; readonly lastPage: number } | undefined {
  const page = Buffer.alloc(field.end);
  if (readSync(file, page, 0, field.end, position) < field.end) return undefined;
  if (page.readUInt32LE(field.magic) !== metaMagic || page.readUInt32LE(field.version) !== metaVersion)
    return undefined;
  const pageSize = page.readUInt32LE(field.pageSize);
  if (pageSize < 512 || pageSize > 65536 || (pageSize & (pageSize - 1)) !== 0) return undefined;
  return { pageSize, lastPage: Number(page.readBigUInt64LE(field.lastPage)) };
}

function damaged(path: string, offset: number): Either<StorageError, never> {
  return E.left({ _tag: 'Corrupt', path, offset, detail: 'no LMDB file of data format 2' });
}
