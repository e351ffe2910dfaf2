/** Durable writes, whether the event loop waits for them or not. */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { nodeDisk } from '../../src/storage/disk.js';

let directory: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'koinon-disk-'));
});
afterEach(() => {
  vi.restoreAllMocks();
  rmSync(directory, { recursive: true });
});

describe('a durable file', () => {
  it('holds what was written, short or long, on a quick disk and on a slow one', async () => {
    const path = join(directory, 'file');
    await nodeDisk.createZeroed(path, 400_000);
    const file = await nodeDisk.open(path);
    let nowMs = 0;
    const expected = new Uint8Array(400_000);
    const write = async (byte: number, length: number, at: number): Promise<void> => {
      const bytes = new Uint8Array(length).fill(byte);
      expected.set(bytes, at);
      await file.write(bytes, at);
    };
    await write(1, 10, 0);
    await write(2, 100_000, 10);
    // Every look at the clock is a second later: from here on the disk seems slow.
    vi.spyOn(performance, 'now').mockImplementation(() => (nowMs += 1000));
    await write(3, 10, 100_010);
    await write(4, 10, 100_020);
    await write(5, 100_000, 200_000);
    await file.close();
    expect(new Uint8Array(readFileSync(path))).toEqual(expected);
  });

  it('is written at once where the disk is quick', async () => {
    const path = join(directory, 'file');
    await nodeDisk.createZeroed(path, 10);
    const file = await nodeDisk.open(path);
    const written = file.write(Uint8Array.of(7), 3);
    expect(readFileSync(path)[3]).toBe(7);
    await written;
    await file.close();
  });

  it('says that a write failed, and does not throw', async () => {
    const path = join(directory, 'file');
    await nodeDisk.createZeroed(path, 10);
    const file = await nodeDisk.open(path);
    await file.close();
    await expect(file.write(Uint8Array.of(7), 3)).rejects.toThrow();
  });
});
