/**
 * Trust models as JSON: `{"tree": {"f": 1, "t": 1, "of": [{"member": "a/1"}, …]}, "leaders": ["a/1"]}`, or `{"sets": {"byzantine":
 * [["a/1", "b/1"]], "slow": [["a/1"]], "of": ["a/1", …]}}`. t is 0 where it is not written; without `leaders` all may lead.
 */
import type * as t from 'io-ts';
import { list, record } from '../../prelude/codec.js';
import { E, type Either } from '../../prelude/fp.js';
import { assertNever } from '../../prelude/invariant.js';
import type { ProcessId } from '../../prelude/process.js';
import { processCodec } from '../../prelude/process-codec.js';
import type { PolicyError } from '../errors.js';
import { behindOrganization, type JsonPlace, listAt, listJson, meaningOf, memberAt } from '../tree/json-reading.js';
import { commonOrganization, type Written, writtenMember, writtenScoped } from '../tree/scoped-writing.js';
import { maxNodes } from '../tree/tree-check.js';
import {
  describedCodec,
  type CountedListJson,
  listOf,
  type MemberJson,
  memberJson,
  nodeCodec,
  organizationName,
  totalOfWeights,
  type WeightedListJson,
  weightedListOf,
} from '../tree/tree-codec.js';
import { checkExplicitFaults, maxExplicitProcesses, maxExplicitSets } from './explicit-faults.js';
import { trustModel, type TrustModel, type TrustRule } from './trust-model.js';
import { checkTrustTree, type TrustTree } from './trust-tree.js';

type TrustTreeJson =
  | MemberJson
  | { readonly org: string; readonly tree: TrustTreeJson }
  | CountedGateJson
  | WeightedGateJson;

interface CountedGateJson extends CountedListJson<TrustTreeJson> {
  readonly f: number;
  readonly t?: number;
}

interface WeightedGateJson extends WeightedListJson<TrustTreeJson> {
  readonly f: number;
  readonly t?: number;
}

interface SetsJson {
  readonly byzantine: readonly (readonly ProcessId[])[];
  readonly slow?: readonly (readonly ProcessId[])[];
  readonly of: readonly ProcessId[];
}

type RuleJson = { readonly tree: TrustTreeJson } | { readonly sets: SetsJson };

export type TrustModelJson = RuleJson & { readonly leaders?: readonly ProcessId[] };

const treeJson: t.Type<TrustTreeJson, unknown> = nodeCodec<TrustTreeJson>(
  'a member, a gate or an organization',
  (node) => {
    const limit = totalOfWeights;
    const organization = record('an organization {org, tree}', { org: organizationName, tree: node });
    const weighted = record('a gate {f, t, weighted}', { f: limit, weighted: weightedListOf(node) }, { t: limit });
    const gate = record('a gate {f, t, of}', { f: limit, of: listOf(node) }, { t: limit });
    return (value): t.Decoder<unknown, TrustTreeJson> => {
      if ('member' in value) return memberJson;
      if ('org' in value) return organization;
      return 'weighted' in value ? weighted : gate;
    };
  },
);

const processes = list(processCodec, maxExplicitProcesses, 1);
const processSets = list(processes, maxExplicitSets);

const setsJson: t.Type<SetsJson, unknown> = record(
  'sets {byzantine, slow, of}',
  { byzantine: processSets, of: processes },
  { slow: processSets },
);

const leaders = { leaders: list(processCodec, maxNodes, 1) };
const setsModel = record('a trust model {sets, leaders}', { sets: setsJson }, leaders);
const treeModel = record('a trust model {tree, leaders}', { tree: treeJson }, leaders);

const modelJson: t.Type<TrustModelJson, unknown> = nodeCodec<TrustModelJson>(
  'a trust model',
  () => (value) => ('sets' in value ? setsModel : treeModel),
);

/** Rejects whatever {@link trustModel} does, organizations as leaders, and every key that it does not know. */
export const trustModelCodec: t.Type<TrustModel, TrustModelJson> = describedCodec(modelJson, 'a trust model', {
  is: (value) => 'rule' in value && 'system' in value,
  read: (json) => E.chain((rule: TrustRule) => trustModel(rule, json.leaders))(ruleOf(json)),
  write: ({ rule, leaders: chosen, system }) => ({
    ...ruleJson(rule),
    ...(chosen.equals(system.processes) ? {} : { leaders: [...chosen] }),
  }),
});

function ruleOf(json: RuleJson): Either<PolicyError, TrustRule> {
  if ('sets' in json) {
    const { byzantine, slow = [], of } = json.sets;
    return E.mapLeft(below('/sets'))(checkExplicitFaults({ _tag: 'explicit', of, byzantine, slow }));
  }
  return E.mapLeft(below('/tree'))(meaningOf(json.tree, treeAt, checkTrustTree));
}

function below(place: string): (error: PolicyError) => PolicyError {
  return (error) => ({ ...error, path: error.path === '/' ? place : `${place}${error.path}` });
}

function treeAt(json: TrustTreeJson, place: JsonPlace): TrustTree {
  if ('member' in json) return memberAt(json, place);
  if ('org' in json) return treeAt(json.tree, behindOrganization(place, json.org, '/tree'));
  return { _tag: 'gate', f: json.f, t: json.t ?? 0, ...listAt(json, place, treeAt) };
}

function ruleJson(rule: TrustRule): RuleJson {
  if (rule._tag !== 'explicit') return { tree: written(rule).within(undefined) };
  const { byzantine, slow, of } = rule;
  return { sets: { byzantine, ...(slow.length === 0 ? {} : { slow }), of } };
}

function written(tree: TrustTree): Written<TrustTreeJson> {
  switch (tree._tag) {
    case 'member':
      return writtenMember(tree.id, (member) => ({ member }));
    case 'gate': {
      const children = tree.of.map(written);
      const write = (scope: string | undefined): TrustTreeJson => ({
        f: tree.f,
        ...(tree.t === 0 ? {} : { t: tree.t }),
        ...listJson(
          children.map((child) => child.within(scope)),
          tree,
        ),
      });
      return writtenScoped(commonOrganization(children), write, (org, inner) => ({ org, tree: inner }));
    }
    default:
      return assertNever(tree);
  }
}
