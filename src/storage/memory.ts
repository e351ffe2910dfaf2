/** A journal and a log store that forget everything with the process: for tests, simulators and benchmarks. */
import { invariant } from '../prelude/invariant.js';
import { readRun } from './run.js';
import type { Journal, LogStore, StoredSlot } from './storage.js';

/** A {@link Journal} in memory. */
export class MemoryJournal implements Journal {
  private records: Uint8Array[] = [];
  size = 0;

  /** @param recovered - what an earlier journal left behind: the `contents` of another one, for a restart. */
  constructor(readonly recovered: readonly Uint8Array[] = []) {
    this.records = [...recovered];
  }

  /** Every record since the last rewrite, oldest first: what a restart would recover. */
  get contents(): readonly Uint8Array[] {
    return this.records;
  }

  append(record: Uint8Array): Promise<void> {
    this.records.push(record);
    this.size += record.length;
    return Promise.resolve();
  }

  rewrite(records: readonly Uint8Array[]): Promise<void> {
    this.records = [...records];
    this.size = 0;
    return Promise.resolve();
  }

  close(): Promise<void> {
    return Promise.resolve();
  }
}

/** A {@link LogStore} in memory. */
export class MemoryLogStore implements LogStore {
  private readonly slots: Uint8Array[] = [];
  private readonly table = new Map<string, Uint8Array>();

  get last(): number {
    return this.slots.length;
  }

  append(entry: StoredSlot): Promise<void> {
    invariant(entry.slot === this.last + 1, 'slots are stored in order');
    this.slots.push(entry.record);
    return Promise.resolve();
  }

  read(from: number, limits: { readonly maxCount: number; readonly maxBytes: number }): readonly StoredSlot[] {
    return readRun(from, limits, (slot) => this.slots[slot - 1]);
  }

  put(name: string, value: Uint8Array): Promise<void> {
    this.table.set(name, value);
    return Promise.resolve();
  }

  get(name: string): Uint8Array | undefined {
    return this.table.get(name);
  }

  close(): Promise<void> {
    return Promise.resolve();
  }
}
