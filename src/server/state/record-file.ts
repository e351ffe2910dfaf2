/** Small files that appear whole or not at all, over the few operations of a {@link Disk}, with a checksum behind their bytes. */
import { dirname } from 'node:path';
import { concatBytes, equalBytes } from '../../prelude/bytes.js';
import { digest } from '../../prelude/digest.js';
import type { Disk } from '../../storage/disk.js';

/** What a record is called while it is written: such a file is of no account. */
export const draftSuffix = '.new';

const checksumLength = 8;

function checksum(bytes: Uint8Array): Uint8Array {
  return digest(bytes).subarray(0, checksumLength);
}

/** Puts `bytes` in the place of whatever file `path` was, durably. */
export async function writeRecord(disk: Disk, path: string, bytes: Uint8Array): Promise<void> {
  const draft = `${path}${draftSuffix}`;
  await writeWhole(disk, draft, [concatBytes(bytes, checksum(bytes))]);
  await disk.rename(draft, path);
  await disk.syncDirectory(dirname(path));
}

/** The bytes of a record; `undefined` where they are not those that were written. */
export async function readRecord(disk: Disk, path: string): Promise<Uint8Array | undefined> {
  const file = await disk.read(path);
  const bytes = new Uint8Array(file.subarray(0, Math.max(0, file.length - checksumLength)));
  return equalBytes(file.subarray(bytes.length), checksum(bytes)) ? bytes : undefined;
}

/** Writes a file that consists of these parts, durably but for its name. */
export async function writeWhole(disk: Disk, path: string, parts: Iterable<Uint8Array>): Promise<void> {
  await disk.createZeroed(path, 0);
  const file = await disk.open(path);
  try {
    let at = 0;
    for (const part of parts) {
      await file.write(part, at);
      at += part.length;
    }
  } finally {
    await file.close();
  }
}
