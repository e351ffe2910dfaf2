/** What durability costs: the journal, one record at a time and grouped, beside plain append and fdatasync in the same run. */
import { mkdtempSync, rmSync } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openJournal } from '../src/storage/journal.js';
import { openLogStore } from '../src/storage/lmdb.js';
import { right } from '../test/support/right.js';

const recordBytes = 400;
const record = new Uint8Array(recordBytes).fill(7);

interface Subject {
  readonly name: string;
  readonly append: () => Promise<unknown>;
  readonly close: () => Promise<unknown>;
}

async function plainFile(directory: string): Promise<Subject> {
  const file: FileHandle = await open(join(directory, 'plain'), 'a');
  const append = async (): Promise<void> => {
    await file.write(record);
    await file.datasync();
  };
  return { name: 'append + fdatasync', append, close: () => file.close() };
}

async function journal(directory: string): Promise<Subject> {
  const opened = right(await openJournal(join(directory, 'journal'))());
  return { name: 'journal', append: () => opened.append(record), close: () => opened.close() };
}

async function logStore(directory: string): Promise<Subject> {
  const store = right(await openLogStore(join(directory, 'log'))());
  return { name: 'lmdb', append: () => store.append({ slot: store.last + 1, record }), close: () => store.close() };
}

/** Appends with so many outstanding, for so long; the rate in records a second. */
async function rate({ append }: Subject, outstanding: number, durationMs: number): Promise<number> {
  const endAt = performance.now() + durationMs;
  let count = 0;
  const worker = async (): Promise<void> => {
    while (performance.now() < endAt) {
      await append();
      count++;
    }
  };
  await Promise.all(Array.from({ length: outstanding }, worker));
  return (count / durationMs) * 1000;
}

const directory = mkdtempSync(join(tmpdir(), 'koinon-bench-'));
const subjects = [await plainFile(directory), await journal(directory), await logStore(directory)];
console.log(`records of ${recordBytes} bytes, ${process.platform}, Node ${process.version}`);
for (const outstanding of [1, 64]) {
  let baseline: number | undefined;
  for (const subject of subjects) {
    const perSecond = await rate(subject, outstanding, 1500);
    baseline ??= perSecond;
    const ratio = (perSecond / baseline).toFixed(2);
    console.log(
      `${String(outstanding).padStart(3)} outstanding  ${subject.name.padEnd(20)} ${perSecond.toFixed(0).padStart(8)}/s  x${ratio}`,
    );
  }
}
for (const subject of subjects) await subject.close();
rmSync(directory, { recursive: true });
