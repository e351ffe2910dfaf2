/** The few file operations that the journal and the snapshots are made of; tests put a disk in their place that fails or stops. */
import { constants, writeSync } from 'node:fs';
import { type FileHandle, mkdir, open, readdir, readFile, rename, unlink } from 'node:fs/promises';

/** An open file whose writes are durable when they resolve. */
export interface DurableFile {
  write(bytes: Uint8Array, position: number): Promise<void>;
  close(): Promise<void>;
}

export interface Disk {
  /** Makes the directory if need be, and lists it. */
  list(directory: string): Promise<readonly string[]>;
  read(path: string): Promise<Uint8Array>;
  /** Up to `length` bytes from `position` on; fewer where the file ends before. */
  readPart(path: string, position: number, length: number): Promise<Uint8Array>;
  /** Writes a new file of `size` zero bytes, durably: space that later writes need not ask for. */
  createZeroed(path: string, size: number): Promise<void>;
  open(path: string): Promise<DurableFile>;
  rename(from: string, to: string): Promise<void>;
  remove(path: string): Promise<void>;
  /** Makes renames and removals inside `directory` durable. */
  syncDirectory(directory: string): Promise<void>;
}

const zeroChunk = new Uint8Array(1 << 20);

/** Where the system has no O_DSYNC, every write is followed by fdatasync. */
const durableFlag = (constants as Partial<typeof constants>).O_DSYNC;

/**
 * So few bytes are written while the event loop waits, as long as the disk answers within so many milliseconds: handing a
 * write to another thread and back costs more than the write itself.
 */
const quickBytes = 64 * 1024;
const quickMs = 4;

export const nodeDisk: Disk = {
  async list(directory) {
    await mkdir(directory, { recursive: true, mode: 0o700 });
    return readdir(directory);
  },

  read: (path) => readFile(path),

  async readPart(path, position, length) {
    const file = await open(path, constants.O_RDONLY);
    try {
      return await readFully(file, position, length);
    } finally {
      await file.close();
    }
  },

  async createZeroed(path, size) {
    await withFile(path, constants.O_WRONLY | constants.O_CREAT | constants.O_TRUNC, async (file) => {
      for (let at = 0; at < size; at += zeroChunk.length) {
        await writeFully(file, zeroChunk.subarray(0, Math.min(zeroChunk.length, size - at)), at);
      }
      await file.sync();
    });
  },

  async open(path) {
    const file = await open(path, constants.O_WRONLY | (durableFlag ?? 0), 0o600);
    let lastMs = 0;
    return {
      async write(bytes, position) {
        const startMs = performance.now();
        if (durableFlag !== undefined && bytes.length <= quickBytes && lastMs <= quickMs) {
          writeFullySync(file.fd, bytes, position);
        } else {
          await writeFully(file, bytes, position);
          if (durableFlag === undefined) await file.datasync();
        }
        lastMs = performance.now() - startMs;
      },
      close: () => file.close(),
    };
  },

  rename,
  remove: unlink,

  syncDirectory: (directory) => withFile(directory, constants.O_RDONLY, (file) => file.sync()),
};

async function withFile(path: string, flags: number, use: (file: FileHandle) => Promise<void>): Promise<void> {
  const file = await open(path, flags, 0o600);
  try {
    await use(file);
  } finally {
    await file.close();
  }
}

async function writeFully(file: FileHandle, bytes: Uint8Array, position: number): Promise<void> {
  let done = 0;
  while (done < bytes.length) {
    const { bytesWritten } = await file.write(bytes, done, bytes.length - done, position + done);
    done += bytesWritten;
  }
}

function writeFullySync(file: number, bytes: Uint8Array, position: number): void {
  for (let done = 0; done < bytes.length; ) done += writeSync(file, bytes, done, bytes.length - done, position + done);
}

async function readFully(file: FileHandle, position: number, length: number): Promise<Uint8Array> {
  const bytes = new Uint8Array(length);
  for (let done = 0; done < length; ) {
    const { bytesRead } = await file.read(bytes, done, length - done, position + done);
    if (bytesRead === 0) return bytes.subarray(0, done);
    done += bytesRead;
  }
  return bytes;
}
