/** Trust models as JSON: `{"tree": {"f": 1, "t": 1, "of": ["a/1", "b/1", "c/1", "d/1"]}, "leaders": ["a/1"]}`; without `leaders` all may lead. */
import type * as t from 'io-ts';
import { integer, list, record } from '../../prelude/codec.js';
import { invariant } from '../../prelude/invariant.js';
import { E } from '../../prelude/fp.js';
import type { ProcessId } from '../../prelude/process.js';
import type { PolicyError } from '../errors.js';
import { maxNodes } from '../tree/tree-check.js';
import { describedCodec, memberId, nodeCodec } from '../tree/tree-codec.js';
import { trustModel, type TrustModel, type TrustRule } from './trust-model.js';
import type { TrustTree } from './trust-tree.js';

type TrustTreeJson = ProcessId | TrustGateJson;

interface TrustGateJson {
  readonly f: number;
  readonly t: number;
  readonly of: readonly TrustTreeJson[];
}

export interface TrustModelJson {
  readonly tree: TrustTreeJson;
  readonly leaders?: readonly ProcessId[];
}

const treeJson: t.Type<TrustTreeJson, unknown> = nodeCodec<TrustGateJson>((of) =>
  record('a gate {f, t, of}', { f: integer(0, maxNodes), t: integer(0, maxNodes), of }, {}),
);

const modelJson: t.Type<TrustModelJson, unknown> = record(
  'a trust model {tree, leaders}',
  { tree: treeJson },
  { leaders: list(memberId, maxNodes, 1) },
);

/** Rejects whatever {@link trustModel} does, organizations as leaders, and every key that it does not know. */
export const trustModelCodec: t.Type<TrustModel, TrustModelJson> = describedCodec(modelJson, 'a trust model', {
  is: (value) => 'tree' in value && 'system' in value,
  read: ({ tree, leaders }) => E.mapLeft(atTree)(trustModel(fromJson(tree), leaders)),
  write: ({ rule, leaders, system }) => ({
    tree: toJson(treeOf(rule)),
    ...(leaders.equals(system.processes) ? {} : { leaders: [...leaders] }),
  }),
});

/** A complaint about the tree, at its place in the JSON. */
function atTree(error: PolicyError): PolicyError {
  return error.path.startsWith('/leaders') ? error : { ...error, path: `/tree${error.path === '/' ? '' : error.path}` };
}

function fromJson(json: TrustTreeJson): TrustTree {
  if (typeof json === 'string') return { _tag: 'member', id: json };
  return { _tag: 'gate', f: json.f, t: json.t, of: json.of.map(fromJson) };
}

/** Until listed sets have a JSON form. */
function treeOf(rule: TrustRule): TrustTree {
  invariant(rule._tag !== 'explicit', 'listed fault sets have no JSON form yet');
  return rule;
}

function toJson(tree: TrustTree): TrustTreeJson {
  return tree._tag === 'member' ? tree.id : { f: tree.f, t: tree.t, of: tree.of.map(toJson) };
}
