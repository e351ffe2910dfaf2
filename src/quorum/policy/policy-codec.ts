/** Access policies as JSON: `{"k": 2, "of": ["initech/1", {"k": 2, "of": ["acme/1", "acme/2", "acme/3"]}]}`. */
import type * as t from 'io-ts';
import { integer, record } from '../../prelude/codec.js';
import type { ProcessId } from '../../prelude/process.js';
import { checkPolicy, type Policy } from './policy.js';
import { maxNodes } from '../tree/tree-check.js';
import { describedCodec, nodeCodec } from '../tree/tree-codec.js';

export type PolicyJson = ProcessId | ThresholdGateJson;

interface ThresholdGateJson {
  readonly k: number;
  readonly of: readonly PolicyJson[];
}

const policyJson: t.Type<PolicyJson, unknown> = nodeCodec<ThresholdGateJson>((of) =>
  record('a gate {k, of}', { k: integer(1, maxNodes), of }, {}),
);

/** Rejects whatever `checkPolicy` does, and every key that it does not know. */
export const policyCodec: t.Type<Policy, PolicyJson> = describedCodec(policyJson, 'an access policy', {
  is: (value) => '_tag' in value,
  read: (json) => checkPolicy(fromJson(json)),
  write: toJson,
});

function fromJson(json: PolicyJson): Policy {
  if (typeof json === 'string') return { _tag: 'member', id: json };
  return { _tag: 'threshold', k: json.k, of: json.of.map(fromJson) };
}

function toJson(policy: Policy): PolicyJson {
  return policy._tag === 'member' ? policy.id : { k: policy.k, of: policy.of.map(toJson) };
}
