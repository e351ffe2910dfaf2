/** The one door for untrusted JSON: io-ts codecs that reject unknown keys and bound everything, and errors for people. */
import * as t from 'io-ts';
import { fromHex, toHex } from './bytes.js';
import { asDigest, type Digest } from './digest.js';
import { E, type Either } from './fp.js';
import { invariant } from './invariant.js';
import { repeatedKey } from './json-keys.js';

/** What is wrong with a value, and at which path (`/of/1/k`). */
export interface DecodeError {
  readonly _tag: 'DecodeError';
  readonly path: string;
  readonly expected: string;
}

/** Checks `value` against `codec`, once; nothing inside decodes it again. Names the deepest offending place. */
export function decode<A>(codec: t.Type<A, unknown>, value: unknown): Either<DecodeError, A> {
  const result = codec.decode(value);
  if (E.isRight(result)) return result;
  const deepest = result.left.reduce((a, b) => (b.context.length > a.context.length ? b : a));
  const path = deepest.context.map((entry) => entry.key).filter((key) => key !== '');
  const expected = deepest.message ?? deepest.context.at(-1)?.type.name ?? codec.name;
  return E.left({ _tag: 'DecodeError', path: `/${path.join('/')}`, expected });
}

/** Parses `text` as JSON in which no key is repeated, and decodes it. */
export function decodeJson<A>(codec: t.Type<A, unknown>, text: string): Either<DecodeError, A> {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    return E.left({ _tag: 'DecodeError', path: '/', expected: `JSON${placeOf(error)}` });
  }
  const repeated = repeatedKey(text);
  if (repeated !== undefined) return E.left({ _tag: 'DecodeError', path: repeated, expected: 'each key once' });
  return decode(codec, value);
}

/** Where the parser stopped, as far as it says so. What it quotes of the text may be a secret. */
function placeOf(error: unknown): string {
  const position = error instanceof Error ? /at position (\d+)/.exec(error.message)?.[1] : undefined;
  return position === undefined ? '' : ` (there is a mistake after ${position} characters)`;
}

/** A record with exactly the keys of `props`; those of `optional` may be missing. Any other key is an error. */
export function record<P extends t.Props>(name: string, props: P): t.Type<t.TypeOfProps<P>, t.OutputOfProps<P>>;
export function record<P extends t.Props, Q extends t.Props>(
  name: string,
  props: P,
  optional: Q,
): t.Type<t.TypeOfProps<P> & t.TypeOfPartialProps<Q>, t.OutputOfProps<P> & t.OutputOfPartialProps<Q>>;
export function record<P extends t.Props, Q extends t.Props>(
  name: string,
  props: P,
  optional?: Q,
): t.Type<t.TypeOfProps<P> & t.TypeOfPartialProps<Q>, t.OutputOfProps<P> & t.OutputOfPartialProps<Q>> {
  const inner = optional === undefined ? t.type(props) : t.intersection([t.type(props), t.partial(optional)]);
  const known = new Set([...Object.keys(props), ...Object.keys(optional ?? {})]);
  type A = t.TypeOfProps<P> & t.TypeOfPartialProps<Q>;
  return new t.Type<A, t.OutputOfProps<P> & t.OutputOfPartialProps<Q>>(
    name,
    (value): value is A => inner.is(value),
    (value, context) => {
      if (typeof value === 'object' && value !== null && !Array.isArray(value)) {
        const stranger = Object.keys(value).find((key) => !known.has(key));
        if (stranger !== undefined) {
          const entry = { key: stranger, type: t.never };
          return t.failure(value, [...context, entry], `no such key (known: ${[...known].join(', ')})`);
        }
      }
      const required = t.type(props).validate(value, context);
      if (optional === undefined || E.isLeft(required)) return required as t.Validation<A>;
      // Not an intersection's validation, whose paths would name its parts.
      const rest = t.partial(optional).validate(value, context);
      if (E.isLeft(rest)) return rest;
      const extra = Object.entries(rest.right).filter(([key]) => Object.hasOwn(optional, key));
      return t.success({ ...required.right, ...Object.fromEntries(extra) });
    },
    (value) => inner.encode(value) as t.OutputOfProps<P> & t.OutputOfPartialProps<Q>,
  );
}

/** A safe integer in `[min, max]`. */
export function integer(min: number, max: number = Number.MAX_SAFE_INTEGER): t.Type<number, number> {
  const name = `an integer from ${min} to ${max}`;
  const is = (value: unknown): value is number =>
    Number.isSafeInteger(value) && (value as number) >= min && (value as number) <= max;
  return new t.Type(
    name,
    is,
    (value, context) => (is(value) ? t.success(value) : t.failure(value, context, name)),
    t.identity,
  );
}

/** A string of at most `maxLength` UTF-16 units. */
export function text(maxLength: number): t.Type<string, string> {
  const name = `text of at most ${maxLength} characters`;
  const is = (value: unknown): value is string => typeof value === 'string' && value.length <= maxLength;
  return new t.Type(
    name,
    is,
    (value, context) => (is(value) ? t.success(value) : t.failure(value, context, name)),
    t.identity,
  );
}

/** An array of at most `maxCount` (and at least `minCount`) items. The bound is checked before any item. */
export function list<A, O>(item: t.Type<A, O>, maxCount: number, minCount = 0): t.Type<readonly A[], readonly O[]> {
  const inner = t.readonlyArray(item);
  const name = `${minCount} to ${maxCount} items`;
  return new t.Type(
    name,
    (value): value is readonly A[] => inner.is(value),
    (value, context) =>
      Array.isArray(value) && value.length >= minCount && value.length <= maxCount
        ? inner.validate(value, context)
        : t.failure(value, context, name),
    (value) => inner.encode(value),
  );
}

/** Lower-case hexadecimal of at most `maxLength` bytes. */
export function hexBytes(maxLength: number): t.Type<Uint8Array, string> {
  const name = `hexadecimal, at most ${maxLength} bytes`;
  return new t.Type(
    name,
    (value): value is Uint8Array => value instanceof Uint8Array,
    (value, context) => {
      const bytes = typeof value === 'string' && value.length <= 2 * maxLength ? fromHex(value) : undefined;
      return bytes === undefined ? t.failure(value, context, name) : t.success(bytes);
    },
    toHex,
  );
}

/** A digest in hexadecimal. */
export const hexDigest: t.Type<Digest, string> = new t.Type(
  'hexadecimal of 32 bytes',
  (value): value is Digest => value instanceof Uint8Array && value.length === 32,
  (value, context) => {
    const bytes = typeof value === 'string' ? fromHex(value) : undefined;
    const found = bytes === undefined ? undefined : asDigest(bytes);
    return found === undefined ? t.failure(value, context, 'hexadecimal of 32 bytes') : t.success(found);
  },
  toHex,
);

/** A refinement of `codec` to the values for which `narrow` is defined. */
export function refined<A, B extends A>(
  codec: t.Type<A, unknown>,
  name: string,
  narrow: (value: A) => B | undefined,
): t.Type<B, unknown> {
  return new t.Type<B, unknown>(
    name,
    (value): value is B => codec.is(value) && narrow(value) !== undefined,
    (value, context) => {
      const outer = codec.validate(value, context);
      if (E.isLeft(outer)) return outer;
      const inner = narrow(outer.right);
      return inner === undefined ? t.failure(value, context, name) : t.success(inner);
    },
    (value) => codec.encode(value),
  );
}

/** Readable, and ending with a line: for files that people look into. */
export function printedJson(value: unknown): string {
  return `${JSON.stringify(value, undefined, 2)}\n`;
}

/** JSON with keys in the order of their code units and no white space: the bytes whose digest names a public document. */
export function canonicalJson(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join(',')}]`;
  if (typeof value === 'object' && value !== null) {
    const entries = Object.entries(value).filter(([, inner]) => inner !== undefined);
    entries.sort(([a], [b]) => (a < b ? -1 : 1));
    return `{${entries.map(([key, inner]) => `${JSON.stringify(key)}:${canonicalJson(inner)}`).join(',')}}`;
  }
  invariant(typeof value !== 'number' || Number.isSafeInteger(value), 'numbers in documents are safe integers');
  return JSON.stringify(value);
}
