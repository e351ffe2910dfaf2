/**
 * The canonical byte encoding of everything that is signed, hashed or sent between servers (spec/wire.md).
 * Integers are big-endian and unsigned, byte strings and lists carry their length before them, and there is one
 * encoding of each value: a reader accepts exactly what the writer would have written.
 */
import { fromUtf8, utf8 } from './bytes.js';
import { E, type Either } from './fp.js';
import { invariant } from './invariant.js';

/** Appends values; every method returns the writer itself. */
export class Writer {
  /** What is to be written: byte strings, and integers as two numbers, their size and their value. */
  private readonly parts: (Uint8Array | number)[] = [];
  private length = 0;

  u8(value: number): this {
    return this.integer(value, 1);
  }

  u16(value: number): this {
    return this.integer(value, 2);
  }

  u32(value: number): this {
    return this.integer(value, 4);
  }

  /** A safe integer in eight bytes. */
  u64(value: number): this {
    return this.integer(value, 8);
  }

  bool(value: boolean): this {
    return this.u8(value ? 1 : 0);
  }

  /** Bytes of a length that the reader knows. */
  fixed(bytes: Uint8Array): this {
    this.parts.push(bytes);
    this.length += bytes.length;
    return this;
  }

  /** Bytes behind a four-byte length. */
  bytes(bytes: Uint8Array): this {
    return this.u32(bytes.length).fixed(bytes);
  }

  /** UTF-8 behind a four-byte length. */
  text(text: string): this {
    return this.bytes(utf8(text));
  }

  /** A four-byte count, then each item. */
  list<A>(items: readonly A[], write: (writer: this, item: A) => void): this {
    this.u32(items.length);
    for (const item of items) write(this, item);
    return this;
  }

  /** One byte that says whether a value follows. */
  option<A>(value: A | undefined, write: (writer: this, value: A) => void): this {
    this.bool(value !== undefined);
    if (value !== undefined) write(this, value);
    return this;
  }

  finish(): Uint8Array {
    const whole = new Uint8Array(this.length);
    let offset = 0;
    for (let index = 0; index < this.parts.length; index++) {
      const part = this.parts[index];
      if (typeof part === 'number') {
        index += 1;
        writeInteger(whole, offset, part, this.parts[index] as number);
        offset += part;
      } else if (part !== undefined) {
        whole.set(part, offset);
        offset += part.length;
      }
    }
    return whole;
  }

  private integer(value: number, size: 1 | 2 | 4 | 8): this {
    invariant(Number.isSafeInteger(value) && value >= 0, 'an encoded integer is safe and not negative');
    invariant(value < 256 ** size, 'an encoded integer fits its field');
    this.parts.push(size, value);
    this.length += size;
    return this;
  }
}

/** Big-endian; two 32-bit halves, of which the upper may be absent. */
function writeInteger(into: Uint8Array, offset: number, size: number, value: number): void {
  let low = value >>> 0;
  let high = size > 4 ? Math.floor(value / 2 ** 32) : 0;
  for (let index = offset + size - 1; index >= offset; index--) {
    into[index] = low & 255;
    low = ((low >>> 8) | (high << 24)) >>> 0;
    high >>>= 8;
  }
}

/** Why bytes are not an encoding of what was expected, and where. */
export interface MalformedBytes {
  readonly _tag: 'MalformedBytes';
  readonly offset: number;
  readonly expected: string;
}

class Malformed extends Error {
  constructor(readonly fact: MalformedBytes) {
    super(fact.expected);
  }
}

/** Consumes what a {@link Writer} wrote. Its methods throw a private error that only {@link readAll} catches. */
export class Reader {
  private offset = 0;

  constructor(private readonly source: Uint8Array) {}

  u8(): number {
    return this.integer(1);
  }

  u16(): number {
    return this.integer(2);
  }

  u32(): number {
    return this.integer(4);
  }

  u64(): number {
    const value = this.integer(8);
    return Number.isSafeInteger(value) ? value : this.fail('an integer below 2^53');
  }

  bool(): boolean {
    const value = this.u8();
    return value <= 1 ? value === 1 : this.fail('0 or 1');
  }

  /** A view of the next `length` bytes. */
  fixed(length: number): Uint8Array {
    if (this.source.length - this.offset < length) return this.fail(`${length} more bytes`);
    const view = this.source.subarray(this.offset, this.offset + length);
    this.offset += length;
    return view;
  }

  /** A view of a byte string of at most `maxLength` bytes. */
  bytes(maxLength: number): Uint8Array {
    const length = this.u32();
    return length <= maxLength ? this.fixed(length) : this.fail(`at most ${maxLength} bytes`);
  }

  text(maxBytes: number): string {
    const bytes = this.bytes(maxBytes);
    return fromUtf8(bytes) ?? this.fail('UTF-8');
  }

  list<A>(maxCount: number, read: (reader: this) => A): readonly A[] {
    const count = this.u32();
    if (count > maxCount) return this.fail(`at most ${maxCount} items`);
    const items: A[] = [];
    for (let index = 0; index < count; index++) items.push(read(this));
    return items;
  }

  option<A>(read: (reader: this) => A): A | undefined {
    return this.bool() ? read(this) : undefined;
  }

  /** What `read` reads, and a view of the bytes that it took. */
  taking<A>(read: (reader: this) => A): readonly [A, Uint8Array] {
    const start = this.offset;
    const value = read(this);
    return [value, this.source.subarray(start, this.offset)];
  }

  /** Refuses what was read; `expected` completes "expected …". */
  fail(expected: string): never {
    throw new Malformed({ _tag: 'MalformedBytes', offset: this.offset, expected });
  }

  end(): void {
    if (this.offset !== this.source.length) this.fail('the end');
  }

  private integer(size: number): number {
    const { source, offset } = this;
    if (source.length - offset < size) return this.fail(`${size} more bytes`);
    let value = 0;
    for (let index = offset; index < offset + size; index++) value = value * 256 + (source[index] ?? 0);
    this.offset += size;
    return value;
  }
}

/** Reads exactly one value from all of `bytes`. Byte strings inside the result are views of `bytes`. */
export function readAll<A>(bytes: Uint8Array, read: (reader: Reader) => A): Either<MalformedBytes, A> {
  const reader = new Reader(bytes);
  try {
    const value = read(reader);
    reader.end();
    return E.right(value);
  } catch (error) {
    if (error instanceof Malformed) return E.left(error.fact);
    throw error;
  }
}
