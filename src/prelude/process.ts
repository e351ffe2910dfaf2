/** Processes (the servers of an alliance) and sets of them. */
import { invariant } from './invariant.js';

declare const processBrand: unique symbol;

/** `org/server`, or in offline policies whatever was written (design: "Words"). */
export type ProcessId = string & { readonly [processBrand]: true };

/** Letters, digits, `_` and `.`; no `-`, which stands for `/` in file names. */
const namePattern = /^[A-Za-z0-9_][A-Za-z0-9_.]{0,62}$/;

/** Whether `text` may name an organization or a server. */
export function isName(text: string): boolean {
  return namePattern.test(text);
}

/** Narrows `name` or `org/server`; `undefined` for anything else. */
export function processId(text: string): ProcessId | undefined {
  const parts = text.split('/');
  return parts.length <= 2 && parts.every(isName) ? (text as ProcessId) : undefined;
}

/** The name of the organization that a process belongs to: what stands before its `/`. */
export function organizationOf(process: ProcessId): string {
  const slash = process.indexOf('/');
  return slash === -1 ? process : process.slice(0, slash);
}

/** How a process is named in a path: `/` becomes `-`. */
export function fileNameOf(process: ProcessId): string {
  return process.replace('/', '-');
}

/** The processes of one epoch in a fixed order, from which all its {@link ProcessSet}s are made. */
export class Universe {
  readonly all: ProcessSet;
  readonly none: ProcessSet;
  private readonly indices: ReadonlyMap<ProcessId, number>;
  /** Another universe with the same processes. */
  private twin: Universe | undefined;

  /** @param ids - distinct, in the order that all servers of the epoch use. */
  constructor(readonly ids: readonly ProcessId[]) {
    this.indices = new Map(ids.map((id, index) => [id, index]));
    invariant(this.indices.size === ids.length, 'the processes of a universe are distinct');
    this.none = new ProcessSet(this, new Uint32Array(Math.ceil(ids.length / 32)));
    this.all = this.of(ids);
  }

  get size(): number {
    return this.ids.length;
  }

  has(id: string): id is ProcessId {
    return this.indices.has(id as ProcessId);
  }

  /** Position in {@link ids}, from 0; `undefined` for a stranger. */
  indexOf(id: ProcessId): number | undefined {
    return this.indices.get(id);
  }

  /** The process at `index`, from 0; `undefined` beyond the end. */
  at(index: number): ProcessId | undefined {
    return this.ids[index];
  }

  /** The set of those `ids` that belong to this universe: strangers are ignored, repetitions count once. */
  of(ids: Iterable<ProcessId>): ProcessSet {
    const words = new Uint32Array(this.none.words.length);
    for (const id of ids) {
      const index = this.indices.get(id);
      if (index !== undefined) words[index >>> 5] = (words[index >>> 5] ?? 0) | (1 << (index & 31));
    }
    return new ProcessSet(this, words);
  }

  /** Quick where it is the same object, or the one that was last found equal. */
  equals(other: Universe): boolean {
    if (this === other || this.twin === other) return true;
    if (this.size !== other.size || !this.ids.every((id, index) => id === other.ids[index])) return false;
    this.twin = other;
    return true;
  }
}

/** An immutable set of processes: a bitset over its {@link Universe}. Two sets meet only within one universe. */
export class ProcessSet implements Iterable<ProcessId> {
  constructor(
    readonly universe: Universe,
    /** 32 processes a word, the first in the lowest bit. Not to be changed. */
    readonly words: Uint32Array,
  ) {}

  has(id: ProcessId): boolean {
    const index = this.universe.indexOf(id);
    return index !== undefined && this.hasIndex(index);
  }

  /** Whether the process at position `index` (from 0) of the universe is in the set. */
  hasIndex(index: number): boolean {
    return (((this.words[index >>> 5] ?? 0) >>> (index & 31)) & 1) === 1;
  }

  get size(): number {
    let count = 0;
    for (const word of this.words) count += bitCount(word);
    return count;
  }

  get isEmpty(): boolean {
    return this.words.every((word) => word === 0);
  }

  with(id: ProcessId): ProcessSet {
    const index = this.universe.indexOf(id);
    if (index === undefined) return this;
    const words = this.words.slice();
    words[index >>> 5] = (words[index >>> 5] ?? 0) | (1 << (index & 31));
    return new ProcessSet(this.universe, words);
  }

  without(id: ProcessId): ProcessSet {
    return this.minus(this.universe.of([id]));
  }

  union(other: ProcessSet): ProcessSet {
    return this.zip(other, (a, b) => a | b);
  }

  intersection(other: ProcessSet): ProcessSet {
    return this.zip(other, (a, b) => a & b);
  }

  minus(other: ProcessSet): ProcessSet {
    return this.zip(other, (a, b) => a & ~b);
  }

  complement(): ProcessSet {
    const all = this.universe.all.words;
    const words = new Uint32Array(all.length);
    for (let index = 0; index < all.length; index++) words[index] = (all[index] ?? 0) & ~(this.words[index] ?? 0);
    return new ProcessSet(this.universe, words);
  }

  isSubsetOf(other: ProcessSet): boolean {
    invariant(this.universe.equals(other.universe), 'sets of one universe are compared');
    for (let index = 0; index < this.words.length; index++) {
      if (((this.words[index] ?? 0) & ~(other.words[index] ?? 0)) !== 0) return false;
    }
    return true;
  }

  equals(other: ProcessSet): boolean {
    return this.words.every((word, index) => word === other.words[index]);
  }

  /** The members in the universe's order. */
  *[Symbol.iterator](): Iterator<ProcessId> {
    for (const [index, id] of this.universe.ids.entries()) if (this.hasIndex(index)) yield id;
  }

  /** For people: `{a/1, b/1}`. */
  toString(): string {
    return `{${[...this].join(', ')}}`;
  }

  private zip(other: ProcessSet, combine: (a: number, b: number) => number): ProcessSet {
    invariant(this.universe.equals(other.universe), 'sets of one universe are combined');
    const words = new Uint32Array(this.words.length);
    for (let index = 0; index < words.length; index++) {
      words[index] = combine(this.words[index] ?? 0, other.words[index] ?? 0);
    }
    return new ProcessSet(this.universe, words);
  }
}

/** How many bits of a 32-bit word, signed or unsigned, are 1. */
export function bitCount(word: number): number {
  let rest = word - ((word >>> 1) & 0x55555555);
  rest = (rest & 0x33333333) + ((rest >>> 2) & 0x33333333);
  return Math.imul((rest + (rest >>> 4)) & 0x0f0f0f0f, 0x01010101) >>> 24;
}
