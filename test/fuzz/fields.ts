/** Where the values of a canonical encoding stand: what a decoder asks of its Reader while it reads a valid one. */
import { Reader } from '../../src/prelude/canonical.js';

/** A stretch of an encoding: an integer, raw bytes, bytes behind their length, or a list behind its count. */
export interface Field {
  readonly kind: 'integer' | 'fixed' | 'bytes' | 'list' | 'option';
  readonly start: number;
  readonly end: number;
  /** Where each item of a list begins, and where the last ends. */
  readonly items: readonly number[];
}

const read = {
  u8: 'integer',
  u16: 'integer',
  u32: 'integer',
  u64: 'integer',
  bool: 'integer',
  fixed: 'fixed',
  bytes: 'bytes',
  text: 'bytes',
  list: 'list',
  option: 'option',
} as const;

type Name = keyof typeof read;

const offsetOf = (reader: Reader): number => Reflect.get(reader, 'offset') as number;

/** The fields that `decode` reads of `bytes`, which it must accept; those of another reader inside are told by their length alone. */
export function fieldsOf(bytes: Uint8Array, decode: (bytes: Uint8Array) => unknown): readonly Field[] {
  const fields: Field[] = [];
  const isOwn = (reader: Reader) => (Reflect.get(reader, 'source') as Uint8Array).length === bytes.length;
  const names = Object.keys(read) as readonly Name[];
  const originals = new Map(names.map((name) => [name, Object.getOwnPropertyDescriptor(Reader.prototype, name)]));
  const call = (name: Name, reader: Reader, given: readonly unknown[]): unknown =>
    Reflect.apply(originals.get(name)?.value as (...all: unknown[]) => unknown, reader, given);
  for (const name of names) {
    const traced = function (this: Reader, ...given: unknown[]): unknown {
      const start = offsetOf(this);
      const items: number[] = [];
      const readItem = given[1];
      if (name === 'list' && typeof readItem === 'function') {
        given[1] = (inner: Reader): unknown => {
          items.push(offsetOf(inner));
          return Reflect.apply(readItem, undefined, [inner]) as unknown;
        };
      }
      const value = call(name, this, given);
      const end = offsetOf(this);
      if (isOwn(this)) fields.push({ kind: read[name], start, end, items: [...items, end] });
      return value;
    };
    Object.defineProperty(Reader.prototype, name, { value: traced, configurable: true, writable: true });
  }
  try {
    decode(bytes);
  } finally {
    for (const [name, original] of originals) Object.defineProperty(Reader.prototype, name, original ?? {});
  }
  return fields;
}
