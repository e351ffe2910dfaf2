/**
 * Access policies and their rules as JSON: `{"threshold": 2, "of": [{"member": "initech/1"}, {"org": "acme", "policy": {"threshold":
 * "majority", "of": "servers"}}]}`, `{"threshold": 67, "weighted": [{"weight": 30, "of": {"member": "acme/1"}}]}`.
 */
import * as t from 'io-ts';
import { record } from '../../prelude/codec.js';
import { assertNever } from '../../prelude/invariant.js';
import {
  behindOrganization,
  below,
  complain,
  type JsonPlace,
  listAt,
  listJson,
  meaningOf,
  memberAt,
} from '../tree/json-reading.js';
import { commonOrganization, type Written, writtenMember, writtenScoped } from '../tree/scoped-writing.js';
import { totalWeight } from '../tree/weights.js';
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
import type { Policy } from './policy.js';
import { checkPolicyRule, fixedPolicy, isShareWord, type PolicyRule, type Share, thresholdOf } from './policy-rule.js';

/** Words for thresholds are read at every gate; where the list is fixed its number is written. */
export type PolicyJson =
  | MemberJson
  | { readonly org: string; readonly policy: PolicyJson }
  | CountedGateJson
  | WeightedGateJson
  | OrganizationsJson
  | ServersJson;

interface CountedGateJson extends CountedListJson<PolicyJson> {
  readonly threshold: Share;
}

interface OrganizationsJson {
  readonly threshold: Share;
  readonly of: 'orgs';
  readonly each?: PolicyJson;
}

interface ServersJson {
  readonly threshold: Share;
  readonly of: 'servers';
}

interface WeightedGateJson extends WeightedListJson<PolicyJson> {
  readonly threshold: Share;
}

const shareJson: t.Type<Share, unknown> = new t.Type(
  'a number, "all", "any" or "majority"',
  isShare,
  (value, context) => (isShare(value) ? t.success(value) : t.failure(value, context)),
  t.identity,
);

const policyJson: t.Type<PolicyJson, unknown> = nodeCodec<PolicyJson>('a member, a gate or an organization', (node) => {
  const threshold = shareJson;
  const organization = record('an organization {org, policy}', { org: organizationName, policy: node });
  const weighted = record('a gate {threshold, weighted}', { threshold, weighted: weightedListOf(node) });
  const orgs = record('a rule {threshold, of, each}', { threshold, of: t.literal('orgs') }, { each: node });
  const servers = record('a rule {threshold, of}', { threshold, of: t.literal('servers') });
  const gate = record('a gate {threshold, of}', { threshold, of: listOf(node) });
  return (value): t.Decoder<unknown, PolicyJson> => {
    if ('member' in value) return memberJson;
    if ('org' in value) return organization;
    if ('weighted' in value) return weighted;
    const of = 'of' in value ? value.of : undefined;
    return of === 'orgs' ? orgs : of === 'servers' ? servers : gate;
  };
});

/** Rejects whatever `checkPolicyRule` does, and every key that it does not know. */
export const policyRuleCodec: t.Type<PolicyRule, PolicyJson> = describedCodec(policyJson, 'a rule of access', {
  is: (value) => '_tag' in value,
  read: (json) => meaningOf(json, ruleAt, checkPolicyRule),
  write: writeJson,
});

/** Rejects rules that need a membership, too. */
export const policyCodec: t.Type<Policy, PolicyJson> = describedCodec(policyJson, 'an access policy', {
  is: (value) => '_tag' in value,
  read: (json) => meaningOf(json, ruleAt, fixedPolicy),
  write: writeJson,
});

function isShare(value: unknown): value is Share {
  return typeof value === 'string' ? isShareWord(value) : totalOfWeights.is(value);
}

function ruleAt(json: PolicyJson, place: JsonPlace): PolicyRule {
  if ('member' in json) return memberAt(json, place);
  if ('org' in json) return ruleAt(json.policy, behindOrganization(place, json.org, '/policy'));
  if (isOrganizations(json)) return organizationsAt(json, place);
  if (isServers(json)) return serversAt(json, place);
  const list = listAt(json, place, ruleAt);
  return { _tag: 'threshold', k: thresholdOf(json.threshold, totalWeight(list)), ...list };
}

function isOrganizations(json: PolicyJson): json is OrganizationsJson {
  return 'of' in json && json.of === 'orgs';
}

function isServers(json: PolicyJson): json is ServersJson {
  return 'of' in json && json.of === 'servers';
}

function organizationsAt({ threshold, each }: OrganizationsJson, place: JsonPlace): PolicyRule {
  if (place.scope !== undefined) complain(place, 'Syntax', '/of', 'a list, or "servers"');
  if (each === undefined) return { _tag: 'orgs', k: threshold };
  return { _tag: 'orgs', k: threshold, each: ruleAt(each, { ...below(place, '/each'), scope: undefined }) };
}

function serversAt({ threshold }: ServersJson, { scope }: JsonPlace): PolicyRule {
  if (scope === undefined) return { _tag: 'servers', k: threshold };
  return { _tag: 'servers', k: threshold, organization: scope };
}

function writeJson(rule: PolicyRule): PolicyJson {
  return written(rule).within(undefined);
}

function written(rule: PolicyRule): Written<PolicyJson> {
  switch (rule._tag) {
    case 'member':
      return writtenMember(rule.id, (member) => ({ member }));
    case 'threshold': {
      const children = rule.of.map(written);
      const write = (scope: string | undefined): PolicyJson => ({
        threshold: rule.k,
        ...listJson(
          children.map((child) => child.within(scope)),
          rule,
        ),
      });
      return writtenScoped(commonOrganization(children), write, behindName);
    }
    case 'orgs': {
      const each = rule.each === undefined ? {} : { each: writeJson(rule.each) };
      return { organization: undefined, within: () => ({ threshold: rule.k, of: 'orgs', ...each }) };
    }
    case 'servers':
      return writtenScoped(rule.organization, () => ({ threshold: rule.k, of: 'servers' }), behindName);
    default:
      return assertNever(rule);
  }
}

function behindName(org: string, policy: PolicyJson): PolicyJson {
  return { org, policy };
}
