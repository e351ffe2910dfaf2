/** JSON of policies and trust trees: a member is its id, a gate a record of its numbers and the list `of`. */
import * as t from 'io-ts';
import { list, refined, text } from '../../prelude/codec.js';
import { E, type Either } from '../../prelude/fp.js';
import { type ProcessId, processId } from '../../prelude/process.js';
import type { PolicyError } from '../errors.js';
import { maxDepth, maxNodes } from './tree-check.js';

export const memberId = refined(text(127), 'a name or organization/server', processId);

/** The codec of a tree's JSON form, given that of its gates from that of their lists. */
export function nodeCodec<G>(
  gateCodec: (of: t.Type<readonly (ProcessId | G)[], unknown>) => t.Type<G, unknown>,
): t.Type<ProcessId | G, unknown> {
  const name = 'a member or a gate';
  const node: t.Type<ProcessId | G, unknown> = t.recursion(name, () => {
    const gate = gateCodec(list(node, maxNodes, 1));
    return new t.Type<ProcessId | G, unknown>(
      name,
      (value): value is ProcessId | G => memberId.is(value) || gate.is(value),
      (value, context): t.Validation<ProcessId | G> =>
        typeof value === 'string' ? memberId.validate(value, context) : gate.validate(value, context),
      t.identity,
    );
  });
  return node;
}

/** How a value and its JSON form become one another. */
export interface Description<A, J> {
  /** Tells the values from others that a codec of alternatives may hold. */
  readonly is: (value: object) => boolean;
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

/** Whether no list `of`, wherever it stands, lies deeper or holds more than a tree may; walks without recursion. */
function isBounded(root: unknown): boolean {
  const pending = [{ value: root, depth: 0 }];
  let nodeCount = 0;
  for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
    const { value, depth } = next;
    nodeCount += 1;
    if (depth > 2 * maxDepth + 2 || nodeCount > 8 * maxNodes) return false;
    if (typeof value !== 'object' || value === null) continue;
    const inner: readonly unknown[] = Array.isArray(value) ? value : Object.values(value);
    if (inner.length > 8 * maxNodes) return false;
    for (const one of inner) pending.push({ value: one, depth: depth + 1 });
  }
  return true;
}
