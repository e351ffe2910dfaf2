/**
 * JSON of policies and trust trees: `{"member": id}`, gates with a list `of` or with `weighted` entries, and `{"org": name, …}` around
 * what belongs to one organization. Decoded in three steps: bounds, form, meaning.
 */
import * as t from 'io-ts';
import { integer, list, record, refined, text } from '../../prelude/codec.js';
import { E, type Either } from '../../prelude/fp.js';
import { isName, type ProcessId } from '../../prelude/process.js';
import { processCodec } from '../../prelude/process-codec.js';
import type { PolicyError } from '../errors.js';
import { maxDepth, maxNodes } from './tree-check.js';
import { maxWeight } from './weights.js';

export const organizationName = refined(text(63), 'the name of an organization', (name) =>
  isName(name) ? name : undefined,
);

/** A number that weights may add up to; a narrower range is for the meaning to say. */
export const totalOfWeights = integer(0, maxNodes * maxWeight);

export interface MemberJson {
  readonly member: ProcessId;
}

/** An entry of a list with weights. */
export interface WeightedJson<N> {
  readonly weight: number;
  readonly of: N;
}

/** Either kind of list that a gate may have. */
export type ListJson<N> = CountedListJson<N> | WeightedListJson<N>;

export interface CountedListJson<N> {
  readonly of: readonly N[];
}

export interface WeightedListJson<N> {
  readonly weighted: readonly WeightedJson<N>[];
}

export const memberJson: t.Type<MemberJson, unknown> = record('a member', { member: processCodec });

export function listOf<N>(node: t.Type<N, unknown>): t.Type<readonly N[], unknown> {
  return list(node, maxNodes, 1);
}

export function weightedListOf<N>(node: t.Type<N, unknown>): t.Type<readonly WeightedJson<N>[], unknown> {
  return list(record('an entry {weight, of}', { weight: integer(1, maxWeight), of: node }), maxNodes, 1);
}

/**
 * The codec of a tree's nodes, each of which one of several forms may have.
 *
 * @param formsOf - given the codec itself, which form an object claims to have, by its keys; so that complaints name one.
 */
export function nodeCodec<N>(
  name: string,
  formsOf: (node: t.Type<N, unknown>) => (value: object) => t.Decoder<unknown, N>,
): t.Type<N, unknown> {
  return t.recursion(name, (node: t.Type<N, unknown>) => {
    const formOf = formsOf(node);
    const isObject = (value: unknown): value is object =>
      typeof value === 'object' && value !== null && !Array.isArray(value);
    return new t.Type<N, unknown>(
      name,
      (value): value is N => isObject(value) && E.isRight(formOf(value).decode(value)),
      (value, context) => (isObject(value) ? formOf(value).validate(value, context) : t.failure(value, context, name)),
      t.identity,
    );
  });
}

/** How a value and its JSON form become one another. */
export interface Description<A, J> {
  /** Tells the values from others that a codec of alternatives may hold. */
  readonly is: (value: object) => boolean;
  /** A complaint's path leads through the JSON. */
  readonly read: (json: J) => Either<PolicyError, A>;
  readonly write: (value: A) => J;
}

/**
 * A codec of what `json` describes: bounds first, so that neither depth nor size exhausts anything; then the form; then the meaning,
 * whose complaint is reported at its own path.
 */
export function describedCodec<A, J>(
  json: t.Type<J, unknown>,
  name: string,
  { is, read, write }: Description<A, J>,
): t.Type<A, J> {
  return new t.Type<A, J>(
    name,
    (value): value is A => typeof value === 'object' && value !== null && is(value),
    (value, context) => {
      if (!isBounded(value))
        return t.failure(value, context, `at most ${maxDepth} levels and ${maxNodes} gates and members`);
      const form = json.validate(value, context);
      if (E.isLeft(form)) return form;
      const meaning = read(form.right);
      if (E.isRight(meaning)) return t.success(meaning.right);
      const { path, expected } = meaning.left;
      return t.failure(value, [...context, { key: path.slice(1), type: t.unknown }], expected);
    },
    write,
  );
}

/** A level of a tree is at most an object, a list, a weighted entry and an organization's name around it. */
const maxJsonDepth = 4 * maxDepth + 4;

/** Whether no list, wherever it stands, lies deeper or holds more than a tree may; walks without recursion. */
function isBounded(root: unknown): boolean {
  const pending = [{ value: root, depth: 0 }];
  let nodeCount = 0;
  for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
    const { value, depth } = next;
    nodeCount += 1;
    if (depth > maxJsonDepth || nodeCount > 8 * maxNodes) return false;
    if (typeof value !== 'object' || value === null) continue;
    const inner: readonly unknown[] = Array.isArray(value) ? value : Object.values(value);
    if (inner.length > 8 * maxNodes) return false;
    for (const one of inner) pending.push({ value: one, depth: depth + 1 });
  }
  return true;
}
