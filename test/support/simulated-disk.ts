/**
 * A disk in memory that loses its power at any step: the write under way is torn, and of the names changed since their
 * directory was last synced all, none, or the last alone survive.
 */
import { basename, dirname } from 'node:path';
import type { Disk } from '../../src/storage/disk.js';
import { StorageFailure } from '../../src/storage/errors.js';

interface Inode {
  bytes: Uint8Array;
}

type NameChange = (names: Map<string, Inode>) => void;

/** Which changes of names survive. */
export type Survival = 'all' | 'none' | 'last';

export const survivals: readonly Survival[] = ['all', 'none', 'last'];

export class SimulatedDisk implements Disk {
  steps = 0;
  /** The step at which the power goes. */
  cutAt = Number.POSITIVE_INFINITY;
  private names = new Map<string, Inode>();
  private synced = new Map<string, Inode>();
  private unsynced: NameChange[] = [];

  /** The power is back. */
  restart(survival: Survival): void {
    this.cutAt = Number.POSITIVE_INFINITY;
    const kept = survival === 'all' ? this.unsynced : survival === 'last' ? this.unsynced.slice(-1) : [];
    for (const change of kept) change(this.synced);
    this.names = new Map(this.synced);
    this.unsynced = [];
  }

  /** Something that changes the disk happens; also for stores that are simulated beside it. */
  step(): void {
    this.steps += 1;
    if (this.steps >= this.cutAt)
      throw new StorageFailure({ _tag: 'WriteFailed', path: 'simulated', detail: 'the power is gone' });
  }

  list(directory: string): Promise<readonly string[]> {
    const here = [...this.names.keys()].filter((path) => dirname(path) === directory);
    return Promise.resolve(here.map((path) => basename(path)));
  }

  async read(path: string): Promise<Uint8Array> {
    return Promise.resolve(this.inode(path).bytes.slice());
  }

  async readPart(path: string, position: number, length: number): Promise<Uint8Array> {
    return Promise.resolve(this.inode(path).bytes.slice(position, position + length));
  }

  async createZeroed(path: string, size: number): Promise<void> {
    await this.cut();
    const known = this.names.get(path);
    if (known !== undefined) {
      known.bytes = new Uint8Array(size);
      return;
    }
    const inode = { bytes: new Uint8Array(size) };
    this.change((names) => names.set(path, inode));
  }

  async open(path: string) {
    const inode = this.inode(path);
    return Promise.resolve({
      write: async (bytes: Uint8Array, position: number) => {
        const torn = this.steps + 1 >= this.cutAt ? bytes.subarray(0, bytes.length >>> 1) : bytes;
        if (this.steps + 1 <= this.cutAt) writeAt(inode, torn, position);
        await this.cut();
      },
      close: () => Promise.resolve(),
    });
  }

  async rename(from: string, to: string): Promise<void> {
    await this.cut();
    const inode = this.inode(from);
    this.change((names) => {
      names.delete(from);
      names.set(to, inode);
    });
  }

  async remove(path: string): Promise<void> {
    await this.cut();
    this.inode(path);
    this.change((names) => names.delete(path));
  }

  async syncDirectory(): Promise<void> {
    await this.cut();
    this.synced = new Map(this.names);
    this.unsynced = [];
  }

  /** Changes one byte behind everybody's back. */
  flip(name: string, at: number): void {
    const [path] = [...this.names.keys()].filter((one) => one.endsWith(name));
    const { bytes } = this.inode(path ?? name);
    bytes[at] = (bytes[at] ?? 0) ^ 1;
  }

  private async cut(): Promise<void> {
    await Promise.resolve();
    this.step();
  }

  private change(change: NameChange): void {
    change(this.names);
    this.unsynced.push(change);
  }

  private inode(path: string): Inode {
    const inode = this.names.get(path);
    if (inode === undefined) throw new Error(`ENOENT: no such file, ${path}`);
    return inode;
  }
}

function writeAt(inode: Inode, bytes: Uint8Array, position: number): void {
  const end = position + bytes.length;
  if (inode.bytes.length < end) {
    const longer = new Uint8Array(end);
    longer.set(inode.bytes);
    inode.bytes = longer;
  }
  inode.bytes.set(bytes, position);
}
