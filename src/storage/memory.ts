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
  private slots: Uint8Array[] = [];
  private dropped = 0;
  private kept: Uint8Array | undefined;
  private readonly table = new Map<string, Uint8Array>();

  get first(): number {
    return this.dropped + 1;
  }

  get last(): number {
    return this.dropped + this.slots.length;
  }

  get base(): Uint8Array | undefined {
    return this.kept;
  }

  append(entry: StoredSlot): Promise<void> {
    invariant(entry.slot === this.last + 1, 'slots are stored in order');
    this.slots.push(entry.record);
    return Promise.resolve();
  }

  read(from: number, limits: { readonly maxCount: number; readonly maxBytes: number }): readonly StoredSlot[] {
    return readRun(from, limits, (slot) => this.slots[slot - this.first]);
  }

  put(name: string, value: Uint8Array): Promise<void> {
    this.table.set(name, value);
    return Promise.resolve();
  }

  get(name: string): Uint8Array | undefined {
    return this.table.get(name);
  }

  prune(upTo: number, base: Uint8Array, names: readonly string[] = []): Promise<void> {
    invariant(upTo >= this.first && upTo <= this.last, 'only slots that are stored are dropped');
    this.slots = this.slots.slice(upTo - this.dropped);
    for (const name of names) this.table.delete(name);
    return this.setBase(upTo, base);
  }

  reset(slot: number, base: Uint8Array): Promise<void> {
    this.slots = [];
    return this.setBase(slot, base);
  }

  close(): Promise<void> {
    return Promise.resolve();
  }

  private setBase(slot: number, base: Uint8Array): Promise<void> {
    this.dropped = slot;
    this.kept = base;
    return Promise.resolve();
  }
}
